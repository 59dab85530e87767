"""Replacing a video: what becomes of progress is decided once, by rule, and late news of other videos do not matter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upload_service.lifecycle import Knowledge, ProgressWish, Upload, derive, learn
from upload_service.replacing import Outcome, obsolete, outcome, replacement, revised_at, revision, settle

NOW = datetime(2026, 11, 21, tzinfo=UTC)
FIRST, SECOND, THIRD, COPY = (UUID(int=number) for number in (1, 2, 3, 9))
DELETED = Knowledge("deleted")


def ready(duration_ms: int | None, name: str = "p") -> Knowledge:
    return Knowledge("ready", asset_id=name, signed_playback_id=name, duration_ms=duration_ms)


def told(uploads: tuple[Upload, ...], *facts: tuple[UUID, Knowledge]) -> tuple[Upload, ...]:
    """The uploads after each fact was learnt and settled, a minute apart."""
    for number, (upload_id, fact) in enumerate(facts):
        uploads = settle(learn(uploads, upload_id, fact), NOW + timedelta(minutes=number))
    return uploads


def attempts(*wishes: ProgressWish) -> tuple[Upload, ...]:
    return tuple(Upload(UUID(int=number), progress=wish) for number, wish in enumerate(wishes, 1))


@pytest.mark.parametrize(
    ("wish", "former", "new", "expected"),
    [
        ("auto", 60_000, 60_000, "carry"),
        ("auto", 60_000, 61_000, "carry"),
        ("auto", 60_000, 59_000, "carry"),
        ("auto", 60_000, 61_001, "void"),
        ("auto", 60_000, 58_999, "void"),
        ("auto", None, 60_000, "carry"),
        ("auto", 60_000, None, "carry"),
        ("auto", None, None, "carry"),
        ("carry", 60_000, 1_000, "carry"),
        ("void", 60_000, 60_000, "void"),
        ("void", None, None, "void"),
    ],
)
def test_progress_is_carried_by_length_or_as_the_author_says(
    wish: ProgressWish, former: int | None, new: int | None, expected: Outcome
) -> None:
    """Row A14: within a second it is the same lesson; the author may overrule; unknown lengths void nothing."""
    assert outcome(wish, former, new) == expected


def test_a_first_video_voids_nothing() -> None:
    """A lesson's first video begins its first revision, whatever was wished."""
    uploads = told(attempts("void"), (FIRST, ready(60_000)))
    assert (revision(uploads), revised_at(uploads), replacement(uploads)) == (1, None, None)


def test_a_replacement_says_what_it_replaced() -> None:
    """The former video and its fate are known when the new one plays, and when its revision began."""
    uploads = told(attempts("auto", "auto"), (FIRST, ready(60_000, "a")), (SECOND, ready(90_000, "b")))
    found = replacement(uploads)
    assert found is not None
    assert (found.former.id, found.progress, revision(uploads)) == (FIRST, "void", 2)
    assert revised_at(uploads) == NOW + timedelta(minutes=1)
    kept = told(attempts("auto", "carry"), (FIRST, ready(60_000, "a")), (SECOND, ready(90_000, "b")))
    found = replacement(kept)
    assert found is not None
    assert (found.progress, revision(kept), revised_at(kept)) == ("carry", 1, None)


def test_the_video_before_counts_even_if_it_is_gone() -> None:
    """Deleting a video and uploading another is a replacement too: learners had the former one."""
    uploads = told(attempts("auto", "auto"), (FIRST, ready(60_000)), (FIRST, DELETED), (SECOND, ready(90_000, "b")))
    assert (revision(uploads), derive(uploads).playable is not None) == (2, True)


def test_an_older_video_that_is_late_changes_nothing() -> None:
    """What nobody saw, because a newer video was ready first, neither starts a revision nor ends one."""
    start = attempts("auto", "void", "auto")
    before = told(start, (FIRST, ready(60_000)), (THIRD, ready(60_400, "c")))
    assert revision(before) == 1
    after = told(before, (SECOND, ready(500, "b")))
    assert (revision(after), derive(after)) == (1, derive(before))


def test_a_copy_keeps_its_video_s_revision() -> None:
    """From S3 to Mux and back is no replacement, though the two providers may measure differently."""
    source = Upload(SECOND, provider="s3", s3_key="k", progress="void")
    start = (Upload(FIRST), source, Upload(COPY, copy_of=SECOND, staged=True, progress="void"))
    uploads = told(start, (FIRST, ready(60_000)), (SECOND, Knowledge("ready", duration_ms=90_000)))
    uploads = told(uploads, (COPY, ready(95_000, "c")))
    assert revision(uploads) == 2
    flipped = settle(tuple(replace(upload, staged=False) for upload in uploads), NOW + timedelta(days=1))
    playable = derive(flipped).playable
    assert playable is not None
    assert (playable.upload_id, playable.revision, replacement(flipped)) == (COPY, 2, None)
    back = settle(tuple(replace(upload, staged=upload.id == COPY) for upload in flipped), NOW + timedelta(days=2))
    assert (revision(back), revised_at(back)) == (2, revised_at(uploads))


# --- any order -----------------------------------------------------------------------------------------------------

wishes = st.sampled_from(["auto", "carry", "void"])
lengths = st.sampled_from([None, 0, 900, 1_800, 60_000])


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[Upload, ...], list[tuple[UUID, Knowledge]]]:
    """Up to four attempts of one lesson and what became of each at Mux."""
    count = draw(st.integers(1, 4))
    uploads = tuple(Upload(UUID(int=number), progress=draw(wishes)) for number in range(1, count + 1))
    facts: list[tuple[UUID, Knowledge]] = []
    for upload in uploads:
        end = draw(st.sampled_from(["waiting", "errored", "ready", "ready", "deleted"]))
        facts.append((upload.id, Knowledge("processing", asset_id=f"a{upload.id.int}")))
        if end == "errored":
            facts.append((upload.id, Knowledge("errored", error="broken")))
        if end in ("ready", "deleted"):
            facts.append((upload.id, ready(draw(lengths), f"a{upload.id.int}")))
        if end == "deleted":
            facts.append((upload.id, DELETED))
    return uploads, facts


def played(start: tuple[Upload, ...], facts: list[tuple[UUID, Knowledge]]) -> tuple[list[UUID], tuple[Upload, ...]]:
    """Which videos played, in turn, and the uploads at the end."""
    uploads, turns = start, list[UUID]()
    for fact in facts:
        uploads = told(uploads, fact)
        playable = derive(uploads).playable
        if playable is not None and playable.upload_id not in turns[-1:]:
            turns.append(playable.upload_id)
    return turns, uploads


@given(histories(), st.data())
def test_the_revision_follows_from_the_videos_that_played_alone(
    history: tuple[tuple[Upload, ...], list[tuple[UUID, Knowledge]]], data: st.DataObject
) -> None:
    """Any order, repetition and delay: the revision is what the videos that played, in turn, make of it by rule."""
    start, facts = history
    told_facts = data.draw(st.permutations(facts + facts))
    turns, uploads = played(start, told_facts)
    expected = 1
    by_id = {upload.id: upload for upload in uploads}
    for before, after in pairwise(turns):
        lengths_ms = by_id[before].known.duration_ms, by_id[after].known.duration_ms
        expected += outcome(by_id[after].progress, *lengths_ms) == "void"
    assert revision(uploads) == expected
    assert {u.id for u in uploads if u.revision is not None} == set(turns)


@given(histories(), st.data())
def test_a_revision_never_goes_back_and_stands_while_a_video_plays(
    history: tuple[tuple[Upload, ...], list[tuple[UUID, Knowledge]]], data: st.DataObject
) -> None:
    """Progress that counts is voided by a new video alone, never by news of the one that plays or of others."""
    uploads, facts = history
    for fact in data.draw(st.permutations(facts + facts)):
        after = told(uploads, fact)
        was, now = derive(uploads).playable, derive(after).playable
        assert revision(after) >= revision(uploads)
        if was is not None and now is not None and was.upload_id == now.upload_id:
            assert now.revision == was.revision == revision(after)
        uploads = after


@given(histories(), st.data())
def test_videos_of_one_length_are_one_revision_in_any_order(
    history: tuple[tuple[Upload, ...], list[tuple[UUID, Knowledge]]], data: st.DataObject
) -> None:
    """Where no pair of videos asks for a void, none happens, whichever of them played."""
    start, facts = history
    same = [(name, replace(fact, duration_ms=60_000) if fact.duration_ms is not None else fact) for name, fact in facts]
    uploads = tuple(replace(upload, progress="auto") for upload in start)
    assert revision(played(uploads, data.draw(st.permutations(same)))[1]) == 1


# --- what is superfluous -------------------------------------------------------------------------------------------


def test_a_replaced_video_is_superfluous_after_the_grace() -> None:
    """Older attempts go when the newer one has played for long enough; the video itself, its source and copies stay."""
    source = Upload(SECOND, provider="s3", s3_key="k")
    start = (Upload(FIRST), source, Upload(THIRD), Upload(COPY, copy_of=SECOND))
    uploads = told(start, (FIRST, ready(60_000)), (SECOND, Knowledge("ready")), (COPY, ready(60_000, "c")))
    began = NOW + timedelta(minutes=1)
    assert obsolete(uploads, before=began - timedelta(seconds=1)) == frozenset()
    assert {upload.id for upload in obsolete(uploads, before=began)} == {FIRST}


def test_nothing_is_superfluous_while_nothing_plays() -> None:
    """A lesson whose new video is still on its way keeps what it has."""
    uploads = told(attempts("auto", "auto"), (FIRST, ready(60_000)), (SECOND, Knowledge("processing")))
    assert obsolete(uploads, before=NOW + timedelta(days=99)) == frozenset()
