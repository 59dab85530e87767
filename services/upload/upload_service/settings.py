"""What the upload service is told by its environment, beyond what every service is."""

from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from servicekit.settings import CommonSettings
from upload_service.placement import Limit
from upload_service.pricing import Prices

_TAKEN = (
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "image/heic",
    "audio/*",
    "text/plain",
    "text/csv",
    "text/vtt",
    "text/markdown",
    "application/json",
    "application/pdf",
    "application/zip",
    "application/epub+zip",
    "application/msword",
    "application/vnd.*",
)


class Settings(CommonSettings):
    """Durations are seconds. Without S3's credentials the process starts, and what needs them answers 503."""

    model_config = SettingsConfigDict(env_ignore_empty=True)

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_UPLOAD", "database_url"))

    mux_base_url: str = "https://api.mux.com"
    mux_token_id: str = ""
    mux_token_secret: SecretStr = SecretStr("")
    mux_webhook_secrets: SecretStr = Field(
        default=SecretStr(""), description="Comma separated; several are live while one is being rotated."
    )
    mux_connect_timeout_s: float = Field(default=3, gt=0)
    mux_read_timeout_s: float = Field(default=10, gt=0)
    mux_threads: int = Field(default=8, ge=1, le=64)
    mux_deadline_s: float = Field(default=20, gt=0, description="For a call with its waits and its retries.")
    mux_attempts: int = Field(default=4, ge=1, le=10, description="Of a call that may be repeated.")
    mux_retry_after_cap_s: float = Field(default=10, ge=0, description="If Mux asks for more, the call gives up.")
    mux_posts_per_s: float = Field(
        default=1, gt=0, description="Of all processes together; without the database, each."
    )
    mux_calls_per_s: float = Field(default=5, gt=0, description="All but POST, likewise.")
    mux_burst: int = Field(default=3, ge=1, description="Calls that may come at once after a quiet time.")
    mux_bulk_patience_s: float = Field(default=60, ge=0, description="How long bulk work waits for its turn, at most.")
    mux_breaker_failures: int = Field(default=5, ge=1, description="In a row, after which Mux is left alone.")
    mux_breaker_window_s: float = Field(default=30, gt=0, description="Within which they have to fall.")
    mux_breaker_rest_s: float = Field(default=10, gt=0, description="For how long, before one call tries again.")
    mux_upload_timeout_s: int = Field(default=86_400, ge=60, le=604_800, description="How long an upload URL lives.")

    mux_signing_key: str | None = Field(default=None, description="Id of the key by which copies are looked at.")
    mux_private_key: SecretStr | None = Field(default=None, description="Base64 of the PEM, PKCS#1 or PKCS#8.")
    mux_stream_base_url: str = Field(default="https://stream.mux.com", pattern=r"^https?://[^/?#]+[^?#]*$")

    transfer_lease_s: float = Field(default=180, gt=0, description="How long a transfer is one process's alone.")
    transfer_poll_s: float = Field(default=5, gt=0, description="First pause before Mux is asked about a copy.")
    transfer_url_ttl_s: int = Field(default=3_600, ge=60, le=86_400, description="How long Mux may begin to fetch.")
    transfer_patience_s: float = Field(default=86_400, gt=0, description="For Mux's processing of one copy.")
    transfer_looks: int = Field(default=8, ge=1, description="At a copy that is refused, before it counts as failed.")
    transfer_fetch_timeout_s: float = Field(default=15, gt=0, description="For a playlist or a segment.")
    redrive_every_s: float = Field(default=5, gt=0, description="How often work for transfers is looked for.")
    redrive_concurrency: int = Field(default=4, ge=1, le=64)
    redrive_grace_s: int = Field(
        default=604_800, ge=0, description="How long an S3 original outlives its copy, where no migration says."
    )

    s3_endpoint_url: str | None = Field(default=None, pattern=r"^https?://[^/?#]+[^?#]*$")
    s3_public_endpoint_url: str | None = Field(
        default=None, pattern=r"^https?://[^/?#]+[^?#]*$", description="Where browsers reach S3, if elsewhere."
    )
    s3_provider_endpoint_url: str | None = Field(
        default=None, pattern=r"^https?://[^/?#]+[^?#]*$", description="Where Mux reaches S3, if not as browsers do."
    )
    s3_bucket: str = "seatime"
    s3_access_key_id: str | None = None
    s3_secret_access_key: SecretStr | None = None
    s3_region: str = "us-east-1"
    s3_connect_timeout_s: float = Field(default=3, gt=0)
    s3_read_timeout_s: float = Field(default=30, gt=0)

    file_limits: dict[str, Limit] = Field(
        default={"admin": Limit(64 * 2**30, _TAKEN), "instructor": Limit(16 * 2**30, _TAKEN)},
        description="By role: bytes and patterns of types. A role that is not named brings no files.",
    )
    video_limits: dict[str, Limit] = Field(
        default={"admin": Limit(64 * 2**30, ("video/*",)), "instructor": Limit(16 * 2**30, ("video/*",))},
        description="The same for videos.",
    )
    upload_one_piece_bytes: int = Field(
        default=16 << 20, ge=1, le=5 << 30, description="Up to this size anything goes to S3 in one request."
    )
    upload_part_bytes: int = Field(
        default=8 << 20, ge=5 << 20, le=5 << 30, description="Of larger ones; more where they would be over 10,000."
    )
    upload_part_ttl_s: int = Field(default=3600, ge=60, le=86_400, description="How long a part's address lives.")
    file_upload_ttl_s: int = Field(default=900, ge=10, le=86_400, description="How long an upload's address lives.")
    file_download_ttl_s: int = Field(default=300, ge=10, le=86_400)
    file_abandoned_after_s: float = Field(
        default=86_400, ge=0, description="When an unfinished upload is cleared away."
    )
    video_abandoned_after_s: float = Field(
        default=43_200, ge=60, description="When a video that is still on its way to S3 counts as interrupted."
    )
    clear_every_s: float = Field(default=60, gt=0, description="How often unwanted objects are looked for.")

    import_ports: tuple[int, ...] = Field(default=(80, 443), description="Of servers that videos are imported from.")

    migration_batch: int = Field(default=20, ge=1, le=1000, description="Videos on their way to Mux at once.")
    migration_concurrency: int = Field(default=4, ge=1, le=64, description="Of these, worked on at once.")
    migration_grace_s: int = Field(
        default=30 * 86_400, ge=0, le=366 * 86_400, description="How long a video can be rolled back to S3."
    )
    mux_price_encoding_per_minute: float = Field(default=0, ge=0, description="US dollars, once.")
    mux_price_storage_per_minute: float = Field(default=0.005, ge=0, description="US dollars a month.")
    mux_price_delivery_per_minute: float = Field(default=0.001, ge=0, description="US dollars, each time.")

    reconcile_every_s: float = Field(default=15, gt=0)
    reconcile_after_s: float = Field(default=300, ge=0, description="Age at which silence about an upload is checked.")
    reconcile_calls_per_s: float = Field(default=2, gt=0, le=5, description="Mux allows 5 in all per account.")
    parked_red_after_s: float = Field(default=900, gt=0, description="Age of a parked webhook that is a fault.")
    parked_expire_after_s: float = Field(default=86_400, gt=0, description="Age at which it is given up as foreign.")

    captions_every_s: float = Field(default=5, gt=0, description="How often captions are brought to S3 and Mux.")
    captions_address_ttl_s: int = Field(
        default=3600, ge=60, le=86_400, description="How long Mux may take to fetch a caption's text from S3."
    )

    replaced_keep_s: float = Field(default=7 * 86_400, ge=0, description="How long a replaced video is kept.")
    webhook_payload_keep_s: float = Field(default=30 * 86_400, ge=86_400, description="Of webhooks, their bodies.")
    failed_upload_keep_s: float = Field(
        default=30 * 86_400, ge=0, description="How long a failed upload is kept that was followed by another."
    )
    deleted_upload_keep_s: float = Field(default=90 * 86_400, ge=0, description="Of uploads whose video is gone.")
    orphan_keep_s: float = Field(
        default=7 * 86_400, ge=0, description="Age from which objects and assets without a row are orphans."
    )
    retention_delete_orphans: bool = Field(default=False, description="Else they are only counted and named.")
    retention_every_s: float = Field(default=3600, gt=0)

    lesson_stream_s: float = Field(default=900, gt=0, description="How long one stream of a lesson's status lasts.")

    @property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        """The live secrets; none means that every webhook is refused."""
        parts = self.mux_webhook_secrets.get_secret_value().split(",")
        return tuple(part.strip().encode() for part in parts if part.strip())

    @property
    def mux_prices(self) -> Prices:
        return Prices(
            encoding=self.mux_price_encoding_per_minute,
            storage=self.mux_price_storage_per_minute,
            delivery=self.mux_price_delivery_per_minute,
        )

    @property
    def mux_price_source(self) -> str:
        """Where the prices come from, in words."""
        fields = ("mux_price_encoding_per_minute", "mux_price_storage_per_minute", "mux_price_delivery_per_minute")
        given = [name.upper() for name in fields if getattr(self, name) != type(self).model_fields[name].default]
        return f"as set by {', '.join(given)}" if given else "Mux's list prices, as they were when this was written"

    @property
    def s3_base_url(self) -> str:
        """What is before the key in an object's address, as browsers see it."""
        endpoint = self.s3_public_endpoint_url or self.s3_endpoint_url
        if endpoint:
            return f"{endpoint.rstrip('/')}/{self.s3_bucket}"
        return f"https://{self.s3_bucket}.s3.{self.s3_region}.amazonaws.com"

    @property
    def upload_origin(self) -> str:
        """The origin of the browsers that upload: scheme and authority of `public_base_url`."""
        parts = urlsplit(self.public_base_url)
        return f"{parts.scheme}://{parts.netloc}"
