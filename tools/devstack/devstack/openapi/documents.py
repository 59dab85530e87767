"""Each service's own description of its API, asked of the app as it is put together for serving."""

from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from devstack.credentials import load_or_create
from devstack.paths import SERVICES

Document = dict[str, Any]


def documents() -> dict[str, Document]:
    """By service. Nothing is started and nothing connected: the settings only have to be complete."""
    with TemporaryDirectory() as folder:
        made = load_or_create(Path(folder) / "credentials.json")
    values = {
        "auth_jwt_secret": made.jwt_secret,
        "auth_jwks_url": None,
        "watch_grant_public_keys": {made.grant_key_id: made.grant_public_key},
        "evidence_key_id": made.evidence_key_id,
        "evidence_private_key": made.evidence_private_key,
    }
    return {service: _document(service, values) for service in SERVICES}


def _document(service: str, values: dict[str, Any]) -> Document:
    settings = import_module(f"{service}_service.settings").Settings
    known = {name: value for name, value in values.items() if name in settings.model_fields}
    api = import_module(f"{service}_service.app").create_app(settings(database_url="postgresql://nowhere", **known))
    document: Document = api.openapi()
    return document
