"""A second try for the tests with a browser, and for no others: its timing is not ours. What needed it is said.

That a test passes at the second try only is a defect: of the test, or of the page. See docs/decisions/0027.
"""

import pytest


def allow(items: list[pytest.Item], config: pytest.Config) -> None:
    """Mark the tests with a browser; a debugger wants the first failure."""
    if config.option.usepdb:
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def tell(terminal: pytest.TerminalReporter) -> None:
    """Name what passed at the second try, each with what went wrong at the first."""
    failed = {report.nodeid for kind in ("failed", "error") for report in terminal.stats.get(kind, [])}
    first = [report for report in terminal.stats.get("rerun", []) if report.nodeid not in failed]
    if not first:
        return
    terminal.section("passed at the second try", yellow=True)
    for report in first:
        crash = getattr(report.longrepr, "reprcrash", None)
        reason = crash.message if crash is not None else str(report.longrepr)
        terminal.line(f"AT SECOND TRY {report.nodeid} ({report.when}) - {reason.splitlines()[0]}", yellow=True)
