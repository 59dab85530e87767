"""When a budget's thresholds are crossed. Pure."""

from collections.abc import Collection
from dataclasses import dataclass

PLATFORM = "platform"
"""The scope of the whole platform's budget; a course's is its id behind `course:`."""

THRESHOLDS = (0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Budget:
    """US dollars a month. Another amount or other thresholds make another version, which is told of anew."""

    scope: str
    version: int
    monthly_usd: float
    thresholds: tuple[float, ...] = THRESHOLDS

    @property
    def course_id(self) -> str | None:
        return self.scope.removeprefix("course:") if self.scope.startswith("course:") else None


def scope_of(course_id: str | None) -> str:
    """The scope of a course's budget, or of the platform's."""
    return PLATFORM if course_id is None else f"course:{course_id}"


def crossed(budget: Budget, spent_usd: float, told: Collection[float]) -> list[float]:
    """The thresholds (shares of the budget) that the month has reached and nobody was told of, the lowest first."""
    return [
        share for share in sorted(budget.thresholds) if spent_usd >= share * budget.monthly_usd and share not in told
    ]
