"""What a learner watched is what the owner sees."""

import pytest
from playwright.async_api import expect

from devstack import people
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.browser.lessons import Lesson, Player

pytestmark = pytest.mark.browser


async def test_a_view_shows_on_the_owners_dashboard(visit: Visit, lesson: Lesson) -> None:
    """One learner watches a part: one view, one viewer, some watch time, no completion, and a curve."""
    learner = await visit(people.HONEST, lesson.page)
    player = Player(learner)
    await player.until_loaded()
    await player.toggle()
    await player.until_at(4)
    await player.toggle()

    owner = await visit(people.INSTRUCTOR, lesson.dashboard)
    await expect(owner.get_by_test_id("figure-views")).to_have_text("1", timeout=PATIENCE_MS)
    await expect(owner.get_by_test_id("figure-viewers")).to_have_text("1")
    await expect(owner.get_by_test_id("figure-average")).not_to_have_text("0:00", timeout=PATIENCE_MS)
    await expect(owner.get_by_test_id("figure-completion")).to_have_text("0 %")
    await expect(owner.get_by_test_id("retention-chart").locator("svg path.recharts-area-area").first).to_be_visible()


async def test_a_dashboard_is_the_owners_alone(visit: Visit, lesson: Lesson) -> None:
    """A learner who opens the owner's dashboard sees no figure."""
    page = await visit(people.HONEST, lesson.dashboard)
    await expect(page.get_by_role("alert")).to_be_visible()
    await expect(page.get_by_test_id("figure-views")).to_have_count(0)
