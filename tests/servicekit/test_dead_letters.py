"""Row G3: dead letters are listed, redriven and discarded by administrators, and the audit says who did what."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from servicekit import http, inbox
from servicekit.auth import issue_token
from servicekit.consumer import BatchConsumer, RetryPolicy
from servicekit.database import transaction
from servicekit.operations.redriving import Redriver
from servicekit.operations.routes import router
from servicekit.producer import Producer
from servicekit.received import Received
from servicekit.settings import CommonSettings
from tests.databases import Database
from tests.polling import PATIENCE_S, until
from tests.servicekit import kit
from tests.servicekit.kit import PINGS, SECRET, Ledger, Ping, working

LETTERS = "/api/operations/tests/dead-letters"
FAST = RetryPolicy(first_s=0.02, max_s=0.2, budget_s=20)


class Operator:
    """The operator's routes of a service that consumes pings, called as an administrator."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def letters(self, **query: Any) -> list[dict[str, Any]]:
        answer = await self.http.get(LETTERS, params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["letters"]
        return found

    async def decide(self, what: str, first: int, last: int | None = None, **more: Any) -> dict[str, Any]:
        answer = await self.http.post(f"{LETTERS}/{what}", json={"topic": "pings", "first": first, "last": last} | more)
        assert answer.status_code in (200, 202), answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def states(self) -> dict[int, str]:
        return {letter["offset"]: letter["state"] for letter in await self.letters()}

    async def audit(self) -> list[tuple[int, str, str]]:
        entries = (await self.http.get(f"{LETTERS}/audit")).json()["entries"]
        return [(entry["offset"], entry["action"], entry["by"]) for entry in reversed(entries)]


def api_of(settings: CommonSettings, url: str, **more: Any) -> FastAPI:
    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        async with kit.pool_of(url) as api.state.pool:
            yield

    api = http.create_api(settings, service="tests", title="t", version="1", lifespan=lifespan)
    api.include_router(router(settings, service="tests", topics=["pings"], **more))
    return api


@asynccontextmanager
async def client_of(api: FastAPI, user: str = "ada", role: str = "admin") -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {issue_token(SECRET, user, role)}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(api), base_url="http://t", headers=headers) as client:
        yield client


@pytest.fixture
async def api(settings: CommonSettings, database: Database) -> AsyncIterator[FastAPI]:
    api = api_of(settings, database.app_url)
    async with api.router.lifespan_context(api):
        yield api


@pytest.fixture
async def operator(api: FastAPI) -> AsyncIterator[Operator]:
    async with client_of(api) as client:
        yield Operator(client)


class Once:
    """A handler as services have it: by the event's id, in the transaction of its effect."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.came: list[int] = []

    async def apply(self, batch: Sequence[Received[Ping]]) -> None:
        self.came += [received.event.number for received in batch]
        async with transaction(self.ledger.pool) as conn:
            fresh = await inbox.fresh(conn, "tests", [received.event_id for received in batch])
            await kit.write(conn, [received.event.number for received in batch if received.event_id in fresh])


def strict(value: bytes) -> Ping:
    """The parser before it was mended: it knows no number over a hundred."""
    ping = Ping.model_validate_json(value)
    if ping.number > 100:
        raise ValueError("what number is that?")
    return ping


def consumer(parse: Callable[[bytes], Ping], handle: Any, group: str = "tests") -> BatchConsumer[Ping]:
    return BatchConsumer(PINGS, parse, handle, group=group, retry=FAST)


def record(number: int, **more: Any) -> dict[str, Any]:
    return {"key": b"one", "value": Ping(number=number).to_json(), "headers": [("ce_id", b"id-%d" % number)]} | more


async def bury(settings: CommonSettings, records: list[dict[str, Any]], ledger: Ledger) -> None:
    """Send the records to a consumer that uses the strict parser, until it has dealt with all of them."""
    await kit.send_all(settings, records)
    async with working(settings, consumer(strict, Once(ledger).apply)):
        await committed(settings, len(records))


async def committed(settings: CommonSettings, count: int) -> None:
    async def reached() -> bool:
        return await kit.committed(settings, "tests.pings") == count

    await until(reached)


@asynccontextmanager
async def redriving(settings: CommonSettings, url: str) -> AsyncIterator[Redriver]:
    """A redriver that is asked for its turns."""
    async with kit.pool_of(url) as pool, Producer(settings, service="tests") as producer:
        await producer.wait_connected(PATIENCE_S)
        yield Redriver(pool, settings, producer, service="tests")


async def test_poison_is_redriven_when_its_cause_is_mended_and_applied_once(
    settings: CommonSettings, database: Database, ledger: Ledger, operator: Operator
) -> None:
    """Row G3: buried, listed with reason and origin, asked for, written again as it was, applied once, audited."""
    written_at = 1_700_000_000_000
    odd = record(101, headers=[("ce_id", b"id-101"), ("x-mine", b"\xff")], timestamp_ms=written_at)
    await bury(settings, [record(1), odd, record(2)], ledger)
    (letter,) = await operator.letters()
    assert letter["topic"] == "pings"
    assert letter["reason"] == "unparsable"
    assert letter["error"] == "ValueError: what number is that?"
    assert letter["state"] == "open"
    assert letter["key"] == "one"
    assert letter["eventId"] == "id-101"
    assert '"number":101' in letter["preview"]
    assert not letter["redrivenBefore"]
    asked = await operator.decide("redrive", letter["offset"], note="parser mended")
    assert asked == {"noted": 1, "unchanged": 0}
    assert await operator.states() == {0: "asked"}

    once = Once(ledger)
    async with redriving(settings, database.app_url) as redriver:
        assert await redriver.turn() == 1
        assert await redriver.turn() == 0
    async with working(settings, consumer(Ping.model_validate_json, once.apply)):
        await committed(settings, 4)
    assert await ledger.numbers() == [1, 2, 101]
    assert await ledger.repeated() == 0
    assert once.came == [101]

    first, again = [one for one in await kit.read_all(settings, "pings") if one.value == odd["value"]]
    assert (again.key, again.value, again.timestamp) == (first.key, first.value, written_at)
    assert dict(again.headers) == dict(first.headers) | {"x-redrive": b"tests/1"}
    assert await operator.states() == {0: "redriven"}
    assert await operator.audit() == [(0, "redrive", "ada"), (0, "redriven", "tests-worker")]
    (told,) = await operator.letters()
    assert [(one["action"], one["note"]) for one in told["noted"]] == [("redrive", "parser mended"), ("redriven", None)]


async def test_asking_twice_and_sending_twice_is_harmless(
    settings: CommonSettings, database: Database, ledger: Ledger, operator: Operator
) -> None:
    """A second request changes nothing; two workers at once send once; what died again is another letter, marked."""
    await bury(settings, [record(number) for number in (101, 102, 103)], ledger)
    told = await asyncio.gather(*(operator.decide("redrive", 0, 1) for _ in range(3)))
    assert sum(one["noted"] for one in told) == 2
    async with redriving(settings, database.app_url) as one, redriving(settings, database.app_url) as other:
        await asyncio.gather(one.turn(), other.turn(), one.turn(), other.turn())
    assert await operator.decide("redrive", 0, 2) == {"noted": 1, "unchanged": 2}
    assert len(await kit.read_all(settings, "pings")) == 5
    async with working(settings, consumer(strict, Once(ledger).apply)):
        await committed(settings, 5)
    letters = await operator.letters()
    assert [(letter["offset"], letter["redrivenBefore"]) for letter in letters] == [
        (4, True),
        (3, True),
        (2, False),
        (1, False),
        (0, False),
    ]
    (last, *_) = await operator.letters(topic="pings", limit=1)
    async with redriving(settings, database.app_url) as redriver:
        await operator.decide("redrive", last["offset"])
        assert await redriver.turn() == 2
    (*_, newest) = await kit.read_all(settings, "pings")
    assert [name for name, _ in newest.headers].count("x-redrive") == 1
    assert not {name for name, _ in newest.headers} & {"x-reason", "x-error", "x-group", "x-offset"}


@pytest.mark.timeout(300)
async def test_a_worker_that_is_killed_in_the_middle_sends_again_and_it_counts_once(
    settings: CommonSettings, database: Database, ledger: Ledger, operator: Operator
) -> None:
    """kill -9 between Kafka's acknowledgement and the audit: the next worker sends the record again, it counts once."""
    await bury(settings, [record(101), {"key": None, "value": Ping(number=102).to_json()}], ledger)
    await operator.decide("redrive", 0, 1)
    environment = os.environ | {
        "KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
        "KAFKA_TOPIC_PREFIX": settings.kafka_topic_prefix,
        "AUTH_JWT_SECRET": SECRET,
        "DATABASE_URL": database.app_url,
    }
    for _ in range(2):  # the first record both times: nothing was noted of it
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.servicekit.redriving_process",
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            assert process.stdout is not None
            async with asyncio.timeout(PATIENCE_S):
                assert await process.stdout.readline() == b"sent\n"
        finally:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            await process.wait()
    assert [action for _, action, _ in await operator.audit()] == ["redrive", "redrive"]
    async with redriving(settings, database.app_url) as redriver:

        async def all_done() -> bool:  # the lock of the killed one goes with its connection
            await redriver.turn()
            return set((await operator.states()).values()) == {"redriven"}

        await until(all_done)
    async with working(settings, consumer(Ping.model_validate_json, Once(ledger).apply)):
        await committed(settings, 6)
    assert await ledger.numbers() == [101, 102]
    assert await ledger.repeated() == 0
    assert sorted(await operator.audit()) == [
        (0, "redrive", "ada"),
        (0, "redriven", "tests-worker"),
        (1, "redrive", "ada"),
        (1, "redriven", "tests-worker"),
    ]


async def test_a_record_without_an_id_is_known_by_where_it_was(
    settings: CommonSettings, database: Database, ledger: Ledger, operator: Operator
) -> None:
    """One service could use it, another could not: the redrive does not count twice for the first."""
    nameless = {"key": b"one", "value": Ping(number=101).to_json()}
    await bury(settings, [nameless], ledger)
    once = Once(ledger)
    other = consumer(Ping.model_validate_json, once.apply, group="others")
    async with working(settings, other, service="others"):
        await until(ledger.numbers)
        await operator.decide("redrive", 0)
        async with redriving(settings, database.app_url) as redriver:
            assert await redriver.turn() == 1
        await until(lambda: once.came == [101, 101])
        await until(lambda: _committed(settings, "others.pings", 2))
    assert await ledger.repeated() == 0


async def _committed(settings: CommonSettings, group: str, count: int) -> bool:
    return await kit.committed(settings, group) == count


async def test_each_service_sees_its_own_letters_only(
    settings: CommonSettings, ledger: Ledger, operator: Operator
) -> None:
    """Letters of one topic lie together; another service's are neither listed nor touched."""
    await kit.send_all(settings, [record(101)])
    async with (
        working(settings, consumer(strict, Once(ledger).apply, group="others")),
        working(settings, consumer(strict, Once(ledger).apply)),
    ):
        await committed(settings, 1)
        await until(lambda: _committed(settings, "others.pings", 1))
    groups = [dict(one.headers)["x-group"] for one in await kit.read_all(settings, "pings.dlq")]
    (own,) = await operator.letters()
    assert groups[own["offset"]] == b"tests.pings"
    refused = await operator.http.post(f"{LETTERS}/redrive", json={"topic": "pings", "first": 1 - own["offset"]})
    assert refused.status_code == 404
    assert refused.json()["type"] == "urn:seatime:problem:no-such-dead-letter"
    assert await operator.decide("redrive", 0, 1) == {"noted": 1, "unchanged": 0}


async def test_discarded_letters_may_come_back_and_redriven_ones_are_settled(
    settings: CommonSettings, database: Database, ledger: Ledger, operator: Operator
) -> None:
    """A discard is a note and no deletion; what was redriven can't be discarded any more."""
    await bury(settings, [record(101), record(102)], ledger)
    assert await operator.decide("discard", 0, 1) == {"noted": 2, "unchanged": 0}
    assert await operator.states() == {0: "discarded", 1: "discarded"}
    async with redriving(settings, database.app_url) as redriver:
        assert await redriver.turn() == 0
        await operator.decide("redrive", 0)
        assert await redriver.turn() == 1
    assert await operator.decide("discard", 0, 1) == {"noted": 0, "unchanged": 2}
    assert await operator.states() == {0: "redriven", 1: "discarded"}


async def test_nobody_who_serves_or_works_can_change_the_audit(
    settings: CommonSettings, database: Database, ledger: Ledger, operator: Operator
) -> None:
    """Rows are added by a function and never changed: not by the application's role, and not by the owner."""
    await bury(settings, [record(101)], ledger)
    await operator.decide("discard", 0)
    for url in (database.app_url, database.owner_url):
        for statement in ("UPDATE dead_letter_audit SET actor = 'eve'", "DELETE FROM dead_letter_audit"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await kit.execute(url, statement)
    assert await operator.audit() == [(0, "discard", "ada")]


async def test_what_can_not_be_sent_any_more_is_said(
    settings: CommonSettings, database: Database, ledger: Ledger, operator: Operator
) -> None:
    """A letter that the log has forgotten in the meantime fails with the reason, and holds up no other."""
    await bury(settings, [record(101), record(102)], ledger)
    await operator.decide("redrive", 0, 1)
    await kit.delete_before(settings, "pings.dlq", 1)
    async with redriving(settings, database.app_url) as redriver:
        assert await redriver.turn() == 2
    entries = (await operator.http.get(f"{LETTERS}/audit")).json()["entries"]
    assert [(one["offset"], one["action"], one["note"]) for one in entries[:2]] == [
        (1, "redriven", None),
        (0, "failed", "the letter is no longer in the log"),
    ]
    assert await operator.states() == {1: "redriven"}


async def test_a_letter_that_was_cut_is_redriven_from_where_it_came_from(
    settings: CommonSettings, database: Database, ledger: Ledger, operator: Operator
) -> None:
    """Of a record that did not fit with its burial's headers the whole is written again."""
    whole = Ping(number=101, padding="x" * 1_048_300).to_json()
    await bury(settings, [{"key": b"one", "value": whole}], ledger)
    (letter,) = await operator.letters()
    assert letter["cut"]
    assert letter["size"] == 65_536
    await operator.decide("redrive", 0)
    async with redriving(settings, database.app_url) as redriver:
        assert await redriver.turn() == 1
    assert await operator.states() == {0: "redriven"}
    (_, again) = await kit.read_all(settings, "pings")
    assert again.value == whole


async def test_secrets_and_long_payloads_are_not_shown(
    settings: CommonSettings, ledger: Ledger, operator: Operator
) -> None:
    """The preview is the beginning of the value, without tokens and passwords."""
    token = issue_token(SECRET, "somebody")
    value = f'{{"grant": "{token}", "url": "postgresql://u:hunter2@h/d", "rest": "{"y" * 5000}"'.encode()
    await bury(settings, [{"key": b"k", "value": value}], ledger)
    (letter,) = await operator.letters()
    assert token not in str(letter)
    assert "hunter2" not in str(letter)
    assert len(letter["preview"]) <= 400
    assert letter["size"] == len(value)


@pytest.mark.parametrize("role", ["learner", "instructor"])
async def test_only_administrators_are_let_in(api: FastAPI, role: str) -> None:
    """403 for everybody else, 401 for strangers, whatever they ask."""
    asked = [
        ("GET", LETTERS, None),
        ("POST", f"{LETTERS}/redrive", {"topic": "pings", "first": 0}),
        ("POST", f"{LETTERS}/discard", {"topic": "pings", "first": 0}),
        ("GET", f"{LETTERS}/audit", None),
        ("GET", "/api/operations/tests/health", None),
    ]
    async with client_of(api, "mallory", role) as client:
        for method, path, body in asked:
            answer = await client.request(method, path, json=body)
            assert answer.status_code == 403, path
            stranger = await client.request(method, path, json=body, headers={"Authorization": ""})
            assert stranger.status_code == 401, path


async def test_reading_goes_on_page_by_page(settings: CommonSettings, ledger: Ledger, operator: Operator) -> None:
    """`more` names topics with older letters, `before` reads on; ranges that are none are refused."""
    await bury(settings, [record(100 + number) for number in range(1, 6)], ledger)
    answer = (await operator.http.get(LETTERS, params={"limit": 2})).json()
    assert [letter["offset"] for letter in answer["letters"]] == [4, 3]
    assert answer["more"] == ["pings"]
    answer = (await operator.http.get(LETTERS, params={"limit": 3, "topic": "pings", "before": 3})).json()
    assert [letter["offset"] for letter in answer["letters"]] == [2, 1, 0]
    assert answer["more"] == []
    assert await operator.letters(topic="strangers") == []
    for first, last in ((3, 2), (0, 1000)):
        refused = await operator.http.post(f"{LETTERS}/redrive", json={"topic": "pings", "first": first, "last": last})
        assert refused.status_code == 422
    nowhere = await operator.http.post(f"{LETTERS}/redrive", json={"topic": "strangers", "first": 0})
    assert nowhere.status_code == 404


async def test_without_kafka_it_says_so(database: Database) -> None:
    """503 with Retry-After; health answers, and names what is down."""
    settings = kit.settings("127.0.0.1:9", "")
    api = api_of(settings, database.app_url)
    async with api.router.lifespan_context(api), client_of(api) as client:
        answer = await client.get(LETTERS)
        assert answer.status_code == 503
        assert answer.headers["retry-after"]
        health = (await client.get("/api/operations/tests/health")).json()
        assert health["checks"]["kafka"].startswith("Kafka does not answer")
        assert not health["ready"]
        assert health["consumers"] is None
        assert health["outbox"] == {"waiting": 0, "parked": 0, "oldestSeconds": 0}
