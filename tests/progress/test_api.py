"""The HTTP edge over a real database and a real Kafka: what is accepted, what is refused and how, what is told."""

import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer

from contracts import LessonRules, QuizGraded, WatchProgress, topics
from progress_service.app import create_app
from servicekit import kafka
from servicekit.database import Pool
from tests.databases import Database
from tests.progress.calling import NOWHERE, bearer, client_of, settings_for
from tests.progress.granting import PRIVATE, grant
from tests.progress.handling import handle
from tests.progress.making import course_changed, lesson_changed, quiz_graded, watching


@pytest.fixture
async def api(database: Database, kafka_bootstrap: str, topic_prefix: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a running API that is connected to Kafka."""
    settings = settings_for(database, kafka_bootstrap, topic_prefix)
    await kafka.ensure_topics(settings, [topics.WATCH_PROGRESS, topics.QUIZ_GRADED])
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        await app.state.producer.wait_connected(20)
        async with client_of(app) as client:
            yield client


@pytest.fixture
async def deaf_api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    """A client of an API that cannot reach Kafka; everything else works."""
    app = create_app(settings_for(database, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


def body(token: str | None = None, *, beats: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    now = int(time.time() * 1000)
    played = {"seq": 3, "since": now - 10_000, "at": now, "position": 10.5, "watched_segments": [[0.5, 10.5]]}
    return {"grant": token or grant(), "sentAt": now, "beats": beats if beats is not None else [played]} | more


async def records(bootstrap: str, topic: str, count: int) -> list[bytes]:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        found: list[bytes] = []
        while len(found) < count:
            fetched = await consumer.getmany(timeout_ms=10_000)
            assert fetched, f"{len(found)} of {count} records"
            found += [record.value for batch in fetched.values() for record in batch]
        return found
    finally:
        await consumer.stop()


def slug(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json", response.text
    problem = response.json()
    assert problem["status"] == response.status_code
    return response.status_code, problem["type"].removeprefix("urn:seatime:problem:")


async def test_an_accepted_report_is_in_kafka_as_one_record(
    api: httpx.AsyncClient, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """A 202 means that Kafka has the request: the grant's facts, the server's time, and the claims in milliseconds."""
    session, before = str(uuid4()), int(time.time() * 1000)
    first = body()["beats"][0]
    events = [
        {"type": "seek", "at": first["at"], "from": 1, "to": 2.5},
        {"type": "ratechange", "at": first["at"], "rate": 1.5},
        {"type": "qualitychange", "at": first["at"], "value": "720p"},
    ]
    second = {"seq": 7, "at": first["at"], "position": 2, "rate": 1.5, "hidden": True, "events": events}
    response = await api.post(
        "/api/progress", json=body(grant(sid=session), beats=[first, second], lesson_id="l1", duration=100.4)
    )
    assert (response.status_code, response.json()) == (202, {"accepted": 2, "lastSeq": 7})
    (raw,) = await records(kafka_bootstrap, topic_prefix + "watch.progress", 1)
    event = WatchProgress.model_validate_json(raw)
    assert (event.learner_id, event.lesson_id, event.course_id, str(event.session_id)) == ("ada", "l1", "c1", session)
    assert (event.duration_ms, event.policy.max_rate) == (100_000, 2.0)
    assert before <= event.received_at_ms <= int(time.time() * 1000)
    assert (event.beats[0].segments, event.beats[0].position_ms) == (((500, 10_500),), 10_500)
    assert event.beats[1].since_ms is None
    assert [(e.type, e.from_ms, e.to_ms, e.value) for e in event.beats[1].events] == [
        ("seek", 1_000, 2_500, None),
        ("ratechange", None, None, "1.5"),
        ("qualitychange", None, None, "720p"),
    ]


async def test_a_record_tells_the_family_of_the_browser_and_the_country_and_no_more(
    database: Database, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """Row E4: what the headers said beyond that is in no record, by the short way or by the schema's."""
    settings = settings_for(database, kafka_bootstrap, topic_prefix).model_copy(update={"country_header": "x-country"})
    await kafka.ensure_topics(settings, [topics.WATCH_PROGRESS])
    app = create_app(settings)
    headers = {
        "user-agent": "Mozilla/5.0 (Secret Phone) Firefox/128.0",
        "x-country": "pt",
        "x-forwarded-for": "9.8.7.6",
    }
    now = int(time.time() * 1000)
    told = {"seq": 1, "at": now, "position": 1, "player": "mux-player"}
    async with app.router.lifespan_context(app):
        await app.state.producer.wait_connected(20)
        async with client_of(app) as client:
            for seq in (1, "2"):  # a number as text is left to the schema
                answer = await client.post("/api/progress", json=body(beats=[told | {"seq": seq}]), headers=headers)
                assert answer.status_code == 202, answer.text
    for raw in await records(kafka_bootstrap, topic_prefix + "watch.progress", 2):
        event = WatchProgress.model_validate_json(raw)
        assert (event.browser, event.country, event.beats[0].player) == ("firefox", "PT", "mux-player")
        assert not any(word in raw for word in (b"Secret", b"128", b"9.8.7.6"))


@pytest.mark.parametrize("content_type", ["application/json", "text/plain;charset=UTF-8", None])
async def test_a_beacon_is_accepted_as_it_comes(api: httpx.AsyncClient, content_type: str | None) -> None:
    """The same JSON is accepted as application/json, as text/plain and without a type."""
    headers = {"content-type": content_type} if content_type else {}
    response = await api.post("/api/progress", content=json.dumps(body()), headers=headers)
    assert response.status_code == 202, response.text


async def test_another_content_type_is_refused(api: httpx.AsyncClient) -> None:
    """A form is not a report."""
    response = await api.post("/api/progress", data={"grant": "x"})
    assert slug(response) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: "not a token", "invalid"),
        (lambda: grant(key=PRIVATE.public_key().public_bytes_raw(), algorithm="HS256"), "invalid"),
        (lambda: grant(aud="seatime"), "invalid"),
        (lambda: grant(kid="unknown"), "invalid"),
        (lambda: grant(iat=1_000_000, exp=1_000_600), "expired"),
    ],
)
async def test_a_bad_grant_is_a_401_problem(api: httpx.AsyncClient, make: Callable[[], str], reason: str) -> None:
    """A grant that is forged, not for us or over is refused with the reason."""
    response = await api.post("/api/progress", json=body(make()))
    assert slug(response) == (401, "invalid-grant")
    assert response.json()["reason"] == reason


async def test_an_expired_grant_is_accepted_within_its_grace(api: httpx.AsyncClient) -> None:
    """Beats from inside a grant's life are welcome after its end, for the offline grace."""
    now = int(time.time())
    response = await api.post("/api/progress", json=body(grant(iat=now - 7200, exp=now - 3600)))
    assert response.status_code == 202


async def test_a_grant_speaks_for_its_own_learner_and_nobody_else(
    api: httpx.AsyncClient, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """Whoever posts another learner's grant, signed in as whom they like, credits that learner."""
    await api.post("/api/progress", json=body(grant(sub="bob")), headers=bearer("ada"))
    (raw,) = await records(kafka_bootstrap, topic_prefix + "watch.progress", 1)
    assert WatchProgress.model_validate_json(raw).learner_id == "bob"


@pytest.mark.parametrize("more", [{"lesson_id": "l2"}, {"lesson_id": 7}, {"duration": 90.0}])
async def test_a_report_about_something_else_is_a_conflict(api: httpx.AsyncClient, more: dict[str, Any]) -> None:
    """A lesson or a duration that is not the grant's is told, not guessed."""
    assert slug(await api.post("/api/progress", json=body(**more))) == (409, "grant-mismatch")


async def test_a_numeric_lesson_id_is_the_same_as_its_text(api: httpx.AsyncClient) -> None:
    """The seeds' numeric lesson ids are accepted."""
    response = await api.post("/api/progress", json=body(grant(les="7"), lesson_id=7))
    assert response.status_code == 202, response.text


NOW = 1_790_000_000_000
PLAYED = {"seq": 1, "at": NOW, "position": 1}
INVALID: dict[str, dict[str, Any]] = {
    "no beats": {"beats": []},
    "too many beats": {"beats": [PLAYED | {"seq": n} for n in range(501)]},
    "a negative number": {"beats": [PLAYED | {"seq": -1}]},
    "a number beyond int4": {"beats": [PLAYED | {"seq": 2**31}]},
    "a huge number": {"beats": [PLAYED | {"seq": 10**30}]},
    "a time beyond reason": {"beats": [PLAYED | {"at": 10**18}]},
    "a negative position": {"beats": [PLAYED | {"position": -1}]},
    "a rate of zero": {"beats": [PLAYED | {"rate": 0}]},
    "a rate of a hundred": {"beats": [PLAYED | {"rate": 100}]},
    "half a segment": {"beats": [PLAYED | {"watched_segments": [[1]]}]},
    "a segment of text": {"beats": [PLAYED | {"watched_segments": [["a", "b"]]}]},
    "a segment that is endless": {"beats": [PLAYED | {"watched_segments": [[0, 1e300]]}]},
    "too many segments in a beat": {"beats": [PLAYED | {"watched_segments": [[0, 1]] * 201}]},
    "too many segments": {"beats": [PLAYED | {"seq": n, "watched_segments": [[0, 1]] * 200} for n in range(26)]},
    "too many events": {
        "beats": [PLAYED | {"seq": n, "events": [{"type": "play", "at": NOW}] * 200} for n in range(11)]
    },
    "an unknown event": {"beats": [PLAYED | {"events": [{"type": "teleport", "at": NOW}]}]},
    "no time of sending": {"sentAt": None},
    "a grant that is a number": {"grant": 7},
}


@pytest.mark.parametrize("more", INVALID.values(), ids=INVALID.keys())
async def test_an_invalid_report_is_a_422_problem(api: httpx.AsyncClient, more: dict[str, Any]) -> None:
    """What no player would send is refused with the place where it is wrong."""
    response = await api.post("/api/progress", json=body() | more)
    assert slug(response) == (422, "invalid-payload")
    assert response.json()["errors"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1", b"\xff\xfe", b'{"grant": "\\ud800"}'])
async def test_what_is_not_json_is_a_400_problem(api: httpx.AsyncClient, content: bytes) -> None:
    """A body that cannot be read as JSON is a bad request."""
    response = await api.post("/api/progress", content=content, headers={"content-type": "application/json"})
    assert slug(response) == (400, "invalid-json")


async def test_a_body_beyond_the_limit_is_refused(api: httpx.AsyncClient) -> None:
    """Half a megabyte is enough for five hundred beats."""
    response = await api.post("/api/progress", json=body(junk="x" * 600_000))
    assert slug(response) == (413, "payload-too-large")


async def test_the_largest_report_fits_into_a_kafka_record(api: httpx.AsyncClient) -> None:
    """What passes validation is never too large for the log."""
    beats = [
        PLAYED
        | {
            "seq": n,
            "watched_segments": [[1.5, 1e6]] * 10,
            "events": [{"type": "qualitychange", "at": NOW, "value": "x" * 40}] * 4,
        }
        for n in range(500)
    ]
    response = await api.post("/api/progress", json=body(beats=beats))
    assert response.status_code == 202, response.text


async def test_a_learner_reads_how_far_and_why_not(deaf_api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Resume position, covered ranges, coverage, live and late seconds, cuts and the reasons, in seconds."""
    await handle(worker_pool, lesson_changed(rules=LessonRules(quiz_required=True)))
    await handle(worker_pool, watching(40_000, received=400_000))
    response = await deaf_api.get("/api/progress/lessons/l1", headers=bearer("ada"))
    assert response.status_code == 200, response.text
    assert response.json() == {
        "lessonId": "l1",
        "courseId": "c1",
        "duration": 100.0,
        "resumePosition": 40.0,
        "covered": [[0.0, 40.0]],
        "coverage": 0.4,
        "threshold": 0.9,
        "requiredSegments": [],
        "complete": False,
        "completedAt": None,
        "watched": {"live": 0.0, "late": 40.0, "hidden": 0.0},
        "frontier": 40.0,
        "seekLocked": False,
        "videoRevision": 1,
        "attempt": 1,
        "attemptStartedAt": None,
        "earlier": [],
        "reasons": [
            {"code": "coverage", "message": "40 % of the video has been watched, 90 % are needed."},
            {"code": "quiz", "message": "The lesson's quiz has not been passed."},
        ],
        "replacedAt": None,
        "cuts": {},
    }
    other = (await deaf_api.get("/api/progress/lessons/l1", headers=bearer("bob"))).json()
    assert (other["covered"], other["coverage"], other["resumePosition"], other["duration"]) == ([], 0.0, 0.0, 100.0)


async def test_a_complete_lesson_and_course_have_no_reasons(deaf_api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Once complete, always complete: the answer says when, and gives no reasons any more."""
    await handle(worker_pool, course_changed(rules={"min_verified_s": 60}))
    await handle(worker_pool, lesson_changed(), lesson_changed("l2", required=False, position=1))
    before = (await deaf_api.get("/api/progress/courses/c1", headers=bearer("ada"))).json()
    assert [reason["code"] for reason in before["reasons"]] == ["required_lessons", "verified_time"]
    await handle(worker_pool, watching(95_000))
    await handle(worker_pool, lesson_changed(version=2, rules=LessonRules(completion_threshold=1.0)))
    lesson = (await deaf_api.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()
    assert (lesson["complete"], lesson["reasons"], lesson["threshold"]) == (True, [], 1.0)
    course = (await deaf_api.get("/api/progress/courses/c1", headers=bearer("ada"))).json()
    assert course == {
        "courseId": "c1",
        "title": "Course c1",
        "complete": True,
        "completedAt": lesson["completedAt"],
        "verified": 95.0,
        "minVerified": 60.0,
        "lessons": [
            {
                "lessonId": "l1",
                "title": "Lesson l1",
                "required": True,
                "coverage": 0.95,
                "complete": True,
                "completedAt": lesson["completedAt"],
            },
            {
                "lessonId": "l2",
                "title": "Lesson l2",
                "required": False,
                "coverage": 0.0,
                "complete": False,
                "completedAt": None,
            },
        ],
        "reasons": [],
        "attempt": 1,
        "attemptStartedAt": None,
        "earlier": [],
    }


async def test_a_lesson_whose_rule_has_not_arrived_shows_what_was_watched(
    deaf_api: httpx.AsyncClient, worker_pool: Pool
) -> None:
    """Progress that ran ahead of the rules is shown, and said to be undecided."""
    await handle(worker_pool, watching(95_000))
    answer = (await deaf_api.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()
    assert (answer["coverage"], answer["complete"]) == (0.95, False)
    assert [reason["code"] for reason in answer["reasons"]] == ["rules_unknown"]


@pytest.mark.parametrize(("path", "expected"), [("lessons", "lesson-not-found"), ("courses", "course-not-found")])
async def test_reading_needs_a_caller_and_something_to_read(
    deaf_api: httpx.AsyncClient, path: str, expected: str
) -> None:
    """Strangers get a 401, unknown subjects a 404, ids that are none a 422."""
    assert slug(await deaf_api.get(f"/api/progress/{path}/l1")) == (401, "unauthenticated")
    assert slug(await deaf_api.get(f"/api/progress/{path}/l1", headers=bearer("ada"))) == (404, expected)
    assert slug(await deaf_api.get(f"/api/progress/{path}/%00", headers=bearer("ada"))) == (422, "invalid-payload")


async def test_a_quiz_result_is_taken_from_the_owner_and_the_administrator(
    api: httpx.AsyncClient, worker_pool: Pool, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """The course's owner and an administrator grade; a learner does not, not even the own quiz."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    path, result = "/api/progress/lessons/l1/quiz", {"learnerId": "ada", "passed": True, "score": 0.8}
    for caller, more in ((bearer("olga", "instructor"), {}), (bearer("root", "admin"), {"attempt": 2})):
        assert (await api.put(path, json=result | more, headers=caller)).status_code == 202
    assert slug(await api.put(path, json=result, headers=bearer("ada"))) == (403, "forbidden")
    assert slug(await api.put(path, json=result, headers=bearer("igor", "instructor"))) == (403, "forbidden")
    assert slug(await api.put(path, json=result)) == (401, "unauthenticated")
    unknown = await api.put("/api/progress/lessons/l9/quiz", json=result, headers=bearer("root", "admin"))
    assert slug(unknown) == (404, "lesson-not-found")
    bad = await api.put(path, json=result | {"score": 2}, headers=bearer("root", "admin"))
    assert slug(bad) == (422, "invalid-payload")
    told = [
        QuizGraded.model_validate_json(raw) for raw in await records(kafka_bootstrap, topic_prefix + "quiz.graded", 2)
    ]
    assert [graded.attempt for graded in told] == [None, 2]
    for graded in told:
        expected = quiz_graded()
        assert (graded.learner_id, graded.lesson_id, graded.course_id) == (
            expected.learner_id,
            expected.lesson_id,
            expected.course_id,
        )
        assert (graded.passed, graded.score) == (True, 0.8)
