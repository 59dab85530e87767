"""Settings of each service for tests that need its processes but not its neighbours: keys are made on the spot."""

import base64
import importlib
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from servicekit.settings import CommonSettings

SECRET = "a-secret-of-the-tests-with-forty-characters"


def worker_settings(service: str, *, database_url: str, bootstrap: str, prefix: str = "") -> CommonSettings:
    """What the service's `create_worker` takes; everything beyond database and broker leads nowhere."""
    module = importlib.import_module(f"{service}_service.settings")
    settings_type = getattr(module, "WorkerSettings", module.Settings)
    values = {name: value for name, value in _values().items() if name in settings_type.model_fields}
    made: CommonSettings = settings_type(
        database_url=database_url, kafka_bootstrap_servers=bootstrap, kafka_topic_prefix=prefix, **values
    )
    return made


def unreachable(service: str) -> CommonSettings:
    """Settings whose database and broker are not there."""
    return worker_settings(
        service, database_url="postgresql://nobody:nothing@127.0.0.1:9/nowhere", bootstrap="127.0.0.1:9"
    )


@cache
def _values() -> dict[str, Any]:
    grant_key = ed25519.Ed25519PrivateKey.generate()
    return {
        "auth_jwt_secret": SECRET,
        "mux_base_url": "http://127.0.0.1:9",
        "mux_token_id": "token",
        "mux_token_secret": "token-secret",
        "mux_webhook_secrets": "webhook-secret",
        "mux_signing_key": "signing-key",
        "mux_private_key": _base64(_private(rsa.generate_private_key(public_exponent=65537, key_size=2048))),
        "s3_endpoint_url": "http://127.0.0.1:9",
        "s3_access_key_id": "tests",
        "s3_secret_access_key": "tests",
        "watch_grant_private_key": _base64(_private(grant_key)),
        "watch_grant_key_id": "grant-1",
        "evidence_private_key": _base64(_private(ed25519.Ed25519PrivateKey.generate())),
        "evidence_key_id": "evidence-1",
        "erasure_key": "what the tests hash the erased with, for good",
        "watch_grant_public_keys": {"grant-1": _base64(_public(grant_key))},
    }


def _private(key: Any) -> bytes:
    pem: bytes = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem


def _public(key: Any) -> bytes:
    pem: bytes = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem


def _base64(pem: bytes) -> str:
    return base64.b64encode(pem).decode()
