"""Jars by a lock of coordinates and hashes: a file is in the cache only once its hash was right.

So a second run fetches nothing, an interrupted one goes on where it stopped, and runs side by side do no harm.
`SEATIME_MAVEN_URL` names a mirror of the registry.
"""

import hashlib
import os
import re
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from jgo.maven import MavenContext

from devstack.errors import StackError
from devstack.paths import JAVA, cache_dir
from devstack.progress import fetching

AT_ONCE = 8
ATTEMPTS = 4
TIMEOUT = 60
LINE = re.compile(
    r"^(?P<group>[^:\s]+):(?P<artifact>[^:\s]+):(?P<version>[^:\s]+)(:(?P<classifier>\S+))? (?P<sha256>[0-9a-f]{64})$"
)


@dataclass(frozen=True)
class Jar:
    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str

    @property
    def name(self) -> str:
        return "-".join(part for part in (self.artifact, self.version, self.classifier) if part) + ".jar"

    @property
    def path(self) -> Path:
        return cache_dir() / "jars" / self.sha256 / self.name


def read_lock(path: Path) -> list[Jar]:
    """The jars of a lock file: a line each, `group:artifact:version[:classifier] sha256`; `#` begins a comment."""
    jars = []
    for line in path.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        match = LINE.match(line)
        if match is None:
            raise StackError(f"{path}: not a line of a lock: {line!r}")
        jars.append(Jar(**{key: value or "" for key, value in match.groupdict().items()}))
    return jars


def classpath(name: str) -> str:
    """Fetch what is missing of `deploy/java/<name>.lock` and return the class path of all of it."""
    jars = read_lock(JAVA / f"{name}.lock")
    missing = [jar for jar in jars if not jar.path.exists()]
    if missing:
        _fetch_all(name, missing)
    return os.pathsep.join(str(jar.path) for jar in jars)


def _fetch_all(name: str, jars: list[Jar]) -> None:
    with fetching(f"fetching {name}", len(jars)) as advance, ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(fetch, jar) for jar in jars]
        try:
            for future in as_completed(futures):
                future.result()
                advance()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def fetch(jar: Jar) -> None:
    """Put one jar into the cache, or raise StackError when it cannot be had or is not the one that was locked."""
    jar.path.parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, ATTEMPTS + 1):
        work = Path(tempfile.mkdtemp(prefix="fetch-", dir=cache_dir()))
        try:
            found = _resolve(jar, work)
            digest = hashlib.sha256(found.read_bytes()).hexdigest()
            if digest != jar.sha256:
                raise StackError(f"{jar.name}: sha256 is {digest}, the lock says {jar.sha256}")
            found.replace(jar.path)
            return
        except (OSError, RuntimeError) as error:
            if attempt == ATTEMPTS:
                raise StackError(f"cannot fetch {jar.group}:{jar.name}: {error}") from error
            time.sleep(2**attempt / 4)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _resolve(jar: Jar, work: Path) -> Path:
    mirror = os.environ.get("SEATIME_MAVEN_URL")
    repositories = {"mirror": mirror.rstrip("/")} if mirror else None
    context = MavenContext(repo_cache=work, local_repos=[], remote_repos=repositories, timeout=TIMEOUT)
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    found: Path = component.artifact(classifier=jar.classifier, packaging="jar").resolve()
    return found


if __name__ == "__main__":
    for lock in ("kafka", "s3proxy"):
        classpath(lock)
