"""The sweeps: what webhooks lost is healed and counted, what crossed is applied, what is unwanted is deleted."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from mux_sim.testing import make_clip
from servicekit.errors import Unavailable
from tests.upload.conftest import Json, Service, asset_event, upload_event
from upload_service.mux import MuxService
from upload_service.reconcile import GAPS, Reconciler


@pytest.fixture
async def reconciler(service: Service) -> AsyncIterator[Reconciler]:
    mux = MuxService(service.settings)
    yield Reconciler(service.pool, mux, service.settings)
    mux.close()


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("upload-clips") / "clip.mp4", seconds=1, size="320x180")


def gaps(status: str) -> float:
    value: float = GAPS.labels(status)._value.get()
    return value


async def uploaded(service: Service, lesson_id: str, clip: Path) -> str:
    """Send the clip; returns the id of the asset that Mux made of it."""
    made = await service.upload_url(lesson_id)
    await service.mux.upload_file(made["uploadUrl"], clip)
    asset_id = (await service.mux.wait_for_event("video.upload.asset_created", made["muxUploadId"]))["data"]["asset_id"]
    assert isinstance(asset_id, str)
    return asset_id


async def test_a_video_whose_webhooks_never_came_becomes_ready(
    service: Service, reconciler: Reconciler, clip: Path
) -> None:
    """Mux is asked, the lesson is healed and announced as by a webhook, and the gap is counted."""
    lesson_id = await service.make_lesson()
    asset_id = await uploaded(service, lesson_id, clip)
    await service.mux.wait_for_asset(asset_id)
    before = gaps("ready")
    await reconciler.turn()
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["muxAssetId"]) == ("ready", asset_id)
    assert lesson["duration"] == pytest.approx(1, abs=0.1)
    assert (await service.topics(lesson_id))[-1] == "asset.ready"
    assert gaps("ready") == before + 1
    await reconciler.turn()
    assert gaps("ready") == before + 1


async def test_an_upload_that_timed_out_becomes_an_error(service: Service, reconciler: Reconciler) -> None:
    """There is no webhook for it: only asking tells."""
    lesson_id = await service.make_lesson()
    await service.upload_url(lesson_id)
    await reconciler.turn()
    assert (await service.lesson(lesson_id))["processingStatus"] == "pending"
    await service.mux.advance(service.settings.mux_upload_timeout_s + 1)
    await reconciler.turn()
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["error"]) == ("error", "The upload was not finished in time")


async def test_a_video_that_failed_unheard_shows_its_reason(
    service: Service, reconciler: Reconciler, clip: Path
) -> None:
    """errored, with Mux's words, as by a webhook."""
    await service.mux.fail_transcodes(message="The input file is not a valid video file.")
    lesson_id = await service.make_lesson()
    await service.mux.wait_for_asset(await uploaded(service, lesson_id, clip), "errored")
    await reconciler.turn()
    assert (await service.lesson(lesson_id))["error"] == "The input file is not a valid video file."


async def test_an_asset_that_is_gone_at_mux_is_gone_here(service: Service, reconciler: Reconciler) -> None:
    """A 404 for an asset that was being processed ends the wait."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    await service.delivered(upload_event("asset_created", upload_id, asset_id="0" * 40))
    await reconciler.turn()
    assert (await service.lesson(lesson_id))["upload"]["status"] == "deleted"


async def test_only_silence_is_asked_about(service: Service, reconciler: Reconciler) -> None:
    """What is younger than the age, or settled, costs no call."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    patient = Reconciler(service.pool, reconciler.mux, service.settings.model_copy(update={"reconcile_after_s": 300.0}))
    await service.mux.fault(method="GET", status=500, times=None)
    await patient.turn()
    assert (await service.mux.faults())[0]["hits"] == 0
    await service.delivered(asset_event("ready", "a", upload_id))
    await reconciler.turn()
    assert (await service.mux.faults())[0]["hits"] == 0


async def test_mux_down_is_borne(service: Service, reconciler: Reconciler) -> None:
    """A failing call ends neither the turn nor the loop; the next turn asks again."""
    lesson_id = await service.make_lesson()
    await service.upload_url(lesson_id)
    await service.mux.advance(service.settings.mux_upload_timeout_s + 1)
    await service.mux.fault(method="GET", status=503, times=None)
    await reconciler.turn()
    assert (await service.lesson(lesson_id))["processingStatus"] == "pending"
    await service.mux.clear_faults()
    await reconciler.turn()
    assert (await service.lesson(lesson_id))["processingStatus"] == "error"


async def test_the_asset_of_a_deleted_lesson_is_deleted_at_mux(
    service: Service, reconciler: Reconciler, clip: Path
) -> None:
    """Tried until Mux takes it, also for a video that became an asset only after its lesson had gone."""
    lesson_id = await service.make_lesson()
    asset_id = await uploaded(service, lesson_id, clip)
    course_id = (await service.lesson(lesson_id))["courseId"]
    await service.must("DELETE", f"/api/courses/{course_id}/lessons/{lesson_id}")
    await service.mux.fault(method="DELETE", status=500, times=None)
    told = await states_told(service, lesson_id)
    await reconciler.turn()  # learns of the asset
    await reconciler.turn()  # is refused
    assert len(await service.mux.assets()) == 1
    await service.mux.clear_faults()
    await reconciler.turn()
    assert await service.mux.assets() == []
    row = (await service.rows("SELECT status, mux_asset_id FROM uploads WHERE lesson_id = $1", lesson_id))[0]
    assert (row["status"], row["mux_asset_id"]) == ("deleted", asset_id)
    assert await states_told(service, lesson_id) == told


async def states_told(service: Service, lesson_id: str) -> list[Json]:
    """What was announced of the lesson itself; that an asset is gone is told where it was seen ready before."""
    return [event for event in await service.outbox(lesson_id) if event["topic"] != "asset.deleted"]


async def test_events_that_crossed_their_row_are_applied(service: Service, reconciler: Reconciler) -> None:
    """Parked while the row was being committed elsewhere: the sweep finds that they apply now."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    await service.delivered(asset_event("ready", "a", upload_id))
    await service.rows("UPDATE mux_events SET state = 'parked'")
    await service.rows(
        "UPDATE uploads SET status = 'waiting', mux_asset_id = NULL, signed_playback_id = NULL, duration_ms = NULL"
    )
    await reconciler.turn()
    assert (await service.lesson(lesson_id))["muxAssetId"] == "a"
    assert [row["state"] for row in await service.rows("SELECT state FROM mux_events")] == ["applied"]


async def test_a_webhook_parked_for_long_turns_the_worker_red(service: Service, reconciler: Reconciler) -> None:
    """Not ready past the age, ready again once it is given up as somebody else's; it is kept all the same."""
    await service.delivered(asset_event("ready", "foreign", "u-foreign"))
    await reconciler.check_parked()
    await service.rows("UPDATE mux_events SET received_at = now() - interval '1 hour'")
    with pytest.raises(Unavailable, match="parked for 3600 s"):
        await reconciler.check_parked()
    await reconciler.turn()
    with pytest.raises(Unavailable):
        await reconciler.check_parked()
    await service.rows("UPDATE mux_events SET received_at = now() - interval '2 days'")
    await reconciler.turn()
    await reconciler.check_parked()
    assert [row["state"] for row in await service.rows("SELECT state FROM mux_events")] == ["expired"]
