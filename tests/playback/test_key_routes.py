"""Row C7 over HTTP: administrators list, rotate and revoke Mux's signing keys, and no answer has a private part."""

from typing import Any

import pytest

from tests.playback.conftest import OpenSchool
from tests.playback.school import School, problem
from tests.playback.test_rotation import configured, key_of

__all__ = ["configured"]
KEYS = "/api/playback/signing-keys"


async def call(school: School, method: str, path: str = KEYS, **more: Any) -> Any:
    return await school.ask(method, path, "ada", "admin", **more)


async def test_keys_are_rotated_and_revoked_by_name(open_school: OpenSchool, configured: dict[str, Any]) -> None:
    """Row C7: a rotation signs at once, a revocation ends it at once, and each says who did it."""
    first = configured["mux_signing_key"]
    async with open_school(**configured) as school, open_school(**configured) as replica:
        await school.standard()
        made = await call(school, "POST")
        assert made.status_code == 201
        newest = made.json()["keyId"]
        assert set(made.json()) == {"keyId"}
        assert key_of(await replica.granted()) == newest
        listed = (await call(replica, "GET")).json()
        assert {key["keyId"]: (key["state"], key["createdBy"]) for key in listed["keys"]} == {
            newest: ("signs", "ada"),
            first: ("verifies", None),
        }
        assert listed["tokenLifeS"] == 3600
        revoked = await call(school, "DELETE", f"{KEYS}/{newest}")
        assert revoked.json() == {"keyId": newest, "atMux": "deleted at Mux"}
        assert key_of(await replica.granted()) == first
        again = await school.ask("DELETE", f"{KEYS}/{newest}", "eve", "admin")
        assert again.json()["atMux"] == "unknown at Mux already"
        (gone,) = [key for key in (await call(school, "GET")).json()["keys"] if key["keyId"] == newest]
        assert (gone["state"], gone["revokedBy"]) == ("revoked", "ada")
        assert gone["revokedAt"] is not None


async def test_no_answer_has_a_private_part(open_school: OpenSchool, configured: dict[str, Any]) -> None:
    """What is shown of a key are its id, its state, and who did what when."""
    async with open_school(**configured) as school:
        made = await call(school, "POST")
        listed = await call(school, "GET")
        sealed = await school.pool.fetchval("SELECT sealed FROM signing_keys")
        for text in (made.text, listed.text):
            assert "PRIVATE" not in text
            assert configured["mux_private_key"][:40] not in text
            assert sealed.decode()[:40] not in text
        assert set(listed.json()["keys"][0]) == {
            "keyId",
            "state",
            "createdAt",
            "createdBy",
            "revokedAt",
            "revokedBy",
        }


async def test_the_last_key_and_strangers_stay(open_school: OpenSchool, configured: dict[str, Any]) -> None:
    """409 with the reason, unless it is meant: then nothing can be signed."""
    first = configured["mux_signing_key"]
    async with open_school(**configured) as school:
        await school.standard()
        refused = problem(await call(school, "DELETE", f"{KEYS}/{first}"), 409, "key-not-revocable")
        assert "rotate first" in refused["detail"]
        problem(await call(school, "DELETE", f"{KEYS}/another"), 409, "key-not-revocable")
        await school.granted()
        assert (await call(school, "DELETE", f"{KEYS}/{first}?evenTheLast=true")).status_code == 200
        problem(await school.play(), 503, "not-configured")


@pytest.mark.parametrize(
    ("without", "setting"), [("signing_keys_secret", "SIGNING_KEYS_SECRET"), ("mux_token_id", "MUX_TOKEN_ID")]
)
async def test_what_is_missing_is_named(
    open_school: OpenSchool, configured: dict[str, Any], without: str, setting: str
) -> None:
    """A deployment that leaves keys to the command answers 503 with the setting."""
    async with open_school(**configured | {without: None}) as school:
        assert problem(await call(school, "POST"), 503, "not-configured")["setting"] == setting


async def test_mux_away_or_without_the_right_changes_nothing(
    open_school: OpenSchool, configured: dict[str, Any]
) -> None:
    """503 that tells what Mux answered, and never what it was sent; no key is kept."""
    for wrong in ({"mux_token_secret": "guessed secret"}, {"mux_base_url": "http://127.0.0.1:9"}):
        async with open_school(**configured | wrong) as school:
            for method, path in (("GET", KEYS), ("POST", KEYS)):
                answer = await call(school, method, path)
                assert "guessed" not in problem(answer, 503, "mux-unavailable")["detail"]
            assert await school.pool.fetchval("SELECT count(*) FROM signing_keys") == 0


@pytest.mark.parametrize("role", ["learner", "instructor"])
async def test_only_administrators_see_keys(open_school: OpenSchool, configured: dict[str, Any], role: str) -> None:
    """403 for everybody else."""
    async with open_school(**configured) as school:
        for method, path in (("GET", KEYS), ("POST", KEYS), ("DELETE", f"{KEYS}/{configured['mux_signing_key']}")):
            problem(await school.ask(method, path, "mallory", role), 403, "forbidden")
        assert await school.pool.fetchval("SELECT count(*) FROM signing_keys") == 0
