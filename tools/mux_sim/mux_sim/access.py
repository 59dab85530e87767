"""Who may play what: the policy of a playback id, its token, and the signature that carries both to child URLs."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from mux_sim import restrictions, tokens
from mux_sim.errors import PlaybackError
from mux_sim.ids import well_formed
from mux_sim.model import Asset
from mux_sim.simulator import Simulator, of

PUBLIC_LIFETIME = 12 * 3600


@dataclass(frozen=True)
class Access:
    """A right to play `asset` by `playback_id` until `expires` (unix seconds).

    `options` are the token's claims for a signed id, the query for a public one; `token` is None for a public one.
    """

    asset: Asset
    playback_id: str
    expires: int
    options: dict[str, Any]
    token: str | None


def admit(request: web.Request, audience: str) -> Access:
    """Check the id, the policy and the token; raises PlaybackError 400, 403, 404 or 412, as Mux's player expects."""
    sim, playback_id = of(request), request.match_info["playback_id"]
    asset, policy = _find(sim, playback_id)
    token = request.query.get("token")
    if policy == "public":
        if token is not None:
            raise PlaybackError(400, "Invalid Parameters")
        access = Access(asset, playback_id, int(sim.clock.now()) + PUBLIC_LIFETIME, dict(request.query), None)
    else:
        if not token:
            raise PlaybackError(403, "Missing token")
        claims = tokens.check(sim.store, token, subject=playback_id, audience=audience, now=sim.clock.now())
        restrictions.check(sim.store, claims.get("playback_restriction_id"), request.headers)
        access = Access(asset, playback_id, int(claims["exp"]), claims, token)
    if asset.status != "ready":
        raise PlaybackError(412, "Asset is not ready")
    return access


def _find(sim: Simulator, playback_id: str) -> tuple[Asset, str]:
    if not well_formed(playback_id):
        raise PlaybackError(400, "Failed to parse ID")
    asset = sim.store.asset_of_playback_id(playback_id)
    if asset is None:
        raise PlaybackError(404, "Not Found")
    policy = next(item["policy"] for item in asset.playback_ids if item["id"] == playback_id)
    return asset, policy


def signature(sim: Simulator, playback_id: str, expires: int) -> str:
    signed = f"{playback_id}:{expires}:{sim.streams_cut}"
    return hmac.new(sim.secret.encode(), signed.encode(), hashlib.sha256).hexdigest()


def admit_child(request: web.Request) -> tuple[Asset, str, str]:
    """(asset, playback id, the query to hand on) for a URL from one of our playlists; expires with the token."""
    sim, playback_id = of(request), request.match_info["playback_id"]
    asset, _ = _find(sim, playback_id)
    expires, given = request.query.get("expires", ""), request.query.get("signature", "")
    if not expires.isdecimal() or not hmac.compare_digest(
        given.encode(), signature(sim, playback_id, int(expires)).encode()
    ):
        raise PlaybackError(403, "Invalid signature")
    if int(expires) <= sim.clock.now():
        raise PlaybackError(403, "URL expired")
    return asset, playback_id, f"expires={expires}&signature={given}"
