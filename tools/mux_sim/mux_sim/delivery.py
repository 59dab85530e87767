"""One attempt at one webhook: the envelope as Mux writes it, signed over the bytes sent, bounded by a timeout."""

import json
import time
import uuid
import zlib
from datetime import UTC, datetime

import aiohttp

from mux_sim.config import Config
from mux_sim.model import Delivery, Endpoint, Event, Json
from mux_sim.signature import sign

KEPT_RESPONSE = 2_000


def envelope(event: Event, attempts: list[Json], config: Config) -> Json:
    """The webhook's body; `attempts` are the failures so far."""
    return {
        "type": event.type,
        "request_id": None,
        "object": {"type": event.object_type, "id": event.object_id},
        "id": event.id,
        "environment": {"name": config.environment_name, "id": config.environment_id},
        "data": event.data,
        "created_at": event.created_at,
        "attempts": attempts,
        "accessor_source": None,
        "accessor": None,
    }


class Courier:
    """Posts webhooks and writes each outcome into the delivery: 2xx ends it, all else waits longer each time."""

    def __init__(self, config: Config, http: aiohttp.ClientSession) -> None:
        self.config = config
        self.http = http

    async def attempt(self, delivery: Delivery, event: Event, endpoint: Endpoint) -> None:
        status, headers, text = await self._post(delivery, event, endpoint)
        delivery.attempts.append(
            {
                "webhook_id": zlib.crc32(endpoint.id.encode()),
                **({} if status is None else {"response_status_code": status}),
                "response_headers": headers,
                "response_body": text,
                "max_attempts": self.config.webhook_max_attempts,
                "id": str(uuid.uuid4()),
                "created_at": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
                "address": endpoint.url,
            }
        )
        if status is not None and 200 <= status < 300:
            delivery.state = "delivered"
        elif len(delivery.attempts) >= self.config.webhook_max_attempts:
            delivery.state = "failed"
        else:
            delivery.due_at = time.time() + self._pause(len(delivery.attempts))

    def _pause(self, failures: int) -> float:
        return min(self.config.webhook_retry_cap, self.config.webhook_retry_base * 2.0 ** (failures - 1))

    async def _post(self, delivery: Delivery, event: Event, endpoint: Endpoint) -> tuple[int | None, Json, str]:
        body = json.dumps(envelope(event, delivery.attempts, self.config), separators=(",", ":")).encode()
        headers = {
            "Content-Type": "application/json",
            "Mux-Signature": sign(endpoint.secret, int(time.time()), body),
            "User-Agent": "mux-sim-webhooks",
        }
        timeout = aiohttp.ClientTimeout(total=self.config.webhook_timeout)
        try:
            async with self.http.post(endpoint.url, data=body, headers=headers, timeout=timeout) as response:
                text = (await response.content.read(KEPT_RESPONSE)).decode("utf-8", "replace")
                return response.status, {"content-type": response.headers.get("Content-Type", "")}, text
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as failure:
            return None, {}, f"{type(failure).__name__}: {failure}"[:KEPT_RESPONSE]
