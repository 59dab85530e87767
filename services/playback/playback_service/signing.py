"""Mux playback tokens. RSA is the expensive part of a grant, so a signature is made once per video and time bucket.

What is remembered is signatures, never rights: whoever asks for a token has just been found entitled.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_REMEMBERED = 4096


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A Mux signing key: its id as Mux knows it, and the private half."""

    key_id: str
    private: RSAPrivateKey


@dataclass(frozen=True, slots=True)
class Tokens:
    """One token per use; each opens its use only (Mux's `aud`)."""

    playback: str
    thumbnail: str
    storyboard: str


class TokenSigner:
    """Signs with one key, off the event loop; whoever asks for a signature that is being made waits for that one."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key
        self._made: OrderedDict[tuple[str, int], asyncio.Task[Tokens]] = OrderedDict()

    @property
    def key_id(self) -> str:
        return self._key.key_id

    async def tokens(self, playback_id: str, *, end: int) -> Tokens:
        """Tokens for the video that expire at `end` (seconds since 1970)."""
        slot = (playback_id, end)
        making = self._made.get(slot)
        if making is None or _failed(making):
            making = self._made[slot] = asyncio.create_task(asyncio.to_thread(_sign_all, self._key, playback_id, end))
            if len(self._made) > _REMEMBERED:
                self._made.popitem(last=False)
        return await asyncio.shield(making)


def _failed(making: asyncio.Task[Tokens]) -> bool:
    return making.done() and (making.cancelled() or making.exception() is not None)


def _sign_all(key: SigningKey, playback_id: str, end: int) -> Tokens:
    return Tokens(*(sign(key, playback_id, audience=audience, end=end) for audience in ("v", "t", "s")))


def sign(key: SigningKey, playback_id: str, *, audience: str, end: int) -> str:
    """An RS256 JWT as Mux wants it: `aud` is v (video), t (thumbnail), s (storyboard) or g (gif).

    `kid` goes into header and payload, since Mux's own libraries differ in where they put it.
    Source: Mux's guide "Secure video playback".
    """
    claims = {"sub": playback_id, "aud": audience, "exp": end, "kid": key.key_id}
    return jwt.encode(claims, key.private, algorithm="RS256", headers={"kid": key.key_id})
