"""Feature C3: grants per learner, counted by the database, so that it is exact over any number of processes."""

import asyncio

import pytest

from playback_service.rate_limit import RateLimit
from tests.playback.conftest import OpenSchool
from tests.playback.school import problem


async def test_refusal_says_when_to_come_back(open_school: OpenSchool) -> None:
    """After the last grant of the window: 429 with Retry-After and the RateLimit fields, and nothing is recorded."""
    async with open_school(playback_rate_limit=3, playback_rate_window_s=600) as school:
        await school.standard()
        answers = [await school.play() for _ in range(3)]
        assert [answer.headers["ratelimit-remaining"] for answer in answers] == ["2", "1", "0"]
        assert {answer.headers["ratelimit-limit"] for answer in answers} == {"3"}
        refused = await school.play()
        problem(refused, 429, "too-many-requests")
        assert 190 <= int(refused.headers["retry-after"]) <= 200
        assert 590 <= int(refused.headers["ratelimit-reset"]) <= 600
        assert (refused.headers["ratelimit-remaining"], refused.headers["ratelimit-policy"]) == (
            "0",
            '"learner";q=3;w=600, "address";q=3000;w=60',
        )
        assert await school.pool.fetchval("SELECT count(*) FROM grants") == 3
        assert await school.pool.fetchval("SELECT count(*) FROM outbox") == 3


async def test_bucket_refills(open_school: OpenSchool) -> None:
    """A grant comes back after its share of the window, not before."""
    async with open_school(playback_rate_limit=2, playback_rate_window_s=600) as school:
        await school.standard()
        for _ in range(2):
            await school.granted()
        for seconds, expected in ((290, 429), (11, 200), (0, 429)):
            await school.pool.execute(
                "UPDATE mint_limits SET full_at = full_at - make_interval(secs => $1)", float(seconds)
            )
            assert (await school.play()).status_code == expected


async def test_learners_do_not_share_a_bucket(open_school: OpenSchool) -> None:
    """One learner's haste is not another's wait."""
    async with open_school(playback_rate_limit=1, playback_rate_window_s=600) as school:
        await school.standard()
        await school.enroll("bob")
        await school.granted()
        problem(await school.play(), 429, "too-many-requests")
        await school.granted(user="bob")


async def test_two_replicas_share_the_count_exactly(open_school: OpenSchool) -> None:
    """Forty requests at once at two processes' worth of pools: as many grants as the bucket holds, and not one more."""
    limits = {"playback_rate_limit": 10, "playback_rate_window_s": 3600}
    async with open_school(**limits) as one, open_school(**limits) as other:
        await one.standard()
        answers = await asyncio.gather(*(school.play() for school in (one, other) for _ in range(20)))
        assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 30
        assert await one.pool.fetchval("SELECT count(*) FROM grants") == 10


@pytest.mark.parametrize(
    ("until_full_s", "allowed", "left", "retry"),
    [
        (20, True, "2", None),
        (60, True, "0", None),
        (40.5, True, "0", None),
        (60, False, "0", "20"),
        (0, False, "0", "1"),
    ],
)
def test_header_arithmetic(until_full_s: float, allowed: bool, left: str, retry: str | None) -> None:
    """What is left and when to come back follow from how full the bucket is."""
    fields = RateLimit(3, 60).headers(until_full_s, allowed=allowed)
    assert (fields["RateLimit-Remaining"], fields.get("Retry-After")) == (left, retry)


async def test_addresses_have_a_bucket_too(open_school: OpenSchool) -> None:
    """Row C3: learners of one address share its bucket, exactly, also within a batch and over replicas; the refusal
    names it; other addresses are not concerned; who is refused for their own haste takes nothing from the others."""
    limits = {
        "playback_rate_limit": 3,
        "playback_rate_window_s": 3600,
        "playback_address_rate_limit": 5,
        "playback_address_rate_window_s": 600,
        "trusted_proxies": "198.51.100.7",
    }
    here, there = ({"X-Forwarded-For": address} for address in ("203.0.113.1", "203.0.113.2"))
    async with open_school(**limits) as one, open_school(**limits) as other:
        await one.standard()
        for user in ("bob", "eve"):
            await one.enroll(user)
        hasty = await asyncio.gather(*(one.play(headers=here) for _ in range(8)))
        assert sorted(answer.status_code for answer in hasty) == [200] * 3 + [429] * 5
        assert {answer.headers["ratelimit"].split(";")[0] for answer in hasty} == {'"learner"'}
        answers = await asyncio.gather(
            *(school.play(user=user, headers=here) for school in (one, other) for user in ("bob", "eve"))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429]
        (refused, *_) = [answer for answer in answers if answer.status_code == 429]
        problem(refused, 429, "too-many-requests")
        assert refused.headers["ratelimit"].startswith('"address";r=0;t=')
        assert 110 <= int(refused.headers["retry-after"]) <= 120
        assert refused.headers["ratelimit-policy"] == '"learner";q=3;w=3600, "address";q=5;w=600'
        assert (await other.play(user="bob", headers=there)).status_code == 200
        assert await one.pool.fetchval("SELECT count(*) FROM grants") == 6


@pytest.mark.parametrize("trusted", ["", "10.0.0.0/8"])
async def test_nobody_talks_their_way_around_the_limit(open_school: OpenSchool, trusted: str) -> None:
    """Row C3: whoever is no gateway of ours may claim any address, and is counted by their own."""
    limits = {"playback_address_rate_limit": 2, "playback_address_rate_window_s": 600, "trusted_proxies": trusted}
    async with open_school(**limits) as school:
        await school.standard()
        claims = [
            {},
            {"X-Forwarded-For": "203.0.113.1"},
            {"X-Forwarded-For": "10.0.0.1, 203.0.113.3"},
            {"Forwarded": "for=203.0.113.4"},
            {"X-Real-IP": "203.0.113.5"},
        ]
        answers = [await school.play(headers=headers) for headers in claims]
        assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 429]
