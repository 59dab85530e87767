"""Mux playback tokens. RSA is the expensive part of a grant, so a signature is made once for all who may share it.

What is remembered is signatures, never rights: whoever asks for a token has just been found entitled.
"""

import asyncio
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from playback_service import jws
from servicekit.errors import Unavailable

_REMEMBERED = 4096
_MOST_WAITING = 4000
_PADDING, _HASH = PKCS1v15(), SHA256()

_Said = tuple[str, str, int, str | None, str | None]
"""Playback id, audience, end, viewer, restriction: what a token says."""
_Slot = tuple[str, _Said]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A Mux signing key: its id as Mux knows it, and the private half, parsed."""

    key_id: str
    private: RSAPrivateKey
    header: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "header", jws.header("RS256", self.key_id))


@dataclass(frozen=True, slots=True)
class Tokens:
    """One token per use; each opens its use only (Mux's `aud`). `drm` is for licenses, where the course has DRM."""

    playback: str
    thumbnail: str
    storyboard: str
    gif: str
    drm: str | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """What a course wants in its tokens: Mux's id of a playback restriction, and whether one for licenses is needed."""

    restriction_id: str | None = None
    drm: bool = False

    @property
    def uses(self) -> str:
        return "vtsgd" if self.drm else "vtsg"


PLAIN = Marks()


class TokenSigner:
    """Signs off the event loop, in few threads; whoever asks for a signature that is being made waits for that one.

    A token of the video may be one viewer's own; those of its pictures never are. What many share and what is one
    viewer's are remembered apart, so that viewers cannot push out what all need.
    """

    def __init__(self, threads: int = 2) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="signing")
        self._shared: OrderedDict[_Slot, asyncio.Future[str]] = OrderedDict()
        self._own: OrderedDict[_Slot, asyncio.Future[str]] = OrderedDict()
        self._sets: OrderedDict[tuple[str, str, int, Marks], Tokens] = OrderedDict()
        self._waiting = 0

    def close(self) -> None:
        """Let go of the threads; signatures under way are finished, those that wait are not begun."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def check(self) -> None:
        """Raises Unavailable while more signatures wait than can be made in reasonable time."""
        if self._waiting > _MOST_WAITING:
            raise Unavailable("too many signatures at once")

    def ready(self, key: SigningKey, playback_id: str, *, end: int, marks: Marks = PLAIN) -> Tokens | None:
        """The shared tokens, if they have been made already."""
        return self._sets.get((key.key_id, playback_id, end, marks))

    async def tokens(
        self, key: SigningKey, playback_id: str, *, end: int, viewer: str | None = None, marks: Marks = PLAIN
    ) -> Tokens:
        """Tokens for the video that expire at `end` (s since 1970); with a `viewer`, the video's names that one."""
        making = [
            self._signature(key, (playback_id, use, end, viewer if use == "v" else None, marks.restriction_id))
            for use in marks.uses
        ]
        made = Tokens(*[await asyncio.shield(signature) for signature in making])
        if viewer is None:
            self._sets[key.key_id, playback_id, end, marks] = made
            if len(self._sets) > _REMEMBERED // 4:
                self._sets.popitem(last=False)
        return made

    def prepare(self, key: SigningKey, playback_id: str, *, end: int, marks: Marks = PLAIN) -> None:
        """Have the shared tokens of the next bucket made before the first viewer asks for them."""
        for use in marks.uses:
            self._signature(key, (playback_id, use, end, None, marks.restriction_id))

    def _signature(self, key: SigningKey, said: _Said) -> "asyncio.Future[str]":
        playback_id, audience, end, viewer, restriction_id = said
        slot = (key.key_id, said)
        remembered = self._shared if viewer is None else self._own
        making = remembered.get(slot)
        if making is None or _failed(making):
            making = asyncio.get_running_loop().run_in_executor(
                self._threads,
                lambda: sign(
                    key, playback_id, audience=audience, end=end, viewer=viewer, restriction_id=restriction_id
                ),
            )
            self._waiting += 1
            making.add_done_callback(self._made)
            remembered[slot] = making
            if len(remembered) > _REMEMBERED:
                remembered.popitem(last=False)
        return making

    def _made(self, making: "asyncio.Future[str]") -> None:
        self._waiting -= 1
        if not making.cancelled():
            making.exception()  # whoever waits gets it; a signature that was prepared has nobody


def _failed(making: "asyncio.Future[str]") -> bool:
    return making.done() and (making.cancelled() or making.exception() is not None)


def sign(
    key: SigningKey,
    playback_id: str,
    *,
    audience: str,
    end: int,
    viewer: str | None = None,
    restriction_id: str | None = None,
) -> str:
    """An RS256 JWT as Mux wants it: `aud` is v (video), t (thumbnail), s (storyboard), g (gif) or d (DRM license).

    `kid` goes into header and payload, since Mux's own libraries differ in where they put it. `viewer` goes into
    `custom`, which Mux leaves to its customers. Source: Mux's guide "Secure video playback".
    """
    claims: dict[str, Any] = {"sub": playback_id, "aud": audience, "exp": end, "kid": key.key_id}
    if viewer is not None:
        claims["custom"] = {"viewer_id": viewer}
    if restriction_id is not None:
        claims["playback_restriction_id"] = restriction_id
    signed = jws.signing_input(key.header, claims)
    return jws.token(signed, key.private.sign(signed.encode("ascii"), _PADDING, _HASH))
