"""Webhooks in company: one commit for many, and none of them at the mercy of another (rows A5, A6, A7)."""

import asyncio
import random

from servicekit.database import transaction
from tests.databases import Database, Postgres
from tests.upload.conftest import Json, Service, asset_event, upload_event

SPOIL = (
    """
    CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.type = 'video.asset.updated' THEN RAISE EXCEPTION 'spoiled'; END IF; RETURN NEW; END $$
    """,
    "CREATE TRIGGER spoil BEFORE INSERT ON mux_events FOR EACH ROW EXECUTE FUNCTION spoil()",
)


async def ready_events(service: Service, count: int) -> dict[str, Json]:
    """By lesson: the event that makes it ready."""
    lessons = [await service.make_lesson() for _ in range(count)]
    uploads = [(await service.upload_url(lesson_id))["muxUploadId"] for lesson_id in lessons]
    return {
        lesson_id: asset_event("ready", f"asset-{number}", upload_id)
        for number, (lesson_id, upload_id) in enumerate(zip(lessons, uploads, strict=True))
    }


async def test_many_at_once_share_transactions(service: Service) -> None:
    """Sixty webhooks that come together are kept by far fewer commits, each once, whatever they tell."""
    events = [upload_event("created", f"upload-{number}") for number in range(50)]
    events += [asset_event("updated", f"asset-{number}", None) for number in range(10)]
    await asyncio.gather(*(service.delivered(event) for event in events))
    (row,) = await service.rows("SELECT count(*) AS n, count(DISTINCT xmin::text) AS commits FROM mux_events")
    assert row["n"] == len(events)
    assert row["commits"] <= 10


async def test_shuffled_stories_with_repetitions_end_as_they_should(service: Service) -> None:
    """All of several uploads' events, twice each and in any order, at once: every lesson is ready, announced once."""
    events: list[Json] = []
    lessons = [await service.make_lesson() for _ in range(6)]
    for lesson_id in lessons:
        upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
        asset_id = f"asset-of-{lesson_id}"
        events += [
            upload_event("created", upload_id),
            upload_event("asset_created", upload_id, asset_id=asset_id),
            asset_event("created", asset_id, upload_id),
            asset_event("ready", asset_id, upload_id),
        ]
    random.Random(7).shuffle(twice := events + events)
    await asyncio.gather(*(service.delivered(event) for event in twice))
    (row,) = await service.rows("SELECT count(*) AS n, count(*) FILTER (WHERE state = 'applied') AS a FROM mux_events")
    assert (row["n"], row["a"]) == (len(events), len(events))
    for lesson_id in lessons:
        assert (await service.lesson(lesson_id))["processingStatus"] == "ready"
        announced = await service.outbox(lesson_id)
        assert [event["topic"] for event in announced].count("asset.ready") == 1
        changes = [event["version"] for event in announced if event["topic"] == "lesson.changed"]
        assert changes == list(range(1, len(changes) + 1))


async def test_a_locked_lesson_holds_up_nobody_else(service: Service) -> None:
    """While one lesson is being changed, its webhook waits; those of the others are applied and answered."""
    events = await ready_events(service, 3)
    locked, *free = events
    async with transaction(service.pool) as conn:
        await conn.execute("SELECT FROM lessons WHERE id = $1 FOR UPDATE", locked)
        held_up = asyncio.create_task(service.delivered(events[locked]))
        await asyncio.wait_for(asyncio.gather(*(service.delivered(events[lesson_id]) for lesson_id in free)), 60)
        assert not held_up.done()
        assert [row["state"] for row in await service.rows("SELECT state FROM mux_events")] == ["applied"] * 2
    await asyncio.wait_for(held_up, 60)
    for lesson_id in events:
        assert (await service.lesson(lesson_id))["processingStatus"] == "ready"


async def test_who_spoils_the_batch_fails_alone(service: Service, database: Database, postgres: Postgres) -> None:
    """An event that PostgreSQL refuses gets the failure; those that came with it get their 200, row and effect."""
    events = await ready_events(service, 3)
    await asyncio.to_thread(postgres.sql, *SPOIL, url=database.owner_url)
    spoiled = asset_event("updated", "asset-0", None)
    refused, *accepted = await asyncio.gather(*(service.webhook(event) for event in (spoiled, *events.values())))
    assert refused.status_code == 500
    assert [response.status_code for response in accepted] == [200] * 3
    kept = {row["id"] for row in await service.rows("SELECT id FROM mux_events WHERE state = 'applied'")}
    assert kept == {event["id"] for event in events.values()}
    for lesson_id in events:
        assert (await service.lesson(lesson_id))["processingStatus"] == "ready"


async def test_nothing_is_answered_before_the_commit(service: Service, database: Database, postgres: Postgres) -> None:
    """A commit that fails is no 200: the deferred trigger speaks only at its end."""
    events = await ready_events(service, 2)
    deferred = "CREATE CONSTRAINT TRIGGER spoil AFTER INSERT ON mux_events DEFERRABLE INITIALLY DEFERRED"
    refuse = SPOIL[0].replace("IF NEW.type = 'video.asset.updated' THEN", "").replace("END IF;", "")
    await asyncio.to_thread(
        postgres.sql, refuse, f"{deferred} FOR EACH ROW EXECUTE FUNCTION spoil()", url=database.owner_url
    )
    answers = await asyncio.gather(*(service.webhook(event) for event in events.values()))
    assert [answer.status_code for answer in answers] == [500, 500]
    assert await service.rows("SELECT FROM mux_events") == []
    for lesson_id in events:
        assert (await service.lesson(lesson_id))["processingStatus"] == "pending"
