"""Every kind of exception that mux-python raises has a name of ours, and no answer can surprise any call."""

import inspect
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import urllib3
from mux_python import exceptions
from urllib3.exceptions import (
    ConnectTimeoutError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from tests.upload.test_mux import answering, http, new_upload
from upload_service import mux_failures
from upload_service.errors import MuxNotFound, MuxRefused, MuxUnauthorized, MuxUnavailable
from upload_service.mux import MuxService

POOL: Any = urllib3.HTTPConnectionPool("mux.invalid")


def answered(kind: type[exceptions.ApiException], status: int, body: bytes | str = "") -> exceptions.ApiException:
    error = kind(status=status)
    error.body, error.headers = body, {}
    return error


def unreachable(reason: Exception) -> MaxRetryError:
    return MaxRetryError(POOL, "/", reason)


# What mux-python was seen to raise, what it becomes, whether it may go better soon, and whether Mux is not well.
KINDS: list[tuple[Exception, type[Exception], bool, bool]] = [
    (answered(exceptions.ApiException, 400), MuxRefused, False, False),
    (answered(exceptions.ApiException, 409), MuxRefused, False, False),
    (answered(exceptions.ApiException, 412), MuxRefused, False, False),
    (answered(exceptions.ApiException, 422), MuxRefused, False, False),
    (answered(exceptions.ApiException, 408), MuxUnavailable, True, True),
    (answered(exceptions.ApiException, 429), MuxUnavailable, True, False),
    (answered(exceptions.ApiException, 0), MuxUnavailable, True, True),
    (answered(exceptions.UnauthorizedException, 401), MuxUnauthorized, False, False),
    (answered(exceptions.ForbiddenException, 403), MuxUnauthorized, False, False),
    (answered(exceptions.NotFoundException, 404), MuxNotFound, False, False),
    (answered(exceptions.ServiceException, 500), MuxUnavailable, True, True),
    (answered(exceptions.ServiceException, 502, b"\xff\xfe"), MuxUnavailable, True, True),
    (answered(exceptions.ServiceException, 503), MuxUnavailable, True, True),
    (unreachable(NewConnectionError(POOL, "refused")), MuxUnavailable, True, True),
    (unreachable(ConnectTimeoutError("slow")), MuxUnavailable, True, True),
    (unreachable(ReadTimeoutError(POOL, "/", "silent")), MuxUnavailable, True, True),
    (unreachable(ProtocolError("cut")), MuxUnavailable, True, True),
    (unreachable(SSLError("handshake")), MuxUnavailable, True, True),
    (ReadTimeoutError(POOL, "/", "silent"), MuxUnavailable, True, True),
    (ProtocolError("cut"), MuxUnavailable, True, True),
    (TimeoutError(), MuxUnavailable, True, True),
    (ValueError("Invalid value for `status`"), MuxUnavailable, True, True),
    (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "not text"), MuxUnavailable, True, True),
    (AttributeError("'NoneType' object has no attribute 'decode'"), MuxUnavailable, True, True),
    (TypeError("'int' object is not iterable"), MuxUnavailable, True, True),
    (exceptions.ApiValueError("no"), MuxUnavailable, True, True),
    (exceptions.ApiAttributeError("no"), MuxUnavailable, True, True),
]


@pytest.mark.parametrize(("raised", "expected", "passing", "sick"), KINDS, ids=lambda value: repr(value)[:60])
def test_every_kind_has_a_name(raised: Exception, expected: type[Exception], passing: bool, sick: bool) -> None:
    """What the caller is told, whether repeating helps, and whether the circuit breaker counts it."""
    failure = mux_failures.of(raised)
    assert failure is not None
    assert type(failure.error) is expected
    assert (failure.setback.passing, failure.sick) == (passing, sick)
    unsent = isinstance(getattr(raised, "reason", None), NewConnectionError | ConnectTimeoutError)
    assert failure.setback.unsent == unsent


def test_no_kind_of_answer_is_forgotten() -> None:
    """Each exception that mux-python makes of an answer stands in the table; a newer version may bring others."""
    made = {kind for _, kind in inspect.getmembers(exceptions, inspect.isclass)}
    assert {kind for kind in made if issubclass(kind, exceptions.ApiException)} <= {type(row[0]) for row in KINDS}


def test_a_bug_of_ours_is_none_of_muxs() -> None:
    """It comes through as it is."""
    for bug in (KeyError(), ZeroDivisionError(), exceptions.ApiTypeError("no"), OSError()):
        assert mux_failures.of(bug) is None


async def delivered(service: MuxService) -> object:
    return [row async for row in service.usage.delivery(datetime(2026, 1, 1, tzinfo=UTC), datetime.now(UTC))]


TOLD: dict[str, Any] = {"language_code": "en", "name": "English", "passthrough": "p"}
MADE: dict[str, Any] = {"lesson_id": "l", "external_id": "e", "title": "t", "creator_id": "c"}
CALLS: dict[str, Callable[[MuxService], Awaitable[object]]] = {
    "create_upload": new_upload,
    "get_upload": lambda mux: mux.get_upload("u"),
    "get_asset": lambda mux: mux.get_asset("a"),
    "list_assets": lambda mux: mux.list_assets(),
    "create_asset": lambda mux: mux.create_asset(url="http://127.0.0.1/", policy="signed", **MADE),
    "update_asset": lambda mux: mux.update_asset("a", **MADE),
    "create_track": lambda mux: mux.tracks.create("a", url="http://127.0.0.1/", **TOLD),
    "generate_subtitles": lambda mux: mux.tracks.generate("a", "t", **TOLD),
    "create_signing_key": lambda mux: mux.keys.create(),
    "list_signing_keys": lambda mux: mux.keys.list(),
    "delivery_usage": delivered,
}


@pytest.mark.parametrize("call", CALLS)
async def test_no_answer_surprises_a_call(call: str) -> None:
    """Whatever stands in it where the answer should be."""
    for body in (b"<html>sorry</html>", b"[]", b"null", b'{"data":null}', b'{"data":7}', b'{"data":[{"id":null}]}'):
        async with answering(http(body, "201 Created")) as service:
            with pytest.raises(MuxUnavailable):
                await CALLS[call](service)


@pytest.mark.parametrize("call", [*CALLS, "delete_asset", "delete_track", "delete_signing_key"])
async def test_every_call_ends(call: str) -> None:
    """A Mux that is silent is given up by each."""
    deletions: dict[str, Callable[[MuxService], Awaitable[object]]] = {
        "delete_asset": lambda mux: mux.delete_asset("a"),
        "delete_track": lambda mux: mux.tracks.delete("a", "t"),
        "delete_signing_key": lambda mux: mux.keys.delete("k"),
    }
    async with answering(None) as service:
        with pytest.raises(MuxUnavailable):
            await (CALLS | deletions)[call](service)


async def test_tracks_that_mux_invents_later_are_read() -> None:
    """Of a kind, a source and a status that nobody knew."""
    track = b'{"id":"t","type":"smell","text_source":"nose","text_type":"odour","status":"drifting"}'
    async with answering(http(b'{"data":' + track + b"}", "201 Created")) as service:
        assert (await service.tracks.create("a", url="http://127.0.0.1/", **TOLD)).status == "drifting"
    async with answering(http(b'{"data":[' + track + b"]}", "201 Created")) as service:
        assert (await service.tracks.generate("a", "t", **TOLD)).body["text_source"] == "nose"
