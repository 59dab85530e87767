"""What the progress service is told by its environment: the API and the worker know different secrets."""

import base64
from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from pydantic import AliasChoices, Field, SecretStr, field_validator

from servicekit.forgotten import ErasureKey
from servicekit.settings import CommonSettings

PublicKeys = Annotated[dict[str, str], Field(min_length=1)]


class Settings(CommonSettings):
    """The API: a role that reads the rows of one learner at a time, and the keys that watch grants are checked with."""

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_PROGRESS", "database_url"))
    watch_grant_public_keys: PublicKeys = Field(description="JSON: key id to base64 of an Ed25519 public key in PEM.")

    spool_max_bytes: int = Field(
        default=2 << 30, gt=0, description="Of disk that reports may take in PostgreSQL while Kafka is away."
    )

    progress_rate_limit: int = Field(default=300, ge=1, description="Reports per learner, window and replica.")
    progress_rate_window_s: int = Field(default=60, ge=1)

    country_header: str | None = Field(
        default=None,
        pattern="^[A-Za-z0-9-]+$",
        description="The header in which the gateway, and nobody else, says the country of a request; unset: unknown.",
    )

    review_threshold: float = Field(
        default=0.6, gt=0, le=1, description="Of the anomaly score: who reaches it is in the course's review queue."
    )
    review_min_watched_s: int = Field(
        default=600, ge=0, description="Real time that a learner has watched in a course before being scored at all."
    )

    evidence_private_key: SecretStr = Field(description="What signs evidence: base64 of an Ed25519 key in PEM.")
    evidence_key_id: str = Field(
        min_length=1, max_length=64, description="The name under which its public key is told."
    )
    evidence_former_keys: dict[str, str] = Field(
        default={}, description="JSON: key id to base64 of a public key in PEM, of keys that signed before this one."
    )

    erasure_key: ErasureKey = None

    @field_validator("evidence_private_key")
    @classmethod
    def _signs(cls, pem: SecretStr) -> SecretStr:
        _load_private(pem)
        return pem

    @field_validator("watch_grant_public_keys", "evidence_former_keys")
    @classmethod
    def _are_ed25519(cls, keys: dict[str, str]) -> dict[str, str]:
        for pem in keys.values():
            _load(pem)
        return keys

    def grant_keys(self) -> dict[str, Ed25519PublicKey]:
        """The public keys by their id."""
        return {kid: _load(pem) for kid, pem in self.watch_grant_public_keys.items()}

    def evidence_key(self) -> Ed25519PrivateKey:
        """The key that signs evidence."""
        return _load_private(self.evidence_private_key)

    def evidence_keys(self) -> dict[str, Ed25519PublicKey]:
        """The public keys that evidence can be checked with: the present one and its predecessors."""
        former = {kid: _load(pem) for kid, pem in self.evidence_former_keys.items()}
        return {**former, self.evidence_key_id: self.evidence_key().public_key()}


class WorkerSettings(CommonSettings):
    """The worker: the role that writes for every learner."""

    database_url: str = Field(validation_alias=AliasChoices("DATABASE_URL_PROGRESS_WORKER", "database_url"))
    erasure_key: ErasureKey = None


def _load(pem: str) -> Ed25519PublicKey:
    key = load_pem_public_key(base64.b64decode(pem, validate=True))
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("not an Ed25519 key")
    return key


def _load_private(pem: SecretStr) -> Ed25519PrivateKey:
    key = load_pem_private_key(base64.b64decode(pem.get_secret_value(), validate=True), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("not an Ed25519 key")
    return key
