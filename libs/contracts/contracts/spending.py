"""What videos cost, as far as others have to hear of it."""

from typing import Annotated

from pydantic import Field

from contracts import topics
from contracts.event import Event, Id, Timestamp, Version

Dollars = Annotated[float, Field(ge=0, description="US dollars.")]


class BudgetExceeded(Event):
    """A month's cost has reached a share of its budget: once for each budget, month and threshold.

    Without a course it is the whole platform's budget. Another amount makes another `version` of the budget.
    """

    topic = topics.BUDGET_EXCEEDED

    course_id: Id | None = None
    version: Version
    month: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$", description="In UTC.")]
    threshold: Annotated[float, Field(gt=0, description="Share of the budget that was reached; 1 is all of it.")]
    budget_usd: Dollars
    spent_usd: Dollars
    forecast_usd: Annotated[float, Field(ge=0, description="US dollars that the month is expected to cost in the end.")]
    exceeded_at: Timestamp

    @property
    def key(self) -> str:
        return self.course_id or "platform"
