"""The stack's secrets: made once, kept in one file that only its owner may read."""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from devstack.paths import SERVICES
from devstack.provision import roles_of


@dataclass(frozen=True, repr=False)
class Credentials:
    """Passwords by role, keys as base64 of PEM. `mux_signing_key` and its private key are the simulator's to give."""

    postgres_password: str
    role_passwords: dict[str, str]
    jwt_secret: str
    s3_access_key: str
    s3_secret_key: str
    mux_token_id: str
    mux_token_secret: str
    mux_webhook_secret: str
    grant_key_id: str
    grant_private_key: str
    grant_public_key: str
    mux_signing_key: str = ""
    mux_private_key: str = ""
    signing_keys_secret: str = ""
    evidence_key_id: str = ""
    evidence_private_key: str = ""
    erasure_key: str = ""

    def with_signing_key(self, key_id: str, private_key: str) -> "Credentials":
        return replace(self, mux_signing_key=key_id, mux_private_key=private_key)


def load_or_create(path: Path) -> Credentials:
    """What the file holds, with what is newer than it added: passwords of roles, and keys."""
    found = Credentials(**json.loads(path.read_text())) if path.exists() else _create()
    sealing = found.signing_keys_secret or base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    passwords = _role_passwords() | found.role_passwords
    erasure_key = found.erasure_key or secrets.token_urlsafe(48)
    whole = replace(found, role_passwords=passwords, signing_keys_secret=sealing, erasure_key=erasure_key)
    if not whole.evidence_private_key:
        private, _ = _ed25519()
        whole = replace(whole, evidence_key_id=f"evidence-{secrets.token_hex(4)}", evidence_private_key=private)
    save(path, whole)
    return whole


def save(path: Path, credentials: Credentials) -> None:
    """Whole or not at all, and never readable by others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(asdict(credentials), out, indent=1)
    fresh.replace(path)


def _create() -> Credentials:
    private, public = _ed25519()
    return Credentials(
        postgres_password=secrets.token_urlsafe(24),
        role_passwords={},
        jwt_secret=secrets.token_urlsafe(48),
        s3_access_key="seatime",
        s3_secret_key=secrets.token_urlsafe(24),
        mux_token_id=secrets.token_urlsafe(16),
        mux_token_secret=secrets.token_urlsafe(32),
        mux_webhook_secret=secrets.token_urlsafe(32),
        grant_key_id=f"grant-{secrets.token_hex(4)}",
        grant_private_key=private,
        grant_public_key=public,
    )


def _ed25519() -> tuple[str, str]:
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(private).decode(), base64.b64encode(public).decode()


def _role_passwords() -> dict[str, str]:
    return {role: secrets.token_urlsafe(24) for service in SERVICES for role in roles_of(service)}
