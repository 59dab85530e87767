"""S3 answers 503 SlowDown, to every call or to some: clear refusals, no half objects, no lost rows."""

import hashlib

import httpx

from tests.servicekit import kit
from tests.upload.conftest import Json
from tests.upload.faults.world import MP4, Process, World, make_lesson, must
from upload_service.worker import create_worker

PDF = b"%PDF-1.7\n" + bytes(2000)
FILE: Json = {"filename": "notes.pdf", "contentType": "application/pdf", "size": len(PDF)}


def refused(answer: httpx.Response, slug: str = "storage-unavailable") -> None:
    assert answer.status_code == 503, answer.text
    assert answer.json()["type"] == f"urn:seatime:problem:{slug}"
    assert int(answer.headers["retry-after"]) > 0


async def send(placed: Json, content: bytes) -> None:
    async with httpx.AsyncClient(timeout=60) as http:
        answer = await http.request(placed["method"], placed["uploadUrl"], headers=placed["headers"], content=content)
        assert answer.is_success, answer.text


async def form(process: Process, lesson_id: str) -> httpx.Response:
    path = f"/api/courses/lessons/{lesson_id}/upload-video"
    return await process.http.post(path, files={"video": ("a.mp4", MP4, "video/mp4")})


async def test_a_storage_that_refuses_everything(world: World, kafka_bootstrap: str, topic_prefix: str) -> None:
    """A3, A4: 503 with Retry-After where S3 is needed, nothing is forgotten, and asking again ends it when S3 is back.

    Addresses are signed without S3, so a place is given all the same; what is deleted meanwhile goes with the sweep.
    """
    async with world.process() as process:
        http, lesson_id = process.http, await make_lesson(process.http)
        await world.mux.fault(path="/video/v1/uploads", method="POST", status=503, times=None)
        doomed = await must(http, "POST", "/api/uploads", json=FILE)
        await send(doomed, PDF)
        await must(http, "POST", f"/api/files/{doomed['fileId']}/complete")
        process.s3.every = 1

        file = await must(http, "POST", "/api/uploads", json=FILE)
        video = await must(
            http,
            "POST",
            "/api/uploads",
            json={"filename": "a.mp4", "contentType": "video/mp4", "size": len(MP4), "lessonId": lesson_id},
        )
        assert video["provider"] == "s3"
        await send(file, PDF)
        await send(video, MP4)
        refused(await http.post(f"/api/files/{file['fileId']}/complete"))
        refused(await http.post(f"/api/uploads/{video['uploadId']}/complete"))
        other = await make_lesson(http)
        refused(await form(process, other))
        assert (await http.delete(f"/api/files/{doomed['fileId']}")).is_success
        assert process.s3.refused > 0
        lesson = await must(http, "GET", f"/api/lessons/{other}")
        assert lesson["processingStatus"] == "error", "the author sees that the form's video did not arrive"

        process.s3.every = 0
        assert (await must(http, "POST", f"/api/files/{file['fileId']}/complete"))["state"] == "ready"
        assert (await must(http, "POST", f"/api/uploads/{video['uploadId']}/complete"))["status"] == "ready"
        assert (await form(process, other)).is_success
        for mine in (lesson_id, other):
            assert (await must(http, "GET", f"/api/lessons/{mine}"))["processingStatus"] == "ready"
        await world.rows("UPDATE files SET writable_until = now() - interval '1 day' WHERE deleted")
        keys = [row["key"] for row in await world.rows("SELECT key FROM files WHERE deleted")]
        async with create_worker(world.worker(kafka_bootstrap, topic_prefix)):
            await kit.until(lambda: _none(world, "SELECT FROM files WHERE deleted"), timeout=60)
        assert [await world.objects.find(key) for key in keys] == [None]


async def _none(world: World, query: str) -> bool:
    return not await world.rows(query + " LIMIT 1")


async def test_a_storage_that_refuses_each_third_call(world: World) -> None:
    """A3: the calls that may be repeated are; a form ends whole or not at all, and who repeats it succeeds."""
    async with world.process() as process:
        process.s3.every = 3
        tries = 0
        lessons = [await make_lesson(process.http) for _ in range(6)]
        for lesson_id in lessons:
            while not (answer := await form(process, lesson_id)).is_success:
                refused(answer)
                tries += 1
                assert tries < 30
        assert process.s3.refused > 0
        for lesson_id in lessons:
            lesson = await must(process.http, "GET", f"/api/lessons/{lesson_id}")
            assert lesson["processingStatus"] == "ready"
            rows = await world.rows("SELECT s3_key, status FROM uploads WHERE lesson_id = $1", lesson_id)
            ready = [row["s3_key"] for row in rows if row["status"] == "ready"]
            assert len(ready) == 1
            for row in rows:
                whole = hashlib.sha256(MP4).hexdigest() if row["s3_key"] in ready else None
                assert await world.objects.find(row["s3_key"]) in (whole, hashlib.sha256(MP4).hexdigest())


async def test_a_sweep_that_s3_refuses_forgets_nothing(world: World, kafka_bootstrap: str, topic_prefix: str) -> None:
    """A13: while S3 refuses, rows of what is to go stay; afterwards the objects go, and then the rows."""
    from tests.upload.faults.lines import Line, Refusal, http_line

    async with world.process() as process:
        lessons = [await make_lesson(process.http) for _ in range(2)]
        for lesson_id in lessons:
            assert (await form(process, lesson_id)).is_success
        course = (await must(process.http, "GET", f"/api/lessons/{lessons[0]}"))["courseId"]
        await must(process.http, "DELETE", f"/api/courses/{course}/lessons/{lessons[0]}")
    keys = {row["lesson_id"]: row["s3_key"] for row in await world.rows("SELECT lesson_id, s3_key FROM uploads")}
    old, new = (keys[lesson_id] for lesson_id in lessons)
    refusal = Refusal()
    refusal.every = 1
    unwanted = "SELECT FROM uploads WHERE discarded AND status <> 'deleted'"
    async with http_line(world.s3.endpoint_url, Line(), refusing=refusal) as s3:
        settings = world.worker(kafka_bootstrap, topic_prefix, s3_endpoint_url=s3)
        async with create_worker(settings):
            await kit.until(lambda: refusal.refused >= 6, timeout=60)
            assert len(await world.rows(unwanted)) == 1
            refusal.every = 0
            await kit.until(lambda: _none(world, unwanted), timeout=60)
    assert await world.objects.find(old) is None
    assert await world.objects.find(new) == hashlib.sha256(MP4).hexdigest()
