"""Identity: what a token must be, by a shared secret and by published keys, and what happens without the provider."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jwt
import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from servicekit.auth import Authenticator, JwksCache, issue_token
from servicekit.errors import Unauthenticated, Unavailable
from servicekit.settings import CommonSettings
from tests.servicekit.kit import SECRET

RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER_RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    return {"sub": "user-1", "roles": ["learner"], "iss": "seatime", "aud": "seatime", "exp": now + 60, **more}


def without(name: str) -> dict[str, Any]:
    return {claim: value for claim, value in claims().items() if claim != name}


def unsigned(header: dict[str, Any]) -> str:
    def encode(part: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()

    return f"{encode(header)}.{encode(claims())}."


def by_secret(**more: Any) -> Authenticator:
    return Authenticator(CommonSettings(auth_jwt_secret=SECRET, **more))


async def test_a_good_token_names_its_bearer() -> None:
    """Subject and roles come from the token; the scheme's case does not matter; roles that are no text are dropped."""
    token = jwt.encode(claims(roles=["admin", 7, None]), SECRET)
    principal = await by_secret().authenticate(f"bEARER {token}")
    assert (principal.user_id, principal.roles, principal.is_admin) == ("user-1", frozenset({"admin"}), True)
    principal = await by_secret().authenticate(f"Bearer {issue_token(SECRET, 'u', 'learner')}")
    assert (principal.user_id, principal.is_admin) == ("u", False)


BAD = {
    "none": None,
    "empty": "",
    "another scheme": "Basic dXNlcjpwYXNz",
    "scheme only": "Bearer",
    "rubbish": "Bearer a.b.c",
    "not even dots": "Bearer \u00e9",
    "alg none": f"Bearer {unsigned({'alg': 'none'})}",
    "alg None": f"Bearer {unsigned({'alg': 'None', 'typ': 'JWT'})}",
    "no alg": f"Bearer {unsigned({'typ': 'JWT'})}",
    "other secret": f"Bearer {jwt.encode(claims(), SECRET[::-1])}",
    "HS512": f"Bearer {jwt.encode(claims(), SECRET * 2, algorithm='HS512')}",
    "RS256 where a secret is set": f"Bearer {jwt.encode(claims(), RSA_KEY, algorithm='RS256')}",
    "expired": f"Bearer {jwt.encode(claims(exp=int(time.time()) - 60), SECRET)}",
    "not yet": f"Bearer {jwt.encode(claims(nbf=int(time.time()) + 86_400), SECRET)}",
    "wrong audience": f"Bearer {jwt.encode(claims(aud='elsewhere'), SECRET)}",
    "wrong issuer": f"Bearer {jwt.encode(claims(iss='elsewhere'), SECRET)}",
    **{f"without {name}": f"Bearer {jwt.encode(without(name), SECRET)}" for name in ("exp", "sub", "iss", "aud")},
    "exp is text": f"Bearer {jwt.encode(claims(exp='soon'), SECRET)}",
    "subject is a number": f"Bearer {jwt.encode(claims(sub=7), SECRET)}",
    "subject is empty": f"Bearer {jwt.encode(claims(sub=''), SECRET)}",
    "subject is too long": f"Bearer {jwt.encode(claims(sub='x' * 65), SECRET)}",
    "subject has a NUL": f"Bearer {jwt.encode(claims(sub=chr(0)), SECRET)}",
    "subject ends with a newline": f"Bearer {jwt.encode(claims(sub='user' + chr(10)), SECRET)}",
    "roles are text": f"Bearer {jwt.encode(claims(roles='admin'), SECRET)}",
    "8 KB": f"Bearer {jwt.encode(claims(padding='x' * 8192), SECRET)}",
}


@pytest.mark.parametrize("header", BAD.values(), ids=BAD)
async def test_a_bad_token_is_a_401(header: str | None) -> None:
    """Whatever is wrong with a token, it is Unauthenticated: never accepted, never another error."""
    with pytest.raises(Unauthenticated):
        await by_secret().authenticate(header)


async def test_an_expired_token_says_so() -> None:
    """A client can tell that a new token helps."""
    with pytest.raises(Unauthenticated) as caught:
        await by_secret().authenticate(BAD["expired"])
    assert caught.value.problem()["reason"] == "expired"


def test_a_short_secret_and_two_or_no_ways_to_check_are_refused_at_start() -> None:
    """A service that could be talked into anything does not start."""
    for wrong in (
        {"auth_jwt_secret": "short"},
        {},
        {"auth_jwt_secret": SECRET, "auth_jwks_url": "http://127.0.0.1:1/"},
    ):
        with pytest.raises(ValueError, match="AUTH_"):
            Authenticator(CommonSettings(**wrong))  # type: ignore[arg-type]


class Provider:
    """An identity provider: publishes `keys`, can be down, counts its visitors."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.status, self.body, self.asked, self.port = 200, "", 0, 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks"

    def publish(self, kid: str, key: Any, algorithm: str) -> None:
        document = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
        self.keys.append({**document, "kid": kid, "alg": algorithm, "use": "sig"})

    async def answer(self, _: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(status=self.status, text=self.body or json.dumps({"keys": self.keys}))


@asynccontextmanager
async def providing() -> AsyncIterator[Provider]:
    provider = Provider()
    app = web.Application()
    app.router.add_get("/jwks", provider.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    provider.port = runner.addresses[0][1]
    try:
        yield provider
    finally:
        await runner.cleanup()


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with providing() as running:
        running.publish("rsa", RSA_KEY, "RS256")
        yield running


def by_keys(provider: Provider) -> Authenticator:
    return Authenticator(CommonSettings(auth_jwks_url=provider.url))


def signed(key: Any = RSA_KEY, kid: Any = "rsa", algorithm: str = "RS256", **more: Any) -> str:
    return f"Bearer {jwt.encode(claims(**more), key, algorithm=algorithm, headers={'kid': kid} if kid else {})}"


async def test_published_keys_of_every_kind_are_accepted(provider: Provider) -> None:
    """RSA, elliptic curve and Edwards keys; fetched once for all of them, by many callers at once."""
    curve, edwards = ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()
    provider.publish("ec", curve, "ES256")
    provider.publish("ed", edwards, "EdDSA")
    checks = by_keys(provider)
    tokens = [signed(), signed(curve, "ec", "ES256"), signed(edwards, "ed", "EdDSA")] * 10
    principals = await asyncio.gather(*map(checks.authenticate, tokens))
    assert {principal.user_id for principal in principals} == {"user-1"}
    assert provider.asked == 1


async def test_what_was_not_signed_by_a_published_key_is_a_401(provider: Provider) -> None:
    """Another key under a known id, an unknown id, no id, the public key as a secret, and alg none."""
    checks = by_keys(provider)
    for header in (
        signed(OTHER_RSA_KEY),
        signed(kid="unknown"),
        signed(kid=None),
        signed(exp=int(time.time()) - 60),
        signed(aud="elsewhere"),
        signed(key=SECRET, algorithm="HS256"),
        f"Bearer {unsigned({'alg': 'none', 'kid': 'rsa'})}",
        f"Bearer {unsigned({'alg': 'RS256', 'kid': ['rsa']})}",
        signed(ec.generate_private_key(ec.SECP256R1()), "rsa", "ES256"),
    ):
        with pytest.raises(Unauthenticated):
            await checks.authenticate(header)


async def test_unknown_ids_do_not_make_us_ask_the_provider_each_time(provider: Provider) -> None:
    """A flood of made-up key ids is not passed on to the identity provider."""
    checks = by_keys(provider)
    for number in range(20):
        with pytest.raises(Unauthenticated):
            await checks.authenticate(signed(kid=f"made-up-{number}"))
    assert provider.asked == 1


async def test_a_rotated_key_is_found_without_a_restart(provider: Provider) -> None:
    """A new id is looked up; what the provider no longer lists is no longer accepted."""
    cache = JwksCache(provider.url, min_interval_s=0)
    assert (await cache.key("rsa")).algorithm_name == "RS256"
    provider.keys.clear()
    provider.publish("new", OTHER_RSA_KEY, "RS256")
    assert (await cache.key("new")).key_id == "new"
    with pytest.raises(Unauthenticated):
        await cache.key("rsa")


@pytest.mark.parametrize("body", ["not json", "[]", '{"keys": "none"}', "{}", '{"keys": []}'])
async def test_a_provider_that_never_answered_sensibly_is_a_503(provider: Provider, body: str) -> None:
    """Without any keys nobody can be judged: that is our outage, not the caller's fault, and it is not hammered."""
    provider.body = body
    checks = by_keys(provider)
    for _ in range(3):
        with pytest.raises(Unavailable):
            await checks.authenticate(signed())
    assert provider.asked == 1


async def test_known_keys_outlive_an_outage_of_the_provider(provider: Provider) -> None:
    """Who is signed by a known key gets in while the provider is down, also after the keys' age."""
    cache = JwksCache(provider.url, min_interval_s=0, max_age_s=0)
    await cache.key("rsa")
    provider.status = 500
    assert (await cache.key("rsa")).key_id == "rsa"
    assert provider.asked == 2


async def test_a_provider_that_cannot_be_reached_is_asked_once_for_all_who_wait() -> None:
    """A hundred requests during an outage are answered after one attempt, not after a hundred in a row."""
    async with providing() as gone:
        pass
    checks = by_keys(gone)
    outcomes = await asyncio.gather(*(checks.authenticate(signed()) for _ in range(100)), return_exceptions=True)
    assert {type(outcome) for outcome in outcomes} == {Unavailable}


async def test_a_verified_token_is_remembered_and_not_beyond_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks again within the minute is known; at the token's end, and with any other token, all is checked anew."""
    authenticator = Authenticator(CommonSettings(auth_jwt_secret=SECRET))
    checked = []
    real = authenticator._verify

    async def counting(token: str) -> dict[str, Any]:
        checked.append(token)
        return await real(token)

    monkeypatch.setattr(authenticator, "_verify", counting)
    good, ending = (issue_token(SECRET, "ada", "learner", ttl_s=ttl_s) for ttl_s in (3600, 20))
    for _ in range(3):
        assert (await authenticator.authenticate(f"Bearer {good}")).user_id == "ada"
        assert (await authenticator.authenticate(f"Bearer {ending}")).user_id == "ada"
    assert checked == [good, ending]
    forged = good[:-4] + ("AAAA" if not good.endswith("AAAA") else "BBBB")
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(f"Bearer {forged}")
    start = time.time()
    monkeypatch.setattr("servicekit.auth.time.time", lambda: start + 21)
    await authenticator.authenticate(f"Bearer {good}")
    assert checked == [good, ending, forged]
    await authenticator.authenticate(f"Bearer {ending}")  # within the leeway, so it is good, but it is not remembered
    await authenticator.authenticate(f"Bearer {ending}")
    assert checked == [good, ending, forged, ending, ending]
    monkeypatch.setattr("servicekit.auth.time.time", lambda: start + 61)
    await authenticator.authenticate(f"Bearer {good}")
    assert checked[-1] == good


async def test_the_memory_of_tokens_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many callers push the oldest out."""
    monkeypatch.setattr("servicekit.auth._MOST_REMEMBERED", 3)
    authenticator = Authenticator(CommonSettings(auth_jwt_secret=SECRET))
    for n in range(9):
        await authenticator.authenticate(f"Bearer {issue_token(SECRET, f'learner-{n}')}")
    assert len(authenticator._remembered) == 3


@pytest.mark.parametrize("part", ["header", "claims"])
async def test_a_member_that_comes_twice_is_a_401(part: str) -> None:
    """Parsers differ in which of the two they believe, so neither is believed, however well it is signed."""
    header, body = '{"alg":"HS256","typ":"JWT"}', json.dumps(claims())
    if part == "header":
        header = header[:-1] + ',"typ":"JWT"}'
    else:
        body = body[:-1] + ',"sub":"somebody-else"}'
    signing_input = ".".join(base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode() for text in (header, body))
    mac = jwt.get_algorithm_by_name("HS256").sign(signing_input.encode(), SECRET.encode())
    token = f"{signing_input}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"
    with pytest.raises(Unauthenticated):
        await by_secret().authenticate(f"Bearer {token}")


async def test_a_name_is_shown_as_far_as_it_can_be() -> None:
    """The token's name, without what cannot be printed and not too long; whatever else is no name."""

    async def named(name: Any) -> str | None:
        return (await by_secret().authenticate(f"Bearer {jwt.encode(claims(name=name), SECRET)}")).name

    assert await named("Ada Lovelace") == "Ada Lovelace"
    assert await named(" \u202eA\x00d\na ") == "Ada"
    assert [await named(wrong) for wrong in (None, 7, ["Ada"], "", "\n")] == [None] * 5
    assert len(await named("x" * 1000) or "") == 100
