"""Row C10: restrictions that no course has any more are deleted at Mux, which keeps a hundred; nobody else's are."""

from typing import Any

import pytest

from mux_sim.testing import Simulator, running_simulator
from playback_service import store_restrictions
from playback_service.errors import MuxUnavailable
from playback_service.mux_restrictions import MuxRestrictions
from playback_service.restricting import RestrictionSweep
from playback_service.worker import create_worker
from tests.playback.conftest import MakeSettings, OpenSchool
from tests.playback.school import School, problem
from tests.polling import until

NOWHERE = "http://127.0.0.1:9"
DAY_S = 86_400


def configured(mux: Simulator) -> dict[str, Any]:
    return {"mux_base_url": mux.base_url, "mux_token_id": mux.token_id, "mux_token_secret": mux.token_secret}


def sweep(school: School, mux: Simulator, *, keep_s: float = 0, at: str | None = None) -> RestrictionSweep:
    return RestrictionSweep(
        school.pool, MuxRestrictions(at or mux.base_url, mux.token_id, mux.token_secret), keep_s=keep_s
    )


async def restrict(school: School, *domains: str, course: str = "c1") -> None:
    """Let the course be played on these domains only; on any without one."""
    restriction = {"allowedDomains": list(domains), "allowNoUserAgent": True} if domains else None
    path = f"/api/courses/{course}/playback-policy"
    said = await school.ask("PUT", path, "owner", json={"restriction": restriction})
    assert said.status_code == 200, said.text


async def at_mux(mux: Simulator) -> dict[str, str]:
    """The first domain of each restriction that Mux has, by its id."""
    found = (await mux.api("GET", "/video/v1/playback-restrictions?limit=100"))["data"]
    return {one["id"]: one["referrer"]["allowed_domains"][0] for one in found}


async def named(school: School, course: str = "c1") -> str | None:
    """The restriction that the course's tokens name."""
    found: str | None = await school.pool.fetchval(
        "SELECT restriction_id FROM course_policies WHERE course_id = $1", course
    )
    return found


async def test_what_no_course_uses_is_deleted_after_a_while(open_school: OpenSchool, mux: Simulator) -> None:
    """Not before tokens that name it have ended; not while one course has it; not what we have not made."""
    foreign = await mux.api(
        "POST", "/video/v1/playback-restrictions", {"referrer": {"allowed_domains": ["theirs.test"]}, "user_agent": {}}
    )
    async with open_school(**configured(mux)) as school:
        await school.standard()
        await school.course("c2")
        await restrict(school, "shared.test")
        await restrict(school, "shared.test", course="c2")
        await restrict(school, "old.test")
        await restrict(school, "new.test")
        await sweep(school, mux, keep_s=DAY_S).turn()
        assert sorted((await at_mux(mux)).values()) == ["new.test", "old.test", "shared.test", "theirs.test"]
        await school.pool.execute("UPDATE mux_restrictions SET unused_since = unused_since - interval '1 day'")
        await sweep(school, mux, keep_s=DAY_S).turn()
        assert sorted((await at_mux(mux)).values()) == ["new.test", "shared.test", "theirs.test"]
        assert (await at_mux(mux))[await named(school) or ""] == "new.test"
        assert foreign["data"]["id"] in await at_mux(mux)


async def test_what_is_used_again_meanwhile_stays(open_school: OpenSchool, mux: Simulator) -> None:
    """The time counts from when it was last left, not from when it first was."""
    async with open_school(**configured(mux)) as school:
        await school.standard()
        await restrict(school, "ours.test")
        before = await named(school)
        await restrict(school)
        await sweep(school, mux, keep_s=DAY_S).turn()
        await school.pool.execute("UPDATE mux_restrictions SET unused_since = unused_since - interval '1 day'")
        await restrict(school, "ours.test")
        await sweep(school, mux, keep_s=DAY_S).turn()
        assert await named(school) == before
        assert list(await at_mux(mux)) == [before]
        assert await school.pool.fetchval("SELECT unused_since FROM mux_restrictions") is None


async def test_while_mux_is_away_nothing_is_forgotten(open_school: OpenSchool, mux: Simulator) -> None:
    """It is deleted when Mux is back; a course that wants the same rules meanwhile gets a restriction that stays."""
    async with open_school(**configured(mux)) as school:
        await school.standard()
        await restrict(school, "ours.test")
        before = await named(school)
        await restrict(school)
        with pytest.raises(MuxUnavailable):
            await sweep(school, mux, at=NOWHERE).turn()
        with pytest.raises(MuxUnavailable):
            await sweep(school, mux, at=NOWHERE).turn()
        assert list(await at_mux(mux)) == [before]
        await restrict(school, "ours.test")
        after = await named(school)
        assert after not in (None, before)
        await sweep(school, mux).turn()
        assert list(await at_mux(mux)) == [after]


async def test_what_mux_has_lost_is_done_with(open_school: OpenSchool, mux: Simulator) -> None:
    """Somebody deleted it in Mux's dashboard: that keeps no other from being deleted."""
    async with open_school(**configured(mux)) as school:
        await school.standard()
        for domain in ("a.test", "b.test"):
            await restrict(school, domain)
        (lost,) = [one for one, domain in (await at_mux(mux)).items() if domain == "a.test"]
        await mux.api("DELETE", f"/video/v1/playback-restrictions/{lost}")
        await restrict(school)
        await sweep(school, mux).turn()
        assert await at_mux(mux) == {}
        assert await school.pool.fetchval("SELECT count(*) FROM mux_restrictions_to_delete") == 0


async def test_a_turn_is_bounded(open_school: OpenSchool, mux: Simulator) -> None:
    """Twenty at a time; what is left over is for the next turn."""
    async with open_school(**configured(mux)) as school:
        await school.standard()
        for number in range(23):
            await restrict(school, f"d{number}.test")
        await restrict(school)
        await sweep(school, mux).turn()
        assert len(await at_mux(mux)) == 3
        await sweep(school, mux).turn()
        assert await at_mux(mux) == {}


async def test_a_turn_is_one_worker_s(open_school: OpenSchool, mux: Simulator) -> None:
    """Whoever finds another at it does nothing, and the turn is free again afterwards."""
    async with open_school(**configured(mux)) as school:
        await school.standard()
        await restrict(school, "ours.test")
        await restrict(school)
        async with store_restrictions.one_at_a_time(school.pool) as ours:
            assert ours
            await sweep(school, mux).turn()
            assert len(await at_mux(mux)) == 1
        await sweep(school, mux).turn()
        assert await at_mux(mux) == {}


async def test_a_deleted_course_s_goes_and_comes_back_with_it(open_school: OpenSchool, mux: Simulator) -> None:
    """Meanwhile nobody gets in without it: the course's policy is what it was."""
    async with open_school(**configured(mux)) as school:
        await school.standard()
        await restrict(school, "ours.test")
        await school.course(deleted=True)
        await sweep(school, mux).turn()
        assert await at_mux(mux) == {}
        await school.course()
        problem(await school.play(), 503, "not-configured")
        await sweep(school, mux).turn()
        assert (await at_mux(mux))[await named(school) or ""] == "ours.test"
        await school.granted()


async def test_the_worker_sweeps(
    open_school: OpenSchool, settings: MakeSettings, mux: Simulator, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """A running worker deletes it by itself, once no token names it any more."""
    overrides = {
        **configured(mux),
        "kafka_bootstrap_servers": kafka_bootstrap,
        "kafka_topic_prefix": topic_prefix,
        "restrictions_every_s": 0.2,
        "restriction_keep_s": 0,
        "playback_ttl_s": 5,
        "playback_ttl_min_s": 5,
    }
    async with open_school(**overrides) as school:
        await school.standard()
        await restrict(school, "ours.test")
        await restrict(school)

        async def swept() -> bool:
            return await at_mux(mux) == {}

        async with create_worker(settings(**overrides)):
            await until(swept)


async def test_more_than_a_hundred_fit_one_after_the_other(open_school: OpenSchool) -> None:
    """What Mux refuses as one too many is there for the next who asks, once the sweep has been."""
    async with running_simulator() as mux, open_school(**configured(mux)) as school:
        await school.standard()
        for number in range(100):
            await restrict(school, f"d{number}.test")
        path = "/api/courses/c1/playback-policy"
        said = {"restriction": {"allowedDomains": ["one-more.test"]}}
        problem(await school.ask("PUT", path, "owner", json=said), 503, "mux-unavailable")
        await sweep(school, mux).turn()
        assert (await school.ask("PUT", path, "owner", json=said)).status_code == 200
