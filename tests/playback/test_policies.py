"""Row C1: how a course's tokens are made: one for all viewers of a time bucket, or each viewer's own."""

from typing import Any

import httpx
import pytest
from joserfc import jwk, jwt

from tests.playback.conftest import Keys, public_pem
from tests.playback.school import School, problem

POLICY = "/api/courses/c1/playback-policy"


def claims(token: str, keys: Keys) -> dict[str, Any]:
    """What a token says, verified by an implementation that is not the service's."""
    return jwt.decode(token, jwk.RSAKey.import_key(public_pem(keys.mux)), algorithms=["RS256"]).claims


async def say(school: School, tokens: str, user: str = "owner", *roles: str) -> httpx.Response:
    return await school.ask("PUT", POLICY, user, *roles, json={"tokens": tokens})


async def test_each_viewer_has_a_token_of_their_own_where_the_course_says_so(school: School, keys: Keys) -> None:
    """The video's token names the viewer in Mux's `custom` claims and is the same at the next request; pictures' tokens
    are everybody's; the audit says which grants were so. Back at `shared`, the next request has the common token."""
    await school.standard()
    await school.enroll("bob")
    assert (await say(school, "per_viewer")).json()["tokens"] == "per_viewer"
    mine, again, theirs = await school.granted(), await school.granted(), await school.granted(user="bob")
    assert claims(mine["tokens"]["playback"], keys)["custom"] == {"viewer_id": "ada"}
    assert claims(theirs["tokens"]["playback"], keys)["custom"] == {"viewer_id": "bob"}
    assert mine["tokens"] == again["tokens"] or mine["expiresAt"] != again["expiresAt"]
    for picture, audience in (("thumbnail", "t"), ("storyboard", "s"), ("gif", "g")):
        found = claims(mine["tokens"][picture], keys)
        assert (found["aud"], "custom" in found) == (audience, False)
        assert mine["tokens"][picture] == theirs["tokens"][picture] or mine["expiresAt"] != theirs["expiresAt"]
    assert mine["signedUrl"].endswith(mine["tokens"]["playback"])
    await say(school, "shared")
    shared = await school.granted()
    assert "custom" not in claims(shared["tokens"]["playback"], keys)
    kinds = await school.pool.fetch("SELECT per_viewer FROM grants ORDER BY id")
    assert [row["per_viewer"] for row in kinds] == [True, True, True, False]


async def test_policy_is_the_owner_s_and_admins_to_say(school: School) -> None:
    """Owner and admin read and write it; others get a 403; nonsense is a 422; silence means the default."""
    await school.standard()
    assert (await school.ask("GET", POLICY, "owner")).json()["tokens"] == "shared"
    problem(await say(school, "per_viewer", "ada"), 403, "not-course-owner")
    problem(await say(school, "per_viewer", "teacher", "instructor"), 403, "not-course-owner")
    problem(await say(school, "everybody"), 422, "invalid-payload")
    assert (await say(school, "per_viewer", "root", "admin")).status_code == 200
    assert (await school.ask("GET", POLICY, "owner")).json()["tokens"] == "per_viewer"
    row = await school.pool.fetchrow("SELECT tokens, changed_by FROM course_policies")
    assert dict(row) == {"tokens": "per_viewer", "changed_by": "root"}


@pytest.mark.parametrize("user", ["owner", "root"])
async def test_other_courses_keep_theirs(school: School, keys: Keys, user: str) -> None:
    """A policy is its course's alone."""
    await school.standard()
    await school.course("c2")
    await school.lesson("l2", "c2")
    await school.enroll("ada", "c2")
    await say(school, "per_viewer", user, *(("admin",) if user == "root" else ()))
    assert "custom" in claims((await school.granted("l1"))["tokens"]["playback"], keys)
    assert "custom" not in claims((await school.granted("l2"))["tokens"]["playback"], keys)
