"""How the built web app is served."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import URL, ASGITransport, AsyncClient

from devstack.static import WebApp


def client_of(folder: Path) -> AsyncClient:
    return AsyncClient(transport=ASGITransport(app=WebApp(folder)), base_url="http://web")


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[AsyncClient]:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Seatime</title>")
    (folder / "assets" / "index-abc123.js").write_text("1")
    (folder / ".stamp").write_text("hidden")
    (tmp_path / "secrets.json").write_text("secret")
    async with client_of(folder) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/index.html", "/courses/c/lessons/l", "/no/such.file"])
async def test_pages_are_the_app(browser: AsyncClient, path: str) -> None:
    """Any path of the app's own router is the one page, and browsers ask for it anew."""
    answer = await browser.get(path)
    assert (answer.status_code, answer.text) == (200, "<title>Seatime</title>")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_hashed_assets_are_kept(browser: AsyncClient) -> None:
    """A file whose name holds its hash is never asked for again."""
    answer = await browser.get("/assets/index-abc123.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert "javascript" in answer.headers["content-type"]


async def test_old_assets_are_not_a_page(browser: AsyncClient) -> None:
    """A script that is gone is a 404: HTML in its place would be an error that nobody understands."""
    assert (await browser.get("/assets/index-old.js")).status_code == 404


async def test_unchanged_page_is_not_sent_again(browser: AsyncClient) -> None:
    """The tag of the last answer gets an empty 304."""
    tag = (await browser.get("/")).headers["etag"]
    answer = await browser.get("/", headers={"if-none-match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_head_has_the_length_alone(browser: AsyncClient) -> None:
    """HEAD tells what GET would send, without it."""
    answer = await browser.head("/")
    assert answer.content == b""
    assert int(answer.headers["content-length"]) == len("<title>Seatime</title>")


@pytest.mark.parametrize("path", ["/../secrets.json", "/%2e%2e/secrets.json", "/.stamp", "/assets/../../secrets.json"])
async def test_nothing_outside_is_served(browser: AsyncClient, path: str) -> None:
    """Neither hidden files nor what lies beside the folder."""
    answer = await browser.get(URL("http://web").copy_with(raw_path=path.encode()))
    assert "secret" not in answer.text
    assert "hidden" not in answer.text


async def test_only_reading(browser: AsyncClient) -> None:
    """What would change something is a 405."""
    assert (await browser.post("/")).status_code == 405


async def test_says_when_it_is_not_built(tmp_path: Path) -> None:
    """Without a build the answer names the command that makes one."""
    async with client_of(tmp_path / "dist") as client:
        answer = await client.get("/")
    assert answer.status_code == 503
    assert "make web" in answer.text
