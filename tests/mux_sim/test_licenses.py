"""Row C10: the gate before DRM licenses and certificates. What stands behind it takes a DRM system, and is not here."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.mux_sim.test_playback import Stage, staged, token

DOORS = [
    ("POST", "license/widevine"),
    ("POST", "license/playready"),
    ("POST", "license/fairplay"),
    ("GET", "appcert/fairplay"),
]
LET_IN = 501
"""Who is let in finds nothing made: neither licenses nor certificates."""


@pytest.fixture
async def protected(clip: Path) -> AsyncIterator[Stage]:
    """An asset with a playback id that DRM protects, and one that is public."""
    async with staged(clip, "drm") as stage:
        yield stage


ATTEMPTS: dict[str, tuple[Callable[[Stage], tuple[str, str | None]], int]] = {
    "its own token": (lambda stage: (stage.signed, token(stage.signed, "d")), LET_IN),
    "no token": (lambda stage: (stage.signed, None), 400),
    "no token at all": (lambda stage: (stage.signed, ""), 400),
    "the video's token": (lambda stage: (stage.signed, token(stage.signed, "v")), 403),
    "a thumbnail's token": (lambda stage: (stage.signed, token(stage.signed, "t")), 403),
    "expired": (lambda stage: (stage.signed, token(stage.signed, "d", lifetime=-1)), 403),
    "of another playback id": (lambda stage: (stage.signed, token("another", "d")), 403),
    "signed by nobody": (lambda stage: (stage.signed, token(stage.signed, "d")[:-8] + "AAAAAAAA"), 403),
    "a public id": (lambda stage: (stage.public, token(stage.public, "d")), 400),
    "an unknown id": (lambda stage: ("A" * 40, token("A" * 40, "d")), 404),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
async def test_a_license_takes_a_token_of_its_own(protected: Stage, attempt: str) -> None:
    """Row C10: for every DRM system alike, with the statuses that Mux's player expects."""
    make, expected = ATTEMPTS[attempt]
    playback_id, given = make(protected)
    query: dict[str, Any] = {} if given is None else {"token": given}
    for method, path in DOORS:
        url = f"{protected.mux.base_url}/{path}/{playback_id}"
        async with protected.http.request(method, url, params=query) as response:
            assert response.status == expected, (path, await response.text())


async def test_the_license_s_token_opens_nothing_else(protected: Stage) -> None:
    """Row C10: the stream asks for the video's own, of a playback id under DRM too."""
    for audience, expected in (("d", 403), ("v", 200)):
        status, _ = await protected.get(f"{protected.signed}.m3u8", token=token(protected.signed, audience))
        assert status == expected


async def test_a_page_of_another_origin_may_ask(protected: Stage) -> None:
    """Row C10: players are on the school's pages, and a browser asks for leave before it posts what is no form."""
    url = f"{protected.mux.base_url}/license/widevine/{protected.signed}"
    asking = {"Origin": "https://school.test", "Access-Control-Request-Method": "POST"}
    asking["Access-Control-Request-Headers"] = "content-type"
    async with protected.http.options(url, headers=asking) as leave:
        assert (leave.status, leave.headers["Access-Control-Allow-Origin"]) == (204, "*")
        assert "content-type" in leave.headers["Access-Control-Allow-Headers"]
    async with protected.http.post(url, params={"token": token(protected.signed, "d")}) as answer:
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
