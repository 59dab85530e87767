"""Features C4, C8: the watch grant, and what becomes of it at a refresh."""

import base64
import hmac
import json
import time
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts import GrantPolicy
from playback_service.errors import GrantRefused
from playback_service.grants import GrantIssuer, Session, WatchGrant
from tests.playback.conftest import Keys, OpenSchool, encoded, public_pem, read_grant
from tests.playback.school import School, problem


async def test_grant_holds_what_progress_needs(school: School, keys: Keys) -> None:
    """An independent implementation reads learner, lesson, course, session, duration, times and the course's rules."""
    await school.standard()
    before = int(time.time())
    answer = await school.granted()
    grant = read_grant(answer["watchGrant"], keys.watch)
    assert grant.header == {"alg": "EdDSA", "typ": "JWT", "kid": "watch-1"}
    times = {name: grant.claims.pop(name) for name in ("iat", "exp")}
    assert grant.claims == {
        "iss": "seatime/playback",
        "aud": "seatime/progress",
        "sub": "ada",
        "les": "l1",
        "crs": "c1",
        "sid": answer["sessionId"],
        "dur": 600_000,
        "pol": {"rate": 1.5, "grace": 3600, "cap": 45, "hidden": "count"},
        "att": 1,
        "rev": 1,
    }
    assert before <= times["iat"] <= time.time()
    assert times["iat"] + 4 * 3600 <= times["exp"] <= times["iat"] + 4 * 3600 + 1
    assert len(answer["watchGrant"]) < 700


async def test_refresh_continues_the_session(school: School) -> None:
    """C4: a refresh keeps the session's id and beginning, and gives new tokens' addresses and a new grant."""
    await school.standard()
    first = await school.granted()
    again = await school.granted(params={"refresh": first["watchGrant"]})
    assert again["sessionId"] == first["sessionId"]
    assert _claims(again["watchGrant"])["iat"] == _claims(first["watchGrant"])["iat"]
    assert (await school.granted())["sessionId"] != first["sessionId"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "removed"}, "unenrolled"),
        ({"status": "suspended"}, "suspended"),
        ({"expires_at": "2026-01-01T00:00:00Z"}, "expired"),
    ],
)
async def test_refresh_asks_for_the_right_again(school: School, change: dict[str, Any], reason: str) -> None:
    """C8: who is no longer entitled is refused at the next refresh, and told why."""
    await school.standard()
    first = await school.granted()
    await school.enroll(**change)
    refusal = problem(await school.play(params={"refresh": first["watchGrant"]}), 403, "not-entitled")
    assert refusal["reason"] == reason


async def test_unpublished_course_ends_playback(school: School) -> None:
    """C8: learners of a course that was withdrawn are refused, with the reason."""
    await school.standard()
    first = await school.granted()
    await school.course(published=False)
    refusal = problem(await school.play(params={"refresh": first["watchGrant"]}), 403, "not-entitled")
    assert refusal["reason"] == "unpublished"


async def test_grant_is_refreshed_by_its_learner_for_its_lesson_only(school: School) -> None:
    """Somebody else's grant, and a grant for another lesson, continue nothing."""
    await school.standard()
    await school.lesson("l2")
    await school.enroll("bob")
    grant = (await school.granted())["watchGrant"]
    others = problem(await school.play(user="bob", params={"refresh": grant}), 403, "watch-grant-refused")
    elsewhere = problem(await school.play("l2", params={"refresh": grant}), 403, "watch-grant-refused")
    assert (others["reason"], elsewhere["reason"]) == ("other_learner", "other_lesson")


async def test_grants_of_a_former_key_may_still_be_refreshed(open_school: OpenSchool, keys: Keys) -> None:
    """A rotation of the watch grant's key does not stop those who are watching."""
    former = {"watch-1": base64.b64encode(public_pem(keys.watch)).decode()}
    new = Ed25519PrivateKey.generate()
    async with open_school() as school:
        await school.standard()
        first = await school.granted()
    rotated = {
        "watch_grant_private_key": encoded(new),
        "watch_grant_key_id": "watch-2",
        "watch_grant_public_keys": former,
    }
    async with open_school(**rotated) as school:
        again = await school.granted(params={"refresh": first["watchGrant"]})
    assert again["sessionId"] == first["sessionId"]
    assert read_grant(again["watchGrant"], new).header["kid"] == "watch-2"


class TestForgery:
    """What is not a grant of ours is refused, whatever it looks like."""

    issuer_key = Ed25519PrivateKey.generate()
    issuer = GrantIssuer("watch-1", issuer_key)
    grant = WatchGrant("ada", "l1", "c1", Session(uuid4(), 1_000_000), 60_000, 1_014_400, GrantPolicy())

    def reason(self, token: str, now: float = 1_000_100) -> str:
        with pytest.raises(GrantRefused) as refusal:
            self.issuer.session_of(token, learner_id="ada", lesson_id="l1", now=now)
        return str(refusal.value.extensions["reason"])

    def test_our_own_is_recognised(self) -> None:
        """A round trip gives back the session."""
        session = self.issuer.session_of(self.issuer.issue(self.grant), learner_id="ada", lesson_id="l1", now=1_000_100)
        assert session == self.grant.session

    def test_a_while_after_its_end_it_still_continues_the_session(self) -> None:
        """A laptop that slept goes on within an hour of the end, and not after that."""
        token = self.issuer.issue(self.grant)
        assert self.issuer.session_of(token, learner_id="ada", lesson_id="l1", now=1_014_400 + 3599)
        assert self.reason(token, now=1_014_400 + 3601) == "expired"

    def test_other_keys_and_algorithms_do_not_count(self) -> None:
        """Another key, no signature, HS256 with the public key, an unknown or odd kid, a claim that was changed."""
        head, body, signature = self.issuer.issue(self.grant).split(".")
        claims = _claims(f"{head}.{body}.{signature}")
        public = public_pem(self.issuer_key)
        hs256 = f"{_b64({'alg': 'HS256', 'kid': 'watch-1'})}.{_b64(claims)}"
        forged = [
            GrantIssuer("watch-1", Ed25519PrivateKey.generate()).issue(self.grant),
            GrantIssuer("../../etc/passwd", self.issuer_key).issue(self.grant),
            f"{_b64({'alg': 'none', 'kid': 'watch-1'})}.{body}.",
            f"{hs256}.{_mac(public, hs256)}",
            f"{_b64({'alg': 'EdDSA'})}.{body}.{signature}",
            f"{_b64({'alg': 'EdDSA', 'kid': ['watch-1']})}.{body}.{signature}",
            f"{head}.{_b64(claims | {'sub': 'eve'})}.{signature}",
            "not a token",
            "",
            "a.b.c",
        ]
        assert [self.reason(token) for token in forged] == ["invalid"] * len(forged)

    @pytest.mark.parametrize("change", [{"aud": "v"}, {"iss": "seatime"}, {"sid": None}, {"sub": None}, {"exp": None}])
    def test_every_claim_is_needed(self, change: dict[str, Any]) -> None:
        """A token of our key that was made for something else is no grant."""
        claims = _claims(self.issuer.issue(self.grant)) | change
        kept = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(kept, self.issuer_key, algorithm="EdDSA", headers={"kid": "watch-1"})
        assert self.reason(token) == "invalid"


def test_session_ids_are_uuids() -> None:
    """The session's id survives the way through the token as it was."""
    issuer, session_id = GrantIssuer("k", Ed25519PrivateKey.generate()), uuid4()
    token = issuer.issue(WatchGrant("a", "l", "c", Session(session_id, 1), 0, 2, GrantPolicy()))
    assert UUID(_claims(token)["sid"]) == session_id


def _claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def _mac(key: bytes, text: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")).rstrip(b"=").decode()


def _b64(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
