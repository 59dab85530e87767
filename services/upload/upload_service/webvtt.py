"""WebVTT as the standard lets authors write it (W3C, section 4): players forgive much, and show nothing where they do.

Strict on purpose: what is refused here with its line would be a gap in the captions that only learners notice.
"""

import re
from dataclasses import dataclass

MOST_CHARACTERS = 800_000

_STAMP = r"(?:(?P<{0}h>\d{{2,4}}):)?(?P<{0}m>[0-5]\d):(?P<{0}s>[0-5]\d)\.(?P<{0}ms>\d{{3}})"
_TIMING = re.compile(
    _STAMP.format("a") + r"[ \t]+-->[ \t]+" + _STAMP.format("b") + r"(?:[ \t]+(?P<settings>\S.*?))?[ \t]*"
)
_COMMA = re.compile(r"\d:\d{2},\d{3}")
_SETTINGS = frozenset({"region", "vertical", "line", "position", "size", "align"})


class Malformed(Exception):
    """What is wrong in which line, counted from 1."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line, self.reason = line, reason


@dataclass(frozen=True, slots=True)
class Document:
    """A text that is good WebVTT, with plain line ends and no byte order mark."""

    text: str
    cues: int
    ends_at_ms: int


def parse(text: str) -> Document:
    """Raises Malformed."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    lines = plain.split("\n")
    _check_characters(lines)
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]) or "-->" in lines[0]:
        raise Malformed(1, "the first line must be WEBVTT")
    cues, began_ms, ends_ms = 0, 0, 0
    for number, block in _blocks(lines):
        if number == 1:
            if len(block) > 1:
                raise Malformed(2, "an empty line must follow the header")
        elif _is_cue(block):
            start, end = _cue(number, block)
            if start < began_ms:
                raise Malformed(number, "it begins before the cue above it")
            cues, began_ms, ends_ms = cues + 1, start, max(ends_ms, end)
        else:
            _check_other(number, block, cues)
    if not cues:
        raise Malformed(len(lines), "there is not a single cue")
    return Document(plain, cues, ends_ms)


def _check_characters(lines: list[str]) -> None:
    for number, line in enumerate(lines, 1):
        if "\0" in line or any("\ud800" <= character <= "\udfff" for character in line):
            raise Malformed(number, "a character that no text has")


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """Lines between empty ones, each block with the number of its first."""
    found: list[tuple[int, list[str]]] = []
    fresh = True
    for number, line in enumerate(lines, 1):
        if not line:
            fresh = True
        elif fresh:
            found.append((number, [line]))
            fresh = False
        else:
            found[-1][1].append(line)
    return found


def _is_cue(block: list[str]) -> bool:
    return any("-->" in line for line in block[:2])


def _cue(number: int, block: list[str]) -> tuple[int, int]:
    """When it begins and ends, in milliseconds."""
    at = 0 if "-->" in block[0] else 1
    line = block[at]
    timing = _TIMING.fullmatch(line)
    if timing is None:
        hint = ": a full stop goes before the milliseconds, not a comma" if _COMMA.search(line) else ""
        raise Malformed(number + at, f"this is not how a cue is timed{hint}")
    for setting in (timing["settings"] or "").split():
        name, _, value = setting.partition(":")
        if name not in _SETTINGS or not value:
            raise Malformed(number + at, f"{setting[:40]} is not a setting of a cue")
    start, end = _milliseconds(timing, "a"), _milliseconds(timing, "b")
    if end <= start:
        raise Malformed(number + at, "it ends before it begins")
    for offset, text in enumerate(block[at + 1 :], at + 1):
        if "-->" in text:
            raise Malformed(number + offset, "an empty line must stand before the next cue")
    return start, end


def _milliseconds(timing: re.Match[str], which: str) -> int:
    hours, minutes, seconds, rest = (int(timing[which + part] or 0) for part in ("h", "m", "s", "ms"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest


def _check_other(number: int, block: list[str], cues: int) -> None:
    """Comments may stand anywhere, style sheets and regions before the first cue; nothing else is WebVTT."""
    for offset, line in enumerate(block):
        if "-->" in line:
            raise Malformed(number + offset, "an empty line must stand before the next cue")
    if re.match(r"NOTE(?:[ \t]|$)", block[0]):
        return
    if re.fullmatch(r"(?:STYLE|REGION)[ \t]*", block[0]):
        if cues:
            raise Malformed(number, f"{block[0].strip()} belongs before the first cue")
        return
    raise Malformed(number, "neither a cue nor a comment: its line with --> is missing")
