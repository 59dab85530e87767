"""Makes `.venv` from the hash locks: needs Python 3.11 and the standard library, nothing else.

Everything fetched goes to one cache folder. A stamp of what was installed makes the next call a matter of milliseconds.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".seatime-stamp"
PACKAGES = ["libs/contracts", "libs/servicekit"]
PACKAGES += [f"services/{name}" for name in ("upload", "playback", "progress", "analytics")]
PACKAGES += ["tools/mux_sim", "tools/devstack"]
HEARTBEAT = 10.0
LEAST = (3, 11)
NEEDED_GB = 2.0
"""What the cache folder, .venv and web/node_modules take together, and the stack's data (1.5), with some room."""
NO_PIP = """\
This Python cannot make a virtual environment with pip in it (Debian and Ubuntu keep that apart). Once, as root:

    apt-get install python3-venv

then run make again. Or name another Python: make PYTHON=/path/to/python3.11 …"""
ADVICE = """\
Mostly it is the network: behind a proxy set HTTPS_PROXY; an index of your own is named by PIP_INDEX_URL and
UV_DEFAULT_INDEX. Then run make again: it goes on where it stopped."""


def main() -> None:
    if sys.version_info < LEAST:
        sys.exit(f"Seatime needs Python 3.11 or later, and {sys.executable} is {sys.version.split()[0]}.")
    env = {**os.environ, **caches()}
    wheels = needed_wheels()
    locks = ["requirements-dev.lock", *(f"requirements-{name}.lock" for name in wheels)]
    stamp = fingerprint([*locks, "requirements-uv.lock", *(f"{package}/pyproject.toml" for package in PACKAGES)])
    if STAMP.exists() and STAMP.read_text() == stamp:
        return
    if (lack := no_room(env)) is not None:
        say(lack)
    make_venv(env)
    if wheels:
        say(f"this machine lacks {', '.join(wheels)}: wheels take their place")
    uv = [str(PYTHON), "-m", "uv", "--quiet", "pip"]
    run("installing the locked packages", [*uv, "sync", "--python", str(PYTHON), "--require-hashes", *locks], env)
    editable = [part for package in PACKAGES for part in ("-e", package)]
    own = [*uv, "install", "--python", str(PYTHON), "--no-deps", "--no-sources", "--no-build-isolation", *editable]
    run("installing Seatime's own packages", own, env)
    STAMP.write_text(stamp)


def caches() -> dict[str, str]:
    """Where pip, uv and npm keep what they fetch, unless the caller has said so."""
    chosen = os.environ.get("SEATIME_CACHE")
    cache = Path(chosen).expanduser() if chosen else Path.home() / ".cache" / "seatime"
    wanted = {"PIP_CACHE_DIR": cache / "pip", "UV_CACHE_DIR": cache / "uv", "npm_config_cache": cache / "npm"}
    return {name: os.environ.get(name, str(path)) for name, path in wanted.items()} | {
        "PIP_DISABLE_PIP_VERSION_CHECK": "1"
    }


def no_room(env: Mapping[str, str]) -> str | None:
    """What to say where the disk of the checkout or of the cache has less room than all of it takes."""
    for folder in (ROOT, Path(env["UV_CACHE_DIR"])):
        there = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(there).free / 1e9
        if free < NEEDED_GB:
            return f"{free:.1f} GB are free at {there}, and {NEEDED_GB:.0f} are wanted (SEATIME_CACHE moves the cache)"
    return None


def needed_wheels() -> list[str]:
    """Asked of devstack.tools, which runs without being installed."""
    ask = [sys.executable, "-m", "devstack.tools", "wheels"]
    seen = subprocess.run(ask, cwd=ROOT / "tools" / "devstack", capture_output=True, text=True, check=True)
    return seen.stdout.split()


def fingerprint(files: Sequence[str]) -> str:
    digest = hashlib.sha256(f"{ROOT} {sys.version}".encode())
    for name in files:
        digest.update(name.encode() + (ROOT / name).read_bytes())
    return digest.hexdigest()


def make_venv(env: Mapping[str, str]) -> None:
    if not usable():
        shutil.rmtree(VENV, ignore_errors=True)
        say("making .venv")
        made = subprocess.run(
            [sys.executable, "-m", "venv", str(VENV)], env=env, capture_output=True, text=True, check=False
        )
        if made.returncode:
            shutil.rmtree(VENV, ignore_errors=True)
            sys.exit(NO_PIP if "ensurepip" in made.stdout + made.stderr else made.stdout + made.stderr)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", "requirements-uv.lock"]
    run("installing uv", pip, env)


def usable() -> bool:
    """Whether .venv is of this Python and has pip."""
    if not PYTHON.exists():
        return False
    check = "import sys, pip; print(sys.version)"
    seen = subprocess.run([str(PYTHON), "-c", check], capture_output=True, text=True, check=False)
    return seen.returncode == 0 and seen.stdout.strip() == sys.version


def say(text: str) -> None:
    print(f"· {text}", flush=True)


def run(what: str, command: Sequence[str], env: Mapping[str, str]) -> None:
    """Run a command that shows its own progress; where that is silent, say now and then that it goes on."""
    say(what)
    began, over = time.monotonic(), threading.Event()

    def heartbeat() -> None:
        while not over.wait(HEARTBEAT):
            say(f"{what}: {time.monotonic() - began:.0f} s")

    threading.Thread(target=heartbeat, daemon=True).start()
    try:
        subprocess.run(command, cwd=ROOT, env=env, check=True)
    except subprocess.CalledProcessError as error:
        sys.exit(f"\n✗ {what} failed (code {error.returncode}). {no_room(env) or ADVICE}")
    finally:
        over.set()


if __name__ == "__main__":
    main()
