"""The pages of the web app as a person sees them: which there are, in which looks, and when one has come to rest.

Playwright is imported by those who hand its pages in; it is there for development only.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from devstack.people import ADMIN, HONEST, INSTRUCTOR, Person

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--autoplay-policy=no-user-gesture-required",
    "--mute-audio",
    # Mux's player asks for Google's cast script by itself; nothing here may leave the machine.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)

AT_REST = """() => {
  const main = document.querySelector('main');
  const busy = document.querySelector('.spinner, [aria-busy="true"], [data-loading]');
  const player = document.querySelector('mux-player, video');
  return main && main.querySelector('h1') && !busy && document.fonts.status === 'loaded'
    && (!player || player.readyState >= 2);
}"""
"""Headed, nothing of it still loading, fonts there, and a player that shows its first picture."""


@dataclass(frozen=True)
class Sight:
    """A page, and who looks at it; `path` has places for `{course}`, `{lesson}`, `{learner}` and `{migration}`."""

    name: str
    person: Person | None
    path: str


@dataclass(frozen=True)
class Look:
    name: str
    width: int
    height: int
    scheme: Literal["light", "dark"]


LOOKS = (Look("light", 1280, 900, "light"), Look("dark", 1280, 900, "dark"), Look("phone", 390, 844, "light"))

SIGHTS = (
    Sight("sign-in", None, "/"),
    Sight("home", HONEST, "/"),
    Sight("courses", INSTRUCTOR, "/"),
    Sight("course", HONEST, "/courses/{course}"),
    Sight("lesson", HONEST, "/courses/{course}/lessons/{lesson}"),
    Sight("upload", INSTRUCTOR, "/courses/{course}/upload"),
    Sight("uploads", INSTRUCTOR, "/uploads"),
    Sight("manage-course", INSTRUCTOR, "/courses/{course}/manage"),
    Sight("course-rules", INSTRUCTOR, "/courses/{course}/manage?tab=completion"),
    Sight("course-settings", INSTRUCTOR, "/courses/{course}/manage?tab=settings"),
    Sight("edit-lesson", INSTRUCTOR, "/courses/{course}/lessons/{lesson}/edit"),
    Sight("lesson-rules", INSTRUCTOR, "/courses/{course}/lessons/{lesson}/edit?tab=completion"),
    Sight("lesson-captions", INSTRUCTOR, "/courses/{course}/lessons/{lesson}/edit?tab=captions"),
    Sight("lesson-details", INSTRUCTOR, "/courses/{course}/lessons/{lesson}/edit?tab=details"),
    Sight("dashboards", INSTRUCTOR, "/dashboard"),
    Sight("course-dashboard", INSTRUCTOR, "/dashboard/courses/{course}"),
    Sight("lesson-dashboard", INSTRUCTOR, "/dashboard/lessons/{lesson}"),
    Sight("learners", INSTRUCTOR, "/dashboard/lessons/{lesson}/learners"),
    Sight("learner", INSTRUCTOR, "/dashboard/lessons/{lesson}/learners/{learner}"),
    Sight("reviews", INSTRUCTOR, "/dashboard/courses/{course}/reviews"),
    Sight("exports", INSTRUCTOR, "/dashboard/courses/{course}/exports"),
    Sight("cost", INSTRUCTOR, "/dashboard/courses/{course}/cost"),
    Sight("operations", ADMIN, "/admin"),
    Sight("dead-letters", ADMIN, "/admin/dead-letters"),
    Sight("migrations", ADMIN, "/admin/migrations"),
    Sight("migration", ADMIN, "/admin/migrations/{migration}"),
    Sight("enrollments", ADMIN, "/admin/enrollments"),
    Sight("keys", ADMIN, "/admin/keys"),
    Sight("webhooks", ADMIN, "/admin/webhooks"),
    Sight("drift", ADMIN, "/admin/drift"),
    Sight("platform-cost", ADMIN, "/admin/cost"),
    Sight("no-such-page", ADMIN, "/nowhere"),
    Sight("no-such-course", HONEST, "/courses/nowhere"),
    Sight("no-such-lesson", HONEST, "/courses/{course}/lessons/nowhere"),
    Sight("not-for-you", HONEST, "/uploads"),
)


@dataclass(frozen=True)
class Opened:
    """A sight with something of it open: what is clicked, one after the other, and what is to be seen then."""

    name: str
    sight: str
    clicks: tuple[str, ...]
    shows: str
    looks: tuple[str, ...] = ("light", "dark", "phone")


_PLAYED = ("mux-player media-controller[mediapaused]", "mux-player media-controller:not([mediapaused])")
"""Played and paused again: from then on the player has its controls."""
_OF_LESSON = "main button[aria-label^='Actions for']"

OPENED = (
    Opened("navigation", "home", ("header button[aria-expanded]",), "header nav a", ("phone",)),
    Opened("player", "lesson", _PLAYED, "mux-player media-controller[mediapaused][mediahasplayed]"),
    Opened(
        "player-quality",
        "lesson",
        (*_PLAYED, "mux-player media-rendition-menu-button >> visible=true"),
        "mux-player media-rendition-menu:not([hidden])",
    ),
    Opened(
        "player-speed",
        "lesson",
        (*_PLAYED, "mux-player media-playback-rate-menu-button >> visible=true"),
        "mux-player media-playback-rate-menu:not([hidden])",
        ("light", "dark"),
    ),
    Opened("new-course", "courses", ("main button[aria-expanded]",), "main form"),
    Opened("lesson-menu", "manage-course", (_OF_LESSON,), "[role=menu]"),
    Opened("delete-lesson", "manage-course", (_OF_LESSON, "[role=menuitem] >> text=Delete"), "[role=alertdialog]"),
    Opened("delete-video", "edit-lesson", ("main .links button",), "[role=alertdialog]"),
)
"""Not pictured, but held to the same as pages at rest."""


@dataclass(frozen=True)
class Detail:
    """A part of a page that is shown by itself: the card around what has that test id."""

    name: str
    sight: str
    test_id: str


DETAILS = (
    Detail("retention", "lesson-dashboard", "retention-chart"),
    Detail("seeks", "lesson-dashboard", "seek-matrix"),
    Detail("live", "course-dashboard", "live-view"),
)
SHOWN = ("lesson-light", "course-phone", "edit-lesson-dark", "operations-light")
"""The pages whose pictures the README has."""


async def open_sight(
    browser: "Browser", base_url: str, sight: Sight, look: Look, places: dict[str, str], *, timeout_s: float = 60
) -> "Page":
    """The page at rest, in a browser context of its own, which the caller closes.

    TimeoutError (Playwright's) when it does not come to rest.
    """
    context = await browser.new_context(
        base_url=base_url,
        viewport={"width": look.width, "height": look.height},
        color_scheme=look.scheme,
        reduced_motion="reduce",
        device_scale_factor=2 if look.name == "phone" else 1,
    )
    if sight.person is not None:
        await context.add_init_script(f"localStorage.setItem('seatime.user', '{sight.person.id}')")
    page = await context.new_page()
    page.set_default_timeout(timeout_s * 1000)
    await page.goto(sight.path.format_map(places))
    await page.wait_for_function(AT_REST)
    return page


async def open_up(page: "Page", opened: Opened) -> None:
    """Bring a page at rest to where that is open. TimeoutError (Playwright's) when it does not come."""
    for click in opened.clicks:
        await page.click(click)
    await page.wait_for_selector(opened.shows)
