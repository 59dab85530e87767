"""What is said when a migration stops: how it stands, why videos failed, and what can be done next."""

from collections.abc import Sequence
from datetime import datetime

from upload_service.cli.figures import plural, size
from upload_service.cli.surroundings import Out
from upload_service.migration_schemas import MigrationView
from upload_service.store_migrations import Kept

_WORDS = {
    "migrated": "play from Mux",
    "cleaned": "play from Mux, their originals deleted",
    "failed": "failed, and play from S3 as before",
    "superseded": "no longer wanted: deleted or replaced meanwhile",
    "rolled_back": "rolled back to S3",
    "planned": "not begun",
    "asked": "on their way: Mux was asked",
    "processing": "on their way: Mux processes or was not looked at yet",
}


def summary(out: Out, view: MigrationView, failed: Sequence[tuple[str, int]], kept: Kept) -> None:
    out.say()
    out.say(f"Migration {view.id}: {standing(view)}", style="bold")
    for state, words in _WORDS.items():
        if count := view.counts.get(state, 0):  # type: ignore[call-overload]
            out.say(f"  {count:>7,}  {words}")
    if failed:
        out.say("Failed, by reason:")
        for reason, count in failed:
            out.say(f"  {count:>7,}  {reason}")
    originals(out, view, kept)


def standing(view: MigrationView) -> str:
    if not view.planned:
        return "not planned yet"
    if view.state == "rolling_back":
        return "is being rolled back"
    return "finished" if view.finished else "paused" if view.state == "paused" else "not finished"


def originals(out: Out, view: MigrationView, kept: Kept) -> None:
    if kept.within and kept.until is not None:
        out.say(
            f"{plural(kept.within, 'original')} stay in S3; until {when(kept.next_at)} all of them can be brought back:"
        )
        out.say(f"  seatime-migrate rollback --migration {view.id}")
    if kept.due:
        out.say(f"{plural(kept.due, 'original')} ({size(kept.due_bytes)}) may be deleted, their grace is over:")
        out.say(f"  seatime-migrate cleanup --migration {view.id}")


def when(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M}" if moment is not None else "?"
