"""Row C10: from where and by what a course's videos may be played, whose name is over them, and DRM."""

import json
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from contracts import Video
from mux_sim.testing import Simulator, make_clip
from playback_service.terms import Restriction
from servicekit.auth import issue_token
from tests.playback.conftest import OpenSchool
from tests.playback.school import SECRET, School, mux_video, problem

POLICY = "/api/courses/c1/playback-policy"
ONLY_US = {"allowedDomains": ["school.test", "*.school.test"], "allowNoUserAgent": True}


async def say(school: School, user: str = "owner", **policy: Any) -> httpx.Response:
    return await school.ask("PUT", POLICY, user, json=policy)


@pytest.mark.parametrize(
    ("referrer", "user_agent", "rules", "expected"),
    [
        ("https://school.test/lesson", "Firefox", {}, None),
        ("https://SCHOOL.test", "Firefox", {}, None),
        ("https://a.school.test:8443/x", "Firefox", {}, None),
        ("https://a.b.school.test/x", "Firefox", {}, "referrer"),
        ("https://evilschool.test", "Firefox", {}, "referrer"),
        ("https://school.test.evil.test", "Firefox", {}, "referrer"),
        ("https://evil.test/?school.test", "Firefox", {}, "referrer"),
        ("https://school.test@evil.test/", "Firefox", {}, "referrer"),
        ("https://[broken", "Firefox", {}, "referrer"),
        (None, "Firefox", {}, "referrer"),
        (None, "Firefox", {"allow_no_referrer": True}, None),
        ("https://school.test", None, {}, "user_agent"),
        ("https://school.test", "  ", {}, "user_agent"),
        ("https://school.test", None, {"allow_no_user_agent": True}, None),
        ("https://evil.test", "Firefox", {"allowed_domains": ("*",)}, None),
        ("https://school.test", "Firefox", {"allowed_domains": ()}, "referrer"),
    ],
)
def test_where_from(referrer: str | None, user_agent: str | None, rules: dict[str, Any], expected: str | None) -> None:
    """Row C10: domains and wildcards as Mux means them; what only looks like a domain of ours is not."""
    known = {"allowed_domains": ("school.test", "*.school.test")} | rules
    assert Restriction(**known).forbids(referrer, user_agent) == expected


async def test_mux_refuses_what_the_course_restricts(open_school: OpenSchool, mux: Simulator, tmp_path: Path) -> None:
    """Row C10: the restriction is made at Mux, once for all courses with the same rules; its id is a claim of every
    token; Mux plays for the allowed page and not for others, nor without a page or a program."""
    asset, key = await mux.ready_asset(make_clip(tmp_path / "clip.mp4", seconds=2)), await mux.create_signing_key()
    configured = {
        "mux_base_url": mux.base_url,
        "mux_token_id": mux.token_id,
        "mux_token_secret": mux.token_secret,
        "mux_signing_key": key["id"],
        "mux_private_key": key["private_key"],
        "mux_stream_base_url": mux.base_url,
        "mux_image_base_url": mux.base_url,
    }
    async with open_school(**configured) as school, httpx.AsyncClient(timeout=20) as viewer:
        await school.standard()
        await school.lesson(video=mux_video(asset["playback_ids"][0]["id"], duration_ms=2000))
        unrestricted = await school.granted()
        for _ in range(2):
            assert (await say(school, restriction=ONLY_US | {"allowNoUserAgent": False})).status_code == 200
        await school.course("c2")
        await school.ask(
            "PUT",
            "/api/courses/c2/playback-policy",
            "owner",
            json={"restriction": ONLY_US | {"allowNoUserAgent": False}},
        )
        made = (await mux.api("GET", "/video/v1/playback-restrictions"))["data"]
        assert [rule["referrer"]["allowed_domains"] for rule in made] == [["*.school.test", "school.test"]]
        answer = await school.granted()
        for token in answer["tokens"].values():
            claims = jwt.decode(token, options={"verify_signature": False})
            assert claims["playback_restriction_id"] == made[0]["id"]
        allowed = {"Referer": "https://a.school.test/lessons/1", "User-Agent": "Mozilla/5.0"}
        for address in (answer["signedUrl"], answer["poster"]):
            assert (await viewer.get(address, headers=allowed)).status_code == 200
            for change in ({"Referer": "https://evil.test/"}, {"Referer": ""}, {"User-Agent": ""}):
                assert (await viewer.get(address, headers=allowed | change)).status_code == 403
        assert (await viewer.get(unrestricted["signedUrl"])).status_code == 200
        await say(school, restriction=None)
        plain = jwt.decode((await school.granted())["tokens"]["playback"], options={"verify_signature": False})
        assert "playback_restriction_id" not in plain


async def test_nothing_changes_where_mux_does_not_answer(open_school: OpenSchool) -> None:
    """Row C10: a restriction that Mux does not know would let nobody in: the policy stays as it was, with a 503."""
    away = {"mux_base_url": "http://127.0.0.1:9", "mux_token_id": "t", "mux_token_secret": "s"}
    async with open_school(**away) as school:
        await school.standard()
        problem(await say(school, restriction=ONLY_US), 503, "mux-unavailable")
        assert (await school.ask("GET", POLICY, "owner")).json()["restriction"] is None
    async with open_school(mux_token_id=None) as school:
        assert problem(await say(school, restriction=ONLY_US), 503, "not-configured")["setting"] == "MUX_TOKEN_ID"


async def test_s3_is_restricted_by_us(open_school: OpenSchool) -> None:
    """Row C10: where Mux does not look, the page and the program that ask for playback are judged at every grant."""
    async with open_school(mux_signing_key=None) as school:
        await school.standard()
        await school.lesson(video=Video(provider="s3", s3_key="1.mp4"))
        assert (await say(school, restriction=ONLY_US)).status_code == 200
        await school.granted(headers={"Referer": "https://school.test/lesson"})
        await school.granted(headers={"Origin": "https://a.school.test"})
        for headers in ({}, {"Referer": "https://evil.test/"}, {"Origin": "null"}):
            refused = problem(await school.play(headers=headers), 403, "playback-restricted")
            assert refused["reason"] == "referrer"
        assert await school.pool.fetchval("SELECT count(*) FROM grants") == 2


async def test_the_viewer_s_name_goes_with_the_answer(school: School) -> None:
    """Row C10: the policy says whether the player writes the viewer's id or the name in their token over the picture;
    without a name it is the id; what cannot be shown is left out."""
    await school.standard()

    async def shown(**claims: Any) -> Any:
        token = issue_token(SECRET, "ada", "learner", **claims)
        answer = await school.http.get("/api/videos/l1/playback", headers={"Authorization": f"Bearer {token}"})
        return answer.json()["watermark"]

    assert await shown(name="Ada Lovelace") is None
    await say(school, watermark="id")
    assert await shown(name="Ada Lovelace") == "ada"
    await say(school, watermark="name")
    assert await shown(name="Ada Lovelace") == "Ada Lovelace"
    assert await shown() == "ada"
    assert await shown(name="\u202eÄ\x00\ud800da\n") == "Äda"
    assert await shown(name=["x"]) == "ada"
    assert len(await shown(name="x" * 5000)) == 100


async def test_drm_has_a_token_of_its_own(open_school: OpenSchool, mux: Simulator, tmp_path: Path) -> None:
    """Row C5: where the policy names a DRM configuration, there is a token for licenses, good for those alone: Mux's
    license server lets it in, and neither the video's token, nor this one at the stream."""
    asset, key = await mux.ready_asset(make_clip(tmp_path / "clip.mp4", seconds=2)), await mux.create_signing_key()
    configured = {"mux_signing_key": key["id"], "mux_private_key": key["private_key"]}
    playback_id = asset["playback_ids"][0]["id"]
    async with open_school(**configured) as school, httpx.AsyncClient(timeout=20, base_url=mux.base_url) as viewer:
        await school.standard()
        await school.lesson(video=mux_video(playback_id, duration_ms=2000))
        assert "drm" not in (await school.granted())["tokens"]
        await say(school, drmConfigurationId="drmconfig1")
        tokens = (await school.granted())["tokens"]
        license_server = f"/license/widevine/{playback_id}"
        assert (await viewer.post(license_server, params={"token": tokens["drm"]})).status_code == 501
        assert (await viewer.post(license_server, params={"token": tokens["playback"]})).status_code == 403
        assert (await viewer.get(f"/{playback_id}.m3u8", params={"token": tokens["drm"]})).status_code == 403


@pytest.mark.parametrize(
    "policy",
    [
        {"devices": 0},
        {"devices": 21},
        {"watermark": "photo"},
        {"drmConfigurationId": "x/../y"},
        {"restriction": {"allowedDomains": ["https://school.test"]}},
        {"restriction": {"allowedDomains": ["school.test\n"]}},
        {"restriction": {"allowedDomains": ["a.*.test"]}},
        {"restriction": {"allowedDomains": ["x" * 300]}},
        {"restriction": {"allowedDomains": ["\ud800"]}},
    ],
)
async def test_nonsense_is_a_422(school: School, policy: dict[str, Any]) -> None:
    """Row C10: and changes nothing."""
    await school.standard()
    sent = {"content": json.dumps(policy), "headers": {"Content-Type": "application/json"}}
    problem(await school.ask("PUT", POLICY, "owner", **sent), 422, "invalid-payload")
    assert await school.pool.fetchval("SELECT count(*) FROM course_policies") == 0
