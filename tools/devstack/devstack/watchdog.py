"""Outlives its parent by a moment: when the pipe from the parent closes, however the parent died, it ends what is left.

Reads `+<process group> <signal>` and `-<process group>` lines. Standard library only; it runs as a plain script.
"""

import contextlib
import os
import signal
import sys
import time

GRACE = 8.0


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end(groups: dict[int, int]) -> None:
    for group, number in groups.items():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, number)
    deadline = time.monotonic() + GRACE
    while any(alive(group) for group in groups) and time.monotonic() < deadline:
        time.sleep(0.05)
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        fields = line[1:].split()
        if line.startswith("+"):
            groups[int(fields[0])] = int(fields[1])
        else:
            groups.pop(int(fields[0]), None)
    end(groups)


if __name__ == "__main__":
    main()
