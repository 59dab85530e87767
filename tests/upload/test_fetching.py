"""Fetching what a stranger names, over real connections: a part of this machine plays the world, another the inside."""

import asyncio
import gzip
import socket
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import quote

import pytest
from aiohttp import web

from servicekit.addresses import Address, AddressRefused, Rules
from servicekit.outside import AddressUnreachable, _sockets_to, check, system_resolver
from upload_service.fetching import fetch_head, rules_of
from upload_service.settings import Settings

WORLD, ELSEWHERE, INSIDE = "127.0.0.1", "127.0.0.2", "127.0.0.66"
VIDEO = bytes(range(256)) * 64


def plays_the_world(address: Address) -> bool:
    return str(address) in (WORLD, ELSEWHERE)


@dataclass
class Names:
    """A DNS whose answers are scripted: each lookup takes the next one, the last one stays."""

    answers: dict[str, list[Sequence[str]]]
    asked: Counter[str] = field(default_factory=Counter)

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked[host] += 1
        answers = self.answers.get(host)
        if not answers:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass
class Net:
    """One HTTP server on every one of the three addresses, at the same port; `hits` counts by address reached."""

    port: int
    rules: Rules
    hits: Counter[str]

    def url(self, host: str, path: str) -> str:
        return f"http://{host}:{self.port}{path}"


@pytest.fixture
async def net() -> AsyncIterator[Net]:
    hits: Counter[str] = Counter()

    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        hits[request.transport.get_extra_info("sockname")[0]] += 1
        match request.path:
            case "/to":
                return web.Response(status=int(request.query.get("as", 302)), headers={"Location": request.query["at"]})
            case "/nowhere":
                return web.Response(status=302)
            case "/ranged":
                assert request.headers["Range"] == "bytes=0-9"
                return web.Response(
                    status=206, body=VIDEO[:10], headers={"Content-Range": "bytes 0-9/16384"}, content_type="video/mp4"
                )
            case "/packed":
                return web.Response(body=gzip.compress(bytes(10_000_000)), headers={"Content-Encoding": "gzip"})
            case "/endless":
                response = web.StreamResponse()
                await response.prepare(request)
                while True:
                    await response.write(VIDEO)
            case "/silent":
                await asyncio.Event().wait()
        return web.Response(status=404) if request.path == "/gone" else web.Response(body=VIDEO)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    first = web.TCPSite(runner, WORLD, 0)
    await first.start()
    port = runner.addresses[0][1]
    for host in (ELSEWHERE, INSIDE):
        await web.TCPSite(runner, host, port).start()
    yield Net(port, Rules(ports=(port,), redirects=3, is_public=plays_the_world), hits)
    await runner.cleanup()


def names(**answers: str) -> Names:
    """`videos="127.0.0.1"`: videos.example is there."""
    return Names({f"{name}.example": [one.split() for one in text.split(",")] for name, text in answers.items()})


async def test_the_first_bytes_are_read(net: Net) -> None:
    """From a server that knows ranges and from one that does not; no more than asked for, packed or endless."""
    dns = names(videos=WORLD)
    for path, length in (("/ranged", 16_384), ("/whole", 16_384), ("/endless", None)):
        head = await fetch_head(net.url("videos.example", path), net.rules, first_bytes=10, resolve=dns)
        assert (head.first, head.length) == (VIDEO[:10], length)
    assert (await fetch_head(net.url("videos.example", "/ranged"), net.rules, first_bytes=10, resolve=dns)).content_type
    packed = await fetch_head(net.url("videos.example", "/packed"), net.rules, resolve=dns)
    assert packed.first.startswith(b"\x1f\x8b")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_followed_and_told(net: Net, status: int) -> None:
    """Over another name on another address, to a relative path: the end's URL is what Mux will be given."""
    dns = names(videos=WORLD, cdn=ELSEWHERE)
    hop = quote(net.url("cdn.example", f"/to?as={status}&at=/whole"), safe="")
    head = await fetch_head(net.url("videos.example", f"/to?as={status}&at={hop}"), net.rules, resolve=dns)
    assert head.url == net.url("cdn.example", "/whole")
    assert net.hits == {WORLD: 1, ELSEWHERE: 2}


@pytest.mark.parametrize(
    "inside",
    ["http://127.0.0.66:{port}/", "http://inside.example:{port}/", "http://both.example:{port}/", "http://2130706498/"],
)
async def test_no_redirect_leads_inside(net: Net, inside: str) -> None:
    """By its number, by a name, by a name that is both outside and inside, by another spelling: nothing gets there."""
    dns = names(videos=WORLD, inside=INSIDE, both=f"{WORLD} {INSIDE}")
    where = inside.format(port=net.port)
    for url in (where, net.url("videos.example", f"/to?at={where}")):
        with pytest.raises(AddressRefused):
            await fetch_head(url, net.rules, resolve=dns)
    assert net.hits[INSIDE] == 0
    assert net.hits[WORLD] == 1


async def test_a_name_that_changes_its_mind_is_connected_to_where_it_was_checked(net: Net) -> None:
    """DNS rebinding: resolved once for a hop; a second hop to the same name is checked anew."""
    dns = names(videos=f"{WORLD},{INSIDE}")
    head = await fetch_head(net.url("videos.example", "/whole"), net.rules, resolve=dns)
    assert head.first == VIDEO[:4096]
    assert dns.asked["videos.example"] == 1
    again = names(videos=f"{WORLD},{INSIDE}")
    with pytest.raises(AddressRefused):
        await fetch_head(net.url("videos.example", "/to?at=/whole"), net.rules, resolve=again)
    assert again.asked["videos.example"] == 2
    assert net.hits == {WORLD: 2}


def test_a_socket_goes_only_to_what_was_checked() -> None:
    """The last wall, behind the resolver: whatever the client may have looked up elsewhere."""
    make = _sockets_to((ip_address(WORLD),))
    make((socket.AF_INET, socket.SOCK_STREAM, 6, "", (WORLD, 80))).close()
    with pytest.raises(OSError, match="not the address"):
        make((socket.AF_INET, socket.SOCK_STREAM, 6, "", (INSIDE, 80)))


async def test_redirects_end(net: Net) -> None:
    """A circle, and one that names no place."""
    dns = names(videos=WORLD)
    circle = net.url("videos.example", "/to?at=")
    with pytest.raises(AddressRefused, match="too many"):
        await fetch_head(circle + "%2Fto%3Fat%3D" * 5 + "/whole", net.rules, resolve=dns)
    assert net.hits[WORLD] == net.rules.redirects + 1
    with pytest.raises(AddressRefused, match="nowhere"):
        await fetch_head(net.url("videos.example", "/nowhere"), net.rules, resolve=dns)


async def test_what_does_not_answer_is_unreachable(net: Net) -> None:
    """An unknown name, an error, silence, and no server."""
    dns = names(videos=WORLD)
    for url in (net.url("nobody.example", "/"), net.url("videos.example", "/gone")):
        with pytest.raises(AddressUnreachable):
            await fetch_head(url, net.rules, resolve=dns)
    with pytest.raises(AddressUnreachable, match="in time"):
        await fetch_head(net.url("videos.example", "/silent"), net.rules, resolve=dns, timeout_s=0.3)
    deaf = Rules(ports=(9,), is_public=plays_the_world)
    with pytest.raises(AddressUnreachable):
        await fetch_head("http://videos.example:9/", deaf, resolve=dns)


async def test_a_proxy_of_the_environment_is_not_used(net: Net, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would resolve and connect by itself, unchecked."""
    monkeypatch.setenv("http_proxy", f"http://{INSIDE}:{net.port}")
    await fetch_head(net.url("videos.example", "/whole"), net.rules, resolve=names(videos=WORLD))
    assert net.hits == {WORLD: 1}


async def test_a_check_connects_to_nothing(net: Net) -> None:
    """It says where the connection would go, or refuses; a name server that hangs is given up."""
    target, found = await check(net.url("videos.example", "/whole"), net.rules, resolve=names(videos=WORLD))
    assert (target.host, [str(one) for one in found]) == ("videos.example", [WORLD])
    with pytest.raises(AddressRefused):
        await check(net.url("inside.example", "/"), net.rules, resolve=names(inside=INSIDE))

    async def hang(host: str, port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    with pytest.raises(AddressUnreachable):
        await check(net.url("videos.example", "/"), net.rules, resolve=hang, timeout_s=0.05)
    assert net.hits == {}


async def test_the_rules_in_use_refuse_this_machine() -> None:
    """With the settings' ports and the system's own resolver."""
    rules = rules_of(Settings(database_url="postgresql://nowhere", import_ports=(80, 8080)))
    assert rules.ports == (80, 8080)
    assert set(await system_resolver("localhost", 80)) <= {"127.0.0.1", "::1"}

    async def localhost(host: str, port: int) -> Sequence[str]:
        return await system_resolver("localhost", port)

    with pytest.raises(AddressRefused):
        await fetch_head("http://videos.example:8080/", rules, resolve=localhost)
