"""The fixtures that every area's tests share; what stands behind them is chosen in infra.py."""

import os
from collections.abc import AsyncIterator, Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import structlog

from mux_sim.testing import Simulator, running_simulator
from tests import durations, retrying, sharing
from tests.databases import Database, Postgres, run_apart
from tests.infra import S3, Infra, choose

if TYPE_CHECKING:
    from xdist.remote import Producer
    from xdist.scheduler import LoadScopeScheduling

# Settings read these names; a test sets what it needs and must not see what the person at the keyboard has set.
SETTINGS = (
    "DATABASE_",
    "KAFKA_",
    "AUTH_",
    "MUX_",
    "S3_",
    "WATCH_GRANT_",
    "EVIDENCE_",
    "ERASURE_",
    "WEBHOOK_",
    "PUBLIC_BASE_URL",
    "HTTP_",
    "WORKER_",
    "LOG_",
)


@pytest.fixture(autouse=True, scope="session")
def _plain_tracebacks() -> None:
    """As the services log: structlog's own way draws local variables, which stops a busy loop for tens of seconds."""
    if not structlog.is_configured():
        plain = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
        structlog.configure(processors=[*structlog.get_config()["processors"][:-1], plain])


@pytest.fixture(scope="session")
def infra() -> Iterator[Infra]:
    chosen = choose()
    yield chosen
    chosen.close()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(SETTINGS):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def kafka_bootstrap(infra: Infra) -> str:
    """`host:port` of a real broker that does not create topics by itself."""
    return infra.kafka_bootstrap


@pytest.fixture(scope="session")
def postgres(infra: Infra) -> Postgres:
    return Postgres(infra.postgres_admin_url)


@pytest.fixture(scope="session")
def s3(infra: Infra) -> S3:
    return infra.s3


@pytest.fixture
def make_database(postgres: Postgres) -> Iterator[Callable[..., Database]]:
    """`make_database("upload")`: a database of this test alone, migrated unless `migrated=False`."""
    made: list[Database] = []

    def make(service: str, *, migrated: bool = True) -> Database:
        made.append(postgres.create(service, migrated=migrated))
        return made[-1]

    yield make
    for database in made:
        postgres.drop(database)


@pytest.fixture
def topic_prefix(infra: Infra) -> Iterator[str]:
    """A prefix for the topics and groups of this test alone; its topics are deleted afterwards."""
    prefix = f"t{uuid4().hex[:8]}."
    yield prefix
    if "kafka_bootstrap" in vars(infra) or os.environ.get("INFRA") == "external":
        run_apart(_delete_topics(infra.kafka_bootstrap, prefix))


async def _delete_topics(bootstrap: str, prefix: str) -> None:
    from aiokafka.admin import AIOKafkaAdminClient

    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=10_000)
    await client.start()
    try:
        topics = [topic for topic in await client.list_topics() if topic.startswith(prefix)]
        if topics:
            await client.delete_topics(topics)
    finally:
        await client.close()


@pytest.fixture
async def mux() -> AsyncIterator[Simulator]:
    """A running Mux simulator: `base_url`, `token_id`, `token_secret`, `webhook_secret`, and its controls."""
    async with running_simulator() as simulator:
        yield simulator


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, Any, pytest.TestReport]:
    """In CI nothing may be skipped: a skipped test has not passed."""
    report: pytest.TestReport = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report


def pytest_collection_modifyitems(items: list[pytest.Item], config: pytest.Config) -> None:
    retrying.allow(items, config)
    if hasattr(config, "workerinput"):
        sharing.longest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "LoadScopeScheduling":
    return sharing.scheduler(config, log)


def pytest_sessionstart(session: pytest.Session) -> None:
    durations.begin(session.config)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    retrying.judge(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    durations.tell(terminalreporter)
    retrying.tell(terminalreporter)
