"""Write the `.env` that docker-compose.yml reads: every secret made here and now, none in an image or in git."""

import base64
import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

TARGET = Path(__file__).resolve().parent.parent / ".env"


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


def main() -> None:
    """Write `.env` with mode 0600, unless there is one."""
    if TARGET.exists():
        print(f"{TARGET.name} is there already; delete it to make new secrets")
        return
    TARGET.touch(mode=0o600)
    TARGET.write_text("".join(f"{name}='{value}'\n" for name, value in environment().items()))
    print(f"wrote {TARGET.name}: now `docker compose up --build`, then open http://localhost:8000")


if __name__ == "__main__":
    main()
