"""A school as the playback service knows it: courses, lessons and enrollments put straight into its projections."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from fastapi import FastAPI

from contracts import AttemptStarted, CourseChanged, CourseRules, EnrollmentChanged, LessonChanged, Video
from playback_service import store, store_attempts, store_enrollments
from servicekit.auth import issue_token
from servicekit.database import Pool, transaction

SECRET = "a secret of the tests that is long enough to sign with"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def mux_video(playback_id: str = "pb1", *, policy: Any = "signed", duration_ms: int | None = 600_000) -> Video:
    return Video(
        provider="mux", asset_id=f"asset-{playback_id}", playback_id=playback_id, policy=policy, duration_ms=duration_ms
    )


def course_changed(course_id: str = "c1", *, version: int = 1, **fields: Any) -> CourseChanged:
    known = {"title": "A course", "owner_id": "owner", "changed_at": LONG_AGO} | fields
    return CourseChanged(course_id=course_id, version=version, **known)


def lesson_changed(lesson_id: str = "l1", course_id: str = "c1", *, version: int = 1, **fields: Any) -> LessonChanged:
    known = {"title": "A lesson", "processing_status": "ready", "video": mux_video(), "changed_at": LONG_AGO} | fields
    return LessonChanged(lesson_id=lesson_id, course_id=course_id, version=version, **known)


def enrollment_changed(
    learner_id: str = "ada", course_id: str = "c1", *, version: int = 1, **fields: Any
) -> EnrollmentChanged:
    known = {"status": "active", "changed_at": LONG_AGO} | fields
    return EnrollmentChanged(learner_id=learner_id, course_id=course_id, version=version, **known)


def attempt_started(attempt: int, learner_id: str = "ada", course_id: str = "c1") -> AttemptStarted:
    return AttemptStarted(learner_id=learner_id, course_id=course_id, attempt=attempt, started_at=LONG_AGO)


@dataclass
class School:
    """The service under test, its database, and people who call it."""

    api: FastAPI
    http: httpx.AsyncClient
    pool: Pool
    versions: dict[str, int] = field(default_factory=dict)

    def _next(self, subject: str) -> int:
        self.versions[subject] = self.versions.get(subject, 0) + 1
        return self.versions[subject]

    async def course(self, course_id: str = "c1", **fields: Any) -> None:
        """Make or change a course; it is published and owned by `owner` unless said otherwise."""
        event = course_changed(course_id, version=self._next(course_id), **fields)
        async with transaction(self.pool) as conn:
            await store.project_courses(conn, [event])

    async def lesson(self, lesson_id: str = "l1", course_id: str = "c1", **fields: Any) -> None:
        """Make or change a lesson; it has a signed Mux video of ten minutes unless said otherwise."""
        event = lesson_changed(lesson_id, course_id, version=self._next(lesson_id), **fields)
        async with transaction(self.pool) as conn:
            await store.project_lessons(conn, [event])

    async def enroll(self, learner_id: str = "ada", course_id: str = "c1", **fields: Any) -> None:
        event = enrollment_changed(learner_id, course_id, version=self._next(f"{learner_id}/{course_id}"), **fields)
        async with transaction(self.pool) as conn:
            await store_enrollments.apply(conn, [event])

    async def begin(self, *attempts: int, learner_id: str = "ada", course_id: str = "c1") -> None:
        """Have it heard, in one batch, that these attempts have begun."""
        async with transaction(self.pool) as conn:
            await store_attempts.apply(conn, [attempt_started(number, learner_id, course_id) for number in attempts])

    async def standard(self) -> None:
        """Course c1 of `owner` with lesson l1, and ada enrolled."""
        await self.course(rules=CourseRules(max_rate=1.5, offline_grace_s=3600))
        await self.lesson()
        await self.enroll()

    async def ask(self, method: str, path: str, user: str = "ada", *roles: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {issue_token(SECRET, user, *(roles or ('learner',)))}"}
        return await self.http.request(method, path, headers=headers | options.pop("headers", {}), **options)

    async def play(self, lesson_id: str = "l1", user: str = "ada", *roles: str, **options: Any) -> httpx.Response:
        return await self.ask("GET", f"/api/videos/{lesson_id}/playback", user, *roles, **options)

    async def granted(self, lesson_id: str = "l1", user: str = "ada", *roles: str, **options: Any) -> dict[str, Any]:
        """The answer of a playback that is granted."""
        response = await self.play(lesson_id, user, *roles, **options)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer


def problem(response: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem details of a refusal, after checking that it is this one."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["type"], body["status"]) == (f"urn:seatime:problem:{slug}", status)
    return body
