"""How `make test` shares the tests out to its processes: a file at a time, and those that take longest first.

Much of the time passes in waiting: tokens end, brokers are away, players play. Beside that, others compute. What shares
costly fixtures stays in one process; every process has a PostgreSQL, Kafka and S3 of its own (`infra.py`).
"""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

ONE_HALF = (
    "tests/e2e/browser/test_admin.py",
    "tests/e2e/browser/test_authoring.py",
    "tests/e2e/browser/test_dashboard.py",
    "tests/e2e/browser/test_expiry.py",
    "tests/e2e/browser/test_files.py",
    "tests/e2e/browser/test_life.py",
    "tests/e2e/browser/test_mux_hosts.py",
    "tests/e2e/browser/test_owners.py",
    "tests/e2e/browser/test_package.py",
    "tests/e2e/browser/test_pages.py",
    "tests/e2e/browser/test_shell.py",
)
"""Of the end-to-end tests, as long as all others of them. What is new is in the other half."""

TOGETHER = {
    "one half of tests/e2e/": ONE_HALF,
    "the other half of tests/e2e/": ("tests/e2e/",),
}
"""One piece of work each, by the first that fits: the whole system is started once for all of it."""

FIRST = (
    *ONE_HALF,
    "tests/e2e/",
    "tests/upload/faults/",
    "tests/api/",
    "tests/progress/faults/",
    "tests/devstack/test_stack.py",
    "tests/mux_sim/",
    "tests/analytics/",
)
"""In this order, so that no process still has minutes before it when the others have ended."""


def piece_of(nodeid: str) -> str:
    """What the test is handed out with: its file, or more where that stays together."""
    return next((piece for piece, names in TOGETHER.items() if nodeid.startswith(names)), nodeid.partition("::")[0])


def longest_first(items: list[pytest.Item]) -> None:
    """Sort in place; within a place of the order, and after it, things stay as they were."""
    places = {prefix: place for place, prefix in enumerate(FIRST)}

    def place(item: pytest.Item) -> int:
        return next((places[prefix] for prefix in FIRST if item.nodeid.startswith(prefix)), len(FIRST))

    items.sort(key=place)


def scheduler(config: pytest.Config, log: "Producer") -> "LoadScopeScheduling":
    """xdist's scheduler for pieces of work, in the order in which they were collected."""
    from xdist.scheduler import LoadScopeScheduling

    class InPieces(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return piece_of(nodeid)

    config.option.loadscopereorder = False
    return InPieces(config, log)
