"""The demonstration itself, as `make demo` plays it, and that it can fail."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from devstack import leftovers
from devstack.demo import clip, learners, owner
from devstack.demo.clip import Clip
from devstack.demo.play import play
from devstack.ports import Ports
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


def test_one_command_starts_plays_and_ends(video: Clip, tmp_path: Path) -> None:
    """As `make demo VIDEO=… ONCE=1` calls it: its end is 0, it says what happened, and nothing is left running."""
    folder = Path(tempfile.mkdtemp(prefix="seatime-tests-"))
    folder.chmod(0o755)
    elsewhere = ("KAFKA_", "S3_", "DATABASE_", "SEATIME_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(elsewhere)}
    ports = {f"SEATIME_PORT_{name.upper()}": str(port) for name, port in asdict(Ports.ephemeral()).items()}
    command = [sys.executable, "-m", "devstack", "--data", str(folder), "demo", "--once", "--video", str(video.path)]
    try:
        done = subprocess.run(
            command, env=env | ports, cwd=tmp_path, capture_output=True, text=True, timeout=500, check=False
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
        assert "✗" not in done.stdout
        assert "shown to the owner" in done.stdout
        assert leftovers.alive(folder) == {}
        running = " ".join(" ".join(process.info["cmdline"] or ()) for process in psutil.process_iter(["cmdline"]))
        assert str(folder) not in running
    finally:
        shutil.rmtree(folder, ignore_errors=True)
