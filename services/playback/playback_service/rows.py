"""Enrollments in rows, as an LMS's export has them: each row is read and reported on by itself. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from playback_service.models import EnrollmentRow, RowReport, RowReports


def read(rows: Sequence[Any]) -> list[EnrollmentRow | str]:
    """Each row, or why it is none. A learner who is named twice counts once: the later rows are refused."""
    known: set[str] = set()
    return [_read(row, known) for row in rows]


def _read(row: Any, known: set[str]) -> EnrollmentRow | str:
    try:
        read_row = EnrollmentRow.model_validate(row)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        at = ".".join(str(part) for part in first["loc"] if str(part) in _MEMBERS)
        return f"{at}: {first['msg']}" if at else first["msg"]
    if read_row.learner_id in known:
        return "this learner has a row already"
    known.add(read_row.learner_id)
    return read_row


_MEMBERS = {"learnerId", "status", "expiresAt", "cohort"}


def report(rows: Sequence[EnrollmentRow | str], versions: Mapping[str, int]) -> RowReports:
    """What became of each; `versions` of those that changed, by learner."""
    told = [_told(number, row, versions) for number, row in enumerate(rows)]
    outcomes = [one.outcome for one in told]
    return RowReports(
        changed=outcomes.count("changed"),
        unchanged=outcomes.count("unchanged"),
        refused=outcomes.count("refused"),
        rows=told,
    )


def _told(number: int, row: EnrollmentRow | str, versions: Mapping[str, int]) -> RowReport:
    if isinstance(row, str):
        return RowReport(row=number, learner_id=None, outcome="refused", problem=row)
    version = versions.get(row.learner_id)
    outcome = "changed" if version is not None else "unchanged"
    return RowReport(row=number, learner_id=row.learner_id, outcome=outcome, version=version)
