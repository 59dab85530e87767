"""Finds Chromium for the browser tests; as root on Debian it is installed, with apt's own progress to be seen."""

import os
import shutil
import subprocess
import sys

from devstack import tools
from devstack.progress import console

TIMEOUT = 900
HINT = (
    "no Chromium on this machine: the browser tests need Debian's (apt-get install chromium) or CHROMIUM=/path/to/one"
)


def ensure() -> str | None:
    """The path of a Chromium, or None where there is none and none could be installed."""
    if found := tools.chromium():
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        console.print("· installing Debian's chromium for the browser tests")
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", "-q", *command], env=env, timeout=TIMEOUT, check=False)
        tools.chromium.cache_clear()
    return tools.chromium()


if __name__ == "__main__":
    if ensure() is None:
        console.print(HINT)
        sys.exit(1 if os.environ.get("CI") else 0)
