"""Row E9: what Mux says, fetched in turns and shown beside our own numbers, against the simulator."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from analytics_service import mux_data, mux_sync
from analytics_service.app import create_app
from analytics_service.mux_data import Account, MuxUnavailable
from analytics_service.mux_sync import MuxSync
from analytics_service.settings import Settings, WorkerSettings
from contracts import Video
from mux_sim.testing import Simulator, make_clip
from servicekit.database import Pool
from servicekit.health import Degraded
from tests.analytics import log
from tests.analytics.test_api import ADMIN, LEARNER, OTHER, OWNER, SECRET
from tests.databases import Database
from tests.polling import until

LEARNERS = ("u1", "u2", "u3", "u4", "u5")
LIMITS: dict[str, Any] = {"drift_least_views": 3}


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=2)


@pytest.fixture
async def asset(mux: Simulator, clip: Path) -> Any:
    return await mux.ready_asset(clip, policy="public", passthrough="l1")


@pytest.fixture
def settings_of(mux: Simulator, analytics_database: Database) -> Callable[..., WorkerSettings]:
    """The worker's settings, with the simulator as Mux."""

    def make(**changes: Any) -> WorkerSettings:
        known = {
            "database_url": analytics_database.worker_url,
            "mux_base_url": mux.base_url,
            "mux_token_id": mux.token_id,
            "mux_token_secret": mux.token_secret,
            "mux_sync_calls_per_s": 5,
            "mux_sync_back_days": 1,
            "mux_sync_every_s": 0.001,
        }
        return WorkerSettings.model_validate({**known, **LIMITS, **changes})

    return make


@pytest.fixture
async def sync(settings_of: Callable[..., WorkerSettings], pool: Pool) -> AsyncIterator[MuxSync]:
    async with mux_sync.running(settings_of(), pool) as made:
        assert made is not None
        yield made


@pytest.fixture
async def client(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(database_url=analytics_database.app_url, auth_jwt_secret=SECRET, **LIMITS))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://analytics") as http,
    ):
        yield http


async def lesson_at_mux(pool: Pool, asset_id: str) -> None:
    video = Video(provider="mux", asset_id=asset_id, playback_id="p", duration_ms=2_000)
    await log.consume(pool, log.logged([log.course(), log.lesson(video=video)]))


async def watched(pool: Pool, *learners: str, ms: int = 1_000, lesson_id: str = "l1") -> None:
    """Each learner is credited so much, just now."""
    events = [
        log.advanced(
            learner_id=learner,
            lesson_id=lesson_id,
            session=number,
            covered=((0, ms),),
            live_ms=ms,
            spent_ms=ms,
            watched_at=datetime.now(UTC),
        )
        for number, learner in enumerate(learners, start=1)
    ]
    await log.consume(pool, log.logged(events))


async def shown(client: httpx.AsyncClient, lesson_id: str = "l1") -> Any:
    response = await client.get(f"/api/analytics/lessons/{lesson_id}/platforms", headers=OWNER)
    assert response.status_code == 200, response.text
    return response.json()


async def test_both_sides_of_a_lesson_stand_side_by_side(
    mux: Simulator, asset: Any, sync: MuxSync, pool: Pool, client: httpx.AsyncClient
) -> None:
    """Five were credited a second each, of two of them Mux heard: the rest is drift, with reasons."""
    await lesson_at_mux(pool, asset["id"])
    await watched(pool, *LEARNERS)
    before = await shown(client)
    assert (before["totalViews"], before["verifiedWatchTime"], before["averageWatchTime"]) == (5, 5.0, 1.0)
    assert [before[name] for name in ("muxViewCount", "muxCompletionRate", "drift", "lastSyncedAt")] == [None] * 4

    playback_id = asset["playback_ids"][0]["id"]
    await mux.watch(playback_id, viewer="u1", playing_ms=1_900, duration_ms=2_000)
    await mux.watch(playback_id, viewer="u2", playing_ms=600, duration_ms=2_000)
    await sync.turn()
    after = await shown(client)
    assert (after["provider"], after["muxViewCount"], after["muxWatchTime"]) == ("mux", 2, 2.5)
    assert (after["muxCompletionRate"], after["muxCompletionSample"]) == (0.5, 2)
    assert (after["drift"]["views"], after["drift"]["watchTime"], after["drift"]["alarming"]) == (0.6, 0.5, True)
    assert after["drift"]["since"] is not None
    codes = [cause["code"] for cause in after["drift"]["likelyCauses"]]
    assert "beacons_blocked" in codes
    assert all(cause["words"] for cause in after["drift"]["likelyCauses"])
    assert after["lastSyncedAt"] is not None

    for viewer in LEARNERS[2:]:
        await mux.watch(playback_id, viewer=viewer, playing_ms=834, duration_ms=2_000)
    await sync.turn()
    settled = await shown(client)
    assert settled["muxViewCount"] == 5
    assert (settled["drift"]["alarming"], settled["drift"]["likelyCauses"], settled["drift"]["since"]) == (
        False,
        [],
        None,
    )


async def test_a_replaced_videos_views_stay_the_lessons(
    mux: Simulator, clip: Path, asset: Any, sync: MuxSync, pool: Pool, client: httpx.AsyncClient
) -> None:
    """Mux counts by asset; the lesson had two, one after the other, and then went to S3, of which Mux knows nothing."""
    other = await mux.ready_asset(clip, policy="public")
    await lesson_at_mux(pool, asset["id"])
    states = [
        log.lesson(version=2, video=Video(provider="mux", asset_id=other["id"], duration_ms=2_000)),
        log.lesson(version=3, video=Video(provider="s3", s3_key="k", duration_ms=2_000)),
    ]
    await log.consume(pool, log.at_other_offsets(log.logged(states)))
    await watched(pool, *LEARNERS, "u6")
    for made, viewer in ((asset, "u1"), (other, "u2")):
        await mux.watch(made["playback_ids"][0]["id"], viewer=viewer, playing_ms=1_000)
    await sync.turn()
    found = await shown(client)
    assert (found["provider"], found["totalViews"], found["muxViewCount"]) == ("s3", 6, 2)
    assert "s3_plays" in [cause["code"] for cause in found["drift"]["likelyCauses"]]


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429}, {"status": 401}, {}])
async def test_a_failure_keeps_the_old_figures_and_says_since_when(
    mux: Simulator, asset: Any, sync: MuxSync, pool: Pool, client: httpx.AsyncClient, fault: dict[str, Any]
) -> None:
    """Whatever Mux answers instead, what it said before stays, and the next turn that succeeds ends the complaint."""
    await lesson_at_mux(pool, asset["id"])
    await watched(pool, *LEARNERS)
    await mux.watch(asset["playback_ids"][0]["id"], viewer="u1", playing_ms=1_000)
    await sync.turn()
    good = await shown(client)

    status = fault.get("status")
    if status is None:
        sync.mux._account = Account(mux.base_url + "/_control/health?", "", "", calls_per_s=5)
    else:
        await mux.fault(status=status, path="/data/v1/metrics", times=1)
    assert await sync.turn()
    with pytest.raises(Degraded):
        await sync.check()
    bad = await shown(client)
    assert bad["syncFailingSince"] is not None
    assert (bad["muxViewCount"], bad["lastSyncedAt"]) == (1, good["lastSyncedAt"])
    assert not await sync.turn(), "Mux is left alone for a while"


async def test_one_replica_asks_for_all(
    mux: Simulator, asset: Any, settings_of: Callable[..., WorkerSettings], pool: Pool
) -> None:
    """Of many workers that look at once, one has the turn; what it is told all can show."""
    settings = settings_of(mux_sync_every_s=900)
    async with mux_sync.running(settings, pool) as one, mux_sync.running(settings, pool) as other:
        assert one is not None
        assert other is not None
        turns = await asyncio.gather(*(sync.turn() for sync in (one, other, one, other)))
        assert sorted(turns) == [False, False, False, True]
        assert not await other.turn(), "it is not due yet"


async def test_a_turn_lasts_as_long_as_who_has_it(
    mux: Simulator,
    asset: Any,
    settings_of: Callable[..., WorkerSettings],
    pool: Pool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However slow Mux is, nobody else asks meanwhile; when a worker dies in the middle, the next one soon does."""
    monkeypatch.setattr(mux_sync, "_LEASE_S", 2.0)
    monkeypatch.setattr(mux_sync, "_HOLD_EVERY_S", 0.2)
    settings = settings_of(mux_sync_every_s=900)
    async with mux_sync.running(settings, pool) as one, mux_sync.running(settings, pool) as other:
        assert one is not None
        assert other is not None
        await mux.fault(delay=6, path="/data/v1/metrics", times=None)
        slow = asyncio.create_task(one.turn())
        await until(lambda: _asked(mux))
        turns = [await other.turn() for _ in range(30) if not await asyncio.sleep(0.1)]
        assert not any(turns), "for three seconds, longer than a lease that nobody holds"
        assert not slow.done()
        slow.cancel()
        await asyncio.gather(slow, return_exceptions=True)
        await mux.clear_faults()
        assert await until(other.turn)


async def _asked(mux: Simulator) -> bool:
    return any(fault["hits"] for fault in await mux.faults())


async def test_settled_days_are_not_asked_about_again(
    mux: Simulator, asset: Any, settings_of: Callable[..., WorkerSettings], pool: Pool
) -> None:
    """The first turn asks about every day back to the limit, the following ones only about what may still change."""
    async with mux_sync.running(settings_of(mux_sync_back_days=3, mux_settled_after_s=0), pool) as sync:
        assert sync is not None
        await sync.turn()
        assert await pool.fetchval("SELECT count(*) FROM mux_days WHERE kind = 'played'") == 4
        await pool.execute("UPDATE mux_days SET synced_at = synced_at - interval '9 days'")
        await sync.turn()
        again = await pool.fetch("SELECT day FROM mux_days WHERE synced_at > now() - interval '1 day'")
        assert len({row["day"] for row in again}) == 4
        before = await pool.fetch("SELECT kind, day, synced_at FROM mux_days ORDER BY 1, 2")
        await sync.turn()
        after = await pool.fetch("SELECT kind, day, synced_at FROM mux_days ORDER BY 1, 2")
        changed = {row["day"] for row, was in zip(after, before, strict=True) if row != was}
        assert changed == {datetime.now(UTC).date()}


async def test_every_page_is_read_within_the_rate(mux: Simulator, pool: Pool) -> None:
    """More assets than a page has are all there; calls stand in line, so that the account's limit is not reached."""
    account = Account(mux.base_url, mux.token_id, mux.token_secret, calls_per_s=20)
    ids = [f"asset{number:03}" for number in range(120)]
    async with mux_data.connect(account) as client:
        pages = [[{"field": one, "views": 1} for one in part] for part in (ids[:100], ids[100:])]

        async def get(path: str, query: Any) -> Any:
            await client._turn()
            return {"data": pages[int(dict(query)["page"]) - 1]}

        client._get = get  # type: ignore[method-assign]
        began = asyncio.get_running_loop().time()
        found = await client.played(datetime.now(UTC).date())
        await client._turn()
        assert asyncio.get_running_loop().time() - began >= 2 / 20
    assert [row.field for row in found] == ids


async def test_without_a_token_nothing_is_asked(settings_of: Callable[..., WorkerSettings], pool: Pool) -> None:
    """A deployment that has no Mux shows its own numbers only."""
    async with mux_sync.running(settings_of(mux_token_id=""), pool) as sync:
        assert sync is None


async def test_who_may_see_what(asset: Any, pool: Pool, client: httpx.AsyncClient) -> None:
    """A lesson's two sides are its owner's and admins', the list of all that differ is admins'."""
    await lesson_at_mux(pool, asset["id"])
    for path, expected in (
        ("/api/analytics/lessons/l1/platforms", {"owner": 200, "other": 403, "learner": 403, "admin": 200}),
        ("/api/analytics/drifts", {"owner": 403, "other": 403, "learner": 403, "admin": 200}),
        ("/api/analytics/lessons/none/platforms", {"owner": 404, "other": 404, "learner": 404, "admin": 404}),
    ):
        callers = {"owner": OWNER, "other": OTHER, "learner": LEARNER, "admin": ADMIN}
        found = {who: (await client.get(path, headers=headers)).status_code for who, headers in callers.items()}
        assert found == expected, path
    assert (await client.get("/api/analytics/drifts")).status_code == 401


async def test_small_groups_are_not_shown(
    mux: Simulator, asset: Any, sync: MuxSync, pool: Pool, client: httpx.AsyncClient
) -> None:
    """Four viewers of a lesson are too few, on either side; five are shown."""
    await lesson_at_mux(pool, asset["id"])
    await watched(pool, *LEARNERS[:4])
    await mux.watch(asset["playback_ids"][0]["id"], viewer="u1", playing_ms=1_000)
    await sync.turn()
    few = await shown(client)
    assert few["suppressed"]
    assert [few[name] for name in ("totalViews", "completionRate", "muxViewCount", "muxWatchTime", "drift")] == [
        None
    ] * 5
    await watched(pool, "u5")
    assert not (await shown(client))["suppressed"]
    await pool.execute("UPDATE lesson_days SET day = day - 40")
    await pool.execute(
        "INSERT INTO lesson_days SELECT lesson_id, day + 40, 99, 1, 1, 0, 0, 1, 1 FROM lesson_days LIMIT 1"
    )
    assert (await shown(client))["suppressed"], "five people in all, but one of them lately"


async def test_admins_see_the_worst_first(
    mux: Simulator, clip: Path, asset: Any, sync: MuxSync, pool: Pool, client: httpx.AsyncClient
) -> None:
    """Lessons that alarm come before those with few views; those that agree are not listed."""
    others = [await mux.ready_asset(clip, policy="public") for _ in range(2)]
    lessons = dict(zip(("l1", "l2", "l3"), (asset, *others), strict=True))
    videos = {name: Video(provider="mux", asset_id=made["id"], duration_ms=2_000) for name, made in lessons.items()}
    states = [log.lesson(name, video=video) for name, video in videos.items()]
    await log.consume(pool, log.logged([log.course(), *states]))
    await watched(pool, *LEARNERS, lesson_id="l1")
    await log.consume(
        pool,
        log.at_other_offsets(
            log.logged([log.advanced(lesson_id="l2", watched_at=datetime.now(UTC) - timedelta(minutes=1))])
        ),
    )
    for viewer in LEARNERS[:3]:
        await mux.watch(asset["playback_ids"][0]["id"], viewer=viewer, playing_ms=1_000)
    await sync.turn()
    body = (await client.get("/api/analytics/drifts", headers=ADMIN)).json()
    assert [lesson["lessonId"] for lesson in body["lessons"]] == ["l1", "l2"]
    assert body["lessons"][0]["drift"]["alarming"]
    assert body["lessons"][1]["suppressed"]
    shortened = (await client.get("/api/analytics/drifts?limit=1", headers=ADMIN)).json()
    assert len(shortened["lessons"]) == 1


async def test_an_answer_that_is_none_is_unavailability(mux: Simulator) -> None:
    """Neither a page of HTML nor a closed port is taken for figures."""
    for base_url in (f"{mux.base_url}/_control/health?", "http://127.0.0.1:9"):
        async with mux_data.connect(Account(base_url, "a", "b", calls_per_s=5, timeout_s=5)) as client:
            with pytest.raises(MuxUnavailable):
                await client.played(datetime.now(UTC).date())
