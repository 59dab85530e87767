"""Who looks like a script: people, honest stories and scripts, scored by what the ledger has kept of them."""

import time
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress_service.anomalies import NONE, WEIGHTS, Watching, score
from progress_service.habits import LENGTHS
from progress_service.reviews import Policy
from progress_service.settings import Settings
from tests.progress.cheating import bare, honesty
from tests.progress.cheating.people import PEOPLE, Kind, never_touched, shuffled, watching
from tests.progress.cheating.reports import POLICIES
from tests.progress.cheating.reports import Policy as ReportPolicy
from tests.progress.cheating.scripts import SCRIPTS, UNSEEN

DEFAULTS = Policy(
    Settings.model_fields["review_threshold"].default, Settings.model_fields["review_min_watched_s"].default * 1000
)
MINUTE = 60_000


def start_ms() -> int:
    return int(time.time()) * 1000


def seen(kind: Kind) -> Watching:
    return watching(bare.ledger_of(kind.reports(start_ms())), kind.script.__name__)


def kinds(which: tuple[Kind, ...]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", which, ids=lambda kind: kind.script.__name__)


@kinds(SCRIPTS)
def test_scripts_are_noticed(kind: Kind) -> None:
    """Row D28: at the maximum rate like clockwork, with jitter, in parallel, claiming too much: above the threshold."""
    found = score(seen(kind), min_watched_ms=DEFAULTS.min_watched_ms)
    assert found.value >= DEFAULTS.threshold, found
    assert found.reasons, "and it is said why"


@kinds((*PEOPLE, *UNSEEN))
def test_people_are_not(kind: Kind) -> None:
    """Row D28: fast, hidden, searching, leaning back for hours, and whatever takes as long as that: below."""
    found = score(seen(kind), min_watched_ms=DEFAULTS.min_watched_ms)
    assert found.value < DEFAULTS.threshold, found


@kinds((*PEOPLE, *SCRIPTS, *UNSEEN))
def test_the_documentation_tells_what_is_measured(kind: Kind) -> None:
    """Row D28: docs/cheating.md has the score of each."""
    found = score(seen(kind), min_watched_ms=DEFAULTS.min_watched_ms).value
    page = Path(__file__).resolve().parents[3] / "docs" / "cheating.md"
    assert f"| {kind.words} | {found:.2f} |" in page.read_text(encoding="utf-8")


def test_an_idle_machine_is_not_a_script() -> None:
    """Row D28: a browser where nothing else runs gives most beats the same length, and that is no reason."""
    (leaning_back,) = [kind for kind in PEOPLE if kind.script is never_touched]
    lengths = seen(leaning_back).lengths
    assert max(lengths) > 0.7 * sum(lengths)
    assert [reason.code for reason in score(seen(leaning_back), min_watched_ms=0).reasons] == ["untouched"]


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_bad_days_are_not_odd(policy: ReportPolicy) -> None:
    """Row D28: no story of the honest bench would be in the queue, even if everybody were scored at once."""
    start = start_ms()
    ledger = bare.ledger_of(honesty.reports(start, policy))
    for story in honesty.STORIES:
        found = score(watching(ledger, story.learner(start, policy).name), min_watched_ms=0)
        assert found.value < DEFAULTS.threshold, (story.name, found)


@kinds(PEOPLE[:3])
def test_habits_do_not_depend_on_the_network(kind: Kind) -> None:
    """Row D28: requests that come twice and in any order leave the same counters, and so the same score."""
    sent = kind.reports(start_ms())
    last = sent[-1].at_ms
    once = bare.ledger_of(replace(report, at_ms=last, sent_ms=last) for report in sent)
    mixed = bare.ledger_of(replace(report, at_ms=last, sent_ms=last) for report in shuffled(sent, 28))
    habits = {key: lesson.habits for key, lesson in once.lessons.items()}
    assert {key: lesson.habits for key, lesson in mixed.lessons.items()} == habits
    assert sum(one.fast_ms + one.signs + sum(one.lengths) for one in habits.values()) > 100


_TIME = st.integers(0, 400 * MINUTE)
_WATCHING = st.builds(
    Watching,
    began_ms=st.just(0),
    latest_ms=st.just(0),
    spent_ms=st.integers(1, 400 * MINUTE),
    credited_ms=st.integers(1, 800 * MINUTE),
    fast_ms=_TIME,
    signs=st.integers(0, 500),
    lengths=st.tuples(*[st.integers(0, 300)] * LENGTHS),
    over_rate_ms=_TIME,
    double_spent_ms=_TIME,
)


@given(_WATCHING, st.sampled_from(["fast_ms", "over_rate_ms", "double_spent_ms"]), _TIME)
def test_more_of_it_never_scores_less(one: Watching, what: str, more: int) -> None:
    """Row D28: the score lies between 0 and 1 and rises with every feature; a sign of a person never raises it."""
    before = score(one, min_watched_ms=0).value
    after = score(replace(one, **{what: getattr(one, what) + more}), min_watched_ms=0).value
    touched = score(replace(one, signs=one.signs + 1), min_watched_ms=0).value
    assert 0 <= touched <= before <= after <= 1


def test_a_weight_is_the_score_of_that_feature_alone() -> None:
    """Row D28: what the documentation says of the weights; with all of them at once the score is still below 1."""
    quiet = Watching(0, 0, spent_ms=60 * MINUTE, credited_ms=60 * MINUTE, signs=10**6)
    alone = {
        "maximum_rate": replace(quiet, fast_ms=60 * MINUTE),
        "untouched": replace(quiet, signs=0),
        "regular_beats": replace(quiet, lengths=(100, *[0] * (LENGTHS - 1))),
        "parallel_players": replace(quiet, credited_ms=1, double_spent_ms=10**12),
        "over_claims": replace(quiet, credited_ms=1, over_rate_ms=10**12),
    }
    assert {code: score(one, min_watched_ms=0).value for code, one in alone.items()} == dict(WEIGHTS)
    assert score(quiet, min_watched_ms=0) == NONE
    worst = {field.name: max(getattr(one, field.name) for one in alone.values()) for field in fields(Watching)}
    assert 0.97 < score(Watching(**worst | {"signs": 0, "credited_ms": 1}), min_watched_ms=0).value < 1


def test_nobody_is_scored_before_having_watched() -> None:
    """Row D28: up to the minimum there is no score, whatever was done."""
    odd = Watching(0, 0, spent_ms=10 * MINUTE - 1, credited_ms=MINUTE, fast_ms=10 * MINUTE, double_spent_ms=MINUTE)
    assert score(odd, min_watched_ms=10 * MINUTE) == NONE
    assert score(replace(odd, spent_ms=10 * MINUTE), min_watched_ms=10 * MINUTE).value > 0.6


def test_reasons_are_told_in_words_and_figures() -> None:
    """Row D28: the weightiest first, each with what it was computed from."""
    odd = Watching(
        0, 0, spent_ms=90 * MINUTE, credited_ms=180 * MINUTE, fast_ms=81 * MINUTE, signs=2, double_spent_ms=20 * MINUTE
    )
    told = [(reason.code, reason.message, dict(reason.figures)) for reason in score(odd, min_watched_ms=0).reasons]
    assert told == [
        (
            "maximum_rate",
            "90 % of the time was played at the highest rate that counts",
            {"atMaximumRateSeconds": 4860, "watchedSeconds": 5400},
        ),
        (
            "untouched",
            "2 pauses, seeks, changes of rate or hidden pages in 90 min of watching",
            {"signs": 2, "watchedSeconds": 5400},
        ),
        (
            "parallel_players",
            "the same time was claimed more than once, as if 1.1 players had run at once",
            {"players": 1.11, "doubleSpentSeconds": 1200},
        ),
    ]
