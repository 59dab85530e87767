"""Whatever message a handler has just sent, or is about to send, when its process dies: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from contracts import AssetReady, LessonChanged
from mux_sim.testing import Simulator
from servicekit.settings import CommonSettings
from tests.servicekit import kit
from tests.upload.faults import stories
from tests.upload.faults.lines import Stop
from tests.upload.faults.stories import Case, Story
from tests.upload.faults.world import World, acknowledged, until_stopped
from upload_service.worker import create_worker

AT_ONCE = 4
EVERY = int(os.environ.get("FAULTS_EVERY", "1"))
"""1: each crash point, as it should be; n: each n-th of them, for a quick look."""


async def crash(world: World, survivor: httpx.AsyncClient, story: Story, stop: Stop) -> Case:
    """One run of a handler that dies at `stop`. Who sent the request sends it again unless they were told success."""
    case = await story.prepare(world, survivor)
    async with world.process(stop, storage=story.storage) as victim:
        victim.line.armed = True
        request = asyncio.create_task(case.ask(victim.http))
        assert await until_stopped(victim, request), f"the handler never came to {stop}: {request.result().text}"
        await world.forks.kill(victim.pid)
        told = await acknowledged(request)
        if told:
            case.answer = request.result().json()
    if not told:
        case.retried = True
        await story.died(world, case)
        again = await case.ask(survivor)
        assert again.is_success, f"{stop}: {again.text}"
        case.answer = again.json()
    case.where = f"{story.name} {stop}: {victim.line.sent[-1]}"
    await story.go_on(world, survivor, case)
    return case


async def requests_of(world: World, survivor: httpx.AsyncClient, story: Story) -> list[str]:
    """What the handler sends to its neighbours when nothing goes wrong."""
    case = await story.prepare(world, survivor)
    async with world.process(storage=story.storage) as process:
        process.line.armed = True
        answer = await case.ask(process.http)
        assert answer.is_success, answer.text
        process.line.armed = False
        case.answer = answer.json()
        await story.go_on(world, survivor, case)
        return list(process.line.sent)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("story", stories.ALL, ids=lambda story: story.name)
async def test_a_handler_may_die_at_any_message(
    world: World, mux: Simulator, story: Story, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """Killed before and after each of its requests, the retry ends it: one effect, each event once, no orphan kept."""
    await story.before(world)
    async with world.process() as survivor:
        sent = await requests_of(world, survivor.http, story)
        assert any(what.startswith("COMMIT") for what in sent), sent
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(stop: Stop) -> Case:
            async with turn:
                return await crash(world, survivor.http, story, stop)

        stops = [Stop(number, side) for number in range(1, len(sent) + 1) for side in ("before", "after")][::EVERY]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(stop)) for stop in stops]
        cases = [task.result() for task in tasks]
        assert sum(case.retried for case in cases) == len(cases), "nobody was told of a success that was not durable"
        await story.later(world, survivor.http, cases)
        async with swept(world, kafka_bootstrap, topic_prefix) as kafka:
            for case in cases:
                await story.check(world, survivor.http, case)
            await story.swept(world, cases)
            await announced_once(world, kafka, cases)
    print(f"{story.name}: {len(sent)} requests, {len(cases)} crashes")


@asynccontextmanager
async def swept(world: World, bootstrap: str, prefix: str) -> AsyncIterator[CommonSettings]:
    """The worker has sent every event, and its sweeps have been over everything that is left."""
    settings = world.worker(bootstrap, prefix)
    async with create_worker(settings):
        await kit.until(lambda: _none(world, "SELECT FROM outbox"))
        await kit.until(lambda: _none(world, stories.UNSWEPT))
        await kit.until(lambda: _none(world, "SELECT FROM outbox"))
        yield settings


async def _none(world: World, query: str) -> bool:
    return not await world.rows(query + " LIMIT 1")


async def announced_once(world: World, kafka: CommonSettings, cases: list[Case]) -> None:
    """Each event once on Kafka; a lesson's versions without gap or repetition; one `asset.ready` for each video."""
    mine = {case.lesson_id: case for case in cases}
    records = [r for r in await kit.read_all(kafka, "lesson.changed") if r.key.decode() in mine]
    ids = Counter(dict(record.headers)["ce_id"] for record in records)
    assert set(ids.values()) == {1}
    versions: dict[str, list[int]] = {lesson_id: [] for lesson_id in mine}
    for record in records:
        versions[record.key.decode()].append(LessonChanged.model_validate_json(record.value).version)
    for lesson_id, seen in versions.items():
        assert seen == list(range(1, len(seen) + 1)), mine[lesson_id].where
    ready = [AssetReady.model_validate_json(r.value) for r in await kit.read_all(kafka, "asset.ready")]
    told = Counter(event.lesson_id for event in ready if event.lesson_id in mine)
    for lesson_id, case in mine.items():
        assert told[lesson_id] == case.videos, case.where
