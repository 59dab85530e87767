"""An API of the tests' settings, and who calls it."""

from typing import Any

import httpx
from pydantic import SecretStr

from progress_service.settings import Settings
from servicekit.auth import issue_token
from tests.databases import Database
from tests.progress.granting import EVIDENCE_KEY, KEY_ID, private_pem, public_pem

SECRET = "a secret of the tests that is long enough to sign with"
ERASURE_KEY = "what the tests hash the erased with, for good"
NOWHERE = "127.0.0.1:9"


def settings_for(database: Database, bootstrap: str, prefix: str = "") -> Settings:
    return Settings(
        database_url=database.app_url,
        kafka_bootstrap_servers=bootstrap,
        kafka_topic_prefix=prefix,
        auth_jwt_secret=SecretStr(SECRET),
        watch_grant_public_keys={KEY_ID: public_pem()},
        evidence_private_key=SecretStr(private_pem(EVIDENCE_KEY)),
        evidence_key_id="evidence-1",
        erasure_key=SecretStr(ERASURE_KEY),
    )


def client_of(app: Any) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://progress", timeout=20)


def bearer(user: str, *roles: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {issue_token(SECRET, user, *roles)}"}
