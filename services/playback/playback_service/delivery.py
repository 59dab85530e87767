"""Where a player finds a video, by what holds it: Mux with tokens, Mux in public, or our bucket."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import floor
from typing import Protocol

from playback_service.configured import Missing, needed
from playback_service.entitlement import CaptionFile, Video
from playback_service.signing import PLAIN, Marks, SigningKey, Tokens, TokenSigner
from playback_service.storage import Presigner


@dataclass(frozen=True, slots=True)
class CaptionAddress:
    language_code: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """`signed_url` ends with the grant, `video_url` of a public video does not. An S3 lesson has both, alike."""

    video_url: str | None = None
    signed_url: str | None = None
    poster: str | None = None
    storyboard: str | None = None
    tokens: Tokens | None = None
    captions: tuple[CaptionAddress, ...] = ()


class Delivery(Protocol):
    """A way to a video. `key_id` names the Mux signing key, where one signs, `per_viewer` whose the token is."""

    @property
    def key_id(self) -> str | None: ...
    @property
    def per_viewer(self) -> bool: ...
    def at_once(self, *, now: float, end: int) -> Addresses | None: ...
    async def addresses(self, *, now: float, end: int) -> Addresses: ...
    def prepare(self, end: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Deliveries:
    """The ways that this deployment has."""

    signer: TokenSigner
    presigner: Presigner | Missing
    stream_base_url: str
    image_base_url: str

    def of(self, video: Video, key: SigningKey | Missing, *, viewer: str | None, marks: Marks = PLAIN) -> Delivery:
        """The way to this video; with a `viewer`, its token is that one's own.

        Raises NotConfigured if the deployment lacks what it takes, Unavailable if it is too busy signing.
        """
        if video.provider == "s3":
            return _FromS3(needed(self.presigner), video.location, video.captions)
        bases = (self.stream_base_url, self.image_base_url)
        if not video.signed:
            return _PublicMux(video.location, *bases)
        self.signer.check()
        return _SignedMux(self.signer, needed(key), viewer, marks, video.location, *bases)


class _Unsigned(ABC):
    """What the ways without Mux tokens have in common: nothing to wait for, and nothing to prepare."""

    @property
    def key_id(self) -> str | None:
        return None

    @property
    def per_viewer(self) -> bool:
        return False

    @abstractmethod
    def at_once(self, *, now: float, end: int) -> Addresses: ...

    async def addresses(self, *, now: float, end: int) -> Addresses:
        return self.at_once(now=now, end=end)

    def prepare(self, end: int) -> None:
        return


@dataclass(frozen=True, slots=True)
class _FromS3(_Unsigned):
    presigner: Presigner
    s3_key: str
    captions: tuple[CaptionFile, ...]

    def at_once(self, *, now: float, end: int) -> Addresses:
        seconds = max(1, floor(end - now))
        url = self.presigner.url(self.s3_key, seconds=seconds)
        captions = tuple(
            CaptionAddress(caption.language_code, caption.name, self.presigner.url(caption.s3_key, seconds=seconds))
            for caption in self.captions
        )
        return Addresses(video_url=url, signed_url=url, captions=captions)


@dataclass(frozen=True, slots=True)
class _PublicMux(_Unsigned):
    """Mux refuses a token on a public playback id, so there is none."""

    playback_id: str
    stream_base_url: str
    image_base_url: str

    def at_once(self, *, now: float, end: int) -> Addresses:
        return Addresses(
            video_url=f"{self.stream_base_url}/{self.playback_id}.m3u8",
            poster=f"{self.image_base_url}/{self.playback_id}/thumbnail.jpg",
            storyboard=f"{self.image_base_url}/{self.playback_id}/storyboard.vtt",
        )


@dataclass(frozen=True, slots=True)
class _SignedMux:
    signer: TokenSigner
    key: SigningKey
    viewer: str | None
    marks: Marks
    playback_id: str
    stream_base_url: str
    image_base_url: str

    @property
    def key_id(self) -> str | None:
        return self.key.key_id

    @property
    def per_viewer(self) -> bool:
        return self.viewer is not None

    def at_once(self, *, now: float, end: int) -> Addresses | None:
        if self.viewer is not None:
            return None
        tokens = self.signer.ready(self.key, self.playback_id, end=end, marks=self.marks)
        return self._with(tokens) if tokens is not None else None

    async def addresses(self, *, now: float, end: int) -> Addresses:
        signer, viewer, marks = self.signer, self.viewer, self.marks
        return self._with(await signer.tokens(self.key, self.playback_id, end=end, viewer=viewer, marks=marks))

    def prepare(self, end: int) -> None:
        self.signer.prepare(self.key, self.playback_id, end=end, marks=self.marks)

    def _with(self, tokens: Tokens) -> Addresses:
        return Addresses(
            signed_url=f"{self.stream_base_url}/{self.playback_id}.m3u8?token={tokens.playback}",
            poster=f"{self.image_base_url}/{self.playback_id}/thumbnail.jpg?token={tokens.thumbnail}",
            storyboard=f"{self.image_base_url}/{self.playback_id}/storyboard.vtt?token={tokens.storyboard}",
            tokens=tokens,
        )
