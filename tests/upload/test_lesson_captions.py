"""Captions by our API (row A10): kept at once, brought to Mux and S3 by the sweep, edited, deleted, moved (row B7)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from mux_sim.testing import make_clip
from tests.infra import S3
from tests.serving import serving
from tests.upload.conftest import LEARNER, OTHER, Json, Service
from tests.upload.stored import storage_of, with_storage
from upload_service.app import create_app
from upload_service.captioning import Captioning
from upload_service.errors import ObjectNotFound
from upload_service.mux import MuxService
from upload_service.settings import Settings
from upload_service.storage_connection import NoStorage

VTT = "WEBVTT\n\n00:00.000 --> 00:01.000\nGood morning.\n"
EDITED = VTT.replace("morning", "evening")


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    return with_storage(settings, s3)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("caption-clips") / "clip.mp4", seconds=2, size="320x180")


@pytest.fixture
async def sweep(service: Service) -> AsyncIterator[Captioning]:
    mux = MuxService(service.settings, service.pool)
    yield Captioning(service.pool, storage_of(service), mux, service.settings)
    mux.close()


@pytest.fixture
def webhooks(service: Service) -> Any:
    """The service where Mux finds it."""
    with serving(create_app(service.settings)) as base_url:
        yield f"{base_url}/api/videos/mux/webhook"


async def at_mux(service: Service, webhooks: str, clip: Path) -> str:
    """A lesson that plays the clip from Mux."""
    lesson_id = await service.make_lesson()
    await service.mux.set_webhook(webhooks)
    made = await service.upload_url(lesson_id)
    await service.mux.upload_file(made["uploadUrl"], clip)
    asset = (await service.mux.wait_for_event("video.upload.asset_created", made["muxUploadId"]))["data"]["asset_id"]
    await service.mux.wait_delivered("video.asset.ready", asset)
    return lesson_id


async def in_s3(service: Service, lesson_id: str | None = None, duration_ms: int = 90_000) -> str:
    """A lesson that plays a video of that length from S3."""
    lesson_id = lesson_id or await service.make_lesson()
    upload_id = str(uuid4())
    await service.rows(
        "INSERT INTO uploads (id, lesson_id, provider, status, duration_ms, s3_key, s3_url) "
        "VALUES ($1, $2, 's3', 'ready', $3, $4, $4)",
        upload_id,
        lesson_id,
        duration_ms,
        f"videos/owner/{upload_id}",
    )
    await touch(service, lesson_id)
    return lesson_id


async def touch(service: Service, lesson_id: str) -> None:
    """Have the lesson's columns derived anew."""
    await service.rows(
        """
        UPDATE lessons l SET processing_status = 'ready', duration = u.duration_ms / 1000.0
        FROM (SELECT duration_ms FROM uploads WHERE lesson_id = $1 ORDER BY created_at DESC LIMIT 1) u WHERE l.id = $1
        """,
        lesson_id,
    )


async def add(service: Service, lesson_id: str, **body: Any) -> Json:
    given = {"languageCode": "en", "name": "English", "vtt": VTT} | body
    given = {name: value for name, value in given.items() if value is not None}
    return await service.must("POST", f"/api/lessons/{lesson_id}/captions", json=given)


async def one(service: Service, lesson_id: str, caption: Json) -> Json:
    return await service.must("GET", f"/api/lessons/{lesson_id}/captions/{caption['id']}")


async def listed(service: Service, lesson_id: str) -> list[Json]:
    found: list[Json] = (await service.must("GET", f"/api/lessons/{lesson_id}/captions"))["captions"]
    return found


async def tracks(service: Service, lesson_id: str) -> list[Json]:
    """The text tracks of what the lesson plays, as Mux has them."""
    asset = await service.mux.asset((await service.lesson(lesson_id))["muxAssetId"])
    return [track for track in asset["tracks"] if track["type"] == "text"]


async def text_at_mux(service: Service, lesson_id: str, track_id: str) -> str:
    (path,) = [
        file
        for file in service.mux.config.data_dir.glob(f"media/*/text-{track_id}.vtt")
        if (await service.lesson(lesson_id))["muxAssetId"] in str(file)
    ]
    return path.read_text()


async def delivered(service: Service, what: str, track_id: str) -> None:
    await service.mux.wait_delivered(f"video.asset.track.{what}", track_id)


async def test_an_uploaded_text_reaches_mux(service: Service, sweep: Captioning, webhooks: str, clip: Path) -> None:
    """Row A10: kept by us, fetched by Mux from a short-lived address, announced with the lesson, listed as ready."""
    lesson_id = await at_mux(service, webhooks, clip)
    made = await add(service, lesson_id, closedCaptions=True)
    assert (made["status"], made["revision"], made["vtt"]) == ("waiting", 1, VTT)
    await sweep.turn()
    (track,) = await tracks(service, lesson_id)
    await delivered(service, "ready", track["id"])
    assert (track["name"], track["language_code"], track["closed_captions"]) == ("English", "en", True)
    assert await text_at_mux(service, lesson_id, track["id"]) == VTT
    (caption,) = await listed(service, lesson_id)
    assert (caption["id"], caption["status"], caption["error"]) == (made["id"], "ready", None)
    assert (await service.lesson(lesson_id))["captions"] == ["en"]
    told = [event for event in await service.outbox(lesson_id) if event["topic"] == "lesson.changed"][-1]
    key = f"captions/{made['id']}/1.vtt"
    assert told["captions"] == [
        {"language_code": "en", "name": "English", "source": "uploaded", "closed_captions": True, "s3_key": key}
    ]
    assert await storage_of(service).read(key, length=1000) == VTT.encode()
    await sweep.turn()
    assert len(await tracks(service, lesson_id)) == 1


async def test_an_edit_replaces_the_track_only_when_the_new_one_is_ready(
    service: Service, sweep: Captioning, webhooks: str, clip: Path
) -> None:
    """Row A10: learners are never without; in the end there is one track, with the new text."""
    lesson_id = await at_mux(service, webhooks, clip)
    made = await add(service, lesson_id)
    await sweep.turn()
    (old,) = await tracks(service, lesson_id)
    await delivered(service, "ready", old["id"])
    path = f"/api/lessons/{lesson_id}/captions/{made['id']}"
    edited = await service.must("PUT", path, json={"vtt": EDITED, "revision": 1})
    assert (edited["revision"], edited["vtt"], edited["name"]) == (2, EDITED, "English")
    await service.mux.webhook_mode("held")
    await sweep.turn()
    await sweep.turn()
    both = {track["id"] for track in await tracks(service, lesson_id)}
    assert old["id"] in both
    (new_id,) = both - {old["id"]}
    await service.mux.wait_for_event("video.asset.track.ready", new_id)
    await service.mux.webhook_mode()
    await service.mux.release()
    await delivered(service, "ready", new_id)
    await sweep.turn()
    (left,) = await tracks(service, lesson_id)
    assert left["id"] == new_id
    assert await text_at_mux(service, lesson_id, new_id) == EDITED
    assert [caption["status"] for caption in await listed(service, lesson_id)] == ["ready"]
    late = await service.ask("PUT", path, json={"vtt": VTT, "revision": 1})
    assert (late.status_code, late.json()["revision"]) == (409, 2)


async def test_captions_are_generated_and_then_the_authors(
    service: Service, sweep: Captioning, webhooks: str, clip: Path
) -> None:
    """Row A10: asked for, made by Mux of the video's sound, and replaced by what the author writes."""
    lesson_id = await at_mux(service, webhooks, clip)
    made = await add(service, lesson_id, vtt=None, generate=True, languageCode="de", name=None)
    assert (made["source"], made["name"], made["vtt"]) == ("generated", "de", None)
    await sweep.turn()
    (track,) = await tracks(service, lesson_id)
    assert (track["text_source"], track["language_code"]) == ("generated_vod", "de")
    await delivered(service, "ready", track["id"])
    await sweep.turn()
    (caption,) = await listed(service, lesson_id)
    assert (caption["id"], caption["status"]) == (made["id"], "ready")
    assert (await service.lesson(lesson_id))["captions"] == ["de"]
    await service.must("PUT", f"/api/lessons/{lesson_id}/captions/{made['id']}", json={"vtt": EDITED})
    await sweep.turn()
    (new,) = [found for found in await tracks(service, lesson_id) if found["id"] != track["id"]]
    await delivered(service, "ready", new["id"])
    await sweep.turn()
    assert [found["text_source"] for found in await tracks(service, lesson_id)] == ["uploaded"]


async def swept(
    service: Service, sweep: Captioning, lesson_id: str, made: Json, done: Callable[[Json], object]
) -> Json:
    """The caption after as many turns as Mux and its rate limit take to let it come so far."""
    async with asyncio.timeout(30):
        while True:
            await sweep.turn()
            if done(found := await one(service, lesson_id, made)):
                return found


async def test_the_text_of_generated_captions_is_the_authors_to_edit(
    service: Service, sweep: Captioning, webhooks: str, clip: Path
) -> None:
    """Fetched with a token of our own, kept in S3 too; generated anew for a video of another length."""
    key = await service.mux.create_signing_key()
    sweep.settings = Settings(
        **service.settings.model_dump()
        | {
            "mux_signing_key": key["id"],
            "mux_private_key": key["private_key"],
            "mux_stream_base_url": service.mux.base_url,
        }
    )
    lesson_id = await at_mux(service, webhooks, clip)
    made = await add(service, lesson_id, vtt=None, generate=True, name="Auto")
    await sweep.turn()
    (track,) = await tracks(service, lesson_id)
    await delivered(service, "ready", track["id"])
    shown = await swept(service, sweep, lesson_id, made, lambda caption: caption["vtt"] is not None)
    assert (shown["status"], shown["source"], shown["revision"]) == ("ready", "generated", 1)
    assert shown["vtt"] == await text_at_mux(service, lesson_id, track["id"])
    await sweep.turn()
    assert (await service.outbox(lesson_id))[-1]["captions"][0]["s3_key"] == f"captions/{made['id']}/1.vtt"
    assert len(await tracks(service, lesson_id)) == 1
    await service.rows("UPDATE captions SET duration_ms = duration_ms + 5000")
    again = await swept(service, sweep, lesson_id, made, lambda caption: caption["revision"] == 2 and caption["vtt"])
    assert (again["status"], again["source"]) == ("ready", "generated")
    (newer,) = [found["id"] for found in await tracks(service, lesson_id) if found["id"] != track["id"]]
    assert again["vtt"] == await text_at_mux(service, lesson_id, newer)


async def test_generated_captions_without_a_signing_key_stay_at_mux(
    service: Service, sweep: Captioning, webhooks: str, clip: Path
) -> None:
    """Learners have them all the same; their text is not ours."""
    lesson_id = await at_mux(service, webhooks, clip)
    made = await add(service, lesson_id, vtt=None, generate=True)
    await sweep.turn()
    (track,) = await tracks(service, lesson_id)
    await delivered(service, "ready", track["id"])
    await sweep.turn()
    shown = await one(service, lesson_id, made)
    assert (shown["status"], shown["vtt"]) == ("ready", None)
    (row,) = await service.rows("SELECT error FROM captions")
    assert "MUX_SIGNING_KEY" in row["error"]


async def test_deleted_captions_are_gone_everywhere(
    service: Service, sweep: Captioning, webhooks: str, clip: Path
) -> None:
    """Here at once; at Mux and in S3 as soon as they take it, also after they were down."""
    lesson_id = await at_mux(service, webhooks, clip)
    made = await add(service, lesson_id)
    await sweep.turn()
    path = f"/api/lessons/{lesson_id}/captions/{made['id']}"
    await service.mux.fault(method="DELETE", status=503, times=None)
    assert (await service.ask("DELETE", path)).status_code == 204
    assert (await service.ask("GET", path)).status_code == 404
    assert await listed(service, lesson_id) == []
    await sweep.turn()
    assert len(await tracks(service, lesson_id)) == 1
    await service.mux.clear_faults()
    await service.rows("UPDATE caption_tracks SET due_at = now()")
    await sweep.turn()
    assert await tracks(service, lesson_id) == []
    with pytest.raises(ObjectNotFound):
        await storage_of(service).head(f"captions/{made['id']}/1.vtt")
    assert (await service.lesson(lesson_id))["captions"] == []


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 429}, {"drop": "before"}, {"drop": "after"}], ids=str)
async def test_mux_away_loses_and_doubles_nothing(
    service: Service, sweep: Captioning, webhooks: str, clip: Path, fault: dict[str, object]
) -> None:
    """The author reads why they wait; when Mux is back there is one track, even if it had made it unheard."""
    lesson_id = await at_mux(service, webhooks, clip)
    await service.mux.webhook_mode("never")
    made = await add(service, lesson_id)
    await service.mux.fault(method="POST", times=1, **fault)
    await sweep.turn()
    waiting = await one(service, lesson_id, made)
    assert (waiting["status"], bool(waiting["error"])) == ("waiting", True)
    await service.rows("UPDATE caption_tracks SET due_at = now()")
    await sweep.turn()
    assert len(await tracks(service, lesson_id)) == 1
    assert (await one(service, lesson_id, made))["status"] == "preparing"


async def test_a_webhook_tells_of_a_track_whose_answer_got_lost(
    service: Service, sweep: Captioning, webhooks: str, clip: Path
) -> None:
    """It is known as ours by what it carries, not shown as somebody else's."""
    lesson_id = await at_mux(service, webhooks, clip)
    made = await add(service, lesson_id)
    await service.mux.fault(method="POST", drop="after")
    await sweep.turn()
    (track,) = await tracks(service, lesson_id)
    await delivered(service, "ready", track["id"])
    assert [(found["id"], found["status"]) for found in await listed(service, lesson_id)] == [(made["id"], "ready")]
    rows = await service.rows("SELECT DISTINCT asset_id, lesson_id FROM mux_events WHERE type LIKE '%track%'")
    assert [tuple(row) for row in rows] == [((await service.lesson(lesson_id))["muxAssetId"], None)]


async def test_what_mux_refuses_is_told(service: Service, sweep: Captioning, webhooks: str, clip: Path) -> None:
    """In Mux's words: somebody gave its asset a track of that name, and we have not heard of it."""
    lesson_id = await at_mux(service, webhooks, clip)
    await service.mux.webhook_mode("never")
    asset_id = (await service.lesson(lesson_id))["muxAssetId"]
    foreign = {"url": "http://127.0.0.1:9/", "type": "text", "language_code": "en", "name": "English"}
    await service.mux.api("POST", f"/video/v1/assets/{asset_id}/tracks", foreign)
    made = await add(service, lesson_id)
    await sweep.turn()
    refused = await one(service, lesson_id, made)
    assert (refused["status"], refused["error"]) == (
        "waiting",
        "name must be unique within the text tracks of an asset",
    )


async def test_captions_of_a_video_in_s3_are_ready_from_there(service: Service, sweep: Captioning) -> None:
    """Announced with their key, for the player's own track; Mux hears nothing of them."""
    lesson_id = await in_s3(service)
    made = await add(service, lesson_id)
    wish = await add(service, lesson_id, vtt=None, generate=True, languageCode="fr")
    await sweep.turn()
    assert (await one(service, lesson_id, made))["status"] == "ready"
    assert (await one(service, lesson_id, wish))["error"] == "generated once the video is at Mux"
    told = (await service.outbox(lesson_id))[-1]
    assert [(found["language_code"], found["s3_key"]) for found in told["captions"]] == [
        ("en", f"captions/{made['id']}/1.vtt")
    ]
    assert await service.rows("SELECT FROM caption_tracks") == []


async def test_captions_move_with_the_video(service: Service, sweep: Captioning, webhooks: str, clip: Path) -> None:
    """Row B7: written for a video in S3, they are at the copy at Mux, ready, before the lesson plays it."""
    lesson_id = await at_mux(service, webhooks, clip)
    (copy,) = await service.rows("SELECT id, mux_asset_id, duration_ms FROM uploads WHERE lesson_id = $1", lesson_id)
    await service.rows("UPDATE uploads SET staged = true WHERE id = $1", copy["id"])
    await service.rows("UPDATE lessons SET mux_asset_id = NULL WHERE id = $1", lesson_id)
    await in_s3(service, lesson_id, copy["duration_ms"] + 400)
    made = await add(service, lesson_id)
    await sweep.turn()
    assert (await one(service, lesson_id, made))["status"] == "ready"
    asset = await service.mux.asset(copy["mux_asset_id"])
    (track,) = [track for track in asset["tracks"] if track["type"] == "text"]
    await delivered(service, "ready", track["id"])
    await service.rows("UPDATE uploads SET discarded = true WHERE lesson_id = $1 AND provider = 's3'", lesson_id)
    await service.rows("UPDATE uploads SET staged = false WHERE id = $1", copy["id"])
    assert (await one(service, lesson_id, made))["status"] == "ready"


async def test_captions_of_another_length_are_kept_but_not_shown(service: Service, sweep: Captioning) -> None:
    """A replaced video that is as long keeps them; another one leaves them outdated until they are edited."""
    lesson_id = await in_s3(service)
    made = await add(service, lesson_id)
    await sweep.turn()
    await service.rows("UPDATE uploads SET duration_ms = 90900 WHERE lesson_id = $1", lesson_id)
    assert (await one(service, lesson_id, made))["status"] == "ready"
    await service.rows("UPDATE uploads SET duration_ms = 30000 WHERE lesson_id = $1", lesson_id)
    outdated = await one(service, lesson_id, made)
    assert (outdated["status"], outdated["vtt"]) == ("outdated", VTT)
    assert (await service.lesson(lesson_id))["captions"] == []
    await service.must("PUT", f"/api/lessons/{lesson_id}/captions/{made['id']}", json={"vtt": EDITED})
    await sweep.turn()
    assert (await one(service, lesson_id, made))["status"] == "ready"
    assert (await service.lesson(lesson_id))["captions"] == ["en"]


async def test_captions_may_come_before_the_video(service: Service, sweep: Captioning) -> None:
    """They wait for it, and are then for a video of its length."""
    lesson_id = await service.make_lesson()
    made = await add(service, lesson_id)
    assert (await one(service, lesson_id, made))["error"] == "the lesson has no video yet"
    await sweep.turn()
    await in_s3(service, lesson_id)
    await sweep.turn()
    assert (await one(service, lesson_id, made))["status"] == "ready"
    (row,) = await service.rows("SELECT duration_ms FROM captions")
    assert row["duration_ms"] == 90_000


async def test_s3_away_loses_nothing(service: Service, sweep: Captioning) -> None:
    """A deployment without object storage keeps them too; they are brought when there is one."""
    lesson_id = await in_s3(service)
    made = await add(service, lesson_id)
    without = Captioning(service.pool, NoStorage("S3_ACCESS_KEY_ID"), sweep.mux, service.settings)
    await without.turn()
    assert (await one(service, lesson_id, made))["status"] == "waiting"
    await sweep.turn()
    assert (await one(service, lesson_id, made))["status"] == "ready"


async def test_what_is_no_webvtt_is_refused_with_its_line(service: Service) -> None:
    """422 at once, by POST and by PUT; nothing is kept."""
    lesson_id = await service.make_lesson()
    wrong = VTT.replace("00:00.000", "00:00,000")
    refused = await service.ask("POST", f"/api/lessons/{lesson_id}/captions", json={"languageCode": "en", "vtt": wrong})
    assert (refused.status_code, refused.json()["line"]) == (422, 3)
    assert "full stop" in refused.json()["detail"]
    assert await listed(service, lesson_id) == []
    made = await add(service, lesson_id)
    path = f"/api/lessons/{lesson_id}/captions/{made['id']}"
    assert (await service.ask("PUT", path, json={"vtt": wrong})).status_code == 422
    assert (await one(service, lesson_id, made))["vtt"] == VTT


@pytest.mark.parametrize(
    "body",
    [
        {"languageCode": "en"},
        {"languageCode": "en", "vtt": VTT, "generate": True},
        {"languageCode": "xx", "generate": True},
        {"languageCode": "e", "vtt": VTT},
        {"languageCode": "en", "vtt": VTT, "name": "a\nb"},
        {"vtt": VTT},
    ],
)
async def test_what_makes_no_sense_is_refused(service: Service, body: Json) -> None:
    """422, with what is wrong."""
    lesson_id = await service.make_lesson()
    assert (await service.ask("POST", f"/api/lessons/{lesson_id}/captions", json=body)).status_code == 422


async def test_captions_are_the_authors_to_change(service: Service) -> None:
    """Nobody else's; another lesson's captions are not there; a name is taken once."""
    lesson_id, elsewhere = await service.make_lesson(), await service.make_lesson()
    made = await add(service, lesson_id)
    path = f"/api/lessons/{lesson_id}/captions"
    for user in (OTHER, LEARNER):
        answers: list[httpx.Response] = [
            await service.ask("POST", path, user, json={"languageCode": "en", "vtt": VTT}),
            await service.ask("GET", f"{path}/{made['id']}", user),
            await service.ask("PUT", f"{path}/{made['id']}", user, json={"vtt": VTT}),
            await service.ask("DELETE", f"{path}/{made['id']}", user),
        ]
        assert [answer.status_code for answer in answers] == [403] * 4
    assert (await service.ask("GET", f"/api/lessons/{elsewhere}/captions/{made['id']}")).status_code == 404
    again = await service.ask("POST", path, json={"languageCode": "en", "name": "English", "vtt": VTT})
    assert again.status_code == 409
    other = await add(service, lesson_id, name="English, simple")
    taken = await service.ask("PUT", f"{path}/{other['id']}", json={"vtt": VTT, "name": "English"})
    assert taken.status_code == 409
