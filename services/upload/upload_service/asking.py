"""One question to Mux by mux-python: asked through `calling.py`, and its answer read without trusting its form."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import mux_python

from upload_service.calling import CALLS, Calls
from upload_service.errors import MuxUnavailable
from upload_service.retrying import Verb

T = TypeVar("T")


class Asking:
    """What the parts of `MuxService` share: one client, one line, one circuit breaker."""

    def __init__(self, client: mux_python.ApiClient, calls: Calls) -> None:
        self.client, self.calls = client, calls

    async def ask(
        self, name: str, verb: Verb, function: Callable[..., Any], *arguments: Any, bulk: bool = False, **named: Any
    ) -> Any:
        """The answer as mux-python's model. `bulk` is for what no person waits for: it comes after all others."""
        return await self.calls.make(
            name, verb, lambda timeouts: function(*arguments, _request_timeout=timeouts, **named), bulk=bulk
        )

    def read(self, name: str, reading: Callable[[], T]) -> T:
        """What `reading` makes of an answer; raises MuxUnavailable if the answer is not what it should be."""
        try:
            return reading()
        except (AttributeError, TypeError, ValueError, KeyError) as error:
            CALLS.labels(name, "unreadable").inc()
            raise MuxUnavailable(f"Mux's answer to {name} cannot be read") from error

    def wire(self, model: Any) -> Mapping[str, Any] | None:
        """A model in the form in which Mux sent it."""
        wire: Mapping[str, Any] | None = self.client.sanitize_for_serialization(model)
        return wire


def required(value: Any) -> str:
    """A text that has to be there. Raises ValueError."""
    if not isinstance(value, str) or not value:
        raise ValueError("a required text is missing")
    return value
