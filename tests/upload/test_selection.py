"""Which videos a person means: lists of objects, lessons made of keys, and selections that survive being stored."""

import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servicekit.errors import BadRequest
from upload_service.cli.figures import eta, lasting, size
from upload_service.cli.options import duration
from upload_service.selection import Assigned, Selection, is_id, lesson_id_of, read_assignments, title_of


def test_a_list_names_lessons_by_key() -> None:
    """With and without heading and titles, quoted where a key has a comma; a byte order mark does not matter."""
    text = '\ufeffkey,lessonId,title\r\na/b.mp4,l1,First\r\n"c, d.mp4",l2\r\n\r\n'
    assert read_assignments(text) == {"a/b.mp4": Assigned("l1", "First"), "c, d.mp4": Assigned("l2")}
    assert read_assignments("x.mp4,l1") == {"x.mp4": Assigned("l1")}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a.mp4", "line 1: expected key,lessonId"),
        ("a.mp4,l1\nb.mp4,no/id", "line 2: 'no/id' cannot be"),
        ("a.mp4,l1\na.mp4,l2", "line 2: a.mp4 is there twice"),
        (",l1", "line 1"),
        ("a,l1,t,more", "line 1"),
    ],
)
def test_a_wrong_line_is_named(text: str, words: str) -> None:
    """The number of the line and what is wrong with it."""
    with pytest.raises(BadRequest, match=re.escape(words)):
        read_assignments(text)


@given(st.text(min_size=1, max_size=200), st.text(min_size=1, max_size=200))
def test_a_lesson_made_of_a_key_is_the_same_whenever_it_is_asked_for(key: str, other: str) -> None:
    """Its id is valid, follows from bucket and key alone, and its title can be stored."""
    assert lesson_id_of("bucket", key) == lesson_id_of("bucket", key)
    assert is_id(lesson_id_of("bucket", key))
    assert (lesson_id_of("bucket", key) == lesson_id_of("bucket", other)) == (key == other)
    assert 1 <= len(title_of(key)) <= 512
    assert "\0" not in title_of(key)


@pytest.mark.parametrize(
    ("key", "title"),
    [
        ("a/b/01_Intro to  cells.mp4", "01 Intro to cells"),
        ("talk.2024.final.mov", "talk.2024.final"),
        ("no-ending", "no-ending"),
        (".mp4", ".mp4"),
        ("folder/", "folder"),
    ],
)
def test_a_title_comes_from_the_name(key: str, title: str) -> None:
    """Without folders and ending, underscores as spaces."""
    assert title_of(key) == title


ids = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,8}", fullmatch=True)
selections = st.builds(
    Selection,
    courses=st.lists(ids, unique=True).map(lambda found: tuple(sorted(found))),
    lessons=st.lists(ids, unique=True).map(lambda found: tuple(sorted(found))),
    prefix=st.none() | st.text(),
    assigned=st.dictionaries(st.text(), st.builds(Assigned, ids, st.none() | st.text(min_size=1))),
    into=st.none() | ids,
    videos=st.dictionaries(ids, st.text()),
)


@given(selections)
def test_a_selection_survives_being_stored(chosen: Selection) -> None:
    """What goes on after an interruption is what was chosen before."""
    assert Selection.read(json.loads(json.dumps(chosen.stored()))) == chosen
    assert chosen.told()


def test_figures_are_readable() -> None:
    """Sizes as S3's bill has them, durations in two units, an estimate only from something done."""
    assert [size(n) for n in (0, 999, 48_000, 1_234_567, 100_000_000, 2_300_000_000_000)] == [
        "0 bytes",
        "999 bytes",
        "48.0 kB",
        "1.2 MB",
        "100 MB",
        "2.3 TB",
    ]
    assert [lasting(n) for n in (0, 59, 61, 3600, 90_061)] == ["0 s", "59 s", "1 min 1 s", "1 h", "1 d 1 h"]
    assert eta(0, 5, timedelta(minutes=1)) == "done"
    assert eta(5, 0, timedelta(minutes=1)) == "unknown"
    assert eta(10, 5, timedelta(minutes=1)) == "2 min"
    assert [duration(text) for text in ("30d", "12h", "90min", "45s", "7")] == [2_592_000, 43_200, 5_400, 45, 7]
