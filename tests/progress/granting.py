"""Watch grants as the playback service makes them, and the keys of the tests."""

import base64
import time
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

KEY_ID = "g1"
PRIVATE = Ed25519PrivateKey.generate()
EVIDENCE_KEY = Ed25519PrivateKey.generate()


def public_pem(key: Ed25519PrivateKey = PRIVATE) -> str:
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(pem).decode()


def private_pem(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())).decode()


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": "seatime/playback",
        "aud": "seatime/progress",
        "sub": "ada",
        "les": "l1",
        "crs": "c1",
        "sid": str(uuid4()),
        "dur": 100_000,
        "iat": now - 600,
        "exp": now + 3600,
        "pol": {"rate": 2.0, "grace": 86_400, "cap": 45},
    } | more


def grant(*, key: Any = PRIVATE, algorithm: str = "EdDSA", kid: str = KEY_ID, **more: Any) -> str:
    return jwt.encode(claims(**more), key, algorithm=algorithm, headers={"kid": kid})
