"""The page of webhooks against a real receiver: what it was told is verified by the specification's own library."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Locator, Page, expect
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from devstack import people
from tests.analytics.receiver import Got, Receiver, receiving, saying
from tests.e2e.browser.conftest import PATIENCE_MS, Visit
from tests.e2e.people import Platform
from tests.polling import until

pytestmark = pytest.mark.browser

ROOT = "/api/analytics/webhooks"


@pytest.fixture
async def receiver(platform: Platform) -> AsyncIterator[Receiver]:
    """On loopback, which the stack allows; afterwards it is nobody's endpoint any more."""
    async with receiving() as receiver:
        yield receiver
        found = await platform.must("GET", ROOT, user=people.ADMIN.id, role="admin")
        for endpoint in found["webhooks"]:
            if endpoint["url"] == receiver.url:
                await platform.must("DELETE", f"{ROOT}/{endpoint['id']}", user=people.ADMIN.id, role="admin")


async def add(page: Page, url: str) -> str:
    """Register the address on the page; returns the secret that it shows."""
    await page.get_by_label("Address").fill(url)
    await page.get_by_role("button", name="Add", exact=True).click()
    dialog = page.get_by_role("dialog")
    secret = await dialog.get_by_test_id("secret").inner_text()
    await dialog.get_by_role("button", name="It is kept").click()
    await expect(dialog).to_have_count(0)
    return secret


def genuine(secret: str, got: Got) -> bool:
    """Whether the reference library believes it."""
    try:
        Webhook(secret).verify(got.body, got.headers)
    except WebhookVerificationError:
        return False
    return True


@asynccontextmanager
async def log_of(card: Locator) -> AsyncIterator[Locator]:
    """The rows of what was sent."""
    await card.get_by_text("What was sent").click()
    yield card.get_by_test_id("delivery")


async def test_a_receiver_is_added_told_fails_and_is_told_again(visit: Visit, receiver: Receiver) -> None:
    """Row F10: its secret is shown once and verifies; a failure is tried again and shown; a button sends it anew."""
    page = await visit(people.ADMIN, "/admin/webhooks")
    secret = await add(page, receiver.url)
    assert secret.startswith("whsec_")
    await page.reload()
    card = page.get_by_test_id("webhook").filter(has_text=receiver.url)
    await expect(card).to_contain_text("never received anything yet")
    assert secret not in await page.content()

    await card.get_by_role("button", name="Send a test").click()
    first = (await until(lambda: receiver.got))[0]
    assert genuine(secret, first)
    assert not genuine("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", first)
    assert first.payload["type"] == "webhook.test"
    async with log_of(card) as rows:
        await expect(rows).to_have_count(1)
        await expect(rows.first).to_have_attribute("data-state", "delivered", timeout=PATIENCE_MS)
        await expect(card).to_contain_text("last success", timeout=PATIENCE_MS)

        # It fails once and is tried again by itself; then it refuses for good.
        receiver.answers[:] = [saying(500, "the disk of the LMS is full")]
        await card.get_by_role("button", name="Send a test").click()
        await until(lambda: len(receiver.got) >= 3)
        assert [one.id for one in receiver.got[1:]] == [receiver.got[1].id] * 2
        assert genuine(secret, receiver.got[2])
        await expect(rows).to_have_count(2)
        await expect(rows.first).to_have_attribute("data-state", "delivered", timeout=PATIENCE_MS)
        await expect(rows.first.get_by_role("cell").nth(2)).to_have_text("2")

        receiver.answers[:] = [410]
        await card.get_by_role("button", name="Send a test").click()
        await expect(card).to_contain_text("Nothing is sent", timeout=PATIENCE_MS)
        await expect(card).to_contain_text("Switched off")
        await expect(rows.first).to_have_attribute("data-state", re.compile("failed|held"), timeout=PATIENCE_MS)

        # Mended: switched on, and what was lost is sent by hand.
        refused = receiver.got[-1].id
        await card.get_by_role("button", name="Switch on").click()
        await expect(card.get_by_role("button", name="Switch off")).to_be_visible()
        await rows.first.get_by_role("button", name="Send again").click()
        again = await until(lambda: [one for one in receiver.got if one.id == refused][1:])
        assert genuine(secret, again[0])
        await expect(rows.first).to_have_attribute("data-state", "delivered", timeout=PATIENCE_MS)


async def test_a_new_secret_signs_beside_the_former_one(visit: Visit, receiver: Receiver) -> None:
    """Row F10: shown once; for a day the receiver may verify with either."""
    page = await visit(people.ADMIN, "/admin/webhooks")
    former = await add(page, receiver.url)
    card = page.get_by_test_id("webhook").filter(has_text=receiver.url)
    await card.get_by_role("button", name="New secret…").click()
    await page.get_by_role("alertdialog").get_by_role("button", name="Make it").click()
    dialog = page.get_by_role("dialog").filter(has_text="The secret, this once")
    secret = await dialog.get_by_test_id("secret").inner_text()
    await dialog.get_by_role("button", name="It is kept").click()
    assert secret != former
    await card.get_by_role("button", name="Send a test").click()
    (got,) = await until(lambda: receiver.got)
    assert genuine(secret, got)
    assert genuine(former, got)


async def test_one_that_is_switched_off_and_deleted_is_told_nothing(visit: Visit, receiver: Receiver) -> None:
    """Row F10: off, nothing can be sent; deleted after a yes, it is gone from the page."""
    page = await visit(people.ADMIN, "/admin/webhooks")
    await add(page, receiver.url)
    card = page.get_by_test_id("webhook").filter(has_text=receiver.url)
    await card.get_by_role("button", name="Switch off").click()
    await expect(card.get_by_role("button", name="Send a test")).to_be_disabled()
    await expect(card).to_contain_text("Switched off")
    await card.get_by_role("button", name="Delete…").click()
    dialog = page.get_by_role("alertdialog")
    await expect(dialog).to_contain_text(receiver.url)
    await dialog.get_by_role("button", name="Delete", exact=True).click()
    await expect(card).to_have_count(0)
    assert receiver.got == []


async def test_an_address_that_may_not_be_told_is_refused_with_the_reason(visit: Visit, platform: Platform) -> None:
    """Row F10: it stays in the form, and nobody is registered."""
    page = await visit(people.ADMIN, "/admin/webhooks")
    await page.get_by_label("Address").fill("ftp://lms.example/hook")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("It was not added")
    await expect(page.get_by_label("Address")).to_have_value("ftp://lms.example/hook")
    found = await platform.must("GET", ROOT, user=people.ADMIN.id, role="admin")
    assert "ftp://lms.example/hook" not in [endpoint["url"] for endpoint in found["webhooks"]]
