"""Row D23: what a course says of counting reaches the ledger with the grant: playback's mint, progress's fold."""

import time
from typing import Any

import pytest

from contracts import Beat, CourseRules, WatchProgress
from progress_service.fold import fold
from progress_service.grants import GrantVerifier
from progress_service.state import Clock, Lesson, Session
from tests.playback.conftest import Keys
from tests.playback.school import School


def in_a_hidden_page(grant: str, keys: Keys) -> Lesson:
    """What ten seconds in sight and ten seconds out of sight are worth under a grant."""
    now_ms = time.time_ns() // 1_000_000
    genuine = GrantVerifier({"watch-1": keys.watch.public_key()}).verify(grant, now_ms=now_ms)
    begin = genuine.iat * 1000
    beats = tuple(
        Beat(
            seq=n,
            since_ms=begin + n * 10_000,
            at_ms=begin + (n + 1) * 10_000,
            position_ms=(n + 1) * 10_000,
            segments=((n * 10_000, (n + 1) * 10_000),),
            hidden=n == 1,
        )
        for n in range(2)
    )
    received_ms = begin + 20_000
    request = WatchProgress(**genuine.granted, received_at_ms=received_ms, sent_at_ms=received_ms, beats=beats)
    return fold(Session(), Clock(), Lesson(), request).lesson


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (None, (20_000, 0, {})),
        ("count", (20_000, 0, {})),
        ("pause", (10_000, 0, {"hidden": 10_000})),
        ("apart", (10_000, 10_000, {})),
    ],
)
async def test_a_hidden_page_is_worth_what_the_course_says(
    school: School, keys: Keys, rule: Any, expected: tuple[int, int, dict[str, int]]
) -> None:
    """Row D23: from the course's change over its projection and the signed grant to the credit; without a word of the
    course, hidden pages count."""
    await school.standard()
    await school.course(rules=CourseRules(hidden_pages=rule))
    lesson = in_a_hidden_page((await school.granted())["watchGrant"], keys)
    assert (lesson.live_ms, lesson.hidden_ms, dict(lesson.cuts)) == expected


async def test_a_refresh_brings_the_course_s_new_rule(school: School, keys: Keys) -> None:
    """Row D23: who is watching when the rule changes watches under it from the next refresh on, in the same session."""
    await school.standard()
    first = (await school.granted())["watchGrant"]
    assert in_a_hidden_page(first, keys).live_ms == 20_000
    await school.course(rules=CourseRules(hidden_pages="pause"))
    refreshed = await school.granted(params={"refresh": first})
    assert in_a_hidden_page(refreshed["watchGrant"], keys).live_ms == 10_000
