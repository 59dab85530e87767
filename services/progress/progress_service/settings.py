"""What the progress service is told by its environment: the API and the worker know different secrets."""

import base64
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from pydantic import AliasChoices, Field, field_validator

from servicekit.settings import CommonSettings

PublicKeys = Annotated[dict[str, str], Field(min_length=1)]


class Settings(CommonSettings):
    """The API: a role that reads the rows of one learner at a time, and the keys that watch grants are checked with."""

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_PROGRESS", "database_url"))
    watch_grant_public_keys: PublicKeys = Field(description="JSON: key id to base64 of an Ed25519 public key in PEM.")

    @field_validator("watch_grant_public_keys")
    @classmethod
    def _are_ed25519(cls, keys: dict[str, str]) -> dict[str, str]:
        for pem in keys.values():
            _load(pem)
        return keys

    def grant_keys(self) -> dict[str, Ed25519PublicKey]:
        """The public keys by their id."""
        return {kid: _load(pem) for kid, pem in self.watch_grant_public_keys.items()}


class WorkerSettings(CommonSettings):
    """The worker: the role that writes for every learner."""

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_PROGRESS_WORKER", "database_url"))


def _load(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(base64.b64decode(pem, validate=True))
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key
