"""Where a player finds a video, by what holds it: Mux with tokens, Mux in public, or our bucket."""

from dataclasses import dataclass
from math import floor
from typing import Protocol

from playback_service.configured import Missing, needed
from playback_service.entitlement import Video
from playback_service.signing import Tokens, TokenSigner
from playback_service.storage import Presigner


@dataclass(frozen=True, slots=True)
class Addresses:
    """`signed_url` ends with the grant, `video_url` of a public video does not. An S3 lesson has both, alike."""

    video_url: str | None = None
    signed_url: str | None = None
    poster: str | None = None
    storyboard: str | None = None
    tokens: Tokens | None = None


class Delivery(Protocol):
    """A way to a video. `key_id` names the Mux signing key, where one signs."""

    @property
    def key_id(self) -> str | None: ...
    async def addresses(self, *, now: float, end: int) -> Addresses: ...


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The ways that this deployment has."""

    signer: TokenSigner | Missing
    presigner: Presigner | Missing
    stream_base_url: str
    image_base_url: str

    def of(self, video: Video) -> Delivery:
        """The way to this video. Raises NotConfigured if the deployment lacks what it takes."""
        if video.provider == "s3":
            return _FromS3(needed(self.presigner), video.location)
        bases = (self.stream_base_url, self.image_base_url)
        if video.signed:
            return _SignedMux(needed(self.signer), video.location, *bases)
        return _PublicMux(video.location, *bases)


@dataclass(frozen=True, slots=True)
class _FromS3:
    presigner: Presigner
    s3_key: str

    @property
    def key_id(self) -> str | None:
        return None

    async def addresses(self, *, now: float, end: int) -> Addresses:
        url = self.presigner.url(self.s3_key, seconds=max(1, floor(end - now)))
        return Addresses(video_url=url, signed_url=url)


@dataclass(frozen=True, slots=True)
class _PublicMux:
    """Mux refuses a token on a public playback id, so there is none."""

    playback_id: str
    stream_base_url: str
    image_base_url: str

    @property
    def key_id(self) -> str | None:
        return None

    async def addresses(self, *, now: float, end: int) -> Addresses:
        return Addresses(
            video_url=f"{self.stream_base_url}/{self.playback_id}.m3u8",
            poster=f"{self.image_base_url}/{self.playback_id}/thumbnail.jpg",
            storyboard=f"{self.image_base_url}/{self.playback_id}/storyboard.vtt",
        )


@dataclass(frozen=True, slots=True)
class _SignedMux:
    signer: TokenSigner
    playback_id: str
    stream_base_url: str
    image_base_url: str

    @property
    def key_id(self) -> str | None:
        return self.signer.key_id

    async def addresses(self, *, now: float, end: int) -> Addresses:
        tokens = await self.signer.tokens(self.playback_id, end=end)
        return Addresses(
            signed_url=f"{self.stream_base_url}/{self.playback_id}.m3u8?token={tokens.playback}",
            poster=f"{self.image_base_url}/{self.playback_id}/thumbnail.jpg?token={tokens.thumbnail}",
            storyboard=f"{self.image_base_url}/{self.playback_id}/storyboard.vtt?token={tokens.storyboard}",
            tokens=tokens,
        )
