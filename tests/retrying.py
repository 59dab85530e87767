"""A second try: for tests with a browser always, for all others where processes share the machine; a few in a run.

That a test passes at the second try only is a defect: of the test, or of what it tests. What needed it is named with
its reason, and a run in which more than `FEW` needed it is red. See docs/decisions/0027.
"""

import pytest

FEW = 5


def allow(items: list[pytest.Item], config: pytest.Config) -> None:
    """Mark them; a debugger wants the first failure, and whoever runs one test by hand too."""
    if config.option.usepdb:
        return
    shared = hasattr(config, "workerinput")
    for item in items:
        if shared or item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def _seconds(terminal: pytest.TerminalReporter) -> list[pytest.TestReport]:
    """Of each test that passed at its second try, what failed first."""
    failed = {report.nodeid for kind in ("failed", "error") for report in terminal.stats.get(kind, [])}
    first: dict[str, pytest.TestReport] = {}
    for report in terminal.stats.get("rerun", []):
        if report.nodeid not in failed:
            first.setdefault(report.nodeid, report)
    return list(first.values())


def judge(session: pytest.Session) -> None:
    """Turn a run red that had too many of them."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and session.exitstatus == pytest.ExitCode.OK and len(_seconds(terminal)) > FEW:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def tell(terminal: pytest.TerminalReporter) -> None:
    """Name what passed at the second try, each with what went wrong at the first."""
    first = _seconds(terminal)
    if not first:
        return
    terminal.section("passed at the second try", yellow=True)
    for report in first:
        crash = getattr(report.longrepr, "reprcrash", None)
        reason = crash.message if crash is not None else str(report.longrepr)
        terminal.line(f"AT SECOND TRY {report.nodeid} ({report.when}) - {reason.splitlines()[0]}", yellow=True)
    if len(first) > FEW:
        terminal.line(f"{len(first)} second tries are more than the {FEW} that a run may have", red=True)
