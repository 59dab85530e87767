"""Row D25: how far a learner may seek, from what progress announces to the grant."""

from typing import Any
from uuid import uuid4

import orjson
import pytest

from contracts import CourseRules, ProgressAdvanced
from playback_service import store_frontiers, store_grants
from progress_service.ledger import Ledger
from servicekit.database import acquire, transaction
from tests.playback.conftest import Keys, read_grant
from tests.playback.school import LONG_AGO, School
from tests.progress.making import beat, request

LOCKED = CourseRules(seek_ahead="locked")


def advanced(frontier_ms: int | None, lesson_id: str = "l1", course_id: str = "c1", **more: Any) -> ProgressAdvanced:
    known = {
        "learner_id": "ada",
        "session_id": uuid4(),
        "version": 1,
        "covered": (),
        "live_ms": 0,
        "spent_ms": 0,
        "coverage": 0,
        "watched_at": LONG_AGO,
    }
    return ProgressAdvanced(lesson_id=lesson_id, course_id=course_id, frontier_ms=frontier_ms, **(known | more))


async def announce(school: School, *events: ProgressAdvanced) -> None:
    async with transaction(school.pool) as conn:
        await store_frontiers.advance(conn, events)


async def frontier(school: School, **options: Any) -> float | None:
    lock = (await school.granted(**options))["seekLock"]
    return lock["frontier"] if lock is not None else None


@pytest.fixture
async def locked(school: School) -> School:
    """The usual school, whose course has a lock."""
    await school.standard()
    await school.course(rules=LOCKED)
    return school


async def test_the_frontier_comes_with_the_grant(locked: School, keys: Keys) -> None:
    """Row D25: what the ledger makes of ten seconds' watching is what the next grant says, in the answer and signed."""
    assert await frontier(locked) == 0
    await announce(locked, *Ledger().record(request(beat(0, 0, 10_000, (0, 10_000)))))  # type: ignore[arg-type]
    answer = await locked.granted()
    assert answer["seekLock"] == {"frontier": 10.0, "videoRevision": 1, "attempt": 1}
    assert read_grant(answer["watchGrant"], keys.watch).claims["fro"] == 10_000


async def test_without_a_lock_nothing_is_kept_or_said(school: School, keys: Keys) -> None:
    """Row D25: courses that let seek ahead leave no row and no claim, and their grants don't look for any."""
    await school.standard()
    await announce(school, advanced(30_000))
    answer = await school.granted()
    assert answer["seekLock"] is None
    assert "fro" not in read_grant(answer["watchGrant"], keys.watch).claims
    assert await school.pool.fetchval("SELECT count(*) FROM seek_frontiers") == 0
    assert await looks(school) == 0
    await school.course(rules=LOCKED)
    assert await looks(school) == 1


async def looks(school: School) -> int:
    """How often one reading of rights goes to the frontiers."""
    async with acquire(school.pool) as conn:
        (plan,) = orjson.loads(
            orjson.dumps(
                await conn.fetchval(
                    f"EXPLAIN (ANALYZE, FORMAT JSON) {store_grants._STANDINGS}", ["l1"], ["ada"], "mux-key-1"
                )
            )
        )
    found, left = list[int](), [plan["Plan"]]
    while left:
        node = left.pop()
        left += node.get("Plans", [])
        if node.get("Relation Name") == "seek_frontiers":
            found.append(node["Actual Loops"])
    (loops,) = found
    return loops


async def test_a_lock_that_comes_later_is_made_up_for(school: School) -> None:
    """Row D25: an event tells the whole way: the first one after the lock brings all that was watched before it."""
    await school.standard()
    await announce(school, advanced(30_000))
    await school.course(rules=LOCKED)
    assert await frontier(school) == 0
    await announce(school, advanced(40_000))
    assert await frontier(school) == 40


@pytest.mark.parametrize("together", [True, False])
async def test_a_frontier_only_moves_on(locked: School, together: bool) -> None:
    """Row D25: late and repeated events take nothing back, however they are batched."""
    events = [advanced(20_000), advanced(50_000), advanced(10_000), advanced(None), advanced(50_000)]
    for batch in [events] if together else [[event] for event in events]:
        await announce(locked, *batch)
    assert await frontier(locked) == 50


async def test_another_video_is_watched_from_its_beginning(locked: School) -> None:
    """Row D25: a replacement that voids what was watched arms the lock again, at once; its events move it on from
    there, those of the former video do not."""
    await announce(locked, advanced(50_000))
    first = await locked.granted()
    await locked.lesson(video_revision=2)
    again = await locked.granted(params={"refresh": first["watchGrant"]})
    assert again["seekLock"] == {"frontier": 0.0, "videoRevision": 2, "attempt": 1}
    await announce(locked, advanced(5_000, video_revision=2), advanced(60_000))
    assert await frontier(locked) == 5


async def test_another_attempt_begins_at_the_beginning(locked: School) -> None:
    """Row D25: it arms the lock again, also where the video is the same; a late event of the attempt before, or of an
    earlier video in this one, moves nothing."""
    await announce(locked, advanced(50_000))
    first = await locked.granted()
    await locked.begin(2)
    again = await locked.granted(params={"refresh": first["watchGrant"]})
    assert again["seekLock"] == {"frontier": 0.0, "videoRevision": 1, "attempt": 2}
    await announce(locked, advanced(5_000, attempt=2), advanced(60_000, video_revision=2), advanced(70_000))
    assert await frontier(locked) == 5


async def test_frontiers_are_the_learner_s_and_the_lesson_s_own(locked: School) -> None:
    """Row D25: and previews, which earn nothing, are free."""
    await locked.enroll("bob")
    await locked.lesson("l2")
    await announce(locked, advanced(50_000))
    assert await frontier(locked, user="bob") == 0
    assert await frontier(locked, lesson_id="l2") == 0
    assert await frontier(locked, user="owner") is None
