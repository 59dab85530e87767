"""Round after round until nothing is left, or a person has had enough: once is politely, twice is at once."""

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from servicekit.database import TRANSIENT, transaction
from servicekit.errors import Unavailable
from upload_service import store_migrations, store_transfers
from upload_service.cli.showing import Seen, Shown, shown
from upload_service.cli.surroundings import INTERRUPTED, Out, Surroundings, explained
from upload_service.migrating import Migrating
from upload_service.store_transfers import Migration, MigrationState
from upload_service.transfers import OPEN

_IDLE_S = 0.25
_LOOK_S = 1.0
_AWAY_S = 2.0

_STATES: dict[MigrationState, str] = {
    "paused": "the migration was paused",
    "rolling_back": "the migration is being rolled back",
}


@dataclass
class Driver:
    """Runs one migration in this process."""

    around: Surroundings
    out: Out
    migration: Migration
    _ending: asyncio.Event = field(default_factory=asyncio.Event)
    _away: str | None = None
    _state: MigrationState = "running"

    async def drive(self) -> str | None:
        """None at the end; else why it stopped before."""
        loop = asyncio.get_running_loop()
        with shown(self.out, await self._seen()) as view:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, self._interrupted, view)
            watching = asyncio.create_task(self._watch(view))
            try:
                stopped = await self._rounds()
            finally:
                watching.cancel()
                for number in (signal.SIGINT, signal.SIGTERM):
                    loop.remove_signal_handler(number)
                with suppress(asyncio.CancelledError):
                    await watching
            view.update(await self._seen())
        return stopped

    def _interrupted(self, view: Shown) -> None:
        if self._ending.is_set():
            view.close()
            self.out.errors.print("seatime-migrate: stopped at once; run again to go on", markup=False, highlight=False)
            os._exit(INTERRUPTED)  # every step is committed before it is made: a process may end anywhere
        self._ending.set()
        view.say("interrupted: what is on its way is finished, nothing new is begun; once more stops at once")

    async def _rounds(self) -> str | None:
        work = Migrating(self.around.pool, self.around.storage, self.around.mux, self.around.settings)
        while True:
            try:
                done = await work.step(self.migration, batch=0 if self._ending.is_set() else None)
                counts = await self._counts()
                self._away = None
            except (Unavailable, *TRANSIENT) as error:
                told = explained(error)
                self._away = told[1] if told is not None else str(error)
                await self._pause(_AWAY_S)
                if self._ending.is_set():
                    return f"interrupted while {self._away}"
                continue
            if not any(counts[state] for state in OPEN):
                return None
            if self._state != "running":
                return _STATES[self._state]
            if self._ending.is_set() and not counts["asked"] and not counts["processing"]:
                return "interrupted"
            if not done:
                await self._pause(_IDLE_S)

    async def _counts(self) -> dict[str, int]:
        async with transaction(self.around.pool, readonly=True) as conn:
            counts = await store_transfers.counts(conn, self.migration.id)
            current = await store_transfers.migration(conn, self.migration.id)
        self._state = current.state if current is not None else "paused"
        return {str(state): count for state, count in counts.items()}

    async def _pause(self, seconds: float) -> None:
        if self._ending.is_set():
            await asyncio.sleep(seconds)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._ending.wait()

    async def _watch(self, view: Shown) -> None:
        while True:
            with suppress(Unavailable, *TRANSIENT):
                view.update(await self._seen())
            await asyncio.sleep(_LOOK_S)

    async def _seen(self) -> Seen:
        async with transaction(self.around.pool, readonly=True) as conn:
            counts = await store_transfers.counts(conn, self.migration.id)
            put_off = await store_migrations.put_off(conn, self.migration.id)
        waiting = self._away or (f"{put_off[1]} put off: {put_off[0]}" if put_off is not None else None)
        return Seen({str(state): count for state, count in counts.items()}, datetime.now(UTC), waiting)
