"""What the environment tells the analytics service."""

from pydantic import AliasChoices, Field

from servicekit.forgotten import ErasureKey
from servicekit.settings import CommonSettings


class Settings(CommonSettings):
    """Both processes read this; `database_url` is the API's role, which reads and sees one learner at a time."""

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_ANALYTICS", "database_url"))
    analytics_max_age_s: int = Field(default=5, ge=0, description="How long a browser may show a report unasked.")
    analytics_smallest_group: int = Field(
        default=5, ge=1, description="Groups of fewer learners are not shown; 1 shows everybody."
    )
    live_poll_s: float = Field(default=0.5, gt=0, description="How often a process looks at the courses it streams.")
    live_stream_s: float = Field(default=900, gt=0, description="How long one stream of a course's live view lasts.")


class WorkerSettings(Settings):
    """The worker: the role that writes for every learner."""

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_ANALYTICS_WORKER", "database_url"))
    erasure_key: ErasureKey = None
