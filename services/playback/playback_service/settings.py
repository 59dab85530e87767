"""What the playback service is told by its environment."""

from typing import Annotated

from pydantic import AliasChoices, Field, SecretStr, StringConstraints
from pydantic_settings import SettingsConfigDict

from servicekit.forgotten import ErasureKey
from servicekit.settings import CommonSettings

BaseUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^/?#]+[^?#]*$")]


class Settings(CommonSettings):
    """A missing signing key does not stop the start: lessons that need it answer 503 and name the setting."""

    model_config = SettingsConfigDict(env_ignore_empty=True)

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_PLAYBACK", "database_url"))
    database_pool_size: int = Field(default=10, ge=1)
    playback_budget_s: float = Field(default=0.9, gt=0, description="A grant that takes longer (s) becomes a 503.")

    mux_signing_key: str | None = Field(default=None, description="Id of the signing key.")
    mux_private_key: SecretStr | None = Field(default=None, description="Base64 of the PEM, PKCS#1 or PKCS#8.")
    signing_keys_secret: SecretStr | None = Field(
        default=None, description="Fernet keys, comma separated: encrypt the keys that rotation makes; the first seals."
    )
    signing_threads: int = Field(default=2, ge=1, description="Threads that make RSA signatures.")
    mux_base_url: BaseUrl = "https://api.mux.com"
    mux_token_id: str | None = Field(
        default=None, description="Access token: System write for key rotation, Video write for playback restrictions."
    )
    mux_token_secret: SecretStr | None = None
    restrictions_every_s: float = Field(default=3600, gt=0, description="How often unused restrictions are looked for.")
    restriction_keep_s: int = Field(
        default=86_400, ge=0, description="How long an unused restriction stays at Mux; a token's life at least."
    )
    mux_stream_base_url: BaseUrl = "https://stream.mux.com"
    mux_image_base_url: BaseUrl = "https://image.mux.com"

    s3_endpoint_url: BaseUrl | None = None
    s3_public_endpoint_url: BaseUrl | None = Field(default=None, description="Where browsers reach S3, if elsewhere.")
    s3_bucket: str = "seatime"
    s3_access_key_id: str | None = None
    s3_secret_access_key: SecretStr | None = None
    s3_region: str = "us-east-1"

    erasure_key: ErasureKey = None

    watch_grant_private_key: SecretStr | None = Field(default=None, description="Base64 of the PEM, Ed25519.")
    watch_grant_key_id: str = "watch-1"
    watch_grant_public_keys: dict[str, str] = Field(
        default_factory=dict, description="Base64 PEM by key id: former keys whose grants may still be refreshed."
    )
    watch_grant_min_s: int = Field(default=4 * 3600, ge=1)
    watch_grant_max_s: int = Field(default=12 * 3600, ge=1)

    playback_ttl_s: int = Field(default=3600, ge=5, le=7 * 86_400, description="Longest life of a token.")
    playback_ttl_min_s: int = Field(default=600, ge=5, description="Shortest life, for short videos.")

    playback_rate_limit: int = Field(
        default=60, ge=1, le=1_000_000, description="Grants per learner and window, and the burst."
    )
    playback_rate_window_s: int = Field(default=60, ge=1)

    playback_address_rate_limit: int = Field(
        default=3000, ge=1, le=1_000_000, description="Grants per address and window: a whole school may share one."
    )
    playback_address_rate_window_s: int = Field(default=60, ge=1)
    playback_lease_s: int = Field(default=120, ge=4, le=3600, description="How long a lease lasts without a refresh.")

    trusted_proxies: str = Field(
        default="", description="Networks, comma separated, whose X-Forwarded-For is believed."
    )
    audit_address_key: SecretStr | None = Field(
        default=None, description="Keys the hash of addresses in the audit; derived from the watch grant key if unset."
    )
