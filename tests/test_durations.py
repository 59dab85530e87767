"""What a shared run tells of its time is true: files in their processes, the longest first, and who ended last."""

from types import SimpleNamespace

import pytest

from tests import durations

BEGAN = 1_000.0


def report(nodeid: str, process: str, start: float, stop: float, when: str = "call") -> pytest.TestReport:
    """As xdist hands it to the process that collects; times in seconds since the run began."""
    made = pytest.TestReport(
        nodeid, ("", 0, ""), {}, "passed", None, when,  # type: ignore[arg-type]
        start=BEGAN + start, stop=BEGAN + stop, duration=stop - start,
    )  # fmt: skip
    made.node = SimpleNamespace(gateway=SimpleNamespace(id=process))  # type: ignore[attr-defined]
    return made


REPORTS = [
    report("tests/upload/test_mux.py::test_a", "gw1", 2, 5, "setup"),
    report("tests/upload/test_mux.py::test_a", "gw1", 5, 9),
    report("tests/upload/test_mux.py::test_b", "gw1", 9, 72),
    report("tests/e2e/test_demo.py::test_a", "gw0", 1, 30),
    report("tests/e2e/test_counts.py::test_a", "gw0", 30, 100),
    report("tests/test_sharing.py::test_a", "gw1", 72, 73),
]


def test_files_are_told_with_their_setting_up_and_the_longest_first() -> None:
    """A file lasts from its first test's setup to its last test's end."""
    found = durations.files(REPORTS)
    assert [(one.name, one.process, one.tests, one.took) for one in found] == [
        ("tests/upload/test_mux.py", "gw1", 2, 70),
        ("tests/e2e/test_counts.py", "gw0", 1, 70),
        ("tests/e2e/test_demo.py", "gw0", 1, 29),
        ("tests/test_sharing.py", "gw1", 1, 1),
    ]


def test_the_lines_say_who_had_work_until_when() -> None:
    """Minutes and seconds since the run began."""
    lines = durations.lines(durations.files(REPORTS), BEGAN)
    assert lines[0] == "Processes had work: gw0 until 1:40, gw1 until 1:13."
    assert lines[1].split() == ["1:10", "gw1", "from", "0:02", "tests/upload/test_mux.py", "(2)"]
    assert len(lines) == 5
