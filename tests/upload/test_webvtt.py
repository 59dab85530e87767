"""WebVTT is read strictly, and what is wrong is named with its line."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upload_service.webvtt import Document, Malformed, parse

GOOD = """WEBVTT - Alarm plans

NOTE
Reviewed by the fire brigade.

STYLE
::cue { color: yellow }

intro
00:01.000 --> 00:04.500 align:start position:10%
<v Anna>Welcome.
To everybody.

00:00:04.500 --> 01:00:06.000
Second cue
"""
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\u2028\u2029-"))


def stamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, int]:
    """A document and the number of its cues."""
    at, blocks, cues = 0, ["WEBVTT"], draw(st.integers(1, 8))
    for number in range(cues):
        at += draw(st.integers(0, 5000))
        lines = [f"{stamp(at)} --> {stamp(at + draw(st.integers(1, 9000)))}"]
        if draw(st.booleans()):
            lines.insert(0, f"cue {number}")
        lines += [line for line in draw(st.lists(WORDS, max_size=3)) if line]
        blocks.append("\n".join(lines))
    return ("\n" * draw(st.integers(2, 4))).join(blocks) + "\n" * draw(st.integers(0, 3)), cues


def test_a_good_document_is_read() -> None:
    """Header, comment, style sheet, identifiers, settings, several lines: two cues, to an hour and six seconds."""
    assert parse(GOOD) == Document(GOOD, cues=2, ends_at_ms=3_606_000)


@given(documents(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_every_good_document_is_read(made: tuple[str, int], line_end: str, marked: bool) -> None:
    """Whatever its line ends are and whether a byte order mark stands before it; what is kept has plain ones."""
    text, cues = made
    read = parse(("\ufeff" if marked else "") + text.replace("\n", line_end))
    assert (read.cues, read.text) == (cues, text)


@given(documents(), st.data())
def test_a_broken_time_is_found_in_its_line(made: tuple[str, int], data: st.DataObject) -> None:
    """Wherever it is."""
    lines = made[0].split("\n")
    number = data.draw(st.sampled_from([at for at, line in enumerate(lines) if "-->" in line]))
    lines[number] = lines[number].replace(".", data.draw(st.sampled_from([",", ":", ""])), 1)
    with pytest.raises(Malformed) as raised:
        parse("\n".join(lines))
    assert raised.value.line == number + 1


@given(st.text())
def test_nothing_is_too_odd(text: str) -> None:
    """Any text is read or refused, with a header too."""
    for given_text in (text, "WEBVTT\n\n" + text, "WEBVTT\n\n00:01.000 --> 00:02.000\n" + text):
        with suppress(Malformed):
            assert parse(given_text).cues


CUE = "00:01.000 --> 00:02.000\nhello\n"


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "WEBVTT"),
        ("1\n00:00:01,000 --> 00:00:02,000\nhello\n", 1, "WEBVTT"),
        ("WEBVTTX\n\n" + CUE, 1, "WEBVTT"),
        ("WEBVTT\n" + CUE, 2, "empty line"),
        ("WEBVTT\n\nNOTE only this\n", 4, "not a single cue"),
        ("WEBVTT\n\n00:00:01,000 --> 00:00:02,000\nhello\n", 3, "full stop"),
        ("WEBVTT\n\n00:01.000-->00:02.000\nhello\n", 3, "how a cue is timed"),
        ("WEBVTT\n\n00:61.000 --> 00:62.000\nhello\n", 3, "how a cue is timed"),
        ("WEBVTT\n\n00:02.000 --> 00:01.000\nhello\n", 3, "ends before"),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\nhello\n", 3, "ends before"),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\nb\n\n" + CUE, 6, "begins before"),
        ("WEBVTT\n\nid\n00:01.000 --> 00:02.000 align:\nhello\n", 4, "not a setting"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000 colour:red\nhello\n", 3, "not a setting"),
        ("WEBVTT\n\n" + CUE + CUE, 5, "empty line"),
        ("WEBVTT\n\nhello\nworld\n\n" + CUE, 3, "neither a cue"),
        ("WEBVTT\n\n" + CUE + "\nSTYLE\n::cue {}\n", 6, "before the first cue"),
        ("WEBVTT\n\nNOTE a\nb\n" + CUE, 5, "empty line"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nhel\0lo\n", 4, "character"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nhel\ud800lo\n", 4, "character"),
    ],
)
def test_what_is_wrong_is_told(text: str, line: int, reason: str) -> None:
    """The first wrong line, counted as editors count, and what is wrong in it."""
    with pytest.raises(Malformed, match=reason) as raised:
        parse(text)
    assert raised.value.line == line
