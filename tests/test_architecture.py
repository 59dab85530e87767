"""The boundaries that the house rules name, as far as they can be read from the code: delivery, topics, SQL, locks."""

import ast
import importlib
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from faststream import AckPolicy
from faststream.kafka.subscriber.usecase import LogicSubscriber

from contracts import topics
from contracts.registry import EVENTS
from servicekit.worker import Worker
from tests import service_settings

CHECKOUT = Path(__file__).resolve().parents[1]
SERVICES = ("upload", "playback", "progress", "analytics")
EACH_SERVICE = pytest.mark.parametrize("service", SERVICES)
SQL_FILES = re.compile(r"(store\w*)\.py")
SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\w+.*\sSET\s|DELETE\s+FROM\s|WITH\s+(RECURSIVE\s+)?\w+\s*(\(.*?\)\s*)?AS\s"
    r"|CREATE\s+(TABLE|INDEX|POLICY|ROLE)|ALTER\s+TABLE\s|GRANT\s|TRUNCATE\s|LISTEN\s|NOTIFY\s|SET\s+LOCAL\s)",
    re.DOTALL,
)
# What the registry offers to a service that has no use for it: the whole state comes by another topic.
OFFERED_BUT_NOT_TAKEN = {
    ("playback", "asset.ready"): "lesson.changed carries the playable video",
    ("playback", "asset.errored"): "lesson.changed carries the status",
    ("playback", "asset.deleted"): "lesson.changed carries the absence",
    ("progress", "asset.ready"): "lesson.changed carries the duration, and the grant does",
    ("progress", "asset.errored"): "a video that failed has no progress",
    ("progress", "asset.deleted"): "progress outlives the video",
    ("progress", "enrollment.changed"): "the watch grant is the right",
    ("analytics", "asset.ready"): "lesson.changed carries the duration",
    ("analytics", "asset.errored"): "not shown on a dashboard yet",
    ("analytics", "asset.deleted"): "not shown on a dashboard yet",
    ("analytics", "enrollment.changed"): "no cohorts yet",
    ("analytics", "playback.granted"): "a view begins with credited watching",
}


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted(path for path in (CHECKOUT / folder).rglob("*.py") if ".venv" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def relative(path: Path) -> str:
    return str(path.relative_to(CHECKOUT))


@asynccontextmanager
async def worker_of(service: str) -> Any:
    """The service's worker without a broker and a database, which it has to survive."""
    module = importlib.import_module(f"{service}_service.worker")
    async with module.create_worker(service_settings.unreachable(service)) as worker:
        yield worker


@EACH_SERVICE
async def test_every_subscriber_is_at_least_once(service: str) -> None:
    """Manual acknowledgement, from the earliest record, in the service's own group, never topics by themselves."""
    async with worker_of(service) as worker:
        assert isinstance(worker, Worker)
        subscribers = list(worker.broker.subscribers)
        assert len(subscribers) == len(worker.consumers)
        for subscriber in subscribers:
            assert isinstance(subscriber, LogicSubscriber)
            assert subscriber.ack_policy is AckPolicy.MANUAL
            assert subscriber._connection_args["auto_offset_reset"] == "earliest"
            assert subscriber._connection_args.get("enable_auto_commit", False) is False
            assert (subscriber.group_id or "").startswith(f"{service}.")
        assert worker.broker.config.broker_config.allow_auto_create_topics is False


def test_nobody_subscribes_but_the_reliable_consumer() -> None:
    """A subscriber or a router made elsewhere would fall back to defaults that lose records; a reader has no group."""
    strangers = [
        f"{relative(path)}:{node.lineno}"
        for path in sources("libs", "services")
        if relative(path) not in ("libs/servicekit/servicekit/consumer.py", "libs/servicekit/servicekit/reading.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr == "subscriber")
            or (isinstance(node.func, ast.Name) and node.func.id in ("KafkaRouter", "AIOKafkaConsumer"))
        )
    ]
    assert strangers == []


@EACH_SERVICE
async def test_consumed_topics_are_those_of_the_registry(service: str) -> None:
    """Whom the registry names consumes, and nobody else; what is not taken is said above, with the reason."""
    async with worker_of(service) as worker:
        consumed = {consumer.topic.name for consumer in worker.consumers}
    declared = {topic.name for topic in topics.TOPICS if service in topic.consumers}
    assert consumed <= declared
    assert declared - consumed <= {topic for name, topic in OFFERED_BUT_NOT_TAKEN if name == service}


@EACH_SERVICE
async def test_a_worker_creates_what_it_consumes_produces_and_buries(service: str) -> None:
    """No topic is left to the broker's defaults: the worker asks for each with its partitions and clean-up."""
    async with worker_of(service) as worker:
        created = {topic.name for topic in worker._topics}
        consumed = {consumer.topic for consumer in worker.consumers}
    needed = {topic.name for topic in topics.TOPICS if topic.producer == service or topic in consumed}
    assert needed - created <= {"watch.progress", "quiz.graded"} & {
        t.name for t in topics.TOPICS if t.producer != service
    }
    assert {topic.dead_letters.name for topic in consumed} <= created
    assert created <= {topic.name for topic in topics.all_topics()}


@EACH_SERVICE
def test_a_service_makes_only_the_events_that_it_produces(service: str) -> None:
    """Events are constructed by the producer that the registry declares."""
    producers = {model.__name__: model.topic.producer for model in EVENTS}
    made = {
        (node.func.id, relative(path))
        for path in sources(f"services/{service}/{service}_service")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in producers
    }
    assert {(name, path) for name, path in made if producers[name] != service} == set()
    if service != "analytics":
        assert made, "the check looks in the wrong place"


def _docstrings(tree: ast.Module) -> set[int]:
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _sql_texts(path: Path) -> Iterator[int]:
    tree = parsed(path)
    skip = _docstrings(tree)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in skip
            and SQL.match(node.value)
        ):
            yield node.lineno


def test_sql_lives_in_the_stores() -> None:
    """All SQL of a service is in its store modules and migrations, where it can be read and run."""
    found = {relative(path): list(_sql_texts(path)) for path in sources("services")}
    assert sum(len(lines) for path, lines in found.items() if SQL_FILES.fullmatch(Path(path).name)) > 20
    assert {path: lines for path, lines in found.items() if lines and not SQL_FILES.fullmatch(Path(path).name)} == {}


def _first_text(node: ast.JoinedStr) -> str:
    head = node.values[0] if node.values else None
    return head.value if isinstance(head, ast.Constant) and isinstance(head.value, str) else ""


def test_no_sql_is_glued_together() -> None:
    """Values go in by $1: no f-string, no format, no % and no + with a variable makes SQL."""
    glued = []
    for path in sources("libs", "services"):
        for node in ast.walk(parsed(path)):
            match node:
                case ast.JoinedStr() if SQL.match(_first_text(node)):
                    glued.append(f"{relative(path)}:{node.lineno}")
                case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")) if SQL.match(
                    text
                ):
                    glued.append(f"{relative(path)}:{node.lineno}")
                case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod() | ast.Add(), right=right) if SQL.match(
                    text
                ) and not isinstance(right, ast.Constant):
                    glued.append(f"{relative(path)}:{node.lineno}")
    assert glued == []


@pytest.mark.parametrize(
    ("code", "is_glued"),
    [
        ('x = f"SELECT {name} FROM t"', True),
        ('x = "DELETE FROM t WHERE a = %s" % name', True),
        ('x = "SELECT 1" + name', True),
        ('x = "UPDATE t SET a = {}".format(name)', True),
        ('x = f"{name} was selected"', False),
        ('"""SELECT is a word."""', False),
    ],
)
def test_the_scan_for_sql_sees_what_it_should(code: str, is_glued: bool, tmp_path: Path, monkeypatch: Any) -> None:
    """The two tests above can fail."""
    service = tmp_path / "services" / "x"
    service.mkdir(parents=True)
    (service / "routes.py").write_text(code)
    monkeypatch.setattr(sys.modules[__name__], "CHECKOUT", tmp_path)
    if is_glued:
        with pytest.raises(AssertionError):
            test_no_sql_is_glued_together()
    else:
        test_no_sql_is_glued_together()


def _project(folder: Path) -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((folder / "pyproject.toml").read_text())["project"]
    return project


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


PACKAGES = [CHECKOUT / "libs" / name for name in ("contracts", "servicekit")] + [
    CHECKOUT / "services" / service for service in SERVICES
]


@pytest.mark.parametrize("folder", PACKAGES, ids=lambda folder: folder.name)
def test_a_package_declares_what_it_imports_and_no_neighbour(folder: Path) -> None:
    """Its dependencies are its own: nothing imported that comes only by luck, no other service."""
    declared = {_name(requirement) for requirement in _project(folder)["dependencies"]}
    neighbours = {f"seatime-{service}" for service in SERVICES}
    assert declared.isdisjoint(neighbours)
    ours = {name: [f"seatime-{name}"] for name in ("contracts", "servicekit")}
    distributions = {**importlib.metadata.packages_distributions(), **ours}
    imported = {
        name.partition(".")[0]
        for path in sources(relative(folder))
        for node in ast.walk(parsed(path))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    own = {path.name for path in folder.iterdir() if path.is_dir()}
    foreign = {name for name in imported - own if name and name not in sys.stdlib_module_names}
    missing = {
        name
        for name in foreign
        if declared.isdisjoint(one.lower().replace("_", "-") for one in distributions.get(name, [name]))
    }
    # starlette is fastapi's face, and typing_extensions pydantic's
    assert missing - {"starlette", "typing_extensions"} == set()


def test_import_contracts_hold() -> None:
    """import-linter agrees: services apart, contracts and rules without I/O, servicekit without the domain."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 kept, 0 broken" in done.stdout


def committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, timeout=30, check=False
    )
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := CHECKOUT / name).is_file()]


# Written apart, so that this file does not name what it looks for.
REGISTRIES = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "np" + "mjs",
    "registry." + "yarn",
    "repo1." + "maven",
    "repo." + "maven",
    "maven." + "org",
]
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(work/(main|shared|\.)|root/|home/\w+/)")


def test_committed_files_name_no_registry_and_no_machine() -> None:
    """The checkout works behind any mirror and in any folder."""
    found = []
    for path in committed():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{relative(path)}: {host}" for host in REGISTRIES if host in text]
        found += [f"{relative(path)}: {hit[0]}" for hit in MACHINE_PATHS.finditer(text)]
    assert found == []


@pytest.mark.parametrize("lock", sorted(CHECKOUT.glob("requirements*.lock")), ids=lambda lock: lock.name)
def test_python_locks_pin_by_hash_and_name_no_url(lock: Path) -> None:
    """Every requirement is an exact version with the hashes of its files, wherever they are fetched from."""
    text = lock.read_text()
    assert "://" not in text
    assert "index-url" not in text
    entries = [entry for entry in re.split(r"\n(?=[A-Za-z0-9])", "\n" + text) if re.match(r"[A-Za-z0-9]", entry)]
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("lock", sorted((CHECKOUT / "web").glob("package-lock.json")), ids=lambda lock: lock.name)
def test_the_web_lock_pins_by_hash_and_names_no_host(lock: Path) -> None:
    """Every package has its integrity and none its address."""
    packages = json.loads(lock.read_text())["packages"]
    assert len(packages) > 10
    for name, package in packages.items():
        if name.startswith("node_modules/") and not package.get("link") and not package.get("inBundle"):
            assert package.get("integrity", "").startswith("sha"), name
            assert "resolved" not in package, name
