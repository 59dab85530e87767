"""A lesson at its address in the web app, and the player on its page."""

from dataclasses import dataclass

from playwright.async_api import Page

from tests.e2e.people import Json

CLIP_S = 12.0


@dataclass(frozen=True)
class Lesson:
    course: str
    id: str

    @property
    def page(self) -> str:
        return f"/courses/{self.course}/lessons/{self.id}"

    @property
    def upload_page(self) -> str:
        return f"/courses/{self.course}/upload"

    @property
    def edit_page(self) -> str:
        return f"{self.page}/edit"

    @property
    def dashboard(self) -> str:
        return f"/dashboard/lessons/{self.id}"


class Player:
    """Mux's player element, used as a person would, and read as a script would."""

    element = "mux-player"

    def __init__(self, page: Page) -> None:
        self._page = page
        self._element = page.locator(self.element)

    async def until_loaded(self) -> None:
        await self._until("player.readyState >= 3")

    async def toggle(self) -> None:
        """A click into the picture plays or pauses."""
        await self._element.click()

    async def until_at(self, seconds: float) -> None:
        await self._until(f"player.currentTime >= {seconds}")

    async def until_buffered(self, seconds: float) -> None:
        await self._until(f"player.buffered.length > 0 && player.buffered.end(0) >= {seconds}")

    async def until_paused(self) -> None:
        await self._until("player.paused")

    async def until_ended(self) -> None:
        await self._until("player.ended")

    async def seek(self, seconds: float) -> None:
        await self._element.evaluate("(player, seconds) => { player.currentTime = seconds }", seconds)

    async def speed(self, rate: float) -> None:
        await self._element.evaluate("(player, rate) => { player.playbackRate = rate }", rate)

    async def rate(self) -> float:
        return float(await self._element.evaluate("player => player.playbackRate"))

    async def position(self) -> float:
        return float(await self._element.evaluate("player => player.currentTime"))

    async def _until(self, condition: str) -> None:
        await self._page.wait_for_function(
            f"() => {{ const player = document.querySelector('{self.element}'); return player && {condition} }}"
        )


class FilePlayer(Player):
    """The browser's own player."""

    element = "video"

    async def play(self) -> None:
        """Ask for it; not awaited here, because a promise of the page has no time limit."""
        await self._element.evaluate("player => { player.play().catch(() => undefined); }")

    async def address(self) -> str:
        address: str = await self._element.evaluate("player => player.src")
        return address


WATCH = """() => {
  const player = document.querySelector('mux-player, video');
  const seen = { events: [], still: 0 };
  window.__seen = seen;
  for (const type of ['emptied', 'error', 'pause', 'seeking', 'ratechange', 'ended', 'loadstart']) {
    player.addEventListener(type, () => seen.events.push(type));
  }
  let last = player.currentTime, since = performance.now();
  const look = () => {
    const now = performance.now();
    if (player.currentTime !== last) { last = player.currentTime; since = now; }
    seen.still = Math.max(seen.still, (now - since) / 1000);
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


async def watch(page: Page) -> None:
    """From now on, note what happens to the playing that a person would see."""
    await page.evaluate(WATCH)


async def seen(page: Page) -> Json:
    found: Json = await page.evaluate("() => window.__seen")
    return found
