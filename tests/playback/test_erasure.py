"""Erasing one learner: rights and traces go, and nothing that comes late brings them back."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pydantic import SecretStr

from contracts import AttemptStarted, EnrollmentChanged, LearnerErased, ProgressAdvanced
from playback_service import consumers, erasing
from servicekit.consumer import Received
from servicekit.forgotten import Hashing
from tests.databases import Database, Postgres
from tests.naming import tables_that_name
from tests.playback.school import School, attempt_started, enrollment_changed, problem

HASHING = Hashing(SecretStr("what the tests hash the erased with, for good"))
HANDLERS: dict[type[Any], Any] = {
    EnrollmentChanged: consumers.on_enrollments,
    AttemptStarted: consumers.on_attempts,
    ProgressAdvanced: consumers.on_progress,
}


def received(event: Any) -> Received[Any]:
    return Received(event, str(uuid4()), event.topic_name, 0, 0, event.key, datetime.now(UTC), None, None)  # type: ignore[arg-type]


def erasure(**more: Any) -> LearnerErased:
    return LearnerErased(**({"learner_id": "ada", "erasure_id": uuid4(), "erased_at": datetime.now(UTC)} | more))


def advanced(learner_id: str = "ada") -> ProgressAdvanced:
    return ProgressAdvanced(
        learner_id=learner_id, lesson_id="l1", course_id="c1", session_id=uuid4(), version=1, covered=((0, 9_000),),
        live_ms=9_000, spent_ms=9_000, coverage=0.1, frontier_ms=9_000, watched_at=datetime.now(UTC),
    )  # fmt: skip


async def erase(school: School, *asked: LearnerErased) -> None:
    await erasing.on_learners_erased(school.pool, HASHING, lambda: None, [received(event) for event in asked])


async def arrive(school: School, event: Any) -> None:
    await HANDLERS[type(event)](school.pool, [received(event)], hashing=HASHING)


async def announced(school: School) -> list[tuple[str, str, Any]]:
    rows = await school.pool.fetch("SELECT topic, key, payload::jsonb AS value FROM outbox ORDER BY id")
    return [(row["topic"], row["key"], row["value"]) for row in rows]


@pytest.fixture
async def filled(school: School) -> School:
    """Two learners with something in every table."""
    await school.standard()
    await school.course(rules={"seek_ahead": "locked"})
    for user in ("ada", "bob"):
        await school.enroll(user)
        await school.enroll(user, "c2", status="removed")
        await school.begin(2, learner_id=user)
        await arrive(school, advanced(user))
        policy = {"devices": 2}
        assert (
            await school.ask("PUT", "/api/courses/c1/playback-policy", "root", "admin", json=policy)
        ).status_code == 200
        await school.granted(user=user)
    await school.pool.execute("UPDATE course_policies SET changed_by = 'ada'")
    return school


async def test_nothing_is_left_that_names_the_learner(filled: School, database: Database, postgres: Postgres) -> None:
    """Row G7: no row of any table but the word of it has the name in it, and nobody else has lost a row."""
    kept = tables_that_name(postgres, database, "bob") - {"outbox"}
    assert {*kept, "course_policies", "outbox"} == tables_that_name(postgres, database, "ada")
    assert kept >= {"attempts", "enrollments", "grants", "mint_limits", "playback_leases", "seek_frontiers"}
    asked = erasure()
    await erase(filled, asked)
    assert tables_that_name(postgres, database, "ada") == {"outbox"}
    assert tables_that_name(postgres, database, "bob") - {"outbox"} == kept
    told = [event for event in await announced(filled) if not event[1].startswith("bob")]
    assert [event[:2] for event in told] == [
        ("enrollment.changed", "ada/c1"),
        ("enrollment.changed", "ada/c2"),
        ("playback.erased", str(asked.erasure_id)),
    ]
    assert [event[2] for event in told[:2]] == [None, None], "tombstones"
    rows = told[2][2]["rows"]
    assert {table: count for table, count in rows.items() if count} == {
        "attempts": 1, "enrollments": 2, "grants": 1, "mint_limits": 1, "outbox": 1, "playback_leases": 1,
        "seek_frontiers": 1,
    }  # fmt: skip
    problem(await filled.play(), 403, "not-entitled")


async def test_every_column_that_names_a_person_is_known(database: Database, postgres: Postgres) -> None:
    """Row G7: rows of a learner are found by their `learner_id`; a table that names it otherwise is found here."""
    columns = postgres.sql(
        "SELECT table_name || '.' || column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name ~ 'learner|user|viewer|person|_by$'",
        url=database.owner_url,
    )
    others = {column for column in columns.split() if not column.endswith(".learner_id")}
    staff = {"signing_keys.created_by", "signing_keys.revoked_by"}  # administrators: docs/erasure.md
    assert others == {"course_policies.changed_by", "grants.per_viewer"} | staff


async def test_late_events_bring_no_right_back(filled: School, database: Database, postgres: Postgres) -> None:
    """Row G7: older ones, whatever their version, are passed by; a newer one is a new beginning."""
    await erase(filled, erasure())
    await filled.pool.execute("DELETE FROM outbox")
    for event in (
        enrollment_changed(version=99),
        attempt_started(7),
        advanced().model_copy(update={"watched_at": datetime(2026, 1, 1, tzinfo=UTC)}),
    ):
        await arrive(filled, event)
    assert tables_that_name(postgres, database, "ada") == set()
    await arrive(filled, enrollment_changed(version=1, changed_at=datetime.now(UTC) + timedelta(seconds=1)))
    await filled.granted()


async def test_what_was_done_is_not_done_again_to_whom_has_come_back(filled: School) -> None:
    """Row G7: the second word of an erasure, a redelivery and an older erasure leave the new enrollment alone."""
    asked, older = erasure(), erasure(erased_at=datetime(2026, 1, 1, tzinfo=UTC))
    await erase(filled, asked)
    assert (await filled.ask("PUT", "/api/courses/c1/enrollments/ada", "root", "admin")).status_code == 200
    again = asked.model_copy(update={"erased_at": datetime.now(UTC) + timedelta(seconds=5)})
    await erase(filled, asked, again, older)
    await filled.granted()
    assert [event[0] for event in await announced(filled)].count("playback.erased") == 1
    await erase(filled, erasure(erased_at=datetime.now(UTC) + timedelta(seconds=9)))
    problem(await filled.play(), 403, "not-entitled")


async def test_the_audit_of_grants_is_taken_from_as_a_whole_only(filled: School) -> None:
    """Row G7: the service's role deletes no grant but with everything else of the learner."""
    with pytest.raises(Exception, match="permission denied"):
        await filled.pool.execute("DELETE FROM grants WHERE learner_id = 'ada'")
    with pytest.raises(Exception, match="permission denied"):
        await filled.pool.fetchval("SELECT delete_naming('learner_id', 'ada')")


async def test_a_learner_takes_everything_along(filled: School, database: Database, postgres: Postgres) -> None:
    """Row G6: as many rows of each table as there are of that learner, whole, and none of anybody else."""
    response = await filled.ask("GET", "/api/playback/learners/ada/export")
    assert response.status_code == 200, response.text
    tables = response.json()["tables"]
    with_learner = postgres.sql("SELECT tables_naming('learner_id')", url=database.owner_url)
    assert set(tables) == set(with_learner.split())
    for table, told in tables.items():
        rows = await filled.pool.fetch(f"SELECT to_jsonb(t) AS row FROM {table} t WHERE learner_id = 'ada'")
        assert sorted(map(str, told)) == sorted(str(row["row"]) for row in rows), table
        assert told, table
    assert "bob" not in response.text


async def test_an_export_is_for_the_learner_and_administrators(filled: School) -> None:
    """Row G6: not for other learners, and not for owners of courses, who would see other courses in it."""
    for caller, status in ((("ada",), 200), (("root", "admin"), 200), (("bob",), 403), (("owner", "instructor"), 403)):
        assert (await filled.ask("GET", "/api/playback/learners/ada/export", *caller)).status_code == status
    assert (await filled.http.get("/api/playback/learners/ada/export")).status_code == 401
