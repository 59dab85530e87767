"""What Mux remembers: uploads, assets, keys, webhook endpoints, events and their deliveries."""

from dataclasses import dataclass, field
from typing import Any, Literal

Json = dict[str, Any]

UploadStatus = Literal["waiting", "asset_created", "errored", "cancelled", "timed_out"]
AssetStatus = Literal["preparing", "ready", "errored"]
DeliveryState = Literal["pending", "held", "dropped", "delivered", "failed"]


@dataclass(kw_only=True)
class Upload:
    """A direct upload; `settings` is the normalised `new_asset_settings`, `total` the file's size once known."""

    id: str
    created_at: float
    timeout: int
    cors_origin: str
    settings: Json
    test: bool = False
    status: UploadStatus = "waiting"
    asset_id: str | None = None
    error: Json | None = None
    total: int | None = None

    @property
    def expires_at(self) -> float:
        return self.created_at + self.timeout


@dataclass(kw_only=True)
class Asset:
    """An asset; `media` describes the stored renditions (see `transcode`), `sequence` orders the listing.

    `text_sources` says by track id where a text track comes from: a URL, or None for a generated one. `delivered`
    counts the seconds of segments served, by hour (unix time of its begin, as text) and resolution tier.
    """

    id: str
    sequence: int
    created_at: int
    settings: Json
    ingest_type: str
    playback_ids: list[Json]
    upload_id: str | None = None
    status: AssetStatus = "preparing"
    progress_state: str = "ingesting"
    progress: float = 0.0
    errors: Json | None = None
    tracks: list[Json] = field(default_factory=list)
    media: Json | None = None
    input_files: list[Json] = field(default_factory=list)
    text_sources: Json = field(default_factory=dict)
    delivered: dict[str, dict[str, float]] = field(default_factory=dict)


@dataclass(kw_only=True)
class SigningKey:
    """The public half only: Mux hands out the private half once."""

    id: str
    created_at: int
    public_pem: str


@dataclass(kw_only=True)
class Restriction:
    """A playback restriction: which pages and programs may play with tokens that name it."""

    id: str
    created_at: int
    updated_at: int
    referrer: Json
    user_agent: Json


@dataclass(kw_only=True)
class Endpoint:
    """Where webhooks go, and the secret that signs them."""

    id: str
    url: str
    secret: str
    created_at: float
    enabled: bool = True


@dataclass(kw_only=True)
class Event:
    """A webhook's content; the envelope's `attempts` come from its deliveries."""

    id: str
    sequence: int
    type: str
    object_type: str
    object_id: str
    lane: str
    created_at: str
    data: Json


@dataclass(kw_only=True)
class Delivery:
    """One event on its way to one endpoint. `due_at` is real time, not the clock's."""

    id: str
    event_id: str
    endpoint_id: str
    state: DeliveryState = "pending"
    due_at: float = 0.0
    attempts: list[Json] = field(default_factory=list)


@dataclass(kw_only=True)
class View:
    """One viewing as its player's beacons told it, the last of them at `seen_at`; times in milliseconds."""

    id: str
    sequence: int
    playback_id: str | None
    asset_id: str | None
    video_id: str | None = None
    video_title: str | None = None
    viewer_id: str | None = None
    started_at: float = 0.0
    seen_at: float = 0.0
    watch_time: int = 0
    playing_time: int = 0
    max_playhead: int = 0
    duration: int = 0
    started: bool = False
    ended: bool = False
