"""Asking for an upload URL: what Mux is asked for, what is remembered, and what happens when Mux is not there."""

import asyncio
from uuid import RFC_4122, uuid4

import httpx
import pytest

from tests.upload.conftest import LEARNER, OTHER, Service
from upload_service.identifiers import new_upload_id


async def test_the_url_is_mux_s_and_the_upload_is_ours(service: Service) -> None:
    """uploadUrl takes the bytes at Mux, uploadId asks for the state here, the lesson knows Mux's id."""
    lesson_id = await service.make_lesson()
    made = await service.must("POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id})
    assert made["uploadUrl"].startswith(service.mux.base_url)
    assert made["provider"] == "mux"
    (upload,) = await service.mux.uploads()
    status = await service.must("GET", f"/api/uploads/{made['uploadId']}")
    assert (status["status"], status["lessonId"], status["muxUploadId"]) == ("waiting", lesson_id, upload["id"])
    lesson = await service.lesson(lesson_id)
    assert (lesson["videoProvider"], lesson["processingStatus"]) == ("mux", "pending")
    assert lesson["muxUploadId"] == upload["id"]
    assert lesson["upload"] == {"id": made["uploadId"], "status": "waiting", "error": None}
    row = (await service.rows("SELECT mux_upload_id, video_provider FROM lessons WHERE id = $1", lesson_id))[0]
    assert (row["mux_upload_id"], row["video_provider"]) == (upload["id"], "mux")


@pytest.mark.parametrize(("public", "policy"), [(False, "signed"), (True, "public")])
async def test_mux_is_told_who_and_for_whom(service: Service, public: bool, policy: str) -> None:
    """CORS origin of the platform without its path, policy by the course, lesson and upload in passthrough and meta."""
    lesson_id = await service.make_lesson(public=public)
    made = await service.upload_url(lesson_id)
    (upload,) = await service.mux.uploads()
    assert upload["cors_origin"] == "https://learn.example:8443"
    settings = upload["new_asset_settings"]
    assert settings["playback_policies"] == [policy]
    assert settings["passthrough"] == lesson_id
    assert settings["meta"] == {"title": "Lesson", "creator_id": "owner-1", "external_id": made["uploadId"]}
    assert upload["timeout"] == service.settings.mux_upload_timeout_s


async def test_a_numeric_lesson_id_is_taken_as_text(service: Service) -> None:
    """Clients of the seeds send a number."""
    await service.must("PUT", "/api/courses/1", json={"title": "Course"})
    await service.must("PUT", "/api/courses/1/lessons/42", json={"title": "Lesson"})
    await service.must("POST", "/api/videos/mux/upload-url", json={"lessonId": 42})
    assert (await service.lesson("42"))["upload"]["status"] == "waiting"


@pytest.mark.parametrize("lesson_id", [None, True, 1.5, "", "-", "a b", [], {}, 10**400, "x" * 65])
async def test_a_lesson_id_that_is_none_is_refused(service: Service, lesson_id: object) -> None:
    """A problem, and Mux is not asked."""
    response = await service.ask("POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id})
    assert response.status_code == 422
    assert await service.mux.uploads() == []


async def test_who_may_not_upload_costs_nothing_at_mux(service: Service) -> None:
    """401, 403 and 404 are decided before Mux is asked."""
    lesson_id = await service.make_lesson()
    for user, expected in ((None, 401), (LEARNER, 403), (OTHER, 403)):
        response = await service.ask("POST", "/api/videos/mux/upload-url", user, json={"lessonId": lesson_id})
        assert response.status_code == expected
    assert await service.mux.uploads() == []


@pytest.mark.parametrize(
    ("fault", "retry_after"),
    [
        ({"status": 500}, None),
        ({"status": 503}, None),
        ({"status": 429}, None),
        ({"status": 429, "retry_after": 7}, "7"),
        ({"drop": "before"}, None),
        ({"drop": "after"}, None),
    ],
)
async def test_mux_down_is_a_503_that_says_when_to_return(
    service: Service, fault: dict[str, object], retry_after: str | None
) -> None:
    """mux-unavailable with Retry-After; the lesson is as before, and the next attempt succeeds."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(path="/video/v1/uploads", **fault)
    response = await service.ask("POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id})
    assert response.status_code == 503
    assert response.json()["type"] == "urn:seatime:problem:mux-unavailable"
    assert int(response.headers["retry-after"]) > 0
    assert retry_after in (None, response.headers["retry-after"])
    assert (await service.lesson(lesson_id))["upload"] is None
    await service.upload_url(lesson_id)


async def test_a_slow_mux_holds_nobody_up(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """503 after the read timeout, no connection to the database held meanwhile, others served."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(path="/video/v1/uploads", delay=20)
    monkeypatch.setattr(service.http._transport.app.state.mux._calls, "_timeouts", (1, 0.4))  # type: ignore[attr-defined]
    slow = asyncio.create_task(service.ask("POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id}))
    await asyncio.sleep(0)
    assert (await service.ask("GET", f"/api/lessons/{lesson_id}")).status_code == 200
    response = await slow
    assert response.status_code == 503
    assert response.json()["type"] == "urn:seatime:problem:mux-unavailable"


async def test_wrong_credentials_are_ours_to_mend(service: Service) -> None:
    """The author is told that it is not their fault, with another type than an outage."""
    lesson_id = await service.make_lesson()
    await service.mux.fault(path="/video/v1/uploads", status=401)
    response = await service.ask("POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id})
    assert response.status_code == 503
    assert response.json()["type"] == "urn:seatime:problem:mux-unauthorized"


async def test_a_lesson_deleted_while_mux_was_asked_gets_no_upload(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """404, and nothing comes back to life."""
    lesson_id = await service.make_lesson()
    mux = service.http._transport.app.state.mux  # type: ignore[attr-defined]
    create = mux.create_upload
    course_id = (await service.lesson(lesson_id))["courseId"]

    async def slow(**options: object) -> object:
        made = await create(**options)
        await service.must("DELETE", f"/api/courses/{course_id}/lessons/{lesson_id}")
        return made

    monkeypatch.setattr(mux, "create_upload", slow)
    response = await service.ask("POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id})
    assert response.status_code == 404
    assert await service.rows("SELECT FROM uploads") == []


async def test_an_upload_is_shown_to_its_author_only(service: Service) -> None:
    """404 for what is not there, 403 for others, 422 for what is no id."""
    made = await service.upload_url(await service.make_lesson())
    path = f"/api/uploads/{made['uploadId']}"
    assert (await service.ask("GET", path)).status_code == 200
    assert (await service.ask("GET", path, OTHER)).status_code == 403
    assert (await service.ask("GET", f"/api/uploads/{uuid4()}")).status_code == 404
    assert (await service.ask("GET", "/api/uploads/nonsense")).status_code == 422


async def test_no_secret_is_ever_shown(service: Service) -> None:
    """Neither Mux's credentials nor the webhook's secret appear in any answer."""
    lesson_id = await service.make_lesson()
    made = await service.ask("POST", "/api/videos/mux/upload-url", json={"lessonId": lesson_id})
    answers: list[httpx.Response] = [made]
    for path in (f"/api/lessons/{lesson_id}", f"/api/uploads/{made.json()['uploadId']}", "/openapi.json", "/metrics"):
        answers.append(await service.ask("GET", path))
    for answer in answers:
        for secret in (service.mux.token_secret, service.mux.webhook_secret, service.settings.database_url):
            assert secret not in answer.text
    assert service.mux.token_secret not in repr(service.settings)


async def test_the_service_answers_for_itself(service: Service) -> None:
    """Alive and ready with its database; not ready, but alive, without."""
    assert (await service.ask("GET", "/health/live", None)).status_code == 200
    assert (await service.ask("GET", "/health/ready", None)).status_code == 200
    await service.pool.close()
    refused = await service.ask("GET", "/health/ready", None)
    assert refused.status_code == 503
    assert refused.json()["checks"]["database"] != "ok"
    assert (await service.ask("GET", "/api/courses")).status_code == 503


def test_upload_ids_sort_by_time() -> None:
    """UUID version 7: later ones are greater across milliseconds, and they never repeat."""
    ids = [new_upload_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert {(uuid.version, uuid.variant) for uuid in ids} == {(7, RFC_4122)}
    milliseconds = [uuid.int >> 80 for uuid in ids]
    assert milliseconds == sorted(milliseconds)
