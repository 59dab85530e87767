"""Evidence as a signed document: a course's rows of one or more learners, each in its learner's whole chain. Pure.

Rows of other courses are there as links only, so that nothing can be left out and nothing else is told.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from progress_service.evidence import Sealed, canonical, link_of, row_of

FORMAT = "seatime-evidence/1"
KEYS_PATH = "/.well-known/seatime-evidence-keys.json"


def evidence_document(
    course_id: str, title: str | None, chains: Mapping[str, Sequence[Sealed]], *, issued_at: datetime, after: str | None
) -> dict[str, Any]:
    """What is signed. `chains` are whole, by learner; `after` is where the next page begins, None on the last one."""
    return {
        "format": FORMAT,
        "issuedAt": issued_at.isoformat(timespec="seconds"),
        "courseId": course_id,
        "courseTitle": title,
        "learners": [
            {
                "learnerId": learner_id,
                "rowsInChain": len(chain),
                "rows": [row_of(row) if row.completion.course_id == course_id else link_of(row) for row in chain],
            }
            for learner_id, chain in chains.items()
        ],
        "next": after,
    }


def sign(document: Mapping[str, Any], key: Ed25519PrivateKey, key_id: str) -> dict[str, Any]:
    """The document with the signature over its canonical JSON, the key's id, and the public key."""
    signed = {**document, "keyId": key_id, "publicKey": to_text(raw(key.public_key()))}
    return {**signed, "signature": to_text(key.sign(canonical(signed)))}


def key_set(keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    """Public keys by their id as a JSON Web Key Set (RFC 8037)."""
    return {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": to_text(raw(key))}
            for kid, key in keys.items()
        ]
    }


def raw(key: Ed25519PublicKey) -> bytes:
    """The key's 32 bytes."""
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def to_text(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_text(text: str) -> bytes:
    """The inverse; raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
