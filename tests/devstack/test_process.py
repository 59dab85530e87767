"""Children end with their parent, however it ends, and so do the children's children."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from devstack.errors import ChildFailed
from devstack.process import Child
from tests.polling import until_now

WAITS = [sys.executable, "-c", "import signal; signal.pause()"]
DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
while True:
    signal.pause()
"""
# A parent that starts a child, which starts a grandchild, and tells both pids.
FAMILY = """
import signal, sys
from pathlib import Path
from devstack.process import Child
folder = Path(sys.argv[1])
script = '''
import subprocess, sys, signal
inner = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print(inner.pid, flush=True)
signal.pause()
'''
child = Child("child", [sys.executable, "-c", script], log=folder / "child.log")
child.start()
child.wait_until(lambda: (folder / "child.log").read_text().strip() != "", 20)
print(child.pid, (folder / "child.log").read_text().strip(), flush=True)
signal.pause()
"""


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_nobody_outlives_a_killed_parent(tmp_path: Path, number: signal.Signals) -> None:
    """After kill -9 of the parent neither its child nor its grandchild is there any more."""
    command = [sys.executable, "-c", FAMILY, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child, grandchild = (int(pid) for pid in parent.stdout.readline().split())
        assert not gone(child)
        assert not gone(grandchild)
        parent.send_signal(number)
        parent.wait(60)
        until_now(lambda: gone(child) and gone(grandchild))


def test_stop_is_polite_first(tmp_path: Path) -> None:
    """A child that answers SIGTERM is not killed."""
    child = Child("waits", WAITS, log=tmp_path / "log")
    child.start()
    process = child.process
    assert process is not None
    child.stop()
    assert process.returncode == -signal.SIGTERM
    assert not child.running


def test_stop_kills_the_deaf(tmp_path: Path) -> None:
    """A child that ignores SIGTERM is gone after the time it was given."""
    child = Child("deaf", [sys.executable, "-c", DEAF], log=tmp_path / "log")
    child.start()
    child.wait_until(lambda: "deaf" in child.log.read_text(), 20)
    process = child.process
    assert process is not None
    child.stop(timeout=0.2)
    assert process.returncode == -signal.SIGKILL


def test_early_end_shows_the_log(tmp_path: Path) -> None:
    """A child that ends before it is ready is reported with its code and its last words."""
    child = Child("fails", [sys.executable, "-c", "print('no such thing'); raise SystemExit(3)"], log=tmp_path / "log")
    child.start()
    with pytest.raises(ChildFailed, match=r"fails ended with code 3(.|\n)*no such thing"):
        child.wait_until(lambda: False, 20)
    child.kill()
