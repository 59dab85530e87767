"""What ours is measured against: fetched by locks, Node's next to their sources, Python's into an environment apart."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from devstack import web
from devstack.paths import ROOT, cache_dir

FOLDER = ROOT / "benchmarks" / "peers"
LOCK = FOLDER / "requirements.lock"


def node() -> Path:
    """The folder with Node's peers, their packages fetched."""
    web.install(FOLDER, "fetching the benchmark's peers")
    return FOLDER


def python() -> Path:
    """The Python that has the peers' packages; made anew where the lock or Python changed."""
    venv = cache_dir() / "benchmark-peers"
    stamp, state = venv / ".stamp", hashlib.sha256(sys.version.encode() + LOCK.read_bytes()).hexdigest()
    interpreter = venv / "bin" / "python"
    if not stamp.exists() or stamp.read_text() != state:
        print("· fetching the benchmark's peers", file=sys.stderr, flush=True)
        env = {"UV_CACHE_DIR": str(cache_dir() / "uv")} | os.environ
        uv = [sys.executable, "-m", "uv"]
        sync = ["pip", "sync", "--quiet", "--python", str(interpreter), "--require-hashes", str(LOCK)]
        for arguments in (["venv", "--quiet", "--clear", "--python", sys.executable, str(venv)], sync):
            subprocess.run([*uv, *arguments], env=env, check=True, timeout=900)
        stamp.write_text(state)
    return interpreter
