"""What every process is told by its environment. A service adds its own fields to `CommonSettings`."""

from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class CommonSettings(BaseSettings):
    """Read from environment variables named like the fields, in upper case."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, frozen=True)

    kafka_bootstrap_servers: str = "127.0.0.1:9092"
    kafka_topic_prefix: str = Field(default="", description="Put before every topic and group name.")
    kafka_replication_factor: int = Field(default=1, ge=1)
    kafka_session_timeout_ms: int = Field(default=15_000, ge=6_000)

    auth_jwt_secret: SecretStr | None = Field(default=None, description="HS256 secret, at least 32 bytes.")
    auth_jwks_url: str | None = Field(default=None, description="Where the identity provider publishes its keys.")
    auth_issuer: str = "seatime"
    auth_audience: str = "seatime"

    public_base_url: str = "http://127.0.0.1:8000"
    http_host: str = "127.0.0.1"
    http_port: int = 8000
    cors_origins: str = Field(
        default="",
        pattern=r"^(https?://[^\s,/*]+(,\s*https?://[^\s,/*]+)*)?$",
        description="Whose pages may call, as `https://lms.example, https://…`; beside them those of our own origin.",
    )
    worker_health_host: str = "127.0.0.1"
    worker_health_port: int = Field(default=0, description="0 turns the worker's health server off.")

    otlp_endpoint: str | None = Field(
        default=None,
        validation_alias=AliasChoices("OTEL_EXPORTER_OTLP_ENDPOINT", "otlp_endpoint"),
        description="Where traces go (OTLP over HTTP); nowhere if unset.",
    )
    traces_ratio: float = Field(default=0.05, ge=0, le=1, description="Of the traces, the share that goes there.")

    log_level: str = "INFO"
    log_format: Literal["json", "console"] = "json"
