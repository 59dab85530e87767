"""Which grants are believed."""

import time
from typing import Any
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracts import GrantPolicy
from playback_service.grants import GrantIssuer, Session, WatchGrant
from progress_service.grants import GrantVerifier, InvalidGrant
from tests.progress.granting import KEY_ID, PRIVATE, claims, grant

NOW = int(time.time())


@pytest.fixture
def verifier() -> GrantVerifier:
    return GrantVerifier({KEY_ID: PRIVATE.public_key()})


def reason(verifier: GrantVerifier, token: str, now: float = NOW) -> str:
    with pytest.raises(InvalidGrant) as refused:
        verifier.verify(token, now_ms=int(now * 1000))
    return str(refused.value.extensions["reason"])


def test_what_the_playback_service_issues_is_believed(verifier: GrantVerifier) -> None:
    """A grant made by the playback service's own issuer is read here with all that it says."""
    policy = GrantPolicy(max_rate=1.5, offline_grace_s=120, beat_cap_s=30)
    issued = GrantIssuer(KEY_ID, PRIVATE).issue(
        WatchGrant("ada", "l1", "c1", Session(UUID(int=7), NOW), 61_500, NOW + 60, policy)
    )
    believed = verifier.verify(issued, now_ms=NOW * 1000)
    assert (believed.sub, believed.les, believed.crs, believed.sid) == ("ada", "l1", "c1", UUID(int=7))
    assert (believed.dur, believed.iat, believed.exp, believed.policy) == (61_500, NOW, NOW + 60, policy)


def forged(**parts: Any) -> str:
    """A grant with a header of the forger's choice and no signature."""
    return jwt.encode(claims(), "", algorithm="none", headers={"kid": KEY_ID} | parts)


public_bytes = PRIVATE.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
FORGERIES = {
    "unsigned": forged(),
    "HS256 with the public key": grant(key=public_bytes, algorithm="HS256"),
    "another key under a known id": grant(key=Ed25519PrivateKey.generate()),
    "an unknown key id": grant(kid="other"),
    "no key id": jwt.encode(claims(), PRIVATE, algorithm="EdDSA"),
    "another audience": grant(aud="seatime"),
    "another issuer": grant(iss="seatime"),
    "a learner that is no id": grant(sub="../../etc"),
    "a session that is no uuid": grant(sid="1"),
    "a negative duration": grant(dur=-1),
    "no lesson": grant(les=None),
    "a rate beyond reason": grant(pol={"rate": 1000}),
    "a payload of another grant": grant().rpartition(".")[0] + "." + grant().rpartition(".")[2],
    "no token": "x",
    "a very long token": grant(les="l1", junk="x" * 5000),
}


@pytest.mark.parametrize("token", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_grant_is_refused(verifier: GrantVerifier, token: str) -> None:
    """Nothing that the playback service did not sign for us is believed."""
    assert reason(verifier, token) == "invalid"


def test_an_expired_grant_lives_on_for_its_grace(verifier: GrantVerifier) -> None:
    """Beats from a grant's life may be reported until the offline grace has passed after its end, and no longer."""
    token = grant(iat=NOW - 7200, exp=NOW - 3600, pol={"grace": 3700})
    verifier.verify(token, now_ms=NOW * 1000)
    assert reason(verifier, token, NOW + 101) == "expired"
    assert reason(verifier, grant(iat=NOW + 60, exp=NOW + 120)) == "not_yet"


def test_a_grant_is_remembered_but_not_beyond_its_time_and_not_without_limit() -> None:
    """A remembered grant still expires, and the memory stays bounded."""
    verifier = GrantVerifier({KEY_ID: PRIVATE.public_key()}, remember=3)
    tokens = [grant(iat=NOW - 600, exp=NOW + 10, pol={"grace": 120}) for _ in range(5)]
    for token in tokens:
        assert verifier.verify(token, now_ms=NOW * 1000) is verifier.verify(token, now_ms=NOW * 1000)
    assert verifier.remembered == 3
    assert reason(verifier, tokens[-1], NOW + 131) == "expired"
