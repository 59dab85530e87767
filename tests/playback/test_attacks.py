"""Row C2: what must fail, in one table: forged, borrowed and stale rights, by whatever way they come."""

import asyncio
import base64
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from playback_service import routes, store_enrollments
from playback_service.errors import NotEntitled
from servicekit.auth import Principal, issue_token
from servicekit.database import transaction
from tests.playback.conftest import Keys, OpenSchool, public_pem
from tests.playback.school import SECRET, School, problem
from tests.servicekit.test_auth import Provider, providing

PLAYBACK = "/api/videos/l1/playback"
IDP, STRANGER = (generate_private_key(65537, 2048) for _ in range(2))


def claims(**more: Any) -> dict[str, Any]:
    known = {"sub": "ada", "roles": ["learner"], "iss": "seatime", "aud": "seatime", "exp": int(time.time()) + 600}
    return known | more


def encoded(part: str | dict[str, Any]) -> str:
    text = part if isinstance(part, str) else json.dumps(part)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def signed(key: RSAPrivateKey = IDP, header: dict[str, Any] | None = None, **more: Any) -> str:
    return jwt.encode(claims(**more), key, algorithm="RS256", headers={"kid": "idp"} | (header or {}))


def by_hand(header: str | dict[str, Any], body: str | dict[str, Any]) -> str:
    """RS256 by the right key over a text that no library would write."""
    head = f"{encoded(header)}.{encoded(body)}"
    signature = jwt.get_algorithm_by_name("RS256").sign(head.encode(), IDP)
    return f"{head}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def hs256_with(secret: bytes) -> str:
    head = f"{encoded({'alg': 'HS256', 'typ': 'JWT', 'kid': 'idp'})}.{encoded(claims())}"
    mac = hmac.digest(secret, head.encode(), "sha256")
    return f"{head}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def own_jwk() -> dict[str, Any]:
    return {**jwt.get_algorithm_by_name("RS256").to_jwk(STRANGER.public_key(), as_dict=True), "kid": "idp"}


RS256 = {"alg": "RS256", "typ": "JWT", "kid": "idp"}
FORGED: dict[str, Callable[[str], str]] = {
    "alg none": lambda _: f"{encoded({'alg': 'none', 'kid': 'idp'})}.{encoded(claims())}.",
    "alg nOnE with a signature": lambda _: f"{encoded({'alg': 'nOnE'})}.{encoded(claims())}.{'A' * 342}",
    "HS256 with the public key in PEM": lambda _: hs256_with(public_pem(IDP)),
    "HS256 with the public key's JWK": lambda _: hs256_with(
        json.dumps(jwt.get_algorithm_by_name("RS256").to_jwk(IDP.public_key(), as_dict=True)).encode()
    ),
    "kid is a path": lambda _: signed(header={"kid": "../../../../dev/null"}),
    "kid is SQL": lambda _: signed(header={"kid": "idp' OR '1'='1' --"}),
    "kid is a list": lambda _: by_hand({**RS256, "kid": ["idp"]}, claims()),
    "jku to the attacker": lambda url: signed(STRANGER, {"jku": url, "kid": "theirs"}),
    "jku to the attacker under our kid": lambda url: signed(STRANGER, {"jku": url}),
    "x5u to the attacker": lambda url: signed(STRANGER, {"x5u": url}),
    "jwk in the header": lambda _: signed(STRANGER, {"jwk": own_jwk()}),
    "another's signature": lambda _: signed(STRANGER),
    "expired": lambda _: signed(exp=int(time.time()) - 60),
    "nbf in the future": lambda _: signed(nbf=int(time.time()) + 600),
    "iat in the future: the issuer's clock is ten minutes fast": lambda _: signed(iat=int(time.time()) + 600),
    "wrong audience": lambda _: signed(aud="elsewhere"),
    "wrong issuer": lambda _: signed(iss="https://elsewhere.test"),
    "a claim that comes twice": lambda _: by_hand(RS256, json.dumps(claims())[:-1] + ', "sub": "owner"}'),
    "a header that comes twice": lambda _: by_hand(json.dumps(RS256)[:-1] + ', "kid": "idp"}', claims()),
    "8 KB": lambda _: signed(padding="x" * 8192),
    "payload is a list": lambda _: by_hand(RS256, "[1]"),
    "crit is not understood": lambda _: signed(header={"crit": ["exp"], "exp": 1}),
}


@pytest.fixture
async def identity() -> AsyncIterator[Provider]:
    async with providing() as running:
        running.publish("idp", IDP, "RS256")
        yield running


@pytest.fixture
async def attacker() -> AsyncIterator[Provider]:
    """Publishes keys of its own, and counts who comes to fetch them."""
    async with providing() as running:
        running.publish("theirs", STRANGER, "RS256")
        running.publish("idp", STRANGER, "RS256")
        yield running


async def ask(school: School, token: str, path: str = PLAYBACK, **options: Any) -> httpx.Response:
    return await school.http.get(path, headers={"Authorization": f"Bearer {token}"}, **options)


@pytest.mark.parametrize("attack", FORGED)
async def test_forged_identity(open_school: OpenSchool, identity: Provider, attacker: Provider, attack: str) -> None:
    """Row C2: a 401 for each, although the same claims, rightly signed, are let in; nobody asks the attacker for
    keys; nothing is granted."""
    async with open_school(auth_jwt_secret=None, auth_jwks_url=identity.url) as school:
        await school.standard()
        problem(await ask(school, FORGED[attack](attacker.url)), 401, "unauthenticated")
        assert await school.pool.fetchval("SELECT count(*) FROM grants") == 0
        assert attacker.asked == 0
        assert (await ask(school, signed())).status_code == 200


async def another_lesson(school: School) -> httpx.Response:
    await school.course("c2")
    await school.lesson("theirs", "c2")
    await school.enroll("bob", "c2")
    await school.granted("theirs", "bob")
    return await school.play("theirs")


async def another_learner_s_grant(school: School) -> httpx.Response:
    await school.enroll("bob")
    return await school.play(params={"refresh": (await school.granted(user="bob"))["watchGrant"]})


async def another_course_s_grant(school: School) -> httpx.Response:
    await school.course("c2")
    await school.lesson("l2", "c2")
    await school.enroll("ada", "c2")
    return await school.play(params={"refresh": (await school.granted("l2"))["watchGrant"]})


async def grant_after_unenrolment(school: School) -> httpx.Response:
    grant = (await school.granted())["watchGrant"]
    assert (await school.ask("DELETE", "/api/courses/c1/enrollments/ada", "owner")).status_code == 204
    return await school.play(params={"refresh": grant})


async def video_token_as_grant(school: School) -> httpx.Response:
    return await school.play(params={"refresh": (await school.granted())["tokens"]["playback"]})


async def bearer_as_grant(school: School) -> httpx.Response:
    return await school.play(params={"refresh": issue_token(SECRET, "ada", "learner")})


async def grant_as_bearer(school: School) -> httpx.Response:
    return await ask(school, (await school.granted())["watchGrant"])


async def video_token_as_bearer(school: School) -> httpx.Response:
    return await ask(school, (await school.granted())["tokens"]["playback"])


BORROWED = [
    (another_lesson, 403, "not-entitled"),
    (another_learner_s_grant, 403, "watch-grant-refused"),
    (another_course_s_grant, 403, "watch-grant-refused"),
    (grant_after_unenrolment, 403, "not-entitled"),
    (video_token_as_grant, 403, "watch-grant-refused"),
    (bearer_as_grant, 403, "watch-grant-refused"),
    (grant_as_bearer, 401, "unauthenticated"),
    (video_token_as_bearer, 401, "unauthenticated"),
]


@pytest.mark.parametrize(("attempt", "status", "slug"), BORROWED, ids=lambda value: getattr(value, "__name__", None))
async def test_borrowed_rights(school: School, attempt: Any, status: int, slug: str) -> None:
    """Row C2: what is somebody else's, for something else, or from before, opens nothing."""
    await school.standard()
    problem(await attempt(school), status, slug)


async def test_guessed_ids_answer_alike_on_every_route(school: School) -> None:
    """Row C2: to one without a right, what exists, what is gone and what never was are one and the same answer, byte
    for byte, by each way in; those with a right get the seeds' useful 404 and 409."""
    await school.standard()
    await school.lesson("gone", deleted=True)
    await school.lesson("unready", video=None, processing_status="processing")
    stranger = {"l1", "gone", "unready", "never-was"}
    for options in ({}, {"params": {"refresh": "x.y.z"}}, {"params": {"other": "1"}}):
        answers = [await school.play(lesson, "eve", **options) for lesson in stranger]
        assert {answer.status_code for answer in answers} == {403}
        assert len({answer.content for answer in answers}) == 1
    for course in ("c1", "never-was"):
        for path in ("enrollments", "playback-policy"):
            problem(await school.ask("GET", f"/api/courses/{course}/{path}", "eve"), 403, "not-course-owner")
    problem(await school.play("gone"), 404, "lesson-not-found")
    assert problem(await school.play("unready"), 409, "video-not-ready")["processingStatus"] == "processing"


@pytest.mark.parametrize("minutes", [-10, 10])
async def test_a_replica_whose_clock_is_wrong(
    school: School, keys: Keys, monkeypatch: pytest.MonkeyPatch, minutes: int
) -> None:
    """Row C2: rights and tokens go by the database's clock: a replica that is ten minutes off grants no expired
    enrollment, ends no running one, and its tokens live as long as everybody's."""
    await school.standard()
    await school.enroll("late", expires_at=datetime.now(UTC) - timedelta(minutes=5))
    await school.enroll("early", expires_at=datetime.now(UTC) + timedelta(minutes=5))
    real = time.time

    async def asking(learner: str) -> dict[str, Any]:
        body, _ = await routes.answer(school.api.state, Principal(learner), "l1", None, peer=None, forwarded_for=None)
        answered: dict[str, Any] = json.loads(body)
        return answered

    monkeypatch.setattr(time, "time", lambda: real() + minutes * 60)
    with pytest.raises(NotEntitled):
        await asking("late")
    await asking("early")
    token = (await asking("ada"))["tokens"]["playback"]
    exp = jwt.decode(token, public_pem(keys.mux), algorithms=["RS256"], options={"verify_aud": False})["exp"]
    assert 0.9 * 1200 - 2 <= exp - real() <= 1200


async def test_ten_thousand_mints_race_a_revocation(open_school: OpenSchool) -> None:
    """Row C8: a hundred learners ask ten thousand times while they are removed in one transaction: everybody is let
    in before it, no request that begins after its commit is granted, and of those that were under way none is granted
    after it: the removal counts the grants while it holds back all that would follow it."""
    async with open_school(playback_rate_limit=10_000, playback_address_rate_limit=20_000) as school:
        await school.course()
        await school.lesson()
        learners = [f"learner-{n}" for n in range(100)]
        for learner in learners:
            await school.enroll(learner)
        removed, early, late = asyncio.Event(), list[str](), list[str]()

        async def keep_asking(learner: str) -> None:
            for _ in range(100):
                began_late = removed.is_set()
                try:
                    await routes.answer(
                        school.api.state, Principal(learner), "l1", None, peer="127.0.0.1", forwarded_for=None
                    )
                    outcome = "granted"
                except Exception as refusal:
                    outcome = type(refusal).__name__
                (late if began_late else early).append(outcome)

        asking = [asyncio.create_task(keep_asking(learner)) for learner in learners]
        while len(early) < 3000:
            await asyncio.sleep(0)
        async with transaction(school.pool) as conn:
            await store_enrollments.change(conn, "c1", learners, status="removed", expires_at=None)
            minted_before = await conn.fetchval("SELECT count(*) FROM grants")
        removed.set()
        async with asyncio.timeout(60):
            await asyncio.gather(*asking)
        assert len(early) + len(late) == 10_000
        assert early.count("granted") >= 3000
        assert set(early) <= {"granted", "NotEntitled"}
        assert len(late) > 1000
        assert set(late) == {"NotEntitled"}
        assert await school.pool.fetchval("SELECT count(*) FROM grants") == early.count("granted") == minted_before
