"""Write the `.env` that docker-compose.yml reads: every secret made here and now, none in an image or in git.

What is there stays as it is. A newer version may need a secret that an older one did not: that alone is added.
"""

import base64
import json
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from dotenv import dotenv_values

TARGET = Path(__file__).resolve().parent.parent / ".env"
TOGETHER = (
    ("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"),
    ("MUX_TOKEN_ID", "MUX_TOKEN_SECRET"),
    ("MUX_SIGNING_KEY", "MUX_PRIVATE_KEY"),
    ("WATCH_GRANT_KEY_ID", "WATCH_GRANT_PRIVATE_KEY", "WATCH_GRANT_PUBLIC_KEYS"),
    ("EVIDENCE_KEY_ID", "EVIDENCE_PRIVATE_KEY"),
)
"""Of these no one is worth anything without the others of its row: all are made, or none."""


def _pem(key: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey) -> str:
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return base64.b64encode(pem).decode()


def _public_pem(key: ed25519.Ed25519PrivateKey) -> str:
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(pem).decode()


def environment() -> dict[str, str]:
    """Values for every variable that the compose file asks for, for use with the simulator in Mux's place."""
    signing, grants = rsa.generate_private_key(65537, 2048), ed25519.Ed25519PrivateKey.generate()
    signing_id, grants_id = secrets.token_urlsafe(24), f"grants-{secrets.token_hex(4)}"
    return {
        "POSTGRES_PASSWORD": secrets.token_urlsafe(24),
        "SEATIME_OWNER_PASSWORD": secrets.token_urlsafe(24).replace("-", "x"),
        "SEATIME_APP_PASSWORD": secrets.token_urlsafe(24).replace("-", "x"),
        "SEATIME_WORKER_PASSWORD": secrets.token_urlsafe(24).replace("-", "x"),
        "SEATIME_READER_PASSWORD": secrets.token_urlsafe(24).replace("-", "x"),
        "GRAFANA_ADMIN_PASSWORD": secrets.token_urlsafe(24),
        "AUTH_JWT_SECRET": secrets.token_urlsafe(48),
        "S3_ACCESS_KEY_ID": secrets.token_hex(10),
        "S3_SECRET_ACCESS_KEY": secrets.token_urlsafe(30),
        "MUX_TOKEN_ID": secrets.token_hex(16),
        "MUX_TOKEN_SECRET": secrets.token_urlsafe(48),
        "MUX_WEBHOOK_SECRETS": secrets.token_urlsafe(32),
        "MUX_SIGNING_KEY": signing_id,
        "MUX_PRIVATE_KEY": _pem(signing),
        "SIGNING_KEYS_SECRET": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "WATCH_GRANT_KEY_ID": grants_id,
        "WATCH_GRANT_PRIVATE_KEY": _pem(grants),
        "EVIDENCE_KEY_ID": f"evidence-{secrets.token_hex(4)}",
        "EVIDENCE_PRIVATE_KEY": _pem(ed25519.Ed25519PrivateKey.generate()),
        "ERASURE_KEY": secrets.token_urlsafe(48),
        "WEBHOOK_SEALING_SECRET": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "WATCH_GRANT_PUBLIC_KEYS": json.dumps({grants_id: _public_pem(grants)}, separators=(",", ":")),
    }


def lacking(present: Mapping[str, str | None]) -> tuple[dict[str, str], list[str]]:
    """What a `.env` with these values needs beside them, and the names that only its operator can give.

    Those belong to a value that is there (an id to its key), or are there without a value, which is somebody's doing.
    """
    fresh = environment()
    asked = [name for name in fresh if name in present and not present[name]]
    for together in TOGETHER:
        absent = [name for name in together if name not in present]
        if len(absent) < len(together):
            asked += absent
    return {name: value for name, value in fresh.items() if name not in present and name not in asked}, asked


def main(target: Path = TARGET) -> int:
    """Write `.env` with mode 0600, or add to it what it lacks. Returns 1 where something is left to its operator."""
    is_new = not target.exists()
    target.touch(mode=0o600)
    added, asked = lacking(dotenv_values(target, interpolate=False))
    kept = target.read_text()
    lines = "".join(f"{name}='{value}'\n" for name, value in added.items())
    with target.open("a") as file:
        file.write(("\n" if kept and not kept.endswith("\n") else "") + lines)
    if is_new:
        print(f"wrote {target.name}: now `docker compose up --build`, then open http://localhost:8000")
    elif added:
        print(f"added to {target.name}, and changed nothing else: {', '.join(added)}")
        if any(name.startswith("SEATIME_") for name in added):
            print("new passwords of the database: see Upgrading in docs/deployment.md")
    elif not asked:
        print(f"{target.name} has all that is needed; nothing was changed")
    if asked:
        print(
            f"give these a value yourself, they go with what is in {target.name}: {', '.join(asked)}", file=sys.stderr
        )
    return 1 if asked else 0


if __name__ == "__main__":
    sys.exit(main())
