"""From the log to deliveries, in the consumer's transaction: what is not committed with the offsets was never told."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from analytics_service.webhooks import store_deliveries
from analytics_service.webhooks.messages import message_of
from analytics_service.webhooks.store_deliveries import Told
from servicekit.consumer import Received
from servicekit.database import Connection

OLDEST = timedelta(days=7)
"""What is in the log for longer is told nobody: the note that it was told may be gone, though it is kept for longer."""

_SLACK_S = 300


async def told(conn: Connection, batch: Sequence[Received[Any]]) -> None:
    """Let every endpoint know that wants to. A rebuild applies this to tables without endpoints: it tells nobody."""
    wanted = await store_deliveries.wanted_types(conn)
    now = datetime.now(UTC)
    messages = [
        Told(message_of(received.event, received.event_id), received.timestamp)
        for received in batch
        if received.event.topic_name in wanted and received.timestamp > now - OLDEST
    ]
    if messages:
        await store_deliveries.enqueue(conn, messages, now, _SLACK_S)
