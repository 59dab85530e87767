"""What the upload service is told by its environment, beyond what every service is."""

from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import SettingsConfigDict

from servicekit.settings import CommonSettings
from upload_service.placement import Limit

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
    mux_posts_per_s: float = Field(default=1, gt=0, description="Of this process; Mux's limit is the account's.")
    mux_calls_per_s: float = Field(default=5, gt=0, description="All but POST, likewise.")
    mux_burst: int = Field(default=3, ge=1, description="Calls that may come at once after a quiet time.")
    mux_breaker_failures: int = Field(default=5, ge=1, description="In a row, after which Mux is left alone.")
    mux_breaker_window_s: float = Field(default=30, gt=0, description="Within which they have to fall.")
    mux_breaker_rest_s: float = Field(default=10, gt=0, description="For how long, before one call tries again.")
    mux_upload_timeout_s: int = Field(default=86_400, ge=60, le=604_800, description="How long an upload URL lives.")

    s3_endpoint_url: str | None = Field(default=None, pattern=r"^https?://[^/?#]+[^?#]*$")
    s3_public_endpoint_url: str | None = Field(
        default=None, pattern=r"^https?://[^/?#]+[^?#]*$", description="Where browsers reach S3, if elsewhere."
    )
    s3_bucket: str = "seatime"
    s3_access_key_id: str | None = None
    s3_secret_access_key: SecretStr | None = None
    s3_region: str = "us-east-1"
    s3_connect_timeout_s: float = Field(default=3, gt=0)
    s3_read_timeout_s: float = Field(default=30, gt=0)

    file_limits: dict[str, Limit] = Field(
        default={"admin": Limit(5 * 2**30, _TAKEN), "instructor": Limit(2 * 2**30, _TAKEN)},
        description="By role: bytes and patterns of types. A role that is not named brings no files.",
    )
    video_limits: dict[str, Limit] = Field(
        default={"admin": Limit(64 * 2**30, ("video/*",)), "instructor": Limit(16 * 2**30, ("video/*",))},
        description="The same for videos.",
    )
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

    reconcile_every_s: float = Field(default=15, gt=0)
    reconcile_after_s: float = Field(default=300, ge=0, description="Age at which silence about an upload is checked.")
    reconcile_calls_per_s: float = Field(default=2, gt=0, le=5, description="Mux allows 5 in all per account.")
    parked_red_after_s: float = Field(default=900, gt=0, description="Age of a parked webhook that is a fault.")
    parked_expire_after_s: float = Field(default=86_400, gt=0, description="Age at which it is given up as foreign.")

    lesson_stream_s: float = Field(default=900, gt=0, description="How long one stream of a lesson's status lasts.")

    @property
    def webhook_secrets(self) -> tuple[bytes, ...]:
        """The live secrets; none means that every webhook is refused."""
        parts = self.mux_webhook_secrets.get_secret_value().split(",")
        return tuple(part.strip().encode() for part in parts if part.strip())

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
