"""Who watches a lesson is woken when its version moves: one question a second for all of a process, none for nobody.

Polled rather than notified: a NOTIFY takes a lock at every commit of every webhook, and a connection that listens is
one more thing to lose. An author waits for minutes; a second does not matter.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from servicekit.database import Pool, transaction
from servicekit.errors import Unavailable
from upload_service import store_stream

_POLL_S = 1.0
_MOST_WATCHERS = 500


@dataclass
class Watchers:
    """`run` polls until `stopping` is set, which ends every watch. A lost database makes it raise."""

    pool: Pool
    stopping: asyncio.Event
    poll_s: float = _POLL_S
    _watched: dict[str, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))
    _versions: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def watch(self, lesson_id: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever the lesson may have changed. Raises Unavailable if too many watch."""
        if sum(map(len, self._watched.values())) >= _MOST_WATCHERS:
            raise Unavailable("too many are watching", retry_after_s=30)
        changed = asyncio.Event()
        changed.set()  # what came just before the watch began is looked for at once
        self._watched[lesson_id].add(changed)
        try:
            yield changed
        finally:
            self._watched[lesson_id].discard(changed)
            if not self._watched[lesson_id]:
                del self._watched[lesson_id]
                self._versions.pop(lesson_id, None)

    async def run(self) -> None:
        while not await self._stopped_within(self.poll_s):
            if self._watched:
                await self._look()
        self._wake(list(self._watched))
        await asyncio.Event().wait()  # until it is cancelled: there is nothing left to do

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self.stopping.wait()
        except TimeoutError:
            return False

    async def _look(self) -> None:
        async with transaction(self.pool, readonly=True) as conn:
            now = await store_stream.versions(conn, self._watched)
        self._wake([lesson_id for lesson_id, version in now.items() if self._versions.get(lesson_id) != version])
        self._versions = {lesson_id: version for lesson_id, version in now.items() if lesson_id in self._watched}

    def _wake(self, lesson_ids: list[str]) -> None:
        for lesson_id in lesson_ids:
            for changed in self._watched.get(lesson_id, ()):
                changed.set()
