"""The lifecycle: a table of what follows what, and that order, repetition and delay cannot matter."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upload_service.lifecycle import (
    RANK,
    BecameDeleted,
    BecameErrored,
    BecameReady,
    Knowledge,
    LessonVideo,
    Upload,
    UploadStatus,
    derive,
    effects,
    join,
    learn,
)

FIRST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
WAITING = Knowledge()
PROCESSING = Knowledge("processing", asset_id="a1")
READY = Knowledge("ready", asset_id="a1", signed_playback_id="p1", duration_ms=30_000)
ERRORED = Knowledge("errored", asset_id="a1", error="not a video")
FAILED = Knowledge("failed", error="the upload failed")
CANCELLED = Knowledge("cancelled", error="cancelled")
TIMED_OUT = Knowledge("timed_out", error="too slow")
DELETED = Knowledge("deleted", asset_id="a1")
FACTS = (WAITING, TIMED_OUT, CANCELLED, FAILED, PROCESSING, ERRORED, READY, DELETED)


def after(*facts: Knowledge) -> Upload:
    uploads: tuple[Upload, ...] = (Upload(FIRST),)
    for fact in facts:
        uploads = learn(uploads, FIRST, fact)
    return uploads[0]


# Rows: what is known; columns, in the order of FACTS: what is observed next.
TABLE: dict[UploadStatus, tuple[UploadStatus, ...]] = {
    "waiting": ("waiting", "timed_out", "cancelled", "failed", "processing", "errored", "ready", "deleted"),
    "timed_out": ("timed_out", "timed_out", "cancelled", "failed", "processing", "errored", "ready", "deleted"),
    "cancelled": ("cancelled", "cancelled", "cancelled", "failed", "processing", "errored", "ready", "deleted"),
    "failed": ("failed", "failed", "failed", "failed", "processing", "errored", "ready", "deleted"),
    "processing": ("processing",) * 5 + ("errored", "ready", "deleted"),
    "errored": ("errored",) * 6 + ("ready", "deleted"),
    "ready": ("ready",) * 7 + ("deleted",),
    "deleted": ("deleted",) * 8,
}


@pytest.mark.parametrize("state", FACTS, ids=lambda known: known.status)
@pytest.mark.parametrize("fact", FACTS, ids=lambda known: known.status)
def test_every_observation_has_one_outcome_in_every_state(state: Knowledge, fact: Knowledge) -> None:
    """The table holds for all 64 pairs, and nothing that was known is forgotten."""
    known = after(state, fact).known
    assert known.status == TABLE[state.status][FACTS.index(fact)]
    assert known.signed_playback_id == (state.signed_playback_id or fact.signed_playback_id)
    assert known.duration_ms == (state.duration_ms or fact.duration_ms)


def test_the_table_is_complete() -> None:
    """Each status of the lifecycle has its row, and each fact its column."""
    assert set(TABLE) == set(RANK) == {fact.status for fact in FACTS}
    assert {len(row) for row in TABLE.values()} == {len(FACTS)}


# --- order, repetition, delay --------------------------------------------------------------------------------------

texts = st.none() | st.sampled_from(["a", "b", "c"])
knowledge = st.builds(
    Knowledge,
    status=st.sampled_from(sorted(RANK)),
    asset_id=texts,
    signed_playback_id=texts,
    public_playback_id=texts,
    duration_ms=st.none() | st.integers(0, 3),
    error=texts,
)


@given(knowledge, knowledge, knowledge)
def test_knowledge_is_a_semilattice(a: Knowledge, b: Knowledge, c: Knowledge) -> None:
    """Joining is commutative, associative and idempotent, also for facts that contradict each other."""
    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(a, a) == a
    assert join(join(a, b), b) == join(a, b)
    assert RANK[join(a, b).status] >= RANK[a.status]


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[UUID, Knowledge]]:
    """What Mux truly did with up to three uploads of one lesson, as the facts that it told of each, in order."""
    facts: list[tuple[UUID, Knowledge]] = []
    for upload_id in (FIRST, SECOND, THIRD)[: draw(st.integers(1, 3))]:
        asset = f"asset-{upload_id.int}"
        told = [WAITING]
        end = draw(st.sampled_from(["waiting", "timed_out", "cancelled", "failed", "asset"]))
        if end in ("timed_out", "cancelled", "failed"):
            told.append(Knowledge(end, error=end))  # type: ignore[arg-type]
        if end == "asset":
            told += [Knowledge("processing", asset_id=asset)] * 2
            match draw(st.sampled_from(["preparing", "ready", "errored"])):
                case "ready":
                    told.append(Knowledge("ready", asset_id=asset, signed_playback_id=f"p-{asset}", duration_ms=1000))
                case "errored":
                    told.append(Knowledge("errored", asset_id=asset, error="broken"))
            if draw(st.booleans()):
                told.append(Knowledge("deleted", asset_id=asset))
        facts += [(upload_id, fact) for fact in told]
    return facts


@given(histories(), st.data())
def test_any_order_repetition_and_delay_of_a_true_history_ends_in_the_same_state(
    history: list[tuple[UUID, Knowledge]], data: st.DataObject
) -> None:
    """Events and polls, shuffled and doubled at will, leave the lesson as the history in order leaves it."""
    repeated = history + data.draw(st.lists(st.sampled_from(history), max_size=8))
    shuffled = data.draw(st.permutations(repeated))
    start = tuple(Upload(upload_id) for upload_id in (FIRST, SECOND, THIRD))
    expected, seen = start, start
    for upload_id, fact in history:
        expected = learn(expected, upload_id, fact)
    for upload_id, fact in shuffled:
        seen = learn(seen, upload_id, fact)
    assert seen == expected
    assert derive(seen) == derive(expected)


@given(histories(), st.data())
def test_a_newer_video_is_never_pushed_aside_by_an_older_one(
    history: list[tuple[UUID, Knowledge]], data: st.DataObject
) -> None:
    """Whatever arrives when: the upload that plays never gives way to one that was asked for earlier."""
    uploads = tuple(Upload(upload_id) for upload_id in (FIRST, SECOND, THIRD))
    playing = UUID(int=0)
    for upload_id, fact in data.draw(st.permutations(history)):
        uploads = learn(uploads, upload_id, fact)
        playable = derive(uploads).playable
        if playable is not None:
            assert playable.upload_id >= playing
            playing = playable.upload_id


@given(histories(), st.data())
def test_each_video_is_announced_as_ready_at_most_once(
    history: list[tuple[UUID, Knowledge]], data: st.DataObject
) -> None:
    """Repetition and disorder never announce a second time."""
    uploads = tuple(Upload(upload_id) for upload_id in (FIRST, SECOND, THIRD))
    announced: list[UUID] = []
    for upload_id, fact in data.draw(st.permutations(history + history)):
        changed = learn(uploads, upload_id, fact)
        announced += [effect.video.upload_id for effect in effects(uploads, changed) if isinstance(effect, BecameReady)]
        uploads = changed
    assert len(announced) == len(set(announced))


# --- the lesson ----------------------------------------------------------------------------------------------------


def lesson(*knowns: Knowledge) -> tuple[Upload, ...]:
    """Uploads of one lesson, oldest first."""
    return tuple(Upload(UUID(int=number), known=known) for number, known in enumerate(knowns, 1))


OLD = Knowledge("ready", asset_id="old", signed_playback_id="p-old", duration_ms=1000)


@pytest.mark.parametrize(
    ("uploads", "status", "error", "asset_id"),
    [
        ((), "pending", None, None),
        ((WAITING,), "pending", None, None),
        ((PROCESSING,), "processing", None, None),
        ((READY,), "ready", None, "a1"),
        ((ERRORED,), "error", "not a video", None),
        ((CANCELLED,), "error", "cancelled", None),
        ((TIMED_OUT,), "error", "too slow", None),
        ((FAILED,), "error", "the upload failed", None),
        ((DELETED,), "pending", None, None),
        ((ERRORED, WAITING), "pending", None, None),
        ((PROCESSING, CANCELLED), "processing", None, None),
        ((OLD, PROCESSING), "ready", None, "old"),
        ((OLD, ERRORED), "ready", None, "old"),
        ((OLD, READY), "ready", None, "a1"),
        ((OLD, join(READY, DELETED)), "pending", None, None),
        ((OLD, join(READY, DELETED), PROCESSING), "processing", None, None),
    ],
)
def test_the_lesson_follows_from_its_uploads(
    uploads: tuple[Knowledge, ...], status: str, error: str | None, asset_id: str | None
) -> None:
    """The newest that became ready plays and hides older ones; a failure shows only where nothing is better."""
    video = derive(lesson(*uploads))
    assert (video.status, video.error) == (status, error)
    assert (video.playable.asset_id if video.playable else None) == asset_id


def test_a_discarded_upload_does_not_play() -> None:
    """What is no longer wanted does not count, whatever its state."""
    assert derive((replace(lesson(READY)[0], discarded=True),)) == LessonVideo()


@pytest.mark.parametrize(
    ("policy", "ids", "chosen"),
    [
        ("signed", ("s", "p"), ("s", "signed")),
        ("public", ("s", "p"), ("p", "public")),
        ("signed", (None, "p"), ("p", "public")),
        ("public", ("s", None), ("s", "signed")),
    ],
)
def test_the_playback_id_follows_the_policy(
    policy: str, ids: tuple[str | None, str | None], chosen: tuple[str, str]
) -> None:
    """The id of the policy that was asked for, else the one that there is."""
    known = Knowledge("ready", asset_id="a", signed_playback_id=ids[0], public_playback_id=ids[1])
    playable = derive((Upload(FIRST, policy=policy, known=known),)).playable  # type: ignore[arg-type]
    assert playable is not None
    assert (playable.playback_id, playable.policy) == chosen


def test_effects_tell_what_became_of_the_video() -> None:
    """Ready, failed and deleted are told when they happen to the lesson, and not when they change nothing in it."""
    assert [type(e) for e in effects(lesson(PROCESSING), lesson(READY))] == [BecameReady]
    assert effects(lesson(PROCESSING), lesson(ERRORED)) == (BecameErrored("not a video", "mux", "a1"),)
    assert [type(e) for e in effects(lesson(READY), lesson(join(READY, DELETED)))] == [BecameDeleted]
    assert effects(lesson(READY), lesson(READY)) == ()
    assert effects(lesson(OLD, PROCESSING), lesson(OLD, ERRORED)) == ()
    assert effects(lesson(PROCESSING, READY), lesson(OLD, READY)) == ()


# --- copies --------------------------------------------------------------------------------------------------------

SOURCE, NEWER, COPY = UUID(int=2), UUID(int=3), UUID(int=9)
IN_S3 = Upload(SOURCE, provider="s3", known=Knowledge("ready", duration_ms=1000), s3_key="videos/2")
COPIED = Knowledge("ready", asset_id="copy", signed_playback_id="p-copy", duration_ms=1000)


def a_copy(known: Knowledge = COPIED, *, staged: bool = True) -> Upload:
    return Upload(COPY, known=known, copy_of=SOURCE, staged=staged)


def playing(*uploads: Upload) -> UUID | None:
    playable = derive(uploads).playable
    return playable.upload_id if playable else None


@given(st.permutations(FACTS))
def test_a_staged_copy_is_not_noticed(facts: list[Knowledge]) -> None:
    """Whatever becomes of a copy that was not verified: the lesson plays, fails or waits as it would without it."""
    for others in ((IN_S3,), (), (Upload(SOURCE, known=PROCESSING),), (Upload(SOURCE, known=FAILED),)):
        uploads: tuple[Upload, ...] = (*others, a_copy(WAITING))
        for fact in facts:
            told = learn(uploads, COPY, fact)
            assert effects(uploads, told) == ()
            assert derive(told) == derive(others)
            uploads = told


def test_a_flip_and_its_rollback_are_each_announced_once() -> None:
    """The copy plays in its source's place when it is verified, and the source again when that is undone."""
    before, after = (IN_S3, a_copy()), (IN_S3, a_copy(staged=False))
    assert playing(*before) == SOURCE
    assert playing(*after) == COPY
    (flipped,) = effects(before, after)
    assert isinstance(flipped, BecameReady)
    assert (flipped.video.provider, flipped.video.asset_id) == ("mux", "copy")
    back = (IN_S3, replace(a_copy(), discarded=True))
    (undone,) = effects(after, back)
    assert isinstance(undone, BecameReady)
    assert (undone.video.provider, undone.video.s3_key) == ("s3", "videos/2")


def test_a_source_may_go_when_its_copy_plays() -> None:
    """Nothing is announced when the original is discarded after its copy took over."""
    before, after = (IN_S3, a_copy(staged=False)), (replace(IN_S3, discarded=True), a_copy(staged=False))
    assert effects(before, after) == ()
    assert playing(*after) == COPY


@given(knowledge, knowledge, st.booleans())
def test_a_copy_never_pushes_a_newer_upload_aside(newer: Knowledge, copied: Knowledge, staged: bool) -> None:
    """A copy is made later than a newer upload, and still stands where its source stands: below it."""
    upload = Upload(NEWER, known=newer)
    without, with_copy = derive((IN_S3, upload)), derive((IN_S3, upload, a_copy(copied, staged=staged)))
    if without.playable is not None and without.playable.upload_id == NEWER:
        assert with_copy == without


@given(histories(), st.lists(st.sampled_from([PROCESSING, ERRORED, COPIED, DELETED]), max_size=4), st.data())
def test_any_order_ends_the_same_with_a_copy_too(
    history: list[tuple[UUID, Knowledge]], copied: list[Knowledge], data: st.DataObject
) -> None:
    """Facts of a copy between those of other uploads, in any order and repeated: the state is the same."""
    facts = history + [(COPY, fact) for fact in copied]
    staged = data.draw(st.booleans())
    start = (Upload(FIRST), Upload(SECOND), Upload(THIRD), a_copy(WAITING, staged=staged))
    ends = set()
    for order in (facts, data.draw(st.permutations(facts + facts))):
        uploads = start
        for upload_id, fact in order:
            uploads = learn(uploads, upload_id, fact)
        ends.add((uploads, derive(uploads)))
    assert len(ends) == 1
