"""Row C9: how many playbacks a learner may have at once, whose place it is, and how who lost it is told."""

import asyncio
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playback_service import store_leases
from playback_service.errors import LeaseHeld, LeaseTaken
from playback_service.lease import Lease, Wanted, release, take
from tests.databases import Database
from tests.playback.conftest import OpenSchool
from tests.playback.school import School, problem
from tests.playback.test_outages import through
from tests.polling import within
from tests.proxy import proxy

OVER = {"takeOver": "true"}


async def allow(school: School, devices: int | None, course: str = "c1") -> None:
    answer = await school.ask("PUT", f"/api/courses/{course}/playback-policy", "owner", json={"devices": devices})
    assert answer.json()["devices"] == devices


async def leave(school: School, grant: str, **options: Any) -> httpx.Response:
    """As a beacon: no header that a page could set."""
    sent = {"content": f'{{"watchGrant":"{grant}"}}', "headers": {"Content-Type": "text/plain;charset=UTF-8"}}
    return await school.http.post("/api/videos/l1/playback/release", **(sent | options))


async def test_one_device_takes_over_from_another(school: School) -> None:
    """Row C9: the second device is refused and told where it plays; it may take over; the first is told so at its next
    refresh, and may take the place back."""
    await school.standard()
    await allow(school, 1)
    first = await school.granted()
    assert first["leaseUntil"] is not None
    assert first["refreshAfter"] == 60
    held = problem(await school.play(), 403, "lease-held")
    assert (held["reason"], held["devices"], held["playing"]["lessonId"]) == ("too_many_devices", 1, "l1")
    second = await school.granted(params=OVER)
    taken = problem(await school.play(params={"refresh": first["watchGrant"]}), 403, "lease-taken")
    assert taken["reason"] == "taken_over"
    again = await school.granted(params={"refresh": second["watchGrant"]})
    assert again["sessionId"] == second["sessionId"]
    back = await school.granted(params={"refresh": first["watchGrant"], **OVER})
    assert back["sessionId"] == first["sessionId"]
    problem(await school.play(params={"refresh": second["watchGrant"]}), 403, "lease-taken")


async def test_a_refresh_keeps_the_place_and_its_end_frees_it(open_school: OpenSchool) -> None:
    """Row C9: a lease lives as long as refreshes come; one that ran out goes to whoever asks first, and its player, if
    it comes back in time, goes on as if nothing had been."""
    async with open_school(playback_lease_s=4) as school:
        await school.standard()
        await allow(school, 1)
        first = await school.granted()
        assert first["refreshAfter"] == 2

        async def time_passes(seconds: float) -> None:
            await school.pool.execute(
                "UPDATE playback_leases SET held = jsonb_set(held, '{0,until}',"
                " to_jsonb((held->0->>'until')::float - $1::float))",
                seconds,
            )

        await time_passes(3)
        first = await school.granted(params={"refresh": first["watchGrant"]})
        await time_passes(3)
        problem(await school.play(), 403, "lease-held")
        await time_passes(2)
        assert (await school.granted(params={"refresh": first["watchGrant"]}))["sessionId"] == first["sessionId"]
        await time_passes(5)
        second = await school.granted()
        problem(await school.play(params={"refresh": first["watchGrant"]}), 403, "lease-held")
        await school.granted(params={"refresh": second["watchGrant"]})


async def test_a_player_that_goes_away_frees_its_place(school: School) -> None:
    """Row C9: a beacon with the watch grant ends the lease; a grant that is forged, somebody's for another lesson, or
    not there frees nothing."""
    await school.standard()
    await allow(school, 1)
    first = await school.granted()
    problem(await leave(school, first["watchGrant"][:-4] + "AAAA"), 403, "watch-grant-refused")
    problem(await leave(school, ""), 422, "invalid-payload")
    problem(await leave(school, "", content="no json"), 400, "invalid-json")
    await school.lesson("l2")
    elsewhere = await school.http.post("/api/videos/l2/playback/release", json={"watchGrant": first["watchGrant"]})
    problem(elsewhere, 403, "watch-grant-refused")
    problem(await school.play(), 403, "lease-held")
    assert (await leave(school, first["watchGrant"])).status_code == 204
    assert (await leave(school, first["watchGrant"])).status_code == 204
    await school.granted()


async def test_two_devices_at_once_one_wins(open_school: OpenSchool) -> None:
    """Row C9: of twenty devices that ask two replicas at the same moment, one plays; of three places, three are given;
    of twenty that take over, the last stays."""
    async with open_school() as one, open_school() as other:
        await one.standard()
        await allow(one, 1)
        for devices, user in ((1, "ada"), (3, "bob")):
            await one.enroll(user)
            await allow(one, devices)
            answers = await asyncio.gather(*(school.play(user=user) for school in (one, other) for _ in range(10)))
            assert sorted(answer.status_code for answer in answers) == [200] * devices + [403] * (20 - devices)
        await allow(one, 1)
        answers = await asyncio.gather(
            *(school.play(user="ada", params=OVER) for school in (one, other) for _ in range(10))
        )
        assert {answer.status_code for answer in answers} == {200}
        grants = [answer.json()["watchGrant"] for answer in answers]
        refreshed = [await one.play(user="ada", params={"refresh": grant}) for grant in grants]
        assert sorted(answer.status_code for answer in refreshed) == [200] + [403] * 19


async def test_leases_are_the_course_s_and_learners_alone(school: School) -> None:
    """Row C9: other learners, courses without leases, and previews have nothing to do with it; what was refused is
    neither audited nor counted."""
    await school.standard()
    await school.enroll("bob")
    await school.course("c2")
    await school.lesson("l2", "c2")
    await school.enroll("ada", "c2")
    await allow(school, 1)
    await school.granted()
    await school.granted(user="bob")
    for _ in range(2):
        answer = await school.granted("l2")
        assert answer["leaseUntil"] is None
        await school.granted(user="owner")
    problem(await school.play(), 403, "lease-held")
    assert await school.pool.fetchval("SELECT count(*) FROM grants WHERE learner_id = 'ada'") == 3
    await allow(school, None)
    await school.granted()


async def test_the_rate_limit_takes_no_place(open_school: OpenSchool) -> None:
    """Row C9: who is refused with a 429 has neither got a place nor taken one over."""
    async with open_school(playback_rate_limit=2, playback_rate_window_s=3600) as school:
        await school.standard()
        await allow(school, 1)
        await school.granted()
        second = await school.granted(params=OVER)
        problem(await school.play(params=OVER), 429, "too-many-requests")
        await school.pool.execute("DELETE FROM mint_limits")
        await school.granted(params={"refresh": second["watchGrant"]})


sessions = st.sampled_from([UUID(int=n, version=4) for n in range(1, 6)])
steps = st.lists(
    st.tuples(sessions, st.booleans(), st.floats(0, 50), st.sampled_from(["ask", "go"])), min_size=1, max_size=40
)


@given(steps, st.integers(1, 3))
def test_never_more_than_allowed(history: list[tuple[UUID, bool, float, str]], devices: int) -> None:
    """Row C9: whatever is asked, taken over, released and waited for: never more play than may, a refresh in time is
    never refused but to one that was taken over, and a take-over never is."""
    held: tuple[Lease, ...] = ()
    now = 0.0
    for session, over, pause, what in history:
        now += pause
        if what == "go":
            held = release(held, session)
            continue
        before = {lease.session_id: lease for lease in held if lease.until > now}
        mine = before.get(str(session))
        wanted = Wanted(session, session if mine else None, "l1", devices, over, now, now + 60)
        try:
            held = take(held, wanted)
        except LeaseTaken:
            assert mine is not None
            assert mine.taken
            assert not over
        except LeaseHeld:
            assert mine is None
            assert not over
            assert len([lease for lease in before.values() if not lease.taken]) == devices
        playing = [lease for lease in held if lease.until > now and not lease.taken]
        assert len(playing) <= devices


def test_fewer_devices_from_now_on() -> None:
    """Row C9: where a course allows fewer than play, those that have played longest stay."""
    held: tuple[Lease, ...] = ()
    players = [uuid4() for _ in range(3)]
    for moment, player in enumerate(players):
        held = take(held, Wanted(player, None, "l1", 3, False, float(moment), 100.0))
    for player, stays in zip(players, (True, False, False), strict=True):
        renewing = Wanted(player, player, "l1", 1, False, 10.0, 110.0)
        if stays:
            take(held, renewing)
        else:
            with pytest.raises(LeaseHeld):
                take(held, renewing)


async def test_a_replica_that_vanished_stops_nobody_else(open_school: OpenSchool, database: Database) -> None:
    """Row C9: while somebody sits on a learner's row, that learner gets a 503 soon, and the others of the same
    batch play; whoever sat on it is put out by the database, and nothing needs repair."""
    async with open_school(playback_budget_s=5) as school:
        await school.standard()
        await school.enroll("bob")
        await allow(school, 1)
        await school.granted()
        gone = await asyncpg.connect(database.app_url)
        await gone.execute("BEGIN")
        await store_leases.lock(gone, ["ada"])
        stuck, plays = await asyncio.gather(school.play(params=OVER), school.play(user="bob"))
        problem(stuck, 503, "lease-busy")
        assert plays.status_code == 200
        async with asyncio.timeout(60):
            while (await school.play(params=OVER)).status_code != 200:
                await asyncio.sleep(0.05)
        assert gone.is_closed()


async def test_a_frozen_database_grants_no_lease(open_school: OpenSchool, database: Database) -> None:
    """Row C9: packets vanish: a 503 in under a second; when they flow again, the place is where it was."""
    parts = urlsplit(database.app_url)
    async with (
        proxy(parts.hostname or "", parts.port or 0) as line,
        open_school(database_url=through(database.app_url, line.port), playback_budget_s=0.6) as school,
    ):
        await school.standard()
        await allow(school, 1)
        first = await school.granted()
        line.half_open = True
        with within(0.6):
            problem(await school.play(params=OVER), 503, "database-unavailable")
        line.half_open = False
        line.cut()
        async with asyncio.timeout(60):
            while (answer := await school.play(params={"refresh": first["watchGrant"]})).status_code == 503:
                await asyncio.sleep(0.05)
        assert answer.status_code == 200
