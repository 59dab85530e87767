"""The inbox: an event is fresh once per consumer, unless its effect was rolled back."""

import asyncio

import pytest

from servicekit import inbox
from servicekit.database import transaction
from tests.servicekit.kit import Ledger


async def test_an_event_is_fresh_once_per_consumer(ledger: Ledger) -> None:
    """Of ids that come again, alone or twice in a batch, only the unseen are returned; consumers do not share."""
    async with transaction(ledger.pool) as conn:
        assert await inbox.fresh(conn, "a", ["1", "2", "2"]) == {"1", "2"}
        assert await inbox.fresh(conn, "a", ["2", "3"]) == {"3"}
        assert await inbox.fresh(conn, "b", ["1"]) == {"1"}
        assert await inbox.fresh(conn, "a", []) == set()


async def test_a_rolled_back_effect_leaves_its_event_fresh(ledger: Ledger) -> None:
    """Id and effect stand or fall together."""

    async def fail() -> None:
        async with transaction(ledger.pool) as conn:
            assert await inbox.fresh(conn, "a", ["1"]) == {"1"}
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with transaction(ledger.pool) as conn:
        assert await inbox.fresh(conn, "a", ["1"]) == {"1"}


async def test_concurrent_consumers_of_the_same_events_do_not_deadlock_or_share(ledger: Ledger) -> None:
    """Eight transactions claim overlapping ids in different orders: each id goes to exactly one of them."""
    ids = [str(n) for n in range(60)]

    async def claim(turn: int) -> set[str]:
        async with transaction(ledger.pool) as conn:
            return await inbox.fresh(conn, "a", ids[turn * 7 :] + ids[: turn * 7])

    claims = await asyncio.gather(*map(claim, range(8)))
    assert sorted(one for claimed in claims for one in claimed) == sorted(ids)


async def test_old_ids_are_forgotten_and_recent_ones_kept(ledger: Ledger) -> None:
    """What is older than the topic's retention cannot come again."""
    async with transaction(ledger.pool) as conn:
        await inbox.fresh(conn, "a", ["old", "new"])
        await inbox.fresh(conn, "b", ["old"])
        await conn.execute("UPDATE inbox SET received_at = now() - interval '31 days' WHERE event_id = 'old'")
        assert await inbox.forget(conn, "a", older_than_days=30) == 1
        assert await inbox.fresh(conn, "a", ["old", "new"]) == {"old"}
        assert await inbox.fresh(conn, "b", ["old"]) == set()
