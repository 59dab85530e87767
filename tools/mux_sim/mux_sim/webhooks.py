"""Events become deliveries; a mode decides whether they leave at once, late, twice, reversed, held or never."""

import asyncio
import json
import random
import time
import uuid
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from mux_sim.config import Config
from mux_sim.delivery import Courier
from mux_sim.ids import new_id
from mux_sim.model import Delivery, Endpoint, Event, Json
from mux_sim.store import Store

ModeName = Literal["normal", "late", "twice", "reversed", "held", "never"]
Order = Literal["forward", "reversed", "shuffled"]


@dataclass(frozen=True)
class Mode:
    """`seconds`: the delay of `late`, the window that `reversed` collects. `types`: only these; the rest is normal."""

    name: ModeName = "normal"
    seconds: float = 0.0
    types: frozenset[str] = frozenset()

    def for_type(self, event_type: str) -> "Mode":
        return self if not self.types or event_type in self.types else Mode()


class Webhooks:
    """Every event goes to every enabled endpoint, as Mux does; order is kept within an upload and its asset."""

    def __init__(self, config: Config, store: Store, courier: Courier) -> None:
        self.store = store
        self.courier = courier
        self.mode = Mode()
        self._tasks: set[asyncio.Task[None]] = set()
        self._lanes: dict[tuple[str, str], asyncio.Lock] = {}
        self._window: list[Delivery] = []
        if config.webhook_url:
            self.set_endpoint("default", config.webhook_url, config.webhook_secret)

    def set_endpoint(self, endpoint_id: str, url: str, secret: str) -> Endpoint:
        return self.store.endpoints.put(Endpoint(id=endpoint_id, url=url, secret=secret, created_at=time.time()))

    def resume(self) -> None:
        """After a restart: what was on its way goes on; what was held stays held."""
        for delivery in self.store.deliveries:
            if delivery.state == "pending":
                self._spawn(self._until_done(delivery))

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        for task in list(self._tasks):
            with suppress(asyncio.CancelledError):
                await task

    def emit(self, event_type: str, object_type: str, object_id: str, lane: str, data: Json) -> Event:
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        event = self.store.events.put(
            Event(
                id=str(uuid.uuid4()),
                sequence=time.time_ns(),
                type=event_type,
                object_type=object_type,
                object_id=object_id,
                lane=lane,
                created_at=now,
                data=json.loads(json.dumps(data)),
            )
        )
        self.store.forget_old_events()
        for endpoint in self.store.endpoints:
            if endpoint.enabled:
                self._dispatch(event, endpoint)
        return event

    def _dispatch(self, event: Event, endpoint: Endpoint) -> None:
        mode = self.mode.for_type(event.type)
        copies = 2 if mode.name == "twice" else 1
        for _ in range(copies):
            delivery = Delivery(id=new_id(), event_id=event.id, endpoint_id=endpoint.id, due_at=time.time())
            if mode.name == "late":
                delivery.due_at += mode.seconds
            if mode.name in ("held", "never"):
                delivery.state = "held" if mode.name == "held" else "dropped"
            self.store.deliveries.put(delivery)
            if mode.name == "reversed":
                self._collect(delivery, mode.seconds)
            elif delivery.state == "pending":
                self._spawn(self._until_done(delivery))

    def _collect(self, delivery: Delivery, window: float) -> None:
        self._window.append(delivery)
        if len(self._window) == 1:
            self._spawn(self._empty_window(window))

    async def _empty_window(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        collected, self._window = self._window, []
        await self._in_turn(reversed(collected))

    async def _in_turn(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            if not await self._attempt(delivery):
                self._spawn(self._until_done(delivery))

    async def release(self, order: Order = "forward", ids: Iterable[str] | None = None) -> list[str]:
        """Send held events (all, or those of `ids`) one after another; returns event ids once each was tried."""
        wanted = None if ids is None else set(ids)
        held = [d for d in self.store.deliveries if d.state == "held" and (wanted is None or d.event_id in wanted)]
        if order == "reversed":
            held.reverse()
        elif order == "shuffled":
            random.shuffle(held)
        for delivery in held:
            delivery.state = "pending"
            self.store.deliveries.put(delivery)
        await self._in_turn(held)
        return [delivery.event_id for delivery in held]

    async def redeliver(self, event: Event) -> list[Delivery]:
        """Send an event once more, whatever became of it before: same id, same content."""
        copies = []
        for endpoint in self.store.endpoints:
            delivery = Delivery(id=new_id(), event_id=event.id, endpoint_id=endpoint.id, due_at=time.time())
            copies.append(self.store.deliveries.put(delivery))
        await self._in_turn(copies)
        return copies

    def _spawn(self, work: Awaitable[None]) -> None:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _until_done(self, delivery: Delivery) -> None:
        while delivery.state == "pending":
            await asyncio.sleep(max(0.0, delivery.due_at - time.time()))
            await self._attempt(delivery)

    async def _attempt(self, delivery: Delivery) -> bool:
        """True once there is nothing more to do for this delivery."""
        event = self.store.events.get(delivery.event_id)
        endpoint = self.store.endpoints.get(delivery.endpoint_id)
        if event is None or endpoint is None:
            self.store.deliveries.remove(delivery)
            delivery.state = "dropped"
            return True
        async with self._lanes.setdefault((endpoint.id, event.lane), asyncio.Lock()):
            await self.courier.attempt(delivery, event, endpoint)
        self.store.deliveries.put(delivery)
        return delivery.state != "pending"
