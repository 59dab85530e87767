"""A player without a picture: it lets real time pass and tells of what it played in beats, as the web app does."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from devstack.demo.api import Api
from devstack.demo.monitor import View

BEAT_EVERY = 5.0
TICK = 0.1


def now_ms() -> int:
    return int(time.time() * 1000)


@dataclass
class Player:
    """One viewing under one grant. Positions are seconds of the video; each beat names its own interval."""

    api: Api
    lesson_id: str
    grant: str
    duration: float
    name: str = "mux-player"
    view: View | None = None
    """What Mux is told of it, unless something keeps that back."""
    sequence: int = 0
    stalled: float = 0.0
    events: list[dict[str, Any]] = field(default_factory=list)

    async def play(self, start: float, end: float, *, rate: float, shown: Callable[[float], None]) -> None:
        """Play from `start` to `end` at `rate`, in real time."""
        self._event("play", start)
        position = start
        while position < end:
            position = await self._interval(position, min(end, position + BEAT_EVERY * rate), rate, shown)

    async def seek(self, origin: float, target: float) -> None:
        self.tell("seek", **{"from": origin, "to": target})

    def tell(self, kind: str, **facts: Any) -> None:
        """Something that happened in the player; it goes with the next beat."""
        self.events.append({"type": kind, "at": now_ms(), **facts})

    async def wait_for_data(self, seconds: float) -> None:
        """A slow line: the picture stands still for so long, and the next beat says so."""
        await asyncio.sleep(seconds)
        self.stalled += seconds
        if seconds and self.view is not None:
            await self.view.waits(seconds)

    async def finish(self, position: float) -> None:
        """Say that the end was reached, in a beat that claims nothing."""
        self._event("complete", position)
        at = now_ms()
        await self._send({"since": at, "at": at, "position": position, "rate": 1.0, "watched_segments": []})

    async def leave(self) -> None:
        """The viewing is over, wherever it stands."""
        if self.view is not None:
            await self.view.ends()

    async def _interval(self, start: float, end: float, rate: float, shown: Callable[[float], None]) -> float:
        since, began = now_ms(), time.monotonic()
        while (played := (time.monotonic() - began) * rate) < end - start:
            shown(start + played)
            await asyncio.sleep(TICK)
        shown(end)
        claim = {"since": since, "at": now_ms(), "position": round(end, 3), "rate": rate}
        await self._send(claim | {"watched_segments": [[round(start, 3), round(end, 3)]]})
        if self.view is not None:
            await self.view.plays(time.monotonic() - began, end)
        return end

    async def _send(self, beat: dict[str, Any]) -> None:
        self.sequence += 1
        told = {"events": self.events, "stalled": self.stalled, "player": self.name}
        whole = {"seq": self.sequence, "hidden": False} | told | beat
        self.events, self.stalled = [], 0.0
        await self.api.post("/api/progress", {"grant": self.grant, "sentAt": now_ms(), "beats": [whole]})

    def _event(self, kind: str, position: float) -> None:
        self.tell(kind, position=round(position, 3))
