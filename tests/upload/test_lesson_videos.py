"""A lesson's video in S3: the form is streamed, checked, stored, announced, replaced and cleared (A3, A13)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from botocore.credentials import Credentials

from contracts import LessonChanged
from mux_sim.testing import make_clip
from playback_service.storage import Presigner
from tests.infra import S3
from tests.upload.conftest import ADMIN, LEARNER, OTHER, OWNER, Json, Service, asset_event
from tests.upload.stored import storage_of, with_storage
from upload_service.clearing import Clearing
from upload_service.errors import ObjectNotFound, StorageUnavailable
from upload_service.mux import MuxService
from upload_service.orphans import Orphans
from upload_service.retention import Retention
from upload_service.settings import Settings
from upload_service.storage_connection import NoStorage

MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(5000)


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    return with_storage(settings, s3)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of video."""
    path: Path = make_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", seconds=2, size="320x180")
    return path.read_bytes()


def path_of(lesson_id: str) -> str:
    return f"/api/courses/lessons/{lesson_id}/upload-video"


async def stored(service: Service, lesson_id: str, body: bytes = MP4, user: str | None = OWNER) -> httpx.Response:
    return await service.ask("POST", path_of(lesson_id), user, files={"video": ("lecture.mp4", body, "video/mp4")})


async def keys_of(service: Service, lesson_id: str) -> list[str]:
    rows = await service.rows("SELECT s3_key FROM uploads WHERE lesson_id = $1 ORDER BY id", lesson_id)
    return [row["s3_key"] for row in rows]


async def last_change(service: Service, lesson_id: str) -> LessonChanged:
    events = [event for event in await service.outbox(lesson_id) if event["topic"] == "lesson.changed"]
    return LessonChanged.model_validate(events[-1])


async def test_a_form_s_video_becomes_the_lesson_s(service: Service, clip: bytes) -> None:
    """A3: {success, videoUrl}; the bytes are in S3, the lesson is ready, and the world is told the key."""
    lesson_id = await service.make_lesson()
    response = await stored(service, lesson_id, clip)
    assert response.status_code == 200, response.text
    (key,) = await keys_of(service, lesson_id)
    address = storage_of(service).address(key)
    assert response.json() == {"success": True, "videoUrl": address}
    assert await storage_of(service).read(key, length=len(clip) + 1) == clip
    assert (await storage_of(service).head(key)).content_type == "video/mp4"
    lesson = await service.lesson(lesson_id)
    assert (lesson["videoProvider"], lesson["processingStatus"], lesson["videoUrl"]) == ("s3", "ready", address)
    assert lesson["duration"] == pytest.approx(2, abs=0.1)
    (row,) = await service.rows("SELECT video_provider, video_url, duration FROM lessons WHERE id = $1", lesson_id)
    assert (row["video_provider"], row["video_url"], row["duration"]) == ("s3", address, lesson["duration"])
    told = await last_change(service, lesson_id)
    assert told.processing_status == "ready"
    assert told.video is not None
    assert (told.video.provider, told.video.s3_key, told.video.playback_id) == ("s3", key, None)
    assert told.video.duration_ms == pytest.approx(2000, abs=100)
    assert told.video.size_bytes == len(clip)
    assert (await service.topics(lesson_id)).count("asset.ready") == 1


async def test_learners_play_what_was_announced(service: Service, clip: bytes) -> None:
    """A3: the address that the playback service signs for the announced key opens the video, ranges included."""
    lesson_id = await service.make_lesson()
    await stored(service, lesson_id, clip)
    told = await last_change(service, lesson_id)
    assert told.video is not None
    assert told.video.s3_key is not None
    settings = service.settings
    assert settings.s3_access_key_id is not None
    assert settings.s3_secret_access_key is not None
    credentials = Credentials(settings.s3_access_key_id, settings.s3_secret_access_key.get_secret_value())
    presigner = Presigner(settings.s3_base_url, credentials, settings.s3_region)
    async with httpx.AsyncClient(timeout=60) as viewer:
        url = presigner.url(told.video.s3_key, seconds=60)
        assert (await viewer.get(url)).content == clip
        part = await viewer.get(url, headers={"Range": "bytes=4-7"})
        assert (part.status_code, part.content) == (206, b"ftyp")


async def test_an_unknown_duration_stays_unknown(service: Service) -> None:
    """A3: a file that does not say how long it plays is ready all the same."""
    lesson_id = await service.make_lesson()
    assert (await stored(service, lesson_id)).status_code == 200
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["duration"]) == ("ready", None)


async def test_keys_are_made_of_ids_only(service: Service) -> None:
    """A3: the owner's prefix and the upload's id, whatever the form calls the file, also when an admin brings it."""
    lesson_id = await service.make_lesson()
    files = {"video": ("../../x/y.mp4", MP4, "video/mp4")}
    assert (await service.ask("POST", path_of(lesson_id), ADMIN, files=files)).status_code == 200
    (key,) = await keys_of(service, lesson_id)
    prefix, owner, upload_id = key.split("/")
    assert (prefix, owner, str(UUID(upload_id))) == ("videos", OWNER, upload_id)


async def test_other_fields_of_the_form_do_not_matter(service: Service) -> None:
    """A3: the first file counts, whatever its field is called and whatever stands before and after."""
    lesson_id = await service.make_lesson()
    files = [("title", (None, b"x" * 100_000)), ("f", ("a", MP4, "")), ("more", ("b.txt", b"text", "text/plain"))]
    assert (await service.ask("POST", path_of(lesson_id), files=files)).status_code == 200
    assert await storage_of(service).read((await keys_of(service, lesson_id))[0], length=9999) == MP4


async def test_who_may_not_is_told_before_the_body_is_read(service: Service) -> None:
    """A3: 401, 403 and 404, and nothing is stored."""
    lesson_id = await service.make_lesson()
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"x"

    for user, where, expected in (
        (None, lesson_id, 401),
        (LEARNER, lesson_id, 403),
        (OTHER, lesson_id, 403),
        (OWNER, "none", 404),
    ):
        response = await service.ask("POST", path_of(where), user, content=body())
        assert response.status_code == expected
    assert read == 0
    assert await service.rows("SELECT FROM uploads") == []


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(50), "declared as video/mp4, but it is image/png"),
        (b"MZ\x90\0" + bytes(50), "declared as video/mp4, but it is a program"),
        (b"", "the file is empty"),
    ],
)
async def test_what_is_no_video_is_refused_with_the_reason(service: Service, body: bytes, detail: str) -> None:
    """A3: 415 by the first bytes, before anything is stored; the lesson is as before."""
    lesson_id = await service.make_lesson()
    response = await stored(service, lesson_id, body)
    assert response.status_code == 415
    assert (response.json()["type"], response.json()["detail"]) == ("urn:seatime:problem:not-a-video", detail)
    assert await keys_of(service, lesson_id) == []
    assert (await service.lesson(lesson_id))["upload"] is None


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"--x"),
        ("multipart/form-data; boundary=" + "x" * 71, b"--x"),
        ("multipart/form-data; boundary=x", b""),
        ("multipart/form-data; boundary=x", b"nonsense"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--\r\n"),
        ("multipart/form-data; boundary=x", b"--x\r\n" + b"a" * 9000),
    ],
)
async def test_a_body_that_is_no_form_with_a_file(service: Service, content_type: str, body: bytes) -> None:
    """A3: 400, and nothing is stored."""
    lesson_id = await service.make_lesson()
    headers = {"Content-Type": content_type}
    token = (await service.ask("GET", "/api/courses")).request.headers["authorization"]
    response = await service.http.post(path_of(lesson_id), content=body, headers=headers | {"Authorization": token})
    assert response.status_code == 400, response.text
    assert response.json()["type"] == "urn:seatime:problem:malformed-form"
    assert await keys_of(service, lesson_id) == []


async def test_a_form_that_ends_too_early_leaves_no_video(service: Service) -> None:
    """A3: a body cut off in the middle of the file is 400; the author sees why, and no object is left."""
    lesson_id = await service.make_lesson()
    head = b'--x\r\nContent-Disposition: form-data; name="video"; filename="a.mp4"\r\n\r\n'
    token = (await service.ask("GET", "/api/courses")).request.headers["authorization"]
    headers = {"Authorization": token, "Content-Type": "multipart/form-data; boundary=x"}
    response = await service.http.post(path_of(lesson_id), content=head + MP4, headers=headers)
    assert response.status_code == 400
    lesson = await service.lesson(lesson_id)
    assert (lesson["processingStatus"], lesson["error"]) == ("error", "the body ends before the file does")
    with pytest.raises(ObjectNotFound):
        await storage_of(service).head((await keys_of(service, lesson_id))[0])


async def test_limits_are_by_role(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A3: 413 as soon as the file has grown past the limit of the caller's role, and the object is gone."""
    lesson_id = await service.make_lesson()
    limits = {"instructor": {"max_bytes": 4000, "types": ["video/*"]}}
    changed = Settings(**(service.settings.model_dump() | {"video_limits": limits}))
    monkeypatch.setattr(service.http._transport.app.state, "settings", changed)  # type: ignore[attr-defined]
    response = await stored(service, lesson_id)
    assert response.status_code == 413
    assert (await service.lesson(lesson_id))["error"] == "at most 4000 bytes are taken from you"
    assert (await stored(service, lesson_id, MP4[:4000])).status_code == 200


async def test_s3_down_is_a_503_and_the_lesson_plays_what_it_played(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A3: storage-unavailable with Retry-After; an older video stays, and the next attempt succeeds."""
    lesson_id = await service.make_lesson()
    assert (await stored(service, lesson_id)).status_code == 200
    before = await service.lesson(lesson_id)

    async def down(*_: object, **__: object) -> None:
        raise StorageUnavailable()

    with monkeypatch.context() as patched:
        patched.setattr(storage_of(service), "upload_part", down)
        response = await stored(service, lesson_id)
    assert (response.status_code, response.json()["type"]) == (503, "urn:seatime:problem:storage-unavailable")
    assert int(response.headers["retry-after"]) > 0
    after = await service.lesson(lesson_id)
    assert (after["videoUrl"], after["processingStatus"]) == (before["videoUrl"], "ready")
    assert after["upload"]["status"] == "failed"
    assert (await stored(service, lesson_id)).status_code == 200


async def test_a_new_video_replaces_the_old_one(service: Service, clip: bytes) -> None:
    """A13: the lesson plays the new one; after its grace the old object is removed, and the new one stays."""
    lesson_id = await service.make_lesson()
    await stored(service, lesson_id)
    await stored(service, lesson_id, clip)
    old, new = await keys_of(service, lesson_id)
    told = await last_change(service, lesson_id)
    assert told.video is not None
    assert told.video.s3_key == new
    await sweep(service)
    assert (await storage_of(service).head(old)).size == len(MP4)
    await retire(service)
    await sweep(service)
    with pytest.raises(ObjectNotFound):
        await storage_of(service).head(old)
    assert (await storage_of(service).head(new)).size == len(clip)
    assert (await service.lesson(lesson_id))["processingStatus"] == "ready"


async def test_a_video_at_mux_is_replaced_too(service: Service) -> None:
    """A13: after its grace its asset is no longer wanted, and what Mux still says of it changes nothing."""
    lesson_id = await service.make_lesson()
    made = await service.upload_url(lesson_id)
    await service.delivered(asset_event("ready", "asset-1", made["muxUploadId"]))
    assert (await service.lesson(lesson_id))["videoProvider"] == "mux"
    await stored(service, lesson_id)
    lesson = await service.lesson(lesson_id)
    assert (lesson["videoProvider"], lesson["muxPlaybackId"]) == ("s3", None)
    discarded = "SELECT discarded FROM uploads WHERE mux_asset_id = 'asset-1'"
    assert [row["discarded"] for row in await service.rows(discarded)] == [False]
    await retire(service)
    assert [row["discarded"] for row in await service.rows(discarded)] == [True]
    await service.delivered(asset_event("deleted", "asset-1", made["muxUploadId"]))
    assert (await service.lesson(lesson_id))["processingStatus"] == "ready"


async def test_a_deleted_lesson_s_object_goes(service: Service) -> None:
    """A13: with its lesson, by the sweep, and the world is told that the video is gone."""
    lesson_id = await service.make_lesson()
    await stored(service, lesson_id)
    (key,) = await keys_of(service, lesson_id)
    course_id = (await service.lesson(lesson_id))["courseId"]
    await service.must("DELETE", f"/api/courses/{course_id}/lessons/{lesson_id}")
    assert "asset.deleted" not in await service.topics(lesson_id)
    await sweep(service)
    assert (await service.topics(lesson_id))[-1] == "asset.deleted"
    with pytest.raises(ObjectNotFound):
        await storage_of(service).head(key)
    (row,) = await service.rows("SELECT status FROM uploads WHERE lesson_id = $1", lesson_id)
    assert row["status"] == "deleted"


async def test_an_upload_whose_process_died_comes_to_an_end(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A13: killed after the object was stored and before the lesson knew: failed in the end, and the object goes."""
    lesson_id = await service.make_lesson()

    async def died(*_: object) -> None:
        raise SystemError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr("upload_service.lesson_videos.LessonVideos.ready", died)
        assert (await stored(service, lesson_id)).status_code == 500
    (key,) = await keys_of(service, lesson_id)
    assert (await storage_of(service).head(key)).size == len(MP4)
    await sweep(service)
    assert (await service.lesson(lesson_id))["upload"]["status"] == "waiting"
    await service.pool.execute("UPDATE uploads SET created_at = now() - interval '1 day'")
    await sweep(service)
    with pytest.raises(ObjectNotFound):
        await storage_of(service).head(key)
    assert (await service.lesson(lesson_id))["processingStatus"] == "pending"


async def sweep(service: Service, **settings: Any) -> None:
    await Clearing(service.pool, storage_of(service), service.settings.model_copy(update=settings)).turn()


async def retire(service: Service) -> None:
    """Let the grace of replaced videos be over."""
    settings = service.settings.model_copy(update={"replaced_keep_s": 0})
    mux = MuxService(settings)
    try:
        await Retention(service.pool, settings, Orphans(service.pool, storage_of(service), mux, settings)).turn()
    finally:
        mux.close()


async def test_a_sweep_without_storage_does_nothing(service: Service) -> None:
    """A13: a deployment without S3 has nothing to clear, and its worker goes on."""
    await Clearing(service.pool, NoStorage("S3_ACCESS_KEY_ID"), service.settings).turn()


@pytest.mark.parametrize("declared", [{"contentType": "video/mp4"}, {}, {"contentType": "application/octet-stream"}])
async def test_a_video_is_sent_to_mux(service: Service, declared: Json) -> None:
    """A3: by type, or by name where the type says nothing; the same upload as /api/videos/mux/upload-url makes."""
    lesson_id = await service.make_lesson()
    asked = {"filename": "lecture.mp4", "size": 10**9, "lessonId": lesson_id, **declared}
    placed = await service.must("POST", "/api/uploads", json=asked)
    (upload,) = await service.mux.uploads()
    assert (placed["provider"], placed["method"], placed["fileId"]) == ("mux", "PUT", None)
    assert placed["uploadUrl"].startswith(service.mux.base_url)
    status = await service.must("GET", f"/api/uploads/{placed['uploadId']}")
    assert status["muxUploadId"] == upload["id"]


async def test_anything_else_is_sent_to_s3(service: Service) -> None:
    """A1, A3: a signed address at S3, and the file is completed like any other."""
    body = b"WEBVTT\n\n00:00.000 --> 00:01.000\nhello\n"
    asked = {"filename": "captions.vtt", "size": len(body)}
    placed = await service.must("POST", "/api/uploads", json=asked)
    assert (placed["provider"], placed["uploadId"]) == ("s3", None)
    async with httpx.AsyncClient(timeout=60) as http:
        sent = await http.request(placed["method"], placed["uploadUrl"], content=body, headers=placed["headers"])
    assert sent.status_code == 200
    done = await service.must("POST", f"/api/files/{placed['fileId']}/complete")
    assert (done["state"], done["contentType"]) == ("ready", "text/vtt")
    assert await service.mux.uploads() == []


async def test_where_nothing_may_go_nothing_is_asked(service: Service) -> None:
    """A3: a video without a lesson, too large, of somebody else's lesson, or from a learner costs nothing at Mux."""
    lesson_id = await service.make_lesson()
    asked: Json = {"filename": "a.mp4", "contentType": "video/mp4", "size": 5, "lessonId": lesson_id}
    for user, change, expected in (
        (OWNER, {"lessonId": None}, 422),
        (OWNER, {"size": 17 * 2**30}, 403),
        (OWNER, {"filename": "a.pdf", "contentType": None, "size": 17 * 2**30}, 403),
        (OWNER, {"filename": "a.unheardof", "contentType": None}, 403),
        (OTHER, {}, 403),
        (LEARNER, {}, 403),
        (OWNER, {"lessonId": "none"}, 404),
        (None, {}, 401),
    ):
        response = await service.ask("POST", "/api/uploads", user, json=asked | change)
        assert response.status_code == expected, response.text
    assert await service.mux.uploads() == []
