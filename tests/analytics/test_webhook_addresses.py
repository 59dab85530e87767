"""Where webhooks go and where they never do: an address is an administrator's word, the network is ours. Row F10."""

import ipaddress
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from analytics_service.webhooks import posting
from servicekit.addresses import Rules
from servicekit.database import Pool
from tests.analytics import hooks, log
from tests.analytics.hooks import ROOT, Clock, attempts, consume, deliveries, registered, send, sender, told
from tests.analytics.receiver import Receiver, receiving, saying
from tests.databases import Database

PUBLIC = "93.184.215.14"
STRICT: dict[str, Any] = {"webhook_local_receivers": False}


class Names:
    """A DNS that says what it is told, and remembers what it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = list(answers), list[str]()

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        if not self.answers:
            raise OSError("no such name")
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("https://127.0.0.1/hook", None),
        ("https://[::1]/hook", None),
        ("https://10.0.0.8/hook", None),
        ("https://192.168.1.1/hook", None),
        ("https://169.254.169.254/latest/meta-data/", None),
        ("https://[::ffff:127.0.0.1]/hook", None),
        ("https://0x7f000001/hook", None),
        ("https://2130706433/hook", None),
        ("https://localhost/hook", None),
        ("https://kafka/hook", None),
        ("https://inside.example.com/hook", ["10.1.2.3"]),
        ("https://mixed.example.com/hook", [PUBLIC, "127.0.0.1"]),
        ("https://nowhere.example.com/hook", []),
        ("https://nameless.example.com/hook", None),
        ("https://user:pw@example.com/hook", [PUBLIC]),
        ("https://example.com:5432/hook", [PUBLIC]),
        ("http://example.com/hook", [PUBLIC]),
        ("http://example.com:443/hook", [PUBLIC]),
        ("ftp://example.com/hook", [PUBLIC]),
        ("file:///etc/passwd", None),
        ("hook", None),
    ],
)
async def test_addresses_that_lead_inside_are_not_registered(
    analytics_database: Database, url: str, resolved: list[str] | None
) -> None:
    """Row F10: nor those without TLS, on other ports, or that nobody can find; neither as new nor as changed ones."""
    names = Names(*([resolved] if resolved is not None else []))
    async with hooks.administering(analytics_database, resolve=names, **STRICT) as api:
        refused = await api.post(ROOT, json={"url": url, "eventTypes": ["lesson.completed"]})
        assert (refused.status_code, refused.json()["type"]) == (400, "urn:seatime:problem:address-refused")
        assert (await api.get(ROOT)).json() == {"webhooks": []}
    async with hooks.administering(analytics_database, resolve=Names([PUBLIC]), **STRICT) as api:
        endpoint = await registered(api, "https://example.com/hook")
    async with hooks.administering(analytics_database, resolve=names, **STRICT) as api:
        refused = await api.patch(f"{ROOT}/{endpoint['id']}", json={"url": url})
        assert refused.status_code == 400
        assert (await api.get(ROOT)).json()["webhooks"][0]["url"] == "https://example.com/hook"


async def test_a_name_that_turns_inward_later_is_not_connected_to(
    pool: Pool, analytics_database: Database, receiver: Receiver
) -> None:
    """Row F10: public when it was registered, this machine when it is sent to (DNS rebinding): refused, and logged."""
    port = int(receiver.url.split(":")[2].partition("/")[0])
    names = Names([PUBLIC], ["127.0.0.1"])
    settings = STRICT | {"webhook_ports": (port,)}
    async with hooks.administering(analytics_database, resolve=names, **settings) as api:
        endpoint = await registered(api, f"https://rebound.example.com:{port}/hook")
        await consume(pool, told(log.completion()))
        assert await send(sender(pool, Clock(), resolve=names, **settings)) == 1
        assert names.asked == ["rebound.example.com"] * 2
        assert receiver.got == []
        (delivery,) = await deliveries(api, endpoint)
        assert delivery["lastError"].startswith("address refused: rebound.example.com does not lead to public")
        assert (delivery["state"], delivery["lastStatus"]) == ("pending", None)


async def test_what_was_checked_is_what_is_connected_to(
    pool: Pool, analytics_database: Database, receiver: Receiver
) -> None:
    """Row F10: a name is asked about once per attempt; another answer in the next moment comes too late."""
    port = int(receiver.url.split(":")[2].partition("/")[0])
    names = Names(["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"])
    async with hooks.administering(analytics_database, resolve=names) as api:
        await registered(api, f"http://receiver.example.com:{port}/hook")
        await consume(pool, told(log.completion()))
        await send(sender(pool, Clock(), resolve=names))
    (got,) = receiver.got
    assert got.headers["host"] == f"receiver.example.com:{port}"
    assert len(names.asked) == 2


async def test_redirects_are_not_followed(pool: Pool, analytics_database: Database, receiver: Receiver) -> None:
    """Row F10: a receiver cannot send us where we would not go by ourselves."""
    async with hooks.administering(analytics_database) as api:
        endpoint = await registered(api, receiver.url)
        await consume(pool, told(log.completion()))
        receiver.answers = [saying(307, Location=receiver.url + "/elsewhere")]
        await send(sender(pool, Clock()))
        assert [one.path for one in receiver.got] == ["/hook"]
        (delivery,) = await deliveries(api, endpoint)
        assert (delivery["state"], delivery["lastStatus"]) == ("pending", 307)
        assert "redirects are not followed" in delivery["lastError"]


async def test_what_does_not_answer_is_told_in_words(pool: Pool, analytics_database: Database) -> None:
    """Row F10: nobody listens, or what answers speaks no HTTP: an attempt like others, without a status."""
    async with hooks.administering(analytics_database) as api:
        endpoint = await registered(api, "http://127.0.0.1:9/hook")
        await consume(pool, told(log.completion()))
        await send(sender(pool, Clock()))
        (delivery,) = await deliveries(api, endpoint)
        (attempt,) = await attempts(api, endpoint, delivery["id"])
    assert (attempt["status"], attempt["answer"]) == (None, "")
    assert attempt["error"] == "cannot be reached: ClientConnectorError"


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """Of a server that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@asynccontextmanager
async def encrypted(context: ssl.SSLContext, got: list[bytes]) -> AsyncIterator[str]:
    async def handle(request: web.Request) -> web.Response:
        got.append(await request.read())
        return web.Response()

    application = web.Application()
    application.router.add_post("/hook", handle)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    pool: Pool, analytics_database: Database, certificate: ssl.SSLContext
) -> None:
    """Row F10: nothing is said to whoever stands in the way."""
    got: list[bytes] = []
    async with hooks.administering(analytics_database) as api, encrypted(certificate, got) as url:
        endpoint = await registered(api, url)
        await consume(pool, told(log.completion()))
        await send(sender(pool, Clock()))
        (delivery,) = await deliveries(api, endpoint)
    assert got == []
    assert delivery["lastError"] == "cannot be reached: ClientConnectorCertificateError"


async def test_only_a_setting_of_developers_opens_the_loopback() -> None:
    """Row F10: and even that opens this machine only, not the network around it."""
    strict = posting.rules_of(sender_settings(webhook_local_receivers=False))
    local = posting.rules_of(sender_settings(webhook_local_receivers=True))
    loopback, inside, outside = (ipaddress.ip_address(one) for one in ("127.0.0.1", "10.0.0.1", PUBLIC))
    assert [strict.is_public(one) for one in (loopback, inside, outside)] == [False, False, True]
    assert [local.is_public(one) for one in (loopback, inside, outside)] == [True, False, True]
    assert strict == Rules(ports=(443,))


def sender_settings(**settings: Any) -> Any:
    from analytics_service.settings import Settings

    return Settings(database_url="postgresql://nowhere", **settings)
