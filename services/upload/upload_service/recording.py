"""A plan becomes a migration: a row for each video that is to move, and an upload for each object that had none.

Written in pieces, each whole by itself. Whoever is interrupted plans the same selection again: what was written is
recognised, because an object is an upload's by its key, and an upload is on its way once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from servicekit.database import Connection, Pool, transaction
from upload_service import changes, plan, store, store_migrations, store_plan, store_transfers
from upload_service.identifiers import new_upload_id
from upload_service.lifecycle import Knowledge, Upload
from upload_service.model import Lesson, in_order
from upload_service.plan import Plan, Video
from upload_service.planning import Progress
from upload_service.selection import Selection
from upload_service.storage import Storage
from upload_service.store_transfers import Migration, Runner
from upload_service.transfers import Wanted

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Terms:
    """How a migration is to run: videos on their way at once, calls at once, and for how long (s) sources are kept."""

    batch: int
    concurrency: int
    grace_s: int


async def begin(
    conn: Connection,
    selection: Selection,
    terms: Terms,
    *,
    created_by: str,
    runner: Runner,
    limit: int | None,
    views: float,
) -> Migration:
    """A migration that has a selection and no plan yet."""
    return await store_transfers.create_migration(
        conn,
        created_by=created_by,
        runner=runner,
        batch=terms.batch,
        concurrency=terms.concurrency,
        grace_s=terms.grace_s,
        plan={"selection": selection.stored(), "limit": limit, "views": views, "planned": False},
    )


def is_planned(migration: Migration) -> bool:
    return bool(migration.plan.get("planned"))


def selection_of(migration: Migration) -> Selection:
    return Selection.read(migration.plan["selection"])


async def record(
    pool: Pool, storage: Storage, migration: Migration, found: Plan, *, told: Mapping[str, Any], progress: Progress
) -> None:
    """Write down what is to move; from then on the migration has its plan, and what is told of it."""
    written = 0
    for batch in plan.batches(found.videos, _AT_ONCE):
        async with transaction(pool) as conn:
            await store_plan.one_at_a_time(conn)
            sources = await _with_uploads(conn, storage, await _new(conn, migration, batch))
            await store_transfers.plan_transfers(conn, migration.id, [_wanted(video) for video in sources])
        written += len(batch)
        progress(written, len(found.videos))
    async with transaction(pool) as conn:
        await store_migrations.mark(conn, migration.id, {"planned": True, **told})


async def _new(conn: Connection, migration: Migration, videos: Sequence[Video]) -> list[Video]:
    known = await store_plan.on_their_way(conn, migration.id, [video.lesson_id for video in videos])
    return [video for video in videos if video.lesson_id not in known]


async def _with_uploads(conn: Connection, storage: Storage, videos: Sequence[Video]) -> list[Video]:
    """The videos, each with an upload or an address; an object whose lesson got another video meanwhile is left out."""
    ready = [video for video in videos if video.key is None or video.source_id is not None]
    objects = sorted((video for video in videos if video not in ready), key=lambda video: video.lesson_id)
    held = await store_plan.held(conn, [video.key for video in objects if video.key is not None])
    last = await store_plan.last_positions(conn, sorted({video.course_id for video in objects if video.makes_lesson}))
    steps: list[tuple[Lesson, Lesson]] = []
    order = {video.key: at for at, video in enumerate(videos)}
    for video in objects:
        if video.key in held:
            continue
        if video.makes_lesson:
            await store.reserve_lesson(conn, video.lesson_id, video.course_id)
        before = await store.lock_lesson(conn, video.lesson_id)
        if before is None or before.deleted or before.video.status in ("ready", "processing"):
            continue
        upload = _upload(storage, video)
        after = replace(before, uploads=in_order((*before.uploads, upload)))
        if before.version == 0:
            after = replace(after, title=video.title, position=last[video.course_id] + 1 + order[video.key])
        steps.append((before, after))
        ready.append(replace(video, source_id=upload.id))
    await changes.save_lessons(conn, steps)
    return ready


def _upload(storage: Storage, video: Video) -> Upload:
    """The object as an upload of its lesson, which plays it from where it is."""
    assert video.key is not None
    known = Knowledge("ready", duration_ms=video.duration_ms, size_bytes=video.size)
    return Upload(new_upload_id(), provider="s3", s3_key=video.key, s3_url=storage.address(video.key), known=known)


def _wanted(video: Video) -> Wanted:
    return Wanted(
        video.lesson_id,
        source_id=video.source_id,
        source_url=video.url if video.source_id is None else None,
        bytes=video.size,
        duration_ms=video.duration_ms,
    )
