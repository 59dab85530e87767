"""Programs that only tests need and no wheel brings: as root on Debian they are installed, with apt's own progress."""

import os
import shutil
import subprocess
import sys

from devstack import tools
from devstack.progress import console

TIMEOUT = 900
PROGRAMS = {"chromium": tools.chromium, "nginx-light": tools.nginx}
"""Debian's package, and where to find what it brings."""


def missing() -> list[str]:
    """Debian's packages of the programs that this machine lacks."""
    return [package for package, find in PROGRAMS.items() if find() is None]


def ensure() -> list[str]:
    """Install what is missing, where that can be done; returns what is missing still."""
    packages = missing()
    if packages and os.geteuid() == 0 and shutil.which("apt-get"):
        console.print(f"· installing Debian's {' and '.join(packages)} for the tests")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", "-q", *command], env=env, timeout=TIMEOUT, check=False)
        for find in PROGRAMS.values():
            find.cache_clear()
    return missing()


if __name__ == "__main__":
    if lacking := ensure():
        install = f"apt-get install {' '.join(lacking)}"
        console.print(f"tests that need {' and '.join(lacking)} will be skipped; as root: {install}")
        sys.exit(1 if os.environ.get("CI") else 0)
