"""The short way of a report: what it reads, the schema reads the same; what it does not, the schema decides."""

import json
import time
from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts import WatchProgress
from progress_service import reading
from progress_service.clients import Client, Clients
from progress_service.grants import Grant
from progress_service.ingest import GrantMismatch, to_event
from progress_service.schemas import ProgressIn
from tests.progress.granting import claims

NOW = int(time.time() * 1000)
CLIENTS = Clients("x-country")
GRANT = Grant.model_validate(claims(les="7"))

odd: st.SearchStrategy[Any] = st.sampled_from(
    [None, "", "x", "12", -1, 0, 1.5, 2.0, 1e300, 10**30, 2**31, True, [], {}, "\x00", "é"]
)
seconds = st.floats(0, 2_000_000) | st.integers(0, 2_000_000)
times = st.integers(0, 253_402_300_799_999)


def mostly(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 40).flatmap(lambda chance: odd if chance == 40 else strategy)


events = st.fixed_dictionaries(
    {"type": mostly(st.sampled_from(["play", "pause", "seek", "ratechange", "qualitychange", "error"])), "at": times},
    optional={
        "position": mostly(seconds),
        "from": mostly(seconds),
        "to": mostly(seconds),
        "rate": mostly(st.floats(0, 16)),
        "value": mostly(st.text(max_size=70)),
        "unknown": odd,
    },
)
beats = st.fixed_dictionaries(
    {"seq": mostly(st.integers(0, 2**31 - 2)), "at": mostly(times), "position": mostly(seconds)},
    optional={
        "since": mostly(times),
        "rate": mostly(st.floats(0.01, 16)),
        "watched_segments": mostly(st.lists(st.tuples(seconds, seconds), max_size=4)),
        "hidden": mostly(st.booleans()),
        "events": mostly(st.lists(events, max_size=3)),
        "stalled": mostly(seconds),
        "player": mostly(st.text(max_size=33)),
        "unknown": odd,
    },
)
reports = st.fixed_dictionaries(
    {"grant": mostly(st.text(min_size=1)), "sentAt": mostly(times), "beats": mostly(st.lists(beats, max_size=4))},
    optional={"lesson_id": mostly(st.sampled_from(["7", 7, "8"])), "duration": mostly(seconds), "unknown": odd},
)
origins = st.builds(
    lambda user_agent, country: CLIENTS.of({"user-agent": user_agent, "x-country": country}),
    st.sampled_from(["", "Safari", "Firefox/128.0", "Mozilla/5.0 Chrome/129.0.0.0 Safari/537.36", '"\\', "é" * 600]),
    st.sampled_from(["", "de", "FR", "XX", '"}', "T1"]),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(report=reports, client=origins)
def test_what_is_read_the_short_way_the_schema_reads_the_same(report: dict[str, Any], client: Client) -> None:
    """Every body that the short way takes becomes the very event that the schema would have made of it."""
    body = json.dumps(report).encode()
    read = reading.read(body)
    if read is None or not reading.fits(read, GRANT):
        return
    value = reading.event_bytes(read, GRANT, client, received_at_ms=NOW)
    said = ProgressIn.model_validate_json(body)
    assert said.grant == read.grant
    assert WatchProgress.model_validate_json(value) == to_event(said, GRANT, client, received_at_ms=NOW)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(report=reports)
def test_what_the_schema_refuses_is_not_read(report: dict[str, Any]) -> None:
    """The short way never lets through what the schema or the grant refuses."""
    body = json.dumps(report).encode()
    try:
        to_event(ProgressIn.model_validate_json(body), GRANT, received_at_ms=NOW)
    except (ValidationError, GrantMismatch):
        read = reading.read(body)
        assert read is None or not reading.fits(read, GRANT)


def test_a_players_report_takes_the_short_way() -> None:
    """What our own reporter sends is read without the schema: else the way would be short for nobody."""
    beat = {"seq": 1, "since": NOW - 10_000, "at": NOW, "position": 12, "rate": 1.5, "watched_segments": [[2, 12.25]]}
    sent = {"grant": "g", "sentAt": NOW, "beats": [beat | {"hidden": False, "events": []}]}
    read = reading.read(json.dumps(sent).encode())
    assert read is not None
    value = msgspec.json.decode(reading.event_bytes(read, GRANT, received_at_ms=NOW))
    assert value["beats"][0]["segments"] == [[2_000, 12_250]]
    assert value["learner_id"] == GRANT.sub


def test_a_body_that_is_hostile_in_sum_is_left_to_the_schema() -> None:
    """The bounds on a whole report hold here as well."""
    beat = {"at": NOW, "position": 1, "watched_segments": [[0, 1]] * 200}
    sent = {"grant": "g", "sentAt": NOW, "beats": [beat | {"seq": n} for n in range(26)]}
    assert reading.read(json.dumps(sent).encode()) is None
