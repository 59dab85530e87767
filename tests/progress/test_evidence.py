"""Evidence rows and their chain."""

from dataclasses import replace
from uuid import UUID

from progress_service.evidence import Completion, Head, seal, verify

LESSON = Completion("ada", "lesson", "l1", "c1", 3, 0.93, 90_000, 80_000, 13_000, (UUID(int=1),), 1_790_000_000_000)
COURSE = replace(LESSON, kind="course", subject_id="c1", sessions=(UUID(int=1), UUID(int=2)))


def test_a_chain_verifies_however_it_was_appended() -> None:
    """Rows sealed one after the other or at once are the same chain, and it verifies."""
    (first,) = seal(Head(), [LESSON])
    (second,) = seal(Head(first.number, first.hash), [COURSE])
    assert [first, second] == seal(Head(), [LESSON, COURSE])
    assert verify([first, second])


def test_any_change_to_a_chain_is_noticed() -> None:
    """An altered value, a removed, exchanged or added row breaks the chain."""
    first, second = seal(Head(), [LESSON, COURSE])
    assert not verify([replace(first, completion=replace(LESSON, coverage=0.94)), second])
    assert not verify([second])
    assert not verify([second, first])
    assert not verify([first, second, second])
    assert not verify([first, replace(second, hash=first.hash)])
