"""Jars come by a lock: what is not what was locked does not get in, and what is in is not fetched again."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from devstack import jars
from devstack.errors import StackError
from devstack.jars import Jar
from devstack.paths import JAVA

CONTENT = b"not really a jar"
JAR = Jar("org.example", "thing", "1.0", "", hashlib.sha256(CONTENT).hexdigest())


class Repository(ThreadingHTTPServer):
    """A Maven repository with one jar in it, which counts how often it is asked for it."""

    def __init__(self) -> None:
        self.requests: list[str] = []
        self.broken = 0
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(SimpleHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        self.server.requests.append(self.path)
        found = self.path == "/org/example/thing/1.0/thing-1.0.jar"
        if found and self.server.broken:
            self.server.broken -= 1
            self.send_error(503)
            return
        self.send_response(200 if found else 404)
        body = CONTENT if found else b""
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Repository]:
    monkeypatch.setenv("SEATIME_CACHE", str(tmp_path / "cache"))
    with Repository() as server:
        monkeypatch.setenv("SEATIME_MAVEN_URL", server.url)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    (tmp_path / "some.lock").write_text(f"# some\norg.example:thing:1.0 {JAR.sha256}\n")
    monkeypatch.setattr(jars, "JAVA", tmp_path)
    return "some"


def test_second_run_fetches_nothing(repository: Repository, lock: str) -> None:
    """What the first run brought is on the class path of the second, without a request."""
    first = jars.classpath(lock)
    asked = len(repository.requests)
    assert asked > 0
    assert jars.classpath(lock) == first
    assert len(repository.requests) == asked
    assert Path(first).read_bytes() == CONTENT


def test_wrong_content_does_not_get_in(repository: Repository) -> None:
    """A jar whose hash is not the locked one is refused, and nothing of it stays in the cache."""
    wrong = replace(JAR, sha256="0" * 64)
    with pytest.raises(StackError, match="the lock says 0000"):
        jars.fetch(wrong)
    assert not wrong.path.exists()
    assert not list((wrong.path.parents[2]).glob("fetch-*"))


def test_passing_faults_are_tried_again(repository: Repository) -> None:
    """A server that answers 503 twice and then serves does not stop the set-up."""
    repository.broken = 2
    jars.fetch(JAR)
    assert JAR.path.read_bytes() == CONTENT


def test_absent_jar_is_an_error(repository: Repository) -> None:
    """A coordinate that the registry lacks ends with the coordinate's name."""
    with pytest.raises(StackError, match=r"cannot fetch org\.example:absent"):
        jars.fetch(replace(JAR, artifact="absent"))


def test_damaged_lock_is_named(tmp_path: Path) -> None:
    """A line that is no coordinate with a hash is shown, not skipped."""
    (tmp_path / "bad.lock").write_text("org.example:thing:1.0 123\n")
    with pytest.raises(StackError, match="not a line of a lock"):
        jars.read_lock(tmp_path / "bad.lock")


@pytest.mark.parametrize(("name", "wanted"), [("kafka", "kafka_2.13:4.3.1"), ("s3proxy", "s3proxy:3.1.0")])
def test_committed_locks_hold_what_runs(name: str, wanted: str) -> None:
    """Each committed lock is readable, has no coordinate twice and holds the program itself."""
    found = jars.read_lock(JAVA / f"{name}.lock")
    coordinates = [f"{jar.group}:{jar.artifact}:{jar.version}:{jar.classifier}" for jar in found]
    assert len(coordinates) == len(set(coordinates))
    assert any(wanted in line for line in coordinates)
