"""What one simulator is: where it listens, whom it believes, how hard it transcodes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Config:
    """Settings of one simulator. Times are seconds; sizes bytes.

    `public_url` is where browsers reach this server (upload and playlist URLs are built on it); without it
    the request's own scheme and Host are used. `signing_keys` maps key id to base64(PEM), known from the start.
    `ladder` holds the short sides of the renditions, each capped at the source's. With `reuse_transcodes` the same
    bytes are transcoded once, for tests with thousands of assets. What was delivered is told after `usage_lag`: at
    once, while Mux's own figures end twelve hours ago.
    """

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = 8400
    tls_port: int | None = None
    public_url: str | None = None

    token_id: str = "sim-token-id"
    token_secret: str = "sim-token-secret"
    environment_id: str = "simenv"
    environment_name: str = "Simulator"
    signing_keys: Mapping[str, str] = field(default_factory=dict)

    webhook_url: str | None = None
    webhook_secret: str = "sim-webhook-secret"
    webhook_timeout: float = 5.0
    webhook_retry_base: float = 1.0
    webhook_retry_cap: float = 3600.0
    webhook_max_attempts: int = 30

    ffmpeg: Path | None = None
    ladder: tuple[int, ...] = (360, 720)
    preset: str = "ultrafast"
    threads: int = 2
    parallel_transcodes: int = 1
    fetch_timeout: float = 60.0
    reuse_transcodes: bool = False

    usage_lag: float = 0.0
    page_limit: int = 25
    rate_limits: bool = False
    retry_after: int | None = None
    control_from_anywhere: bool = False
