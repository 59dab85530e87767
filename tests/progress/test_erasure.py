"""Erasing one learner: what goes, what stays and what can not come back."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from pydantic import SecretStr

from contracts import AnalyticsErased, LearnerErased, PlaybackErased, WatchProgress
from contracts.topic import Topic
from progress_service import erasing, store_erasure
from progress_service.app import create_app
from progress_service.erasing import erase_next, tombstones
from progress_service.evidence_command import run
from progress_service.ledger import moment
from progress_service.records import reader
from servicekit import outbox
from servicekit.database import Pool, transaction
from servicekit.forgotten import Hashing
from tests.databases import Database, Postgres
from tests.naming import tables_that_name
from tests.progress.calling import ERASURE_KEY, NOWHERE, bearer, client_of, settings_for
from tests.progress.handling import announced, decided, handle, received
from tests.progress.making import (
    HOUR,
    T0,
    attempt_started,
    course_changed,
    lesson_changed,
    new_session,
    quiz_graded,
    watching,
)

HASHING = Hashing(SecretStr(ERASURE_KEY))
ROOT = bearer("root", "admin")
URL = "/api/progress/learners/ada"


@pytest.fixture
async def api(database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_for(database, NOWHERE))
    async with app.router.lifespan_context(app), client_of(app) as client:
        yield client


@pytest.fixture
async def filled(worker_pool: Pool, app_pool: Pool) -> None:
    """Two learners who have something in every table, and events of theirs that have not left."""
    await handle(worker_pool, course_changed())
    await handle(worker_pool, lesson_changed())
    for learner in ("ada", "bob"):
        await handle(worker_pool, watching(95_000, learner_id=learner))
        await handle(worker_pool, quiz_graded(learner_id=learner))
        await handle(worker_pool, attempt_started(learner_id=learner, at=HOUR))
        await decided(app_pool, learner)


async def asked(api: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    response = await api.delete(URL, params=query, headers=ROOT)
    assert response.status_code == 202, response.text
    return response.json()  # type: ignore[no-any-return]


async def erased(pool: Pool) -> bool:
    return await erase_next(pool, HASHING, lambda: None)


async def confirmed(pool: Pool, erasure_id: str, at: datetime) -> None:
    """The others say that they have erased the learner, too."""
    for model, handler in (
        (PlaybackErased, erasing.on_playback_erased),
        (AnalyticsErased, erasing.on_analytics_erased),
    ):
        event = model(erasure_id=UUID(erasure_id), erased_at=at, rows={"things": 2})
        await handler(pool, lambda: None, [received(event)])


async def late(pool: Pool, *events: Any) -> None:
    """Events as the worker's consumers hand them over, which know whom to leave out."""
    from progress_service import consumers

    handlers: dict[str, Any] = {
        "watch.progress": consumers.on_watch_progress,
        "quiz.graded": consumers.on_quiz_graded,
        "attempt.started": consumers.on_attempt_started,
    }
    read = reader(WatchProgress)
    batch = [received(event, offset) for offset, event in enumerate(events)]
    if events[0].topic_name == "watch.progress":
        batch = [replace(one, event=read(one.event.to_json())) for one in batch]
    await handlers[events[0].topic_name](pool, lambda: None, batch, hashing=HASHING)


@pytest.mark.usefixtures("filled")
async def test_nothing_is_left_that_names_the_learner(
    api: httpx.AsyncClient, worker_pool: Pool, database: Database, postgres: Postgres
) -> None:
    """Row G7: no row of any table, of the outbox neither, has the name in it; and nobody else has lost a row."""
    before = await worker_pool.fetch("SELECT t::text FROM lesson_progress t WHERE learner_id = 'bob'")
    assert len(tables_that_name(postgres, database, "ada")) > 6
    told = await asked(api)
    assert (told["complete"], told["services"]["progress"]) == (False, None)
    assert await erased(worker_pool)
    assert not await erased(worker_pool)
    assert set(tables_that_name(postgres, database, "ada")) == {"erasure_requests", "outbox"}
    assert [event["learner_id"] for event in await announced(worker_pool, "learner.erased")] == ["ada"]
    left = "DELETE FROM outbox WHERE split_part(key, '/', 1) = 'ada' RETURNING topic, key, payload IS NULL"
    assert [tuple(row) for row in await worker_pool.fetch(left)] == [
        ("attempt.started", "ada/c1", True),
        ("learner.erased", "ada", False),
    ]
    await confirmed(worker_pool, told["erasureId"], datetime.now(UTC))
    assert [row["topic"] for row in await worker_pool.fetch(left)] == ["learner.erased"]
    assert tables_that_name(postgres, database, "ada") == set()
    assert await worker_pool.fetch("SELECT t::text FROM lesson_progress t WHERE learner_id = 'bob'") == before
    receipt = (await api.get(f"/api/progress/erasures/{told['erasureId']}", headers=ROOT)).json()
    rows = receipt["services"]["progress"]["rows"]
    assert {table: count for table, count in rows.items() if count} == {
        "attempts": 1, "course_progress": 1,
        "learner_clocks": 1, "lesson_progress": 1, "quiz_results": 1, "review_decisions": 1, "watch_sessions": 1,
        "outbox": 3,
    }  # fmt: skip
    assert receipt["evidenceRowsLeftWithoutName"] == 2


async def test_every_table_that_names_a_learner_is_erased(database: Database, postgres: Postgres) -> None:
    """Row G7: the worker may delete from all of them, also those that somebody adds; evidence loses its names."""
    found = postgres.sql(
        "WITH tables AS MATERIALIZED (SELECT t FROM tables_naming('learner_id') AS t) "
        "SELECT t FROM tables WHERE NOT has_table_privilege('progress_worker', t::text, 'DELETE')",
        url=database.owner_url,
    )
    assert found.split() == ["completions"]
    columns = postgres.sql(
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name ~ 'learner|user|viewer|person'",
        url=database.owner_url,
    )
    others = {column for column in columns.split() if not column.endswith(".learner_id")}
    assert others == {"completions.person"}, "rows of a learner are found by learner_id: call it that"


@pytest.mark.usefixtures("filled")
async def test_evidence_stays_without_a_name_and_holds(
    api: httpx.AsyncClient, worker_pool: Pool, tmp_path: Path
) -> None:
    """Row D21: the owner's document shows an erased chain beside the others, and the checker finds nothing wrong."""
    await asked(api)
    await erased(worker_pool)
    keys = tmp_path / "keys.json"
    keys.write_bytes((await api.get("/.well-known/seatime-evidence-keys.json")).content)
    response = await api.get("/api/progress/courses/c1/evidence", headers=bearer("olga"))
    learners = [learner["learnerId"] for learner in response.json()["learners"]]
    assert (len(learners), learners[0]) == (2, "bob")
    assert learners[1].startswith("erased:")
    assert "ada" not in response.text
    document = tmp_path / "evidence.json"
    document.write_bytes(response.content)
    code, lines = run(["verify", str(document), "--key", str(keys)])
    assert code == 0, lines
    assert "4 completion(s) checked" in lines[1]


@pytest.mark.usefixtures("filled")
async def test_names_can_be_taken_out_of_evidence_and_nothing_else(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row D21: the worker cannot give a completion to somebody else, nor change what it says."""
    for change in ("learner_id = 'eve'", "learner_id = 'erased:1'", "person = NULL", "coverage = 1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await worker_pool.execute(f"UPDATE completions SET {change} WHERE learner_id = 'ada'")
    await asked(api)
    await erased(worker_pool)
    done = await worker_pool.execute(
        "UPDATE completions SET person = NULL, sessions = '{}' WHERE learner_id ~ '^erased'"
    )
    assert done == "UPDATE 0"


@pytest.mark.usefixtures("filled")
async def test_what_comes_late_brings_nobody_back(
    api: httpx.AsyncClient, worker_pool: Pool, database: Database, postgres: Postgres
) -> None:
    """Row G7: beats under grants from before, of any session, and old results leave no row, others' do."""
    told = await asked(api)
    await erased(worker_pool)
    now = datetime.now(UTC)
    days = round(now.timestamp() * 1000) - T0
    old = watching(50_000, learner_id="ada", session_id=new_session())
    after = watching(50_000, start=days, learner_id="ada", session_id=new_session(), granted_at_ms=T0 + days,
                     expires_at_ms=T0 + days + 3_600_000)  # fmt: skip
    await late(worker_pool, old, after, watching(50_000, start=500_000, learner_id="cyd", session_id=new_session()))
    await late(worker_pool, quiz_graded())
    assert set(tables_that_name(postgres, database, "ada")) == {"erasure_requests", "outbox"}, "playback still grants"
    await confirmed(worker_pool, told["erasureId"], now)
    for event in (old, quiz_graded(), attempt_started()):
        await late(worker_pool, event)
    assert await worker_pool.fetchval("SELECT count(*) FROM attempts WHERE learner_id = 'ada'") == 0
    assert await worker_pool.fetchval("SELECT count(*) FROM learner_clocks WHERE learner_id = 'ada'") == 0
    assert await worker_pool.fetchval("SELECT count(*) FROM lesson_progress WHERE learner_id = 'cyd'") == 1


@pytest.mark.usefixtures("filled")
async def test_who_comes_back_starts_anew(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row G7: a grant of later counts, from nothing; and that can be erased again, under another receipt."""
    first = await asked(api)
    await erased(worker_pool)
    now = datetime.now(UTC)
    await confirmed(worker_pool, first["erasureId"], now)
    later = round(now.timestamp() * 1000) + 60_000
    back = watching(50_000, start=later - T0, learner_id="ada", session_id=new_session(), granted_at_ms=later,
                    expires_at_ms=later + 3_600_000)  # fmt: skip
    await late(worker_pool, back)
    row = await worker_pool.fetchrow("SELECT * FROM lesson_progress WHERE learner_id = 'ada'")
    assert row is not None
    assert (row["live_ms"], row["version"], row["completed_at_ms"]) == (50_000, 1, None)
    second = await asked(api)
    assert second["erasureId"] != first["erasureId"]
    assert await erased(worker_pool)
    assert await worker_pool.fetchval("SELECT count(*) FROM lesson_progress WHERE learner_id = 'ada'") == 0


@pytest.mark.usefixtures("filled")
async def test_asking_again_gives_the_same_receipt(api: httpx.AsyncClient, worker_pool: Pool, tmp_path: Path) -> None:
    """Row G7: before, while and after it is done; byte for byte once it is complete, and the checker accepts it."""
    first = await asked(api)
    assert (await asked(api, again=True))["erasureId"] == first["erasureId"]
    await erased(worker_pool)
    assert (await asked(api, again=True))["erasureId"] == first["erasureId"]
    await confirmed(worker_pool, first["erasureId"], datetime.now(UTC) + timedelta(seconds=1))
    done = (await api.get(f"/api/progress/erasures/{first['erasureId']}", headers=ROOT)).json()
    assert done["complete"]
    assert await asked(api) == done
    assert done["services"]["playback"]["rows"] == {"things": 2}
    receipt, keys = tmp_path / "receipt.json", tmp_path / "keys.json"
    keys.write_bytes((await api.get("/.well-known/seatime-evidence-keys.json")).content)
    for document, said in ((done, "COMPLETE"), (first, "NOT COMPLETE")):
        receipt.write_text(json.dumps(document))
        code, lines = run(["verify", str(receipt), "--key", str(keys)])
        assert (code, lines[-2:]) == (0, [said, "HOLDS"])
        assert "ada" not in receipt.read_text()
    receipt.write_text(json.dumps({**first, "complete": True}))
    code, lines = run(["verify", str(receipt), "--key", str(keys)])
    assert (code, len(lines)) == (1, 3), lines
    assert (await asked(api, again=True))["erasureId"] != first["erasureId"]


async def test_only_administrators_erase_and_see_receipts(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row G7: not even the learner: whoever can erase the own time spent could spend it a second time."""
    told = await asked(api)
    for caller, status in ((bearer("ada"), 403), (bearer("olga", "instructor"), 403), ({}, 401)):
        for method, url in (("DELETE", URL), ("GET", f"/api/progress/erasures/{told['erasureId']}")):
            assert (await api.request(method, url, headers=caller)).status_code == status
    assert (await api.get(f"/api/progress/erasures/{uuid4()}", headers=ROOT)).status_code == 404
    assert await erased(worker_pool), "of one who was never heard of, too: the others may have"


async def test_without_its_key_nobody_is_erased(database: Database) -> None:
    """Row G7: the operator is told which setting is missing."""
    app = create_app(settings_for(database, NOWHERE).model_copy(update={"erasure_key": None}))
    async with app.router.lifespan_context(app), client_of(app) as client:
        response = await client.delete(URL, headers=ROOT)
    assert response.status_code == 503
    assert response.json()["type"] == "urn:seatime:problem:erasure-not-configured"
    assert "Retry-After" in response.headers


@pytest.mark.usefixtures("filled")
async def test_whoever_dies_while_erasing_has_erased_nothing(
    api: httpx.AsyncClient, worker_pool: Pool, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row G7: it is one transaction: its connection cut at every one of its steps, all is as before, and then done."""
    await asked(api)
    counts = (
        "SELECT (SELECT count(*) FROM lesson_progress), (SELECT count(*) FROM outbox), (SELECT count(*) FROM forgotten)"
    )
    before = await worker_pool.fetchrow(counts)
    steps = ("keep_out", "everything", "delete_waiting", "delete_rows", "unname_evidence", "finish")
    for step in steps:
        real = getattr(store_erasure, step)

        async def cut(conn: Any, *arguments: Any, real: Any = real) -> Any:
            await real(conn, *arguments)
            conn.terminate()
            return await real(conn, *arguments)

        with monkeypatch.context() as patch:
            patch.setattr(store_erasure, step, cut)
            with pytest.raises(Exception, match="connection"):
                await erased(worker_pool)
        assert await worker_pool.fetchrow(counts) == before, step
    assert await erased(worker_pool)


@pytest.mark.usefixtures("filled")
async def test_batches_in_hand_are_waited_for(api: httpx.AsyncClient, worker_pool: Pool) -> None:
    """Row G7: a report that is being folded while its learner is erased leaves nothing behind, whoever is first."""
    await asked(api)
    requests = [
        watching(20_000, start=200_000 + number * 30_000, learner_id="ada", session_id=new_session())
        for number in range(20)
    ]
    await asyncio.gather(erased(worker_pool), *(late(worker_pool, request) for request in requests))
    assert await worker_pool.fetchval("SELECT count(*) FROM learner_clocks WHERE learner_id = 'ada'") == 0
    assert await worker_pool.fetchval("SELECT count(*) FROM lesson_progress WHERE learner_id = 'ada'") == 0
    assert [event["learner_id"] for event in await announced(worker_pool, "progress.advanced")] == ["bob"]


def test_compacted_topics_are_told_to_forget() -> None:
    """Row G7: a tombstone for each key that may name the learner, and none for topics that forget by themselves."""
    compact = Topic("a", key="learner id/course id", producer="progress", consumers=(), cleanup="compact")
    plain = Topic("b", key="learner id", producer="progress", consumers=(), cleanup="compact")
    ageing = Topic("c", key="learner id", producer="progress", consumers=(), cleanup="delete")
    found = tombstones("ada", ["c1", "c2"], [compact, plain, ageing])
    assert [(one.topic_name, one.key) for one in found] == [("a", "ada/c1"), ("a", "ada/c2"), ("b", "ada")]
    assert {topic.key for topic in erasing.ABOUT_LEARNERS} <= {"learner id", "learner id/course id"}


async def test_the_waiting_events_of_others_stay(worker_pool: Pool) -> None:
    """Row G7: keys of two parts belong to their first; a name that another one begins with is another name."""
    learners = {"ada", "ada-2", "ada_", "adab"}
    async with transaction(worker_pool) as conn:
        for learner in learners:
            when = moment(T0)
            await outbox.append(conn, [LearnerErased(learner_id=learner, erasure_id=uuid4(), erased_at=when)])
        await conn.execute("UPDATE outbox SET key = 'ada/c1' WHERE key = 'adab'")
        assert await store_erasure.delete_waiting(conn, "ada", ["learner.erased"]) == 2
        assert await store_erasure.delete_waiting(conn, "ada-2", ["other"]) == 0
        kept = await conn.fetch("SELECT key FROM outbox")
    assert {row["key"] for row in kept} == {"ada-2", "ada_"}


def test_hashes_do_not_change() -> None:
    """Row G7: HMAC-SHA-256 of the id; these bytes do not change, or the erased would come back."""
    known = "a8b373bd9a0f9800c50bbfebdb7cf07984ccd62a4ee99e1570b3f601c7fb713f"
    assert Hashing(SecretStr("k" * 32)).of("ada").hex() == known
