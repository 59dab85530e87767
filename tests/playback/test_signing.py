"""Features C1, C5: one signature per video and bucket, from a key that is read once."""

import asyncio
import base64
import threading
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from playback_service import signing
from playback_service.keys import UnreadableKey, ed25519_public_key, rsa_private_key
from playback_service.signing import SigningKey, TokenSigner
from tests.playback.conftest import Keys, encoded, public_pem


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The playback ids that were signed for, once per signature; the signing itself is the real one."""
    made: list[str] = []
    real = signing.sign

    def counting(key: SigningKey, playback_id: str, *, audience: str, viewer: str | None = None, **said: Any) -> str:
        made.append(f"{playback_id} {audience}" + (f" {viewer}" if viewer else ""))
        return real(key, playback_id, audience=audience, viewer=viewer, **said)

    monkeypatch.setattr(signing, "sign", counting)
    return made


async def test_many_requests_at_once_cost_one_signature_each_use(keys: Keys, signatures: list[str]) -> None:
    """A hundred viewers at a roll-over wait for the same four signatures."""
    signer, key = TokenSigner(), SigningKey("k", keys.mux)
    tokens = await asyncio.gather(*(signer.tokens(key, "pb1", end=2_000_000_000) for _ in range(100)))
    assert sorted(signatures) == ["pb1 g", "pb1 s", "pb1 t", "pb1 v"]
    assert len(set(tokens)) == 1


async def test_another_video_or_bucket_is_signed_anew(keys: Keys, signatures: list[str]) -> None:
    """What is remembered is for one video and one end."""
    signer, key = TokenSigner(), SigningKey("k", keys.mux)
    tokens = [
        await signer.tokens(key, "pb1", end=2_000_000_000),
        await signer.tokens(key, "pb1", end=2_000_000_100),
        await signer.tokens(key, "pb2", end=2_000_000_000),
    ]
    assert len({token.playback for token in tokens}) == 3
    assert len(signatures) == 12


async def test_a_caller_who_leaves_takes_nothing_from_the_others(keys: Keys, signatures: list[str]) -> None:
    """The first to ask may be cancelled; whoever waits for the same signature gets it."""
    signer, key = TokenSigner(), SigningKey("k", keys.mux)
    first = asyncio.create_task(signer.tokens(key, "pb1", end=2_000_000_000))
    second = asyncio.create_task(signer.tokens(key, "pb1", end=2_000_000_000))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second).playback
    assert len(signatures) == 4


async def test_memory_is_bounded(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old buckets are forgotten."""
    monkeypatch.setattr(signing, "_REMEMBERED", 5)
    signer, key = TokenSigner(), SigningKey("k", keys.mux)
    for end in range(2_000_000_000, 2_000_000_012):
        await signer.tokens(key, "pb1", end=end)
        await signer.tokens(key, "pb1", end=end, viewer="ada")
    assert (len(signer._shared), len(signer._own), len(signer._sets)) == (5, 5, 1)


async def test_a_failed_signature_is_tried_again(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error is not remembered as if it were a signature."""
    signer, key = TokenSigner(), SigningKey("k", keys.mux)
    with monkeypatch.context() as broken:
        broken.setattr(signing, "sign", _out_of_memory)
        with pytest.raises(MemoryError):
            await signer.tokens(key, "pb1", end=2_000_000_000)
    assert (await signer.tokens(key, "pb1", end=2_000_000_000)).playback


def _out_of_memory(*_: object, **__: object) -> str:
    raise MemoryError


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("wrapping", ["base64", "base64 in lines", "pem"])
def test_keys_are_read_in_every_form_that_mux_hands_out(keys: Keys, form: PrivateFormat, wrapping: str) -> None:
    """PKCS#1 or PKCS#8, as base64 of the PEM, with line breaks or not, or as the PEM itself."""
    pem = keys.mux.private_bytes(Encoding.PEM, form, NoEncryption())
    text = {
        "base64": base64.b64encode(pem).decode(),
        "base64 in lines": base64.encodebytes(pem).decode(),
        "pem": pem.decode(),
    }[wrapping]
    key = rsa_private_key(text, setting="MUX_PRIVATE_KEY")
    token = signing.sign(SigningKey("k", key), "pb1", audience="v", end=4_000_000_000)
    assert jwt.decode(token, public_pem(keys.mux), algorithms=["RS256"], audience="v")["sub"] == "pb1"


def test_public_keys_of_another_kind_are_refused(keys: Keys) -> None:
    """A former watch key must be an Ed25519 public key."""
    for text in (base64.b64encode(public_pem(keys.mux)).decode(), encoded(keys.watch), "rubbish"):
        with pytest.raises(UnreadableKey, match="WATCH_GRANT_PUBLIC_KEYS"):
            ed25519_public_key(text, setting="WATCH_GRANT_PUBLIC_KEYS")


async def test_signing_leaves_the_loop_alone(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    """RSA is slow, so it happens in a thread: other requests go on meanwhile."""
    threads: set[int] = set()
    real = signing.sign

    def noting(key: SigningKey, playback_id: str, **said: Any) -> str:
        threads.add(threading.get_ident())
        return real(key, playback_id, **said)

    monkeypatch.setattr(signing, "sign", noting)
    await TokenSigner().tokens(SigningKey("k", keys.mux), "pb1", end=2_000_000_000)
    assert threading.get_ident() not in threads
    assert 0 < len(threads) <= 2
