"""Who watches something is woken when it changes: one question at a time for all of a process, none for nobody.

Polled rather than notified: a NOTIFY takes a lock at every commit, and a connection that listens is one more thing to
lose. A person who watches does not notice a second.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from servicekit.errors import Unavailable

V = TypeVar("V")


@dataclass
class Watchers(Generic[V]):
    """`run` asks `look` for what is watched, every `poll_s`, until `stopping` is set, which ends every watch.

    `look` gets keys and answers what there is of them; whatever compares unequal to the answer before is a change.
    What it raises, `run` raises. Only the latest answer is kept: who is slow misses what lay between.
    """

    look: Callable[[Collection[str]], Awaitable[Mapping[str, V]]]
    stopping: asyncio.Event
    poll_s: float = 1.0
    most: int = 500
    _watched: dict[str, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))
    _latest: dict[str, V | None] = field(default_factory=dict)

    @contextmanager
    def watch(self, key: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever `key` may have changed. Raises Unavailable if too many watch."""
        if sum(map(len, self._watched.values())) >= self.most:
            raise Unavailable("too many are watching", retry_after_s=30)
        changed = asyncio.Event()
        changed.set()  # what came just before the watch began is looked for at once
        self._watched[key].add(changed)
        try:
            yield changed
        finally:
            self._watched[key].discard(changed)
            if not self._watched[key]:
                del self._watched[key]
                self._latest.pop(key, None)

    def latest(self, key: str) -> V | None:
        """What the last look found of it, if it is watched and has been looked at."""
        return self._latest.get(key)

    async def run(self) -> None:
        while not await within(self.poll_s, self.stopping):
            if self._watched:
                await self._look()
        self._wake(list(self._watched))
        await asyncio.Event().wait()  # until it is cancelled: there is nothing left to do

    async def _look(self) -> None:
        keys = list(self._watched)
        found = await self.look(keys)
        now = {key: found.get(key) for key in keys if key in self._watched}
        # A first look is a change, too: the watcher may have read before what this one no longer finds.
        moved = [key for key, value in now.items() if key not in self._latest or self._latest[key] != value]
        self._latest = now
        self._wake(moved)

    def _wake(self, keys: list[str]) -> None:
        for key in keys:
            for changed in self._watched.get(key, ()):
                changed.set()


async def within(seconds: float, event: asyncio.Event) -> bool:
    """Whether the event was set before the time was up."""
    try:
        async with asyncio.timeout(seconds):
            return await event.wait()
    except TimeoutError:
        return False
