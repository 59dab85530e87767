"""A TCP proxy on loopback that can cut, delay or swallow what passes: the network's faults, on demand."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """Forwards to `target`. `latency_s` delays every chunk, `half_open` swallows them while connections stay up."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self.port = 0
        self.latency_s = 0.0
        self.half_open = False
        self.refusing = False
        self.accepted = 0
        self._cuts = 0
        self._pipes: set[asyncio.Task[None]] = set()
        self._handlers: set[asyncio.Task[None]] = set()

    def cut(self) -> None:
        """Break every connection that stands or is being made."""
        self._cuts += 1
        for pipe in self._pipes:
            pipe.cancel()

    async def close(self) -> None:
        """Cut, and wait until nothing is left."""
        self.refusing = True
        self.cut()
        while handlers := [handler for handler in self._handlers if not handler.done()]:
            await asyncio.wait(handlers, timeout=5)

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.create_task(self._serve(reader, writer))
        self._handlers.add(handler)
        handler.add_done_callback(self._handlers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            writer.transport.abort()
            return
        self.accepted += 1
        cuts = self._cuts
        try:
            back_reader, back_writer = await asyncio.open_connection(*self._target)
        except OSError:
            writer.transport.abort()
            return
        if cuts != self._cuts:
            for end in (writer, back_writer):
                end.transport.abort()
            return
        pipes = [asyncio.create_task(self._pipe(*ends)) for ends in ((reader, back_writer), (back_reader, writer))]
        self._pipes.update(pipes)
        await asyncio.wait(pipes, return_when=asyncio.FIRST_COMPLETED)
        for pipe in pipes:
            pipe.cancel()
            self._pipes.discard(pipe)
        for end in (writer, back_writer):
            end.transport.abort()
            with suppress(OSError):
                await end.wait_closed()

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(65_536):
                if self.latency_s:
                    await asyncio.sleep(self.latency_s)
                if not self.half_open:
                    writer.write(chunk)
                    await writer.drain()


@asynccontextmanager
async def proxy(host: str, port: int) -> AsyncIterator[Proxy]:
    """A proxy in front of `host:port`; listens on `127.0.0.1:<.port>`."""
    through = Proxy(host, port)
    server = await asyncio.start_server(through.accept, "127.0.0.1", 0)
    through.port = server.sockets[0].getsockname()[1]
    try:
        yield through
    finally:
        server.close()
        await through.close()
