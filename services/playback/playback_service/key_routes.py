"""Mux's signing keys over HTTP, for admins: the same as `seatime-keys` does. No answer has a private part."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from playback_service import mux_keys, rotation
from playback_service.configured import Missing, needed
from playback_service.errors import MuxUnavailable
from playback_service.keyring import SETTING, Seal
from playback_service.mux_keys import MuxFailed
from playback_service.rotation import ListedKey, NotRevocable, State
from playback_service.settings import Settings
from servicekit.auth import CurrentPrincipal, require_roles
from servicekit.errors import Conflict
from servicekit.http import problem_responses
from servicekit.telemetry import get_logger

router = APIRouter(
    prefix="/api/playback/signing-keys",
    tags=["signing keys"],
    dependencies=[Depends(require_roles("admin"))],
    responses=problem_responses(409),
)

log = get_logger(__name__)


class KeyNotRevocable(Conflict):
    slug, title = "key-not-revocable", "This key cannot be revoked"


class _Wire(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True)


class KeyView(_Wire):
    """`signs`: new tokens. `verifies`: good, signs nothing new. `lost`: Mux does not know it. `foreign`: not ours."""

    key_id: str
    state: State
    created_at: datetime | None
    created_by: str | None = Field(description="Null for keys of the environment and of the command.")
    revoked_at: datetime | None
    revoked_by: str | None

    @classmethod
    def of(cls, key: ListedKey) -> "KeyView":
        return cls(**{name: getattr(key, name) for name in cls.model_fields})


class KeysView(_Wire):
    keys: list[KeyView]
    token_life_s: int = Field(description="After this long (s) no token of a key that signs no more is needed.")


class Rotated(_Wire):
    key_id: str = Field(description="Of the key that signs from now on.")


class Revoked(_Wire):
    key_id: str
    at_mux: str = Field(description="What became of it there.")


@dataclass(frozen=True, slots=True)
class Access:
    base_url: str
    token_id: str
    token_secret: str


@dataclass(frozen=True, slots=True)
class KeyKeeping:
    """What keeping keys takes: a token with System write, and the secret that seals new keys."""

    access: Access | Missing
    seal: Seal | Missing
    first_key: str | None
    token_life_s: int

    @classmethod
    def of(cls, settings: Settings) -> "KeyKeeping":
        return cls(_access(settings), _seal(settings), settings.mux_signing_key, settings.playback_ttl_s)


def _access(settings: Settings) -> Access | Missing:
    if settings.mux_token_id is None:
        return Missing("MUX_TOKEN_ID")
    if settings.mux_token_secret is None:
        return Missing("MUX_TOKEN_SECRET")
    return Access(settings.mux_base_url, settings.mux_token_id, settings.mux_token_secret.get_secret_value())


def _seal(settings: Settings) -> Seal | Missing:
    secret = settings.signing_keys_secret
    return Seal(secret.get_secret_value()) if secret is not None else Missing(SETTING)


def keeping(request: Request) -> KeyKeeping:
    kept: KeyKeeping = request.app.state.key_keeping
    return kept


Keeping = Annotated[KeyKeeping, Depends(keeping)]
KeyId = Annotated[str, Path(alias="keyId", pattern=r"^[A-Za-z0-9_-]{1,255}$")]


@router.get("", summary="Our keys and Mux's, and what each is good for")
async def list_keys(request: Request, kept: Keeping) -> KeysView:
    access = needed(kept.access)
    try:
        async with mux_keys.connect(access.base_url, access.token_id, access.token_secret) as mux:
            found = await rotation.listed(request.app.state.pool, mux, first_key=kept.first_key)
    except MuxFailed as error:
        raise MuxUnavailable(str(error)) from error
    return KeysView(keys=[KeyView.of(key) for key in found], token_life_s=kept.token_life_s)


@router.post("", status_code=201, summary="Make a key at Mux, and sign with it from now on")
async def rotate_key(request: Request, kept: Keeping, principal: CurrentPrincipal) -> Rotated:
    """In every replica at once. Tokens of the former keys stay good until they expire."""
    access, seal = needed(kept.access), needed(kept.seal)
    try:
        async with mux_keys.connect(access.base_url, access.token_id, access.token_secret) as mux:
            made = await rotation.rotate(request.app.state.pool, mux, seal, by=principal.user_id)
    except MuxFailed as error:
        raise MuxUnavailable(str(error)) from error
    log.warning("a signing key was made", key_id=made, by=principal.user_id)
    return Rotated(key_id=made)


@router.delete("/{keyId}", summary="Sign nothing more with a key, and have Mux refuse its tokens")
async def revoke_key(
    request: Request,
    kept: Keeping,
    principal: CurrentPrincipal,
    key_id: KeyId,
    even_the_last: Annotated[
        bool, Query(alias="evenTheLast", description="Though nothing can be signed afterwards.")
    ] = False,
) -> Revoked:
    """409 `key-not-revocable` for the last key, and for one that is not ours. Again does no harm."""
    access = needed(kept.access)
    try:
        async with mux_keys.connect(access.base_url, access.token_id, access.token_secret) as mux:
            became = await rotation.revoke(
                request.app.state.pool,
                mux,
                key_id,
                first_key=kept.first_key,
                even_the_last=even_the_last,
                by=principal.user_id,
            )
    except NotRevocable as error:
        raise KeyNotRevocable(str(error)) from error
    except MuxFailed as error:
        raise MuxUnavailable(str(error)) from error
    log.warning("a signing key was revoked", key_id=key_id, by=principal.user_id)
    return Revoked(key_id=key_id, at_mux=became)
