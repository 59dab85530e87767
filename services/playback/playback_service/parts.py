"""What granting takes, made of settings. An unreadable key raises; a missing one is a part that names its setting."""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from botocore.credentials import Credentials
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from playback_service import keys
from playback_service.configured import Missing
from playback_service.decision import Means
from playback_service.delivery import Deliveries
from playback_service.grants import GrantIssuer
from playback_service.keyring import SETTING as SEAL_SETTING
from playback_service.keyring import KeyRing, Seal
from playback_service.lifetime import Lifetime
from playback_service.mux_restrictions import MuxRestrictions
from playback_service.rate_limit import RateLimit
from playback_service.settings import Settings
from playback_service.signing import SigningKey, TokenSigner
from playback_service.storage import Presigner


def means_of(settings: Settings) -> Callable[[], Means]:
    """Keys are read now. What is returned makes the means for one run, with threads of its own."""
    first_key, seal, issuer, presigner = _first_key(settings), _seal(settings), _issuer(settings), _presigner(settings)
    address_key = _address_key(settings)
    lifetime = Lifetime(
        min_s=settings.playback_ttl_min_s,
        max_s=settings.playback_ttl_s,
        grant_min_s=settings.watch_grant_min_s,
        grant_max_s=settings.watch_grant_max_s,
    )

    def means() -> Means:
        return Means(
            deliveries=Deliveries(
                signer=TokenSigner(settings.signing_threads),
                presigner=presigner,
                stream_base_url=settings.mux_stream_base_url.rstrip("/"),
                image_base_url=settings.mux_image_base_url.rstrip("/"),
            ),
            keyring=KeyRing(first_key, seal),
            issuer=issuer,
            lifetime=lifetime,
            rate_limit=RateLimit(settings.playback_rate_limit, settings.playback_rate_window_s),
            address_limit=RateLimit(
                settings.playback_address_rate_limit, settings.playback_address_rate_window_s, "address"
            ),
            address_key=address_key,
            lease_s=settings.playback_lease_s,
        )

    return means


def signs_for_mux(settings: Settings) -> bool:
    return settings.mux_signing_key is not None and settings.mux_private_key is not None


def _first_key(settings: Settings) -> SigningKey | Missing:
    if settings.mux_signing_key is None:
        return Missing("MUX_SIGNING_KEY")
    if settings.mux_private_key is None:
        return Missing("MUX_PRIVATE_KEY")
    private = keys.rsa_private_key(settings.mux_private_key.get_secret_value(), setting="MUX_PRIVATE_KEY")
    return SigningKey(settings.mux_signing_key, private)


def _seal(settings: Settings) -> Seal | Missing:
    secret = settings.signing_keys_secret
    return Seal(secret.get_secret_value()) if secret is not None else Missing(SEAL_SETTING)


def mux_restrictions_of(settings: Settings) -> MuxRestrictions | Missing:
    if settings.mux_token_id is None:
        return Missing("MUX_TOKEN_ID")
    if settings.mux_token_secret is None:
        return Missing("MUX_TOKEN_SECRET")
    return MuxRestrictions(settings.mux_base_url, settings.mux_token_id, settings.mux_token_secret.get_secret_value())


def _presigner(settings: Settings) -> Presigner | Missing:
    if settings.s3_access_key_id is None:
        return Missing("S3_ACCESS_KEY_ID")
    if settings.s3_secret_access_key is None:
        return Missing("S3_SECRET_ACCESS_KEY")
    endpoint = settings.s3_public_endpoint_url or settings.s3_endpoint_url
    own = f"{endpoint.rstrip('/')}/{settings.s3_bucket}" if endpoint else None
    return Presigner(
        own or f"https://{settings.s3_bucket}.s3.{settings.s3_region}.amazonaws.com",
        Credentials(settings.s3_access_key_id, settings.s3_secret_access_key.get_secret_value()),
        settings.s3_region,
    )


def _issuer(settings: Settings) -> GrantIssuer | Missing:
    private = _grant_key(settings)
    if private is None:
        return Missing("WATCH_GRANT_PRIVATE_KEY")
    former = {
        key_id: keys.ed25519_public_key(encoded, setting="WATCH_GRANT_PUBLIC_KEYS")
        for key_id, encoded in settings.watch_grant_public_keys.items()
    }
    return GrantIssuer(settings.watch_grant_key_id, private, former)


def _grant_key(settings: Settings) -> Ed25519PrivateKey | None:
    secret = settings.watch_grant_private_key
    if secret is None:
        return None
    return keys.ed25519_private_key(secret.get_secret_value(), setting="WATCH_GRANT_PRIVATE_KEY")


def _address_key(settings: Settings) -> bytes:
    """The same in every replica, as long as one of the two secrets is set."""
    if settings.audit_address_key is not None:
        return settings.audit_address_key.get_secret_value().encode()
    private = _grant_key(settings)
    if private is None:
        return secrets.token_bytes(32)
    return hmac.digest(private.private_bytes_raw(), b"seatime audit address", hashlib.sha256)
