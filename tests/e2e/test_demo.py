"""The demonstration itself, as `make demo` plays it, and that it can fail."""

from collections.abc import Iterator

import pytest

from devstack.demo import clip, learners, owner
from devstack.demo.clip import Clip
from devstack.demo.play import play
from devstack.stack import Stack

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def video(tmp_path_factory: pytest.TempPathFactory) -> Clip:
    return clip.make(tmp_path_factory.mktemp("video"), 12)


@pytest.fixture
def without_progress(stack: Stack) -> Iterator[Stack]:
    stack.halt("progress-worker")
    yield stack
    stack.resume("progress-worker")


def test_every_step_passes(stack: Stack, video: Clip, capsys: pytest.CaptureFixture[str]) -> None:
    """A video goes all the way through, twice on the same data: complete for one learner, not for the other."""
    assert play(stack, video)
    assert play(stack, video)
    shown = capsys.readouterr().out
    assert "✗" not in shown
    assert "Retention" in shown


def test_it_notices_what_does_not_work(
    without_progress: Stack, video: Clip, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the ledger's worker away the demonstration fails, and at the step that needs it."""
    for act in (learners, owner):
        monkeypatch.setattr(act, "SETTLES", 5.0)
    assert not play(without_progress, video)
    assert "✗ complete for Hana" in capsys.readouterr().out
