"""Keys of this session, and the service's API on a database of the test's own."""

import base64
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from joserfc import jwk, jwt
from joserfc.errors import SecurityWarning

from playback_service.app import create_app
from playback_service.settings import Settings
from tests.databases import Database
from tests.playback.school import SECRET, School

MakeSettings = Callable[..., Settings]
OpenSchool = Callable[..., AbstractAsyncContextManager[School]]


def encoded(key: RSAPrivateKey | Ed25519PrivateKey, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    return base64.b64encode(key.private_bytes(Encoding.PEM, form, NoEncryption())).decode()


def public_pem(key: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_grant(token: str, key: Ed25519PrivateKey) -> jwt.Token:
    """A watch grant, verified by an implementation that is not the service's."""
    with warnings.catch_warnings():  # joserfc would rather see RFC 9864's name for the same algorithm
        warnings.simplefilter("ignore", SecurityWarning)
        return jwt.decode(token, jwk.OKPKey.import_key(public_pem(key)), algorithms=["EdDSA"])


@dataclass(frozen=True)
class Keys:
    mux: RSAPrivateKey
    watch: Ed25519PrivateKey


@pytest.fixture(scope="session")
def keys() -> Keys:
    return Keys(generate_private_key(65537, 2048), Ed25519PrivateKey.generate())


@pytest.fixture
def database(make_database: Callable[[str], Database]) -> Database:
    return make_database("playback")


@pytest.fixture
def settings(database: Database, keys: Keys) -> MakeSettings:
    """`settings(playback_ttl_s=10, …)`: everything configured, unless said otherwise."""

    def make(**overrides: Any) -> Settings:
        configured = {
            "database_url": database.app_url,
            "auth_jwt_secret": SECRET,
            "playback_budget_s": 5,
            "mux_signing_key": "mux-key-1",
            "mux_private_key": encoded(keys.mux),
            "mux_stream_base_url": "https://stream.test",
            "mux_image_base_url": "https://image.test/",
            "s3_endpoint_url": "http://127.0.0.1:9",
            "s3_access_key_id": "s3-key",
            "s3_secret_access_key": "s3 secret of the tests",
            "watch_grant_private_key": encoded(keys.watch),
            "watch_grant_key_id": "watch-1",
        }
        return Settings(**(configured | overrides))

    return make


@pytest.fixture
def open_school(settings: MakeSettings) -> OpenSchool:
    """`async with open_school(playback_ttl_s=10) as school`: the API with settings of one's own."""

    @asynccontextmanager
    async def open_with(**overrides: Any) -> AsyncIterator[School]:
        api = create_app(settings(**overrides))
        transport = httpx.ASGITransport(api, client=("198.51.100.7", 4711))
        async with (
            api.router.lifespan_context(api),
            httpx.AsyncClient(transport=transport, base_url="http://playback") as http,
        ):
            yield School(api, http, api.state.pool)

    return open_with


@pytest.fixture
async def school(open_school: OpenSchool) -> AsyncIterator[School]:
    """The API with everything configured."""
    async with open_school() as school:
        yield school
