"""The simulator's own time: real time plus what a test has added, so that expiry needs no waiting."""

import time


class Clock:
    """Seconds since the epoch; `advance` moves uploads' and tokens' time forward, webhook signatures stay real."""

    def __init__(self) -> None:
        self.offset = 0.0

    def now(self) -> float:
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds
