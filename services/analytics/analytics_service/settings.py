"""What the environment tells the analytics service."""

from pydantic import AliasChoices, Field, SecretStr

from analytics_service.costs import Prices
from servicekit.forgotten import ErasureKey
from servicekit.settings import CommonSettings


class Settings(CommonSettings):
    """Both processes read this; `database_url` is the API's role, which reads and sees one learner at a time."""

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_ANALYTICS", "database_url"))
    analytics_max_age_s: int = Field(default=5, ge=0, description="How long a browser may show a report unasked.")
    live_poll_s: float = Field(default=0.5, gt=0, description="How often a process looks at the courses it streams.")
    live_stream_s: float = Field(default=900, gt=0, description="How long one stream of a course's live view lasts.")

    drift_window_days: int = Field(default=28, ge=1, le=90, description="Days over which we are compared with Mux.")
    drift_threshold: float = Field(default=0.15, gt=0, le=1, description="Share from which a difference alarms.")
    drift_least_views: int = Field(default=20, ge=1, description="Lessons with fewer views do not alarm.")

    mux_price_encoding_per_minute: float = Field(default=0, ge=0, description="US dollars, once.")
    mux_price_storage_per_minute: float = Field(default=0.005, ge=0, description="US dollars a month.")
    mux_price_delivery_per_minute: float = Field(default=0.001, ge=0, description="US dollars, each time.")
    s3_price_storage_per_gb: float = Field(default=0.023, ge=0, description="US dollars a month.")
    s3_price_transfer_per_gb: float = Field(default=0.09, ge=0, description="US dollars, each time.")
    s3_assumed_bits_per_s: float = Field(
        default=2_500_000, gt=0, description="Of videos in S3, whose sizes are unknown."
    )

    webhook_sealing_secret: SecretStr | None = Field(
        default=None, description="Fernet keys, comma separated: encrypt the secrets of webhooks; the first seals."
    )
    webhook_ports: tuple[int, ...] = Field(default=(443,), description="Of receivers of webhooks.")
    webhook_local_receivers: bool = Field(
        default=False,
        description="For development: webhooks may go to this machine itself, on any port, and without TLS.",
    )
    webhook_timeout_s: float = Field(default=15, gt=0, le=60, description="For one attempt, the answer included.")

    @property
    def prices(self) -> Prices:
        return Prices(
            encoding=self.mux_price_encoding_per_minute,
            storage=self.mux_price_storage_per_minute,
            delivery=self.mux_price_delivery_per_minute,
            s3_storage=self.s3_price_storage_per_gb,
            s3_transfer=self.s3_price_transfer_per_gb,
            s3_bits_per_s=self.s3_assumed_bits_per_s,
        )


class WorkerSettings(Settings):
    """The worker: the role that writes for every learner. Without a token Mux is not asked for its figures."""

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_ANALYTICS_WORKER", "database_url"))
    erasure_key: ErasureKey = None
    analytics_smallest_group: int = Field(
        default=5,
        ge=1,
        description="Groups of fewer learners are not shown, by the API and by SQL; 1 shows everybody.",
    )

    mux_base_url: str = Field(default="https://api.mux.com", pattern=r"^https?://[^/?#]+[^?#]*$")
    mux_token_id: str = Field(
        default="", description="Of a token that may read Data and Video; low priority is enough."
    )
    mux_token_secret: SecretStr = SecretStr("")
    mux_sync_every_s: float = Field(default=900, gt=0, description="How often Mux is asked for its figures.")
    mux_sync_back_days: int = Field(default=30, ge=0, le=89, description="Days before today that are asked about.")
    mux_settled_after_s: float = Field(
        default=129_600, ge=0, description="After a day's end: what Mux says of it then is final."
    )
    mux_sync_calls_per_s: float = Field(default=1, gt=0, le=5, description="Mux allows 5 to all who use the account.")
    mux_sync_timeout_s: float = Field(default=20, gt=0)
    mux_view_samples: int = Field(
        default=50, ge=0, le=100, description="Views that are asked how far they came, each turn; one call each."
    )
    budget_check_every_s: float = Field(default=300, gt=0, description="How often budgets are compared with costs.")

    webhook_concurrency: int = Field(default=64, ge=1, le=1000, description="Attempts at once, in one process.")
    webhook_per_endpoint: int = Field(default=4, ge=1, description="Of these to one endpoint, over all processes.")
    webhook_poll_s: float = Field(default=1, gt=0, description="How often it is looked for what is due.")
    webhook_disable_after_s: float = Field(
        default=5 * 86_400, gt=0, description="An endpoint that has done nothing but fail for so long is disabled."
    )
    webhook_keep_s: float = Field(
        default=30 * 86_400, ge=8 * 86_400, description="How long deliveries and their log are kept."
    )
