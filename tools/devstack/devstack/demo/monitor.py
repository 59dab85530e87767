"""What Mux's own monitoring sends from a player, so that Mux has figures of its own beside the ledger's.

The keys are mux-embed's abbreviations. Each beacon repeats the view's running totals, as mux-embed's do.
"""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import aiohttp


@dataclass(frozen=True)
class MuxData:
    """Where beacons go."""

    http: aiohttp.ClientSession
    url: str

    def view(self, playback: Any, *, viewer: str, lesson_id: str, length: float) -> "View | None":
        """Of a grant's video; None where it does not come from Mux, which then hears nothing."""
        playback_id = playback.get("playbackId")
        return None if playback_id is None else View(self, playback_id, viewer, lesson_id, length, uuid4().hex)


@dataclass
class View:
    """One viewing as the monitoring has it. Times in seconds: `watched` with waiting, `played` without."""

    mux: MuxData
    playback_id: str
    viewer: str
    lesson_id: str
    length: float
    id: str
    watched: float = 0.0
    played: float = 0.0
    furthest: float = 0.0

    async def waits(self, seconds: float) -> None:
        self.watched += seconds
        await self._tell("rebufferend")

    async def plays(self, seconds: float, position: float) -> None:
        """So much real time, up to that place of the video."""
        begins = not self.played
        self.watched += seconds
        self.played += seconds
        self.furthest = max(self.furthest, position)
        await self._tell(*(("viewstart", "play", "playing") if begins else ()), "timeupdate")

    async def ends(self) -> None:
        await self._tell("ended", "viewend")

    async def _tell(self, *events: str) -> None:
        known = {
            "xid": self.id,
            "uusid": self.viewer,
            "vid": self.lesson_id,
            "vtt": self.lesson_id,
            "vsour": f"{self.mux.url}/{self.playback_id}.m3u8",
            "vsodu": _ms(self.length),
            "xwati": _ms(self.watched),
            "xctpbti": _ms(self.played),
            "xmaphps": _ms(self.furthest),
        }
        body = {"metadata": {}, "events": [{**known, "e": event} for event in events]}
        async with self.mux.http.post(f"{self.mux.url}/", json=body) as answer:
            answer.raise_for_status()


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
