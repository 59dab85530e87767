"""Requests written by hand, against the running system: what no player would send, by somebody who has the grant."""

import asyncio
import json
import random
from contextlib import AsyncExitStack
from typing import Any

import pytest

from progress_service.app import create_app
from progress_service.fold import TIMER_TOLERANCE
from tests.databases import Database
from tests.polling import until
from tests.progress.calling import client_of, settings_for
from tests.progress.cheating.reports import (
    ACCREDITED,
    DEFAULT,
    DURATION_S,
    MAX_RATE,
    Policy,
    Report,
    Ticket,
    beat,
    session_of,
)
from tests.progress.cheating.school import School, VirtualClock, school
from tests.progress.cheating.test_attacks import start_ms

END_OF_TIME_MS = 253_402_300_799_999
"""The last millisecond of the year 9999, the highest time that a client may name."""


def ticket(learner: str, start: int, *, lesson: int = 0, session: object = 0, policy: Policy = DEFAULT) -> Ticket:
    return Ticket(learner, f"l{lesson}", session_of(learner, lesson, session), start, policy)


async def credit(running: School, learner: str, lessons: int = 1) -> float:
    """Seconds of media that the learner has in all lessons."""
    standings = [await running.standing(learner, f"l{lesson}") for lesson in range(lessons)]
    return sum(standing.live_s + standing.late_s for standing in standings)


NUMBERS = {
    "not a number": "NaN",
    "infinity": "Infinity",
    "minus infinity": "-Infinity",
    "beyond all floats": "1e999",
    "the largest float": "1.7976931348623157e308",
    "negative": "-1",
    "true": "true",
    "a text": '"1e3"',
}
PLACES = {
    "at": '{"seq":0,"at":%s,"position":0}',
    "since": '{"seq":0,"since":%s,"at":1,"position":0}',
    "position": '{"seq":0,"at":1,"position":%s}',
    "seq": '{"seq":%s,"at":1,"position":0}',
    "rate": '{"seq":0,"at":1,"position":0,"rate":%s}',
    "segment": '{"seq":0,"at":1,"position":0,"watched_segments":[[0,%s]]}',
    "stalled": '{"seq":0,"at":1,"position":0,"stalled":%s}',
}


@pytest.mark.timeout(600)
async def test_what_no_player_would_send_earns_nothing(
    database: Database, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """Rows D4, D9: numbers that are none, times at the ends of time, thousands of slivers and numbers used again are
    refused or worth what real time allows, and the worker goes on."""
    start = start_ms()
    async with school(database, kafka_bootstrap, topic_prefix, start_ms=start) as running:
        grant = running.token(ticket("scribbler", start))
        for place, written in PLACES.items():
            for name, number in NUMBERS.items():
                body = f'{{"grant":"{grant}","sentAt":{start},"beats":[{written % number}]}}'
                answer = await running.post(body.encode())
                assert answer.status_code in (202, 422), (place, name, answer.text)
                if name not in ("true", "a text"):
                    assert answer.status_code == 422, (place, name)
        slivers = [[n / 1000, (n + 1) / 1000] for n in range(0, 10_000, 2)]
        spread = [beat(n, start - 1_000, start) | {"watched_segments": slivers[n * 200 :][:200]} for n in range(50)]
        many = json.dumps({"grant": running.token(ticket("slicer", start)), "sentAt": start, "beats": spread})
        assert (await running.post(many.encode())).status_code == 202
        one_more = spread[0] | {"seq": 99, "watched_segments": slivers[:1]}
        more = json.dumps(
            {"grant": running.token(ticket("slicer", start)), "sentAt": start, "beats": [*spread, one_more] * 2}
        )
        assert (await running.post(more.encode())).status_code == 422
        await running.play(_at_the_ends_of_time(start))
        await running.play(_numbers_used_again(start))
        assert await credit(running, "scribbler") == 0
        assert await credit(running, "slicer") <= 1e-9
        assert await credit(running, "timeless", 10) <= 10 * MAX_RATE * TIMER_TOLERANCE
        assert await credit(running, "counter") == 20


def _at_the_ends_of_time(start: int) -> list[Report]:
    """Ten seconds after the grant, in sessions whose clocks say everything and change their minds."""
    now, reports, seq = start + 10_000, list[Report](), 0
    clocks = [0, 1, now, now - 1, now + 1, now + 30_000, now - 30_000, now + 30_001, END_OF_TIME_MS]
    for lesson in range(10):
        for sent in (*clocks, *reversed(clocks)):
            times = [(sent - 10_000, sent), (0, END_OF_TIME_MS), (start, now), (0, 0), (END_OF_TIME_MS, END_OF_TIME_MS)]
            beats = [
                beat(seq + n, max(0, since), at, (n * 20, n * 20 + 20), rate=16) for n, (since, at) in enumerate(times)
            ]
            seq += len(beats)
            reports.append(Report(now, sent, ticket("timeless", start, lesson=lesson, session=seq % 3), tuple(beats)))
    return reports


def _numbers_used_again(start: int) -> list[Report]:
    """The same number for other seconds of the video: the first to come is the beat, the others are repetitions."""
    mine = ticket("counter", start)
    return [
        Report(at, at, mine, (beat(7, at - 10_000, at, (n * 20, n * 20 + 20), rate=2),))
        for n, at in enumerate(range(start + 10_000, start + 100_000, 10_000))
    ]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("policy", [DEFAULT, ACCREDITED], ids=lambda policy: policy.name)
async def test_two_processes_do_not_sell_a_second_twice(
    database: Database, kafka_bootstrap: str, topic_prefix: str, policy: Policy
) -> None:
    """Row D5: one learner's claims race through two processes of the API whose clocks disagree by two seconds, and all
    credit together is what the real time since the grant allows."""
    start, chance = start_ms(), random.Random(5)
    async with school(database, kafka_bootstrap, topic_prefix, start_ms=start) as running, AsyncExitStack() as stack:
        clock = VirtualClock(start)
        app = create_app(settings_for(database, kafka_bootstrap, topic_prefix), clock=clock)
        await stack.enter_async_context(app.router.lifespan_context(app))
        other = await stack.enter_async_context(client_of(app))
        await app.state.producer.wait_connected(60)
        for turn in range(1, 6):
            now = start + turn * 10_000
            running.clock.now_ms, clock.now_ms = now, now - 2_000
            bodies = [
                _claim(
                    running, ticket("racer", start, lesson=n % 10, session=n % 3, policy=policy), turn * 100 + n, now
                )
                for n in range(40)
            ]
            chance.shuffle(bodies)
            here = [running.post(body) for body in bodies[::2]]
            there = [other.post("/api/progress", content=body) for body in [*bodies[1::2], *bodies[:5]]]
            answers = await asyncio.gather(*here, *there)
            assert {answer.status_code for answer in answers} == {202}
            running.answers[202] += len(there)
        await until(running.folded)
        earned = await credit(running, "racer", 10)
        assert 50 * MAX_RATE * 0.99 <= earned <= 50 * MAX_RATE * TIMER_TOLERANCE


def _claim(running: School, mine: Ticket, seq: int, now: int) -> bytes:
    """All that ten seconds can be worth, of a part of the video that no other claim names."""
    begin = seq % 27 * 20
    claim: dict[str, Any] = beat(seq, now - 10_000, now, (begin, min(DURATION_S, begin + 20.4)), rate=MAX_RATE)
    return json.dumps({"grant": running.token(mine), "sentAt": now, "beats": [claim]}).encode()
