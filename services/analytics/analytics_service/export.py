"""Tables as text, a piece at a time: CSV as RFC 4180 has it, or a JSON object a line. Pure.

JSON Lines and not one array: whoever reads a million rows reads them one by one, and a stream that broke off still is
what it says up to there.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

import orjson

Format = Literal["csv", "jsonl"]
What = Literal["learners", "retention"]
Cell = str | int | float | datetime | date | None

MEDIA_TYPES: Mapping[Format, str] = {"csv": "text/csv; charset=utf-8; header=present", "jsonl": "application/jsonl"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_UNSAFE = str.maketrans(dict.fromkeys(':/\\"', "-"))


class Wanted(NamedTuple):
    """A file: the learners of the course `subject`, or the retention of the lesson `subject`."""

    what: What
    subject: str
    format: Format


def head(format_: Format, columns: Sequence[str]) -> bytes:
    """What comes before the first row."""
    return _csv([columns]) if format_ == "csv" else b""


def lines(format_: Format, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows, each as long as `columns`. Times are ISO 8601 in UTC, an empty cell is null."""
    if format_ == "csv":
        return _csv([_text(cell) for cell in row] for row in rows)
    options = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE
    return b"".join(orjson.dumps(dict(zip(columns, row, strict=True)), option=options) for row in rows)


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: it gets an apostrophe in front (OWASP, CSV Injection)."""
    return "'" + text if text.startswith(_FORMULA) else text


def file_name(what: str, subject: str, on: date, format_: Format) -> str:
    """A name that every system can keep; `subject` is an id."""
    return f"{what}-{subject.translate(_UNSAFE)}-{on.isoformat()}.{format_}"


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _text(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case datetime():
            return cell.isoformat().replace("+00:00", "Z")
        case _:
            return str(cell)
