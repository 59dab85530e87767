"""What axe finds in a page, shadow roots and all, but for what is known, is not ours, and does no harm."""

from dataclasses import asdict, dataclass, field
from typing import Any

from playwright.async_api import Page

from devstack.paths import WEB

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"


@dataclass(frozen=True)
class Excused:
    """One rule that does not count for elements that match; for all others it does."""

    rule: str
    selector: str
    why: str


EXCUSED = (
    Excused(
        "aria-hidden-focus",
        "[data-base-ui-focus-guard]",
        "Base UI's guards at the edges of what is open pass the focus on in the moment in which they get it: nobody is "
        "ever on one. Its maintainers mean it so (mui/base-ui#4668); axe has it as a fault of the rule "
        "(dequelabs/axe-core#4832).",
    ),
    Excused(
        "label-content-name-mismatch",
        "media-time-display, media-playback-rate-menu-button",
        "Media Chrome names its buttons by what they do (`playback time`, `Playback rate 1`) and shows the value "
        "(`0:02 / 0:12`, `1x`). It sets the names itself, from inside the player, and again at every change.",
    ),
    Excused(
        "aria-required-children",
        "media-rendition-menu, media-playback-rate-menu",
        "Media Chrome's menus have a hidden button for going back inside of what has the role of a menu, in their own "
        "shadow root. Items are reached and read as they should be.",
    ),
)

_RUN = """async (excused) => {
  const { violations } = await axe.run(document, { resultTypes: ['violations'], elementRef: true });
  const used = new Set();
  const isExcused = (rule, element) => excused.some((one, at) => {
    const found = one.rule === rule && element.matches(one.selector);
    if (found) used.add(at);
    return found;
  });
  const found = violations.map(({ id, impact, help, nodes }) => {
    const where = nodes.filter(({ element }) => !isExcused(id, element)).map(({ target }) => target.flat().join(' '));
    return { id, impact, help, where };
  });
  return { found: found.filter(({ where }) => where.length > 0), used: [...used] };
}"""


@dataclass
class Judge:
    """Looks at one page after the other, and remembers which excuses it needed."""

    used: set[Excused] = field(default_factory=set)

    async def violations(self, page: Page) -> list[str]:
        """One line for each rule that the page breaks, with where."""
        await page.add_script_tag(path=AXE)
        answer: dict[str, Any] = await page.evaluate(_RUN, [asdict(one) for one in EXCUSED])
        self.used |= {EXCUSED[at] for at in answer["used"]}
        return [
            f"{one['id']} ({one['impact']}): {one['help']}: {'; '.join(one['where'][:3])}" for one in answer["found"]
        ]
