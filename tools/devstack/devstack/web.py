"""Builds the web app once per state of its sources; npm's own cache is inside the one cache folder."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from devstack import tools
from devstack.errors import StackError
from devstack.paths import ROOT, WEB, cache_dir
from devstack.progress import heartbeat

DIST, JUDGES = WEB / "dist", ROOT / "tests" / "judges"
PACKAGE, PACKED = WEB / "packages" / "react", WEB / "packages" / "dist"
IGNORED = {"node_modules", "dist", ".vite", "coverage"}
TIMEOUT = 900


def build() -> Path:
    """Return the folder of the built app, building it first where sources or lock changed."""
    install()
    stamp, state = DIST / ".stamp", _hash(_sources())
    if _read(stamp) != state:
        npm("building the web app", "run", "build")
        stamp.write_text(state)
    return DIST


def package() -> Path:
    """Return the tarball of `@seatime/react`, building and packing it first where sources or lock changed."""
    install()
    own = ("package", "tsconfig", "packages/", "src/seatime/")
    sources = [path for path in _sources() if path.relative_to(WEB).as_posix().startswith(own)]
    stamp, state = PACKED / ".stamp", _hash(sources)
    if _read(stamp) != state:
        npm("building the package", "run", "--silent", "build", folder=PACKAGE)
        shutil.rmtree(PACKED, ignore_errors=True)
        PACKED.mkdir()
        npm("packing it", "pack", "--silent", "--pack-destination", str(PACKED), folder=PACKAGE)
        stamp.write_text(state)
    (tarball,) = PACKED.glob("*.tgz")
    return tarball


def install(folder: Path = WEB, what: str = "fetching the web app's packages") -> None:
    """`npm ci` in a folder with a lock, where that changed."""
    stamp, state = folder / "node_modules" / ".stamp", _hash([folder / "package.json", folder / "package-lock.json"])
    if _read(stamp) != state:
        npm(what, "ci", "--no-audit", "--no-fund", "--prefer-offline", folder=folder)
        stamp.write_text(state)


def judges() -> None:
    """The programs by Mux and others that judge the simulator in the tests."""
    install(JUDGES, "fetching the tests' judges")


def generate() -> None:
    """The API client's types, from docs/openapi."""
    install()
    npm("generating the API client's types", "run", "--silent", "generate")


def check() -> None:
    """The web app's own linter and tests, whether its API client fits docs/openapi, and what its pages weigh."""
    install()
    npm("comparing the API client with docs/openapi", "run", "--silent", "generate", "--", "--check")
    npm("linting the web app", "run", "--silent", "lint")
    npm("testing the web app", "run", "--silent", "test")
    build()
    npm("weighing the web app", "run", "--silent", "budget")


def environment() -> dict[str, str]:
    return {"npm_config_cache": str(cache_dir() / "npm"), "npm_config_update_notifier": "false"} | tools.environment()


def npm(what: str, *arguments: str, folder: Path = WEB) -> None:
    """Run npm in a folder; raise StackError where it fails."""
    with heartbeat(what):
        done = subprocess.run([*tools.npm(), *arguments], cwd=folder, env=environment(), timeout=TIMEOUT, check=False)
    if done.returncode:
        raise StackError(f"{what} failed: npm {' '.join(arguments)} in {folder} ended with {done.returncode}")


def _sources() -> list[Path]:
    found = []
    for folder, folders, files in os.walk(WEB):
        folders[:] = sorted(name for name in folders if name not in IGNORED)
        found += [Path(folder) / name for name in sorted(files)]
    return found


def _hash(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _read(stamp: Path) -> str:
    return stamp.read_text() if stamp.exists() else ""


if __name__ == "__main__":
    try:
        {"check": check, "judges": judges, "build": build, "generate": generate, "package": package}[sys.argv[1]]()
    except StackError as error:
        sys.exit(str(error))
