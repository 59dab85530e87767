"""Exports: what the reports say, in files that no spreadsheet executes, of any length in constant memory (row E10)."""

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics_service import export, store_tickets
from analytics_service.app import create_app
from analytics_service.settings import Settings
from devstack.ports import free_port
from servicekit.database import Pool
from tests.analytics import log
from tests.analytics.test_api import ADMIN, LEARNER, OTHER, OWNER, SECRET
from tests.databases import Database, Postgres

LEARNERS = "/api/analytics/courses/c1/export/learners"
CURVE = "/api/analytics/lessons/l1/export/retention"
MANY = 150_000


@pytest.fixture
async def client(analytics_database: Database) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(database_url=analytics_database.app_url, auth_jwt_secret=SECRET))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://analytics", timeout=60) as http,
    ):
        yield http


@pytest.fixture
async def watched(pool: Pool) -> None:
    """Five viewers saw the first 10 s of l1, which is called like a formula; u1 saw 10 s of it again and completed."""
    await log.consume(
        pool,
        log.logged(
            [
                log.course(),
                log.lesson("l1", position=1, title='=HYPERLINK("http://evil.example","x")'),
                log.lesson("l2", position=0, title="Second"),
                *(log.advanced(1, at_s=30, learner_id=f"u{n}", session=n) for n in range(1, 6)),
                log.advanced(2, at_s=40, covered=(), replayed=((0, 10_000),)),
                log.advanced(1, at_s=50, lesson_id="l2", learner_id="u9", session=9),
                log.completion(at_s=50),
            ]
        ),
    )


@pytest.mark.usefixtures("watched")
async def test_a_course_s_learners_as_a_file(client: httpx.AsyncClient) -> None:
    """Every learner and lesson once, in the lessons' order; both formats say the same; a title is no formula."""
    response = await client.get(LEARNERS, headers=OWNER)
    assert response.headers["content-type"].startswith("text/csv")
    name = f"learners-c1-{datetime.now(UTC).date()}.csv"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert response.text.count("\r\n") == 7
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [(row["lesson_id"], row["learner_id"]) for row in rows] == [
        ("l2", "u9"),
        *(("l1", f"u{n}") for n in range(1, 6)),
    ]
    first = rows[1]
    assert first["lesson_title"] == '\'=HYPERLINK("http://evil.example","x")'
    assert [float(first[name]) for name in ("covered_seconds", "duration_seconds", "watched_seconds", "views")] == [
        10,
        60,
        20,
        1,
    ]
    assert (first["completed_at"], rows[2]["completed_at"]) == ("2026-03-02T09:00:50Z", "")
    lines = (await client.get(f"{LEARNERS}?format=jsonl", headers=ADMIN)).text.splitlines()
    objects = [json.loads(line) for line in lines]
    assert [(one["lesson_id"], one["learner_id"]) for one in objects] == [
        (row["lesson_id"], row["learner_id"]) for row in rows
    ]
    assert objects[1]["lesson_title"].startswith("=HYPERLINK"), "JSON is data and needs no apostrophe"
    assert objects[2]["completed_at"] is None


@pytest.mark.usefixtures("watched")
async def test_a_curve_as_a_file(client: httpx.AsyncClient) -> None:
    """A row a second, as long as the video; too few viewers are not exported."""
    rows = list(csv.reader(io.StringIO((await client.get(CURVE, headers=OWNER)).text)))
    assert rows[0] == ["second", "unique", "replays"]
    assert rows[1:] == [[str(s), "5.0" if s < 10 else "0.0", "1.0" if s < 10 else "0.0"] for s in range(60)]
    small = await client.get(CURVE.replace("l1", "l2"), headers=OWNER)
    assert (small.status_code, small.json()["type"]) == (403, "urn:seatime:problem:group-too-small")


@pytest.mark.usefixtures("watched")
async def test_only_the_owner_and_admins_export(client: httpx.AsyncClient) -> None:
    """Neither another instructor nor a learner gets either file."""
    for path in (LEARNERS, CURVE):
        for headers, status in ((OTHER, 403), (LEARNER, 403), ({}, 401)):
            assert (await client.get(path, headers=headers)).status_code == status
        assert (await client.get(f"{path}?format=xls", headers=OWNER)).status_code == 422
        assert (await client.get(path.replace("c1", "none").replace("l1", "none"), headers=ADMIN)).status_code == 404


def ticket_at(path: str) -> str:
    return f"{path}/tickets"


async def handed_in(client: httpx.AsyncClient, ticket: str) -> httpx.Response:
    """As a browser's form does it: without any bearer token."""
    return await client.post("/api/analytics/exports", data={"ticket": ticket})


@pytest.mark.usefixtures("watched")
@pytest.mark.parametrize("path", [LEARNERS, CURVE])
@pytest.mark.parametrize("ending", ["csv", "jsonl"])
async def test_a_ticket_is_for_one_file_once(client: httpx.AsyncClient, pool: Pool, path: str, ending: str) -> None:
    """Row E10: the file of the ticket has the bytes and the name of the API's; a second time there is none."""
    answer = await client.post(f"{ticket_at(path)}?format={ending}", headers=OWNER)
    assert (answer.status_code, answer.json()["action"]) == (201, "/api/analytics/exports")
    left = datetime.fromisoformat(answer.json()["expiresAt"]) - datetime.now(UTC)
    assert left < timedelta(seconds=65)
    ticket = answer.json()["ticket"]
    file, usual = await handed_in(client, ticket), await client.get(f"{path}?format={ending}", headers=OWNER)
    assert (file.status_code, file.content) == (200, usual.content)
    for name in ("Content-Disposition", "Content-Type", "Cache-Control"):
        assert file.headers[name] == usual.headers[name]
    again = await handed_in(client, ticket)
    assert (again.status_code, again.json()["type"]) == (403, "urn:seatime:problem:ticket-over")
    row = await pool.fetchrow("SELECT * FROM export_tickets")
    assert (row["asked_by"], row["as_admin"], row["format"], row["taken_at"] is None) == ("owner", False, ending, False)
    assert ticket not in str(dict(row))


@pytest.mark.usefixtures("watched")
async def test_a_ticket_is_given_to_whoever_may_have_the_file(client: httpx.AsyncClient) -> None:
    """Nobody else gets one; and for a file that there is not, or that shows too few people, there is none either."""
    for path in (LEARNERS, CURVE):
        for headers, status in ((OTHER, 403), (LEARNER, 403), ({}, 401)):
            assert (await client.post(ticket_at(path), headers=headers)).status_code == status
        missing = ticket_at(path.replace("c1", "none").replace("l1", "none"))
        assert (await client.post(missing, headers=ADMIN)).status_code == 404
        assert (await client.post(f"{ticket_at(path)}?format=xls", headers=OWNER)).status_code == 422
        given_ = (await client.post(ticket_at(path), headers=ADMIN)).json()
        assert (await handed_in(client, given_["ticket"])).status_code == 200
    small = await client.post(ticket_at(CURVE.replace("l1", "l2")), headers=OWNER)
    assert (small.status_code, small.json()["type"]) == (403, "urn:seatime:problem:group-too-small")
    assert (await client.post(ticket_at(LEARNERS))).status_code == 401
    for wrong in ("x" * 43, "short", "x" * 1000):
        assert (await handed_in(client, wrong)).status_code in (403, 422)
    assert (await client.post("/api/analytics/exports")).status_code == 422


@pytest.mark.usefixtures("watched")
async def test_a_ticket_is_worth_what_its_holder_may(
    client: httpx.AsyncClient, pool: Pool, postgres: Postgres, analytics_database: Database
) -> None:
    """One that is over is none; and one whose holder has lost the course opens nothing."""
    late, lost = [(await client.post(ticket_at(LEARNERS), headers=OWNER)).json()["ticket"] for _ in range(2)]
    postgres.sql(
        f"UPDATE export_tickets SET expires_at = now() WHERE hash = sha256('{late}')", url=analytics_database.owner_url
    )
    assert (await handed_in(client, late)).json()["type"] == "urn:seatime:problem:ticket-over"
    await log.consume(pool, log.at_other_offsets(log.logged([log.course(owner_id="another", version=2)])))
    refused = await handed_in(client, lost)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:seatime:problem:not-the-course-owner")


async def test_of_two_who_hand_in_a_ticket_one_gets_the_file(client: httpx.AsyncClient, watched: None) -> None:
    """However many at once."""
    ticket = (await client.post(ticket_at(LEARNERS), headers=OWNER)).json()["ticket"]
    answers = await asyncio.gather(*(handed_in(client, ticket) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 7


async def test_tickets_are_swept_when_nobody_asks_for_them_any_more(
    client: httpx.AsyncClient, pool: Pool, watched: None
) -> None:
    """They are the record of who took what along, for a while."""
    await client.post(ticket_at(LEARNERS), headers=OWNER)
    async with pool.acquire() as conn:
        await store_tickets.sweep(conn, datetime.now(UTC) - timedelta(hours=1))
        assert await conn.fetchval("SELECT count(*) FROM export_tickets") == 1
        await store_tickets.sweep(conn, datetime.now(UTC) + timedelta(hours=1))
        assert await conn.fetchval("SELECT count(*) FROM export_tickets") == 0


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_csv_survives_any_text_and_starts_no_formula(rows: list[list[str]]) -> None:
    """What is read back is what was written, but for an apostrophe before what a spreadsheet would execute."""
    text = export.lines("csv", ("a", "b"), rows).decode()
    read = list(csv.reader(io.StringIO(text, newline="")))
    assert read == [[export.harmless(cell) for cell in row] for row in rows]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in read for cell in row)


def test_a_file_s_name_is_one_on_every_system() -> None:
    """Ids may have colons, names of files may not."""
    name = export.file_name("learners", "lms:course:1", date(2026, 3, 2), "jsonl")
    assert name == "learners-lms-course-1-2026-03-02.jsonl"


async def test_a_long_export_takes_no_more_memory_than_a_short_one(
    pool: Pool, analytics_database: Database, tmp_path: Path
) -> None:
    """The process does not grow by a file of many times what it may grow by."""
    await log.consume(pool, log.logged([log.course(), log.lesson("l1"), log.lesson("l2")]))
    async with pool.acquire() as conn:
        await conn.execute(
            "INSERT INTO learner_lessons (lesson_id, learner_id, covered, covered_ms) "
            "SELECT CASE WHEN n % 1000 = 0 THEN 'l2' ELSE 'l1' END, 'learner-' || lpad(n::text, 40, '0'), "
            "'{[0,10000)}', 10000 FROM generate_series(1, $1::integer) n",
            MANY,
            timeout=120,
        )
    port = free_port()
    env = os.environ | {
        "DATABASE_URL_ANALYTICS": analytics_database.app_url,
        "AUTH_JWT_SECRET": SECRET,
        "HTTP_PORT": str(port),
        "LOG_LEVEL": "ERROR",
    }
    process = await asyncio.to_thread(subprocess.Popen, [sys.executable, "-m", "analytics_service.app"], env=env)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=120) as http:
            await _until_live(http)
            for _ in range(3):
                assert (await http.get(CURVE.replace("l1", "none"), headers=OWNER)).status_code == 404
            before = _peak_bytes(process.pid)
            size = lines = 0
            async with http.stream("GET", f"{LEARNERS}?format=jsonl", headers=OWNER) as response:
                async for part in response.aiter_bytes():
                    size, lines = size + len(part), lines + part.count(b"\n")
            grown = _peak_bytes(process.pid) - before
    finally:
        process.kill()
        await asyncio.to_thread(process.wait)
    assert lines == MANY
    assert size > 40_000_000
    assert grown < 20_000_000


async def _until_live(http: httpx.AsyncClient) -> None:
    async with asyncio.timeout(60):
        while True:
            try:
                (await http.get("/health/live")).raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.05)
            else:
                return


def _peak_bytes(pid: int) -> int:
    """The most memory that the process ever had."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) * 1024
