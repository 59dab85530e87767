"""`make screenshots`: a picture of every page of the web app, light, dark and on a phone, into docs/images/pages.

Uses the stack that runs; else starts one, plays the demonstration and ends it.
"""

import asyncio
import sys
from typing import Any

import aiohttp
from playwright.async_api import TimeoutError as Late
from playwright.async_api import async_playwright

from devstack import credentials as secrets_file
from devstack import leftovers, people, tools
from devstack.demo.api import Api
from devstack.demo.play import play
from devstack.errors import StackError
from devstack.paths import DATA, ROOT
from devstack.progress import console
from devstack.screen import say
from devstack.sights import FLAGS, LOOKS, SIGHTS, open_sight
from devstack.stack import Stack

FOLDER = ROOT / "docs" / "images" / "pages"


def main() -> int:
    try:
        if "supervisor" in leftovers.alive(DATA):
            port = leftovers.read(DATA)["ports"]["gateway"]
            return asyncio.run(
                _pictures(f"http://localhost:{port}", secrets_file.load_or_create(DATA / "secrets.json").jwt_secret)
            )
        with Stack(DATA, report=say) as stack:
            if not play(stack, None):
                return 1
            return asyncio.run(_pictures(stack.urls["web"], stack.credentials.jwt_secret))
    except StackError as error:
        console.print(f"[red]✗[/] {error}", markup=True)
        return 1


async def _pictures(base_url: str, secret: str) -> int:
    """Answers 1 when a page did not come to rest; its picture is taken all the same."""
    chromium = tools.chromium()
    if chromium is None:
        raise StackError("no Chromium on this machine: `make programs`")
    places = await _places(base_url, secret)
    FOLDER.mkdir(parents=True, exist_ok=True)
    late = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for sight in SIGHTS:
            for look in LOOKS:
                name = f"{sight.name}-{look.name}"
                try:
                    page = await open_sight(browser, base_url, sight, look, places)
                except Late:
                    late.append(name)
                    console.print(f"[red]✗[/] {name}: did not come to rest")
                    continue
                await page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
                await page.context.close()
            console.print(f"[green]✓[/] {sight.name}")
        await browser.close()
    console.print(f"{len(SIGHTS) * len(LOOKS) - len(late)} pictures in {FOLDER.relative_to(ROOT)}")
    return 1 if late else 0


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
