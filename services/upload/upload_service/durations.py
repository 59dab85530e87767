"""How long an MP4 or QuickTime file plays, by a few short reads (ISO/IEC 14496-12: boxes in boxes)."""

from collections.abc import AsyncIterator, Awaitable, Callable

Read = Callable[[int, int], Awaitable[bytes]]
"""`read(start, length)`: at most so many bytes from there, none behind the end."""

_MAX_BOXES = 200
_MAX_SECONDS = 366 * 86_400


async def duration_ms(read: Read, size: int) -> int | None:
    """Milliseconds by the movie header of a file of that size; None if it has none, or one that makes no sense."""
    movie = await first_box(read, b"moov", 0, size)
    header = await first_box(read, b"mvhd", *movie) if movie is not None else None
    return _of_header(await read(header[0], 32)) if header is not None else None


async def first_box(read: Read, wanted: bytes, start: int, end: int) -> tuple[int, int] | None:
    """Where the content of the first such box between `start` and `end` begins and ends."""
    async for kind, content, after in boxes(read, start, end):
        if kind == wanted:
            return content, after
    return None


async def boxes(read: Read, start: int, end: int) -> AsyncIterator[tuple[bytes, int, int]]:
    """(kind, where its content begins, where it ends) of each box between `start` and `end`, while they make sense."""
    for _ in range(_MAX_BOXES):
        head = await read(start, 16) if end - start >= 8 else b""
        if len(head) < 8:
            return
        length, content = int.from_bytes(head[:4], "big"), start + 8
        if length == 1 and len(head) == 16:
            length, content = int.from_bytes(head[8:], "big"), start + 16
        after = end if length == 0 else start + length
        if after < content or after > end:
            return
        yield head[4:8], content, after
        start = after


def _of_header(header: bytes) -> int | None:
    wide = header[:1] == b"\x01"
    scale_at, width = (20, 8) if wide else (12, 4)
    scale = int.from_bytes(header[scale_at : scale_at + 4], "big")
    units = header[scale_at + 4 : scale_at + 4 + width]
    ticks = int.from_bytes(units, "big")
    known = len(units) == width and scale > 0 and 0 < ticks < 2 ** (8 * width) - 1
    return round(ticks * 1000 / scale) if known and ticks / scale <= _MAX_SECONDS else None
