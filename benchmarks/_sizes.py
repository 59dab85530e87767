"""How long a benchmark is: as usual, as a variable says, or short, which shows that it runs and measures nothing."""

import os

SHORT = "BENCH_SHORT"


def text(variable: str, usual: str, *, short: str) -> str:
    return os.environ.get(variable, short if os.environ.get(SHORT) else usual)


def number(variable: str, usual: int, *, short: int) -> int:
    return int(text(variable, str(usual), short=str(short)))


def numbers(variable: str, usual: str, *, short: str) -> list[int]:
    """Whole numbers with blanks between."""
    return [int(one) for one in text(variable, usual, short=short).split()]
