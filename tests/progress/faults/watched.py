"""Learners who watch a whole lesson, and what must be there of it afterwards, whatever happened meanwhile."""

import random
from collections import Counter
from collections.abc import Sequence

from contracts import LessonCompleted, ProgressAdvanced, WatchProgress
from servicekit.database import Pool
from servicekit.outbox import message_of
from servicekit.producer import Producer
from servicekit.settings import CommonSettings
from tests.progress.cheating.reports import session_of
from tests.progress.making import beat, course_changed, lesson_changed, request
from tests.servicekit import kit

STEPS, STEP_MS = 30, 10_000
WATCHED_MS = STEPS * STEP_MS
GROUP, TOPIC = "progress.watch.progress", "watch.progress"


def reports(learners: Sequence[str], rng: random.Random) -> list[WatchProgress]:
    """A request for each ten seconds of each learner; a tenth of them twice, all of them shuffled."""
    sent = [
        request(
            beat(step, step * STEP_MS, (step + 1) * STEP_MS, (step * STEP_MS, (step + 1) * STEP_MS)),
            learner_id=learner,
            session_id=session_of(learner),
            duration_ms=WATCHED_MS,
        )
        for learner in learners
        for step in range(STEPS)
    ]
    sent += rng.sample(sent, len(sent) // 10)
    rng.shuffle(sent)
    return sent


async def send(producer: Producer, requests: Sequence[WatchProgress]) -> None:
    for one in requests:
        await producer.send(message_of(one), timeout=30)


async def teach(producer: Producer, pool: Pool) -> None:
    """The course and its lesson, known to the ledger: what is complete is decided at once."""
    await producer.send(message_of(course_changed()), timeout=20)
    await producer.send(message_of(lesson_changed(video={"provider": "mux", "duration_ms": WATCHED_MS})), timeout=20)
    count = "SELECT (SELECT count(*) FROM lesson_rules) * (SELECT count(*) FROM course_rules)"
    await kit.until(lambda: pool.fetchval(count), timeout=60)


async def all_folded(settings: CommonSettings, count: int, *, timeout: float = 90) -> None:
    async def folded() -> bool:
        return await kit.committed(settings, GROUP, TOPIC) >= count

    await kit.until(folded, timeout=timeout)


async def assert_exact(pool: Pool, settings: CommonSettings, learners: Sequence[str], *, live: bool = True) -> None:
    """Every learner has every millisecond once: in the ledger, on the clock, in evidence, and in what was told."""
    query = (
        "SELECT learner_id, covered::text, live_ms, late_ms, p.spent_ms, cuts, c.spent::text AS clock, "
        "(SELECT count(*) FROM completions e WHERE e.learner_id = p.learner_id AND kind = 'lesson') AS evidence "
        "FROM lesson_progress p JOIN learner_clocks c USING (learner_id) ORDER BY 1"
    )
    rows = [tuple(row) for row in await pool.fetch(query)]
    _same([row[0] for row in rows], sorted(learners))
    credit = (WATCHED_MS, 0) if live else (0, WATCHED_MS)
    exact = (f"{{[0,{WATCHED_MS})}}", *credit, WATCHED_MS, {}, 1)
    _same([row for row in rows if (*row[1:6], row[7]) != exact], [])
    _same(len({row[6] for row in rows}), 1)
    await kit.until(lambda: pool.fetchval("SELECT NOT EXISTS (SELECT FROM outbox)"), timeout=60)
    told = Counter[str]()
    for advance in await _first_of_each(settings, "progress.advanced"):
        event = ProgressAdvanced.model_validate_json(advance)
        told[event.learner_id] += event.live_ms + event.late_ms
    _same(dict(told), dict.fromkeys(learners, WATCHED_MS))
    completed = [LessonCompleted.model_validate_json(v) for v in await _first_of_each(settings, "lesson.completed")]
    _same(dict(Counter(event.learner_id for event in completed)), dict.fromkeys(learners, 1))


def _same(found: object, wanted: object) -> None:
    if found != wanted:
        raise AssertionError(f"{found!r}\nis not\n{wanted!r}"[:4000])


async def _first_of_each(settings: CommonSettings, topic: str) -> list[bytes]:
    """Values by different event ids: the relay may deliver one event twice, and never makes two of it."""
    values: dict[bytes, bytes] = {}
    for record in await kit.read_all(settings, topic):
        values.setdefault(dict(record.headers)["ce_id"], record.value)
    return list(values.values())
