"""Which states of a transfer follow which, in the table and in the database, and who is still wanted."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.database import transaction
from tests.upload.conftest import Service
from upload_service import store_transfers
from upload_service.lifecycle import Knowledge, Upload
from upload_service.model import Lesson
from upload_service.transfers import NEXT, STATES, State, Transfer, Wanted, before, pause_s, superseded

NOW = datetime(2026, 11, 21, tzinfo=UTC)
SOURCE = Upload(UUID(int=2), provider="s3", known=Knowledge("ready"), s3_key="videos/2")
COPY = Upload(UUID(int=9), copy_of=SOURCE.id, staged=True)
NEWER = Upload(UUID(int=3), known=Knowledge("ready", asset_id="a", signed_playback_id="p"))
MOVING = Transfer(
    id=UUID(int=1),
    migration_id=None,
    lesson_id="l1",
    source_id=SOURCE.id,
    source_url=None,
    copy_id=COPY.id,
    state="processing",
    reason=None,
    attempts=0,
    bytes=None,
    duration_ms=None,
    due_at=NOW,
    asked_at=None,
    migrated_at=None,
    keep_until=None,
    verified=None,
    created_at=NOW,
    updated_at=NOW,
)
ELSEWHERE = "the lesson no longer plays this video from S3"
LESSON = Lesson("l1", "c1", uploads=(SOURCE, COPY))


@pytest.mark.parametrize("state", STATES)
async def test_the_database_takes_what_the_table_allows(service: Service, state: State) -> None:
    """Whoever comes too late with a step changes nothing: what ended stays ended."""
    lesson_id = await service.make_lesson()
    async with transaction(service.pool) as conn:
        wanted = [Wanted(lesson_id, source_url=f"https://videos.example/{to}") for to in STATES]
        await store_transfers.plan_transfers(conn, None, wanted)
        rows = await store_transfers.rows(conn, None, None, 100)
        await conn.execute("UPDATE transfers SET state = $1", state)
        done = [await store_transfers.set_state(conn, row.id, to) for row, to in zip(rows, STATES, strict=True)]
    assert done == [to in NEXT[state] for to in STATES]


def test_every_state_but_the_first_can_be_reached() -> None:
    """And from each of those that are open there is a way to an end."""
    assert [state for state in STATES if not before(state)] == []
    assert {state for state in STATES if not NEXT[state]} == {"failed", "superseded", "rolled_back", "cleaned"}


@given(st.integers(0, 10_000), st.floats(0, 100))
def test_pauses_grow_to_a_bound_and_respect_what_was_asked(attempts: int, asked_s: float) -> None:
    """Short enough that a video is at Mux within a minute of its return."""
    pause = pause_s(attempts, asked_s=asked_s)
    assert asked_s <= pause <= max(30, asked_s)
    assert pause_s(attempts + 1) >= pause_s(attempts)


@pytest.mark.parametrize(
    ("lesson", "reason"),
    [
        (LESSON, None),
        (replace(LESSON, uploads=(SOURCE,)), None),
        (None, "the lesson was deleted"),
        (replace(LESSON, deleted=True), "the lesson was deleted"),
        (replace(LESSON, uploads=(SOURCE, COPY, NEWER)), "the lesson no longer plays this video from S3"),
        (
            replace(LESSON, uploads=(replace(SOURCE, discarded=True), COPY)),
            "the lesson no longer plays this video from S3",
        ),
        (replace(LESSON, uploads=(SOURCE, replace(COPY, discarded=True))), "the lesson has another video by now"),
    ],
)
def test_who_is_still_wanted(lesson: Lesson | None, reason: str | None) -> None:
    """A transfer is for the video that the lesson plays from S3, and for nothing else."""
    assert superseded(MOVING, lesson) == reason


def test_a_video_from_an_address_replaces_what_is_older() -> None:
    """It is a new upload of the lesson: older ones give way to it, newer ones do not."""
    moving = replace(MOVING, source_id=None, source_url="https://videos.example/1", copy_id=UUID(int=5))
    copy = Upload(UUID(int=5), staged=True)
    assert superseded(moving, replace(LESSON, uploads=(SOURCE, NEWER, copy))) is None
    latest = replace(NEWER, id=UUID(int=6))
    assert superseded(moving, replace(LESSON, uploads=(SOURCE, copy, latest))) == "the lesson has a newer video"
