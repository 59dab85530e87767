"""What is counted by name: speeds, and what players tell of plays, seeks, qualities and errors. Pure.

Whatever a client may write freely is put into one of few names, so that nobody can make a lesson's rows grow.
"""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from analytics_service import splits
from contracts import Beat, PlayerEvent, WatchProgress
from contracts.clients import OTHER

SEEK_BUCKETS = 100
SHORTEST_SEEK_MS = 1_000
UNKNOWN_DURATION_WIDTH_S = 60
LONGEST_STALL_MS = 600_000
QUALITIES = (240, 360, 480, 720, 1080, 1440, 2160)
SPEEDS = (50, 75, 100, 125, 150, 175, 200)
"""In per cent."""
_BETWEEN_SPEEDS = [(slower + faster) / 2 for slower, faster in pairwise(SPEEDS)]
ERRORS = frozenset({"aborted", "network", "decode", "source", "expired", "encrypted"})
_ERROR_NAMES = {
    "1": "aborted", "2": "network", "3": "decode", "4": "source", "5": "encrypted",
    "mediaerror": "decode", "networkerror": "network", "keysystemerror": "encrypted", "tokenexpired": "expired",
}  # fmt: skip


class Tally(NamedTuple):
    """What is counted, of which video of which lesson."""

    lesson_id: str
    revision: int
    kind: str
    name: str


class Entry(NamedTuple):
    """A tally, the shard that keeps it, and the learner whose it is."""

    tally: Tally
    shard: int
    learner_id: str


@dataclass(frozen=True, slots=True)
class Amount:
    """How often, and how many ms where that means something."""

    times: int = 0
    ms: int = 0

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.times + other.times, self.ms + other.ms)


Entries = Mapping[Entry, Amount]
Named = tuple[tuple[str, str], Amount]
"""Kind and name under which something counts, and how much it is."""


def speed(credited_ms: int, spent_ms: int) -> str:
    """The speed at which media was watched, to the nearest of SPEEDS; of two equally near ones the slower."""
    return f"{SPEEDS[bisect_left(_BETWEEN_SPEEDS, credited_ms * 100 / max(spent_ms, 1))] / 100:g}"


def quality(value: str | None) -> str:
    """The rendition's height as a player tells it (`720p`), lifted to the next of QUALITIES; else OTHER."""
    text = (value or "").removesuffix("p")
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) > 0):
        return OTHER
    height = next((known for known in QUALITIES if int(text) <= known), None)
    return OTHER if height is None else f"{height}p"


def error(value: str | None) -> str:
    """One of ERRORS, from the codes of media elements (MediaError) and of hls.js; else OTHER."""
    text = (value or "").strip().lower()
    name = _ERROR_NAMES.get(text, text)
    return name if name in ERRORS else OTHER


def bucket_width_s(duration_ms: int) -> int:
    """Seconds of media in a bucket of the seek matrix, such that there are at most SEEK_BUCKETS."""
    if duration_ms <= 0:
        return UNKNOWN_DURATION_WIDTH_S
    return max(1, math.ceil(duration_ms / 1_000 / SEEK_BUCKETS))


def seek(event: PlayerEvent, duration_ms: int) -> str | None:
    """`width/from/to` in buckets; None where the player doesn't say from where and to where, or hardly moved."""
    if event.from_ms is None or event.to_ms is None or abs(event.to_ms - event.from_ms) < SHORTEST_SEEK_MS:
        return None
    width = bucket_width_s(duration_ms)
    origin, target = (_bucket(at_ms, duration_ms, width) for at_ms in (event.from_ms, event.to_ms))
    return f"{width}/{origin}/{target}"


def _bucket(at_ms: int, duration_ms: int, width_s: int) -> int:
    within = min(at_ms, duration_ms - 1) if duration_ms > 0 else at_ms
    return min(within // (width_s * 1_000), SEEK_BUCKETS - 1)


def told(request: WatchProgress, shard: int, numbers: Iterable[int]) -> Entries:
    """What the beats of these numbers tell, once for each event in them."""
    wanted, entries = set(numbers), dict[Entry, Amount]()
    for beat in request.beats:
        if beat.seq not in wanted:
            continue
        wanted.discard(beat.seq)
        named = [(name, Amount(times=1)) for event in beat.events for name in _named(event, request.duration_ms)]
        if beat.stalled_ms:
            named.append((("stall", "data"), Amount(1, min(beat.stalled_ms, LONGEST_STALL_MS))))
        named += _split(named, list(splits.parts_of(request, beat))) if named else ()
        for name, amount in named:
            entry = Entry(Tally(request.lesson_id, request.video_revision, *name), shard, request.learner_id)
            entries[entry] = entries.get(entry, Amount()) + amount
    return entries


def _split(named: Sequence[Named], parts: Sequence[tuple[str, str]]) -> list[Named]:
    """The same once more for each part that it belongs to."""
    return [
        ((f"{kind}/{split}", f"{name}/{part}"), amount)
        for (kind, name), amount in named
        if kind in splits.SPLIT_KINDS
        for split, part in parts
    ]


def tells(beat: Beat) -> bool:
    """Whether there may be anything to count in it."""
    return bool(beat.events or beat.stalled_ms)


def _named(event: PlayerEvent, duration_ms: int) -> list[tuple[str, str]]:
    """Kind and name under which the event counts, if it does."""
    match event.type:
        case "seek":
            name = seek(event, duration_ms)
            return [] if name is None else [("seek", name)]
        case "play":
            return [("play", "start")]
        case "qualitychange":
            return [("quality", quality(event.value))]
        case "error":
            return [("error", error(event.value))]
        case _:
            return []


def added(parts: Iterable[Entries]) -> dict[Entry, Amount]:
    """The sum of all parts."""
    total: dict[Entry, Amount] = defaultdict(Amount)
    for part in parts:
        for entry, amount in part.items():
            total[entry] += amount
    return dict(total)
