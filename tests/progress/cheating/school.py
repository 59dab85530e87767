"""The running system: reports go over HTTP into real Kafka, the real worker folds them into PostgreSQL, answers come
over HTTP. Only the clock of the API is virtual: hours pass while the requests of an hour are handled.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from itertools import groupby

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from progress_service.app import create_app
from progress_service.settings import WorkerSettings
from progress_service.worker import create_worker
from servicekit.outbox import message_of
from servicekit.producer import Producer
from tests.databases import Database
from tests.polling import until
from tests.progress import granting
from tests.progress.calling import bearer, client_of, settings_for
from tests.progress.cheating.bare import LESSONS
from tests.progress.cheating.reports import DURATION_S, Report, Standing, Ticket
from tests.progress.making import course_changed, lesson_changed
from tests.servicekit import kit

_FORGER = Ed25519PrivateKey.generate()
_AT_ONCE = 40


class School:
    """A course of ten lessons and whoever reports watching. `accepted` and `refused` count requests."""

    def __init__(self, client: httpx.AsyncClient, clock: "VirtualClock", settings: WorkerSettings) -> None:
        self._client, self.clock, self._settings = client, clock, settings
        self._tokens: dict[Ticket, str] = {}
        self.answers: Counter[int] = Counter()

    async def play(self, reports: Sequence[Report]) -> None:
        """Send reports, which are in the order of their arrival, each at its time; wait until the ledger has them."""
        for now_ms, together in groupby(reports, key=lambda report: report.at_ms):
            self.clock.now_ms = now_ms
            by_learner: dict[str, list[Report]] = {}
            for report in together:
                by_learner.setdefault(report.ticket.learner, []).append(report)
            waiting = list(by_learner.values())
            for first in range(0, len(waiting), _AT_ONCE):
                await asyncio.gather(*(self._in_order(mine) for mine in waiting[first : first + _AT_ONCE]))
        await until(self.folded)

    async def post(self, body: bytes) -> httpx.Response:
        """A request as somebody wrote it by hand, now."""
        headers = {"Content-Type": "application/json"}
        response = await self._client.post("/api/progress", content=body, headers=headers)
        self.answers[response.status_code] += 1
        return response

    def token(self, ticket: Ticket) -> str:
        """The grant of that ticket."""
        return self._token(ticket)

    async def standing(self, learner: str, lesson: str) -> Standing:
        """What the learner is told."""
        response = await self._client.get(f"/api/progress/lessons/{lesson}", headers=bearer(learner))
        assert response.status_code == 200, response.text
        told = response.json()
        completed = told["completedAt"]
        return Standing(
            coverage=told["coverage"],
            live_s=told["watched"]["live"],
            late_s=told["watched"]["late"],
            completed_ms=round(datetime.fromisoformat(completed).timestamp() * 1000) if completed else None,
            cuts=told["cuts"],
            resume_s=told["resumePosition"],
        )

    async def standings(self, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Standing]:
        return {place: await self.standing(*place) for place in places}

    async def _in_order(self, reports: Sequence[Report]) -> None:
        for report in reports:
            body = report.body(self._token(report.ticket))
            response = await self._client.post("/api/progress", json=body)
            assert response.status_code in (202, 401), response.text
            self.answers[response.status_code] += 1

    def _token(self, ticket: Ticket) -> str:
        if ticket not in self._tokens:
            key = _FORGER if ticket.forged else granting.PRIVATE
            self._tokens[ticket] = granting.grant(key=key, **ticket.claims())
        return self._tokens[ticket]

    async def folded(self) -> bool:
        done = await kit.committed(self._settings, "progress.watch.progress", "watch.progress")
        return done >= self.answers[202]


class VirtualClock:
    """The server's time, moved by hand."""

    def __init__(self, now_ms: int) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms


@asynccontextmanager
async def school(database: Database, bootstrap: str, prefix: str, *, start_ms: int) -> AsyncIterator[School]:
    """The progress service over this database and these topics, with a course of ten lessons."""
    clock = VirtualClock(start_ms)
    settings = WorkerSettings(
        database_url=database.worker_url, kafka_bootstrap_servers=bootstrap, kafka_topic_prefix=prefix
    )
    app = create_app(settings_for(database, bootstrap, prefix), clock=clock)
    async with AsyncExitStack() as stack:
        producer = await stack.enter_async_context(Producer(settings, service="test"))
        worker = await stack.enter_async_context(create_worker(settings))
        async with asyncio.timeout(60):
            await worker.consuming.wait()
        await producer.wait_connected(60)
        await producer.send(message_of(course_changed()), timeout=20)
        for lesson in LESSONS:
            video = {"provider": "mux", "duration_ms": DURATION_S * 1000}
            await producer.send(message_of(lesson_changed(lesson, video=video)), timeout=20)
        await stack.enter_async_context(app.router.lifespan_context(app))
        client = await stack.enter_async_context(client_of(app))
        await app.state.producer.wait_connected(60)

        async def knows_the_lessons() -> bool:
            answer = await client.get("/api/progress/courses/c1", headers=bearer("anybody"))
            return answer.status_code == 200 and len(answer.json()["lessons"]) == len(LESSONS)

        await until(knows_the_lessons)
        yield School(client, clock, settings)
