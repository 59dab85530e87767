"""What a handler is for, told by who calls it: what was before, the request, what happens next, how it must end."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

import httpx

from tests.upload.conftest import Json, asset_event, upload_event
from tests.upload.faults.world import MP4, World, make_lesson, must, mux_upload

UNSWEPT = """
SELECT FROM uploads u
WHERE NOT staged AND (status IN ('waiting', 'processing')
                      OR discarded AND s3_key IS NOT NULL AND status <> 'deleted'
                      OR provider = 's3' AND status = 'ready' AND EXISTS (
                          SELECT FROM uploads n WHERE n.lesson_id = u.lesson_id AND n.id > u.id AND n.status = 'ready'))
"""


@dataclass
class Case:
    """One intention of somebody. `videos`: how often the lesson is to be announced as ready."""

    lesson_id: str
    ask: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
    facts: Json = field(default_factory=dict)
    answer: Json = field(default_factory=dict)
    retried: bool = False
    videos: int = 1
    where: str = ""


@dataclass(frozen=True)
class Story:
    """The base: the steps that most stories leave out."""

    name: str
    storage: bool = False

    async def before(self, world: World) -> None: ...

    async def prepare(self, world: World, http: httpx.AsyncClient) -> Case:
        raise NotImplementedError

    async def died(self, world: World, case: Case) -> None:
        """What the sender cannot know, and the test looks up before the request is repeated."""

    async def go_on(self, world: World, http: httpx.AsyncClient, case: Case) -> None:
        """What the sender does with the answer."""

    async def later(self, world: World, http: httpx.AsyncClient, cases: Sequence[Case]) -> None:
        """What happens afterwards, before the sweeps."""

    async def check(self, world: World, http: httpx.AsyncClient, case: Case) -> None:
        raise NotImplementedError

    async def swept(self, world: World, cases: Sequence[Case]) -> None:
        """What the sweeps must have done."""


@dataclass(frozen=True)
class Webhook(Story):
    """Mux tells something, and again until it gets a 2xx."""

    event: Callable[[str, str, str], Json] = lambda lesson_id, upload_id, asset_id: {}
    known: bool = True
    table: str = "uploads"

    async def prepare(self, world: World, http: httpx.AsyncClient) -> Case:
        lesson_id, asset_id = await make_lesson(http), f"asset-{uuid4().hex[:8]}"
        upload_id = await mux_upload(http, lesson_id) if self.known else f"upload-{uuid4().hex[:8]}"
        event = self.event(lesson_id, upload_id, asset_id)
        facts = {"event": event, "asset_id": asset_id, "upload_id": upload_id}
        return Case(lesson_id, lambda via: world.webhook(via, event), facts)

    async def go_on(self, world: World, http: httpx.AsyncClient, case: Case) -> None:
        if case.facts["event"]["type"] != "video.asset.ready":
            ready = asset_event("ready", case.facts["asset_id"], case.facts["upload_id"])
            assert (await world.webhook(http, ready)).status_code == 200

    async def check(self, world: World, http: httpx.AsyncClient, case: Case) -> None:
        rows = await world.rows("SELECT state FROM mux_events WHERE id = $1", case.facts["event"]["id"])
        assert [row["state"] for row in rows] == ["applied"], case.where
        lesson = await must(http, "GET", f"/api/lessons/{case.lesson_id}")
        assert (lesson["processingStatus"], lesson["muxAssetId"]) == ("ready", case.facts["asset_id"]), case.where
        uploads = await world.rows("SELECT status FROM uploads WHERE lesson_id = $1", case.lesson_id)
        assert [row["status"] for row in uploads] == ["ready"], case.where
        if case.facts["event"]["type"].startswith("video.asset.track."):
            tracks = await world.rows("SELECT status FROM tracks WHERE asset_id = $1", case.facts["asset_id"])
            assert [row["status"] for row in tracks] == ["ready"], case.where


def _adopted(lesson_id: str, upload_id: str, asset_id: str) -> Json:
    marks = {"passthrough": lesson_id, "meta": {"external_id": str(uuid4())}}
    return asset_event("ready", asset_id, upload_id, **marks)


def _track(lesson_id: str, upload_id: str, asset_id: str) -> Json:
    event = asset_event("track.ready", asset_id, upload_id)
    event["data"] = {"type": "text", "id": f"track-{asset_id}", "asset_id": asset_id, "language_code": "en"}
    return event


@dataclass(frozen=True)
class ToMux(Story):
    """An author asks for a place at Mux, again when no answer comes, and uploads to the one that they got."""

    path: str = "/api/videos/mux/upload-url"

    async def prepare(self, world: World, http: httpx.AsyncClient) -> Case:
        lesson_id = await make_lesson(http)
        body = {"lessonId": lesson_id}
        if self.path == "/api/uploads":
            body |= {"filename": "a.mp4", "contentType": "video/mp4", "size": len(MP4)}
        return Case(lesson_id, lambda via: via.post(self.path, json=body))

    async def go_on(self, world: World, http: httpx.AsyncClient, case: Case) -> None:
        assert case.answer["provider"] == "mux", case.where
        upload = await must(http, "GET", f"/api/uploads/{case.answer['uploadId']}")
        mux_id = upload["muxUploadId"]
        case.facts |= {"upload_id": mux_id, "asset_id": f"asset-{mux_id}"}
        for event in (
            upload_event("asset_created", mux_id, asset_id=f"asset-{mux_id}"),
            asset_event("ready", f"asset-{mux_id}", mux_id),
        ):
            assert (await world.webhook(http, event)).status_code == 200

    async def later(self, world: World, http: httpx.AsyncClient, cases: Sequence[Case]) -> None:
        """Mux tells of every upload that it made, the orphans too; those time out in silence."""
        lessons = {case.lesson_id for case in cases}
        for made in await world.mux.uploads():
            if made["new_asset_settings"]["passthrough"] in lessons:
                told = upload_event("created", made["id"], new_asset_settings=made["new_asset_settings"])
                assert (await world.webhook(http, told)).status_code == 200
        await world.mux.advance(8 * 86_400)

    async def check(self, world: World, http: httpx.AsyncClient, case: Case) -> None:
        lesson = await must(http, "GET", f"/api/lessons/{case.lesson_id}")
        assert (lesson["processingStatus"], lesson["muxAssetId"]) == ("ready", case.facts["asset_id"]), case.where
        made = [
            upload["id"]
            for upload in await world.mux.uploads()
            if upload["new_asset_settings"]["passthrough"] == case.lesson_id
        ]
        rows = await world.rows("SELECT mux_upload_id, status FROM uploads WHERE lesson_id = $1", case.lesson_id)
        assert sorted(row["mux_upload_id"] for row in rows) == sorted(made), case.where
        assert len(made) <= 2, case.where
        orphans = [row["status"] for row in rows if row["mux_upload_id"] != case.facts["upload_id"]]
        assert orphans in ([], ["timed_out"]), case.where


@dataclass(frozen=True)
class ToStorage(Story):
    """The same while Mux is away: the video goes to S3, and the author says when it is there."""

    storage: bool = True
    completing: bool = False

    async def before(self, world: World) -> None:
        await world.mux.fault(path="/video/", status=503, times=None)

    async def prepare(self, world: World, http: httpx.AsyncClient) -> Case:
        lesson_id = await make_lesson(http)
        body = {"filename": "a.mp4", "contentType": "video/mp4", "size": len(MP4), "lessonId": lesson_id}
        if not self.completing:
            return Case(lesson_id, lambda via: via.post("/api/uploads", json=body))
        placed = await must(http, "POST", "/api/uploads", json=body)
        await _send(placed)
        return Case(lesson_id, lambda via: via.post(f"/api/uploads/{placed['uploadId']}/complete"), placed)

    async def go_on(self, world: World, http: httpx.AsyncClient, case: Case) -> None:
        if not self.completing:
            assert case.answer["provider"] == "s3", case.where
            await _send(case.answer)
            case.facts |= await must(http, "POST", f"/api/uploads/{case.answer['uploadId']}/complete")

    async def later(self, world: World, http: httpx.AsyncClient, cases: Sequence[Case]) -> None:
        await world.rows("UPDATE uploads SET created_at = created_at - interval '2 days' WHERE status = 'waiting'")

    async def check(self, world: World, http: httpx.AsyncClient, case: Case) -> None:
        await plays_from_storage(world, http, case)


@dataclass(frozen=True)
class Form(Story):
    """The legacy upload: a form through the service, sent whole again when no answer comes."""

    storage: bool = True

    async def prepare(self, world: World, http: httpx.AsyncClient) -> Case:
        lesson_id = await make_lesson(http)
        path = f"/api/courses/lessons/{lesson_id}/upload-video"
        return Case(lesson_id, lambda via: via.post(path, files={"video": ("a.mp4", MP4, "video/mp4")}))

    async def died(self, world: World, case: Case) -> None:
        """A form that was committed without an answer plays, until the repeated one takes its place."""
        ready = "SELECT FROM uploads WHERE lesson_id = $1 AND status = 'ready'"
        case.videos = 1 + len(await world.rows(ready, case.lesson_id))

    async def later(self, world: World, http: httpx.AsyncClient, cases: Sequence[Case]) -> None:
        await world.rows("UPDATE uploads SET created_at = created_at - interval '2 days' WHERE status = 'waiting'")

    async def check(self, world: World, http: httpx.AsyncClient, case: Case) -> None:
        await plays_from_storage(world, http, case)


async def plays_from_storage(world: World, http: httpx.AsyncClient, case: Case) -> None:
    """One object, which is the video; of the other attempts neither objects nor parts are left."""
    lesson = await must(http, "GET", f"/api/lessons/{case.lesson_id}")
    assert (lesson["processingStatus"], lesson["videoProvider"]) == ("ready", "s3"), case.where
    rows = await world.rows("SELECT s3_key, status FROM uploads WHERE lesson_id = $1 AND NOT staged", case.lesson_id)
    ready = [row["s3_key"] for row in rows if row["status"] == "ready"]
    assert [lesson["videoUrl"]] == [f"{world.s3.endpoint_url}/{world.s3.bucket}/{key}" for key in ready], case.where
    assert {row["status"] for row in rows} <= {"ready", "deleted", "failed"}, case.where
    stored = {row["s3_key"]: await world.objects.find(row["s3_key"]) for row in rows}
    wanted = {row["s3_key"]: hashlib.sha256(MP4).hexdigest() if row["s3_key"] in ready else None for row in rows}
    assert stored == wanted, case.where
    assert await world.objects.parts([row["s3_key"] for row in rows]) == [], case.where


async def _send(placed: Json) -> None:
    async with httpx.AsyncClient(timeout=60) as http:
        sent = await http.request(placed["method"], placed["uploadUrl"], headers=placed["headers"], content=MP4)
        assert sent.is_success, sent.text


ALL: tuple[Story, ...] = (
    Webhook("ready", event=lambda lesson, upload, asset: asset_event("ready", asset, upload)),
    Webhook("asset_created", event=lambda lesson, upload, asset: upload_event("asset_created", upload, asset_id=asset)),
    Webhook("adopted", event=_adopted, known=False),
    Webhook("track", event=_track),
    ToMux("upload-url"),
    ToMux("uploads-mux", path="/api/uploads", storage=True),
    ToStorage("uploads-s3"),
    ToStorage("complete", completing=True),
    Form("form"),
)
