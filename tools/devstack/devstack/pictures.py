"""`make screenshots`: every page of the web app in every look into docs/images/pages, and what the README shows.

Uses the stack that runs; else starts one, plays the demonstration and ends it.
"""

import asyncio
import shutil
import sys
from typing import Any

import aiohttp
from playwright.async_api import Browser, async_playwright
from playwright.async_api import TimeoutError as Late

from devstack import credentials as secrets_file
from devstack import leftovers, people, tools
from devstack.demo import again
from devstack.demo.api import Api
from devstack.demo.play import play
from devstack.environment import mux_url, public_url
from devstack.errors import StackError
from devstack.paths import DATA, ROOT
from devstack.ports import Ports
from devstack.progress import console
from devstack.screen import say
from devstack.sights import DETAILS, FLAGS, LOOKS, SHOWN, SIGHTS, open_sight
from devstack.stack import Stack

IMAGES = ROOT / "docs" / "images"
PAGES = IMAGES / "pages"
CROWD = """() => Number(document.querySelector('[data-testid="live-viewers"]')?.textContent) >= 12"""


def main() -> int:
    try:
        if "supervisor" in leftovers.alive(DATA):
            ports = Ports(**leftovers.read(DATA)["ports"])
            secret = secrets_file.load_or_create(DATA / "secrets.json").jwt_secret
            return asyncio.run(_pictures(public_url(ports), mux_url(ports), secret))
        with Stack(DATA, report=say) as stack:
            if not play(stack, None):
                return 1
            return asyncio.run(_pictures(stack.urls["web"], stack.urls["mux"], stack.credentials.jwt_secret))
    except StackError as error:
        console.print(f"[red]✗[/] {error}", markup=True)
        return 1


async def _pictures(base_url: str, mux: str, secret: str) -> int:
    """Answers 1 when a page did not come to rest; the others' pictures are taken all the same."""
    chromium = tools.chromium()
    if chromium is None:
        raise StackError("no Chromium on this machine: `make programs`")
    places = await _places(base_url, secret)
    PAGES.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        late = await _pages(browser, base_url, places)
        watching = asyncio.create_task(again.watch(base_url, mux, secret, places["course"]))
        try:
            await _details(browser, base_url, places)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
        await browser.close()
    for name in SHOWN:
        shutil.copyfile(PAGES / f"{name}.png", IMAGES / f"{name}.png")
    console.print(f"{len(SIGHTS) * len(LOOKS) - late} pages and {len(DETAILS)} details in {IMAGES.relative_to(ROOT)}")
    return 1 if late else 0


async def _pages(browser: Browser, base_url: str, places: dict[str, str]) -> int:
    """Returns how many did not come to rest."""
    late = 0
    for sight in SIGHTS:
        for look in LOOKS:
            try:
                page = await open_sight(browser, base_url, sight, look, places)
            except Late:
                late += 1
                console.print(f"[red]✗[/] {sight.name}, {look.name}: did not come to rest")
                continue
            await page.screenshot(path=PAGES / f"{sight.name}-{look.name}.png", full_page=True)
            await page.context.close()
        console.print(f"[green]✓[/] {sight.name}")
    return late


async def _details(browser: Browser, base_url: str, places: dict[str, str]) -> None:
    """While a class watches, so that the live view has somebody to show."""
    sights = {sight.name: sight for sight in SIGHTS}
    for detail in reversed(DETAILS):
        page = await open_sight(browser, base_url, sights[detail.sight], LOOKS[0], places)
        if detail.name == "live":
            await page.wait_for_function(CROWD)
        card = page.locator("section.card", has=page.get_by_test_id(detail.test_id))
        await card.screenshot(path=IMAGES / f"{detail.name}.png")
        await page.context.close()
        console.print(f"[green]✓[/] {detail.name}")


async def _places(base_url: str, secret: str) -> dict[str, str]:
    """The newest course of the demonstration, its first lesson, a learner of it, and a migration."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as http:
        owner, admin = (
            Api(http, base_url, secret, person.id, person.role) for person in (people.INSTRUCTOR, people.ADMIN)
        )
        courses: list[dict[str, Any]] = (await owner.get("/api/courses"))["courses"]
        newest = max(course["id"] for course in courses if course["id"].startswith("course-"))
        lessons = (await owner.get(f"/api/courses/{newest}"))["lessons"]
        migrations = (await admin.get("/api/migrations"))["migrations"]
        migration = migrations[0] if migrations else await admin.post("/api/migrations", {"courses": [newest]})
    return {
        "course": newest,
        "lesson": min(lesson["id"] for lesson in lessons),
        "learner": people.HONEST.id,
        "migration": migration["id"],
    }


if __name__ == "__main__":
    sys.exit(main())
