"""Feature C13: one row for every grant; and no secret in anything that is answered."""

import base64
from uuid import UUID

import asyncpg
import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat

from contracts import PlaybackGranted, Video
from playback_service.address import client_address, networks
from tests.playback.conftest import Keys, MakeSettings, OpenSchool, encoded
from tests.playback.school import SECRET, School


async def test_every_grant_leaves_a_row_and_an_event(school: School) -> None:
    """Who, what, why, by which key, until when, from which (hashed) address; the event tells the same."""
    await school.standard()
    first = await school.granted()
    await school.granted(params={"refresh": first["watchGrant"]})
    rows = await school.pool.fetch("SELECT * FROM grants ORDER BY id")
    assert [
        (row["learner_id"], row["lesson_id"], row["course_id"], row["entitlement"], row["key_id"], row["refresh"])
        for row in rows
    ] == [("ada", "l1", "c1", "enrolled", "mux-key-1", refresh) for refresh in (False, True)]
    assert {row["session_id"] for row in rows} == {UUID(first["sessionId"])}
    outbox = await school.pool.fetch("SELECT * FROM outbox ORDER BY id")
    events = [PlaybackGranted.model_validate_json(row["payload"]) for row in outbox]
    assert [(row["topic"], row["key"], row["event_type"], row["source"]) for row in outbox] == [
        ("playback.granted", "ada", "seatime.playback.granted.v1", "/seatime/playback")
    ] * 2
    for row, event in zip(rows, events, strict=True):
        assert (event.session_id, event.refresh, event.key_id) == (row["session_id"], row["refresh"], row["key_id"])
        assert (event.granted_at, event.expires_at) == (row["issued_at"], row["expires_at"])
    assert all(row["traceparent"] for row in outbox)


async def test_previews_are_audited_and_not_announced(school: School) -> None:
    """An owner's look at a lesson is on record, but is no view."""
    await school.standard()
    await school.granted(user="owner")
    await school.granted("l1", "root", "admin")
    kinds = await school.pool.fetch("SELECT entitlement FROM grants ORDER BY id")
    assert [row["entitlement"] for row in kinds] == ["owner", "admin"]
    assert await school.pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_refusals_leave_nothing(school: School) -> None:
    """Neither a row nor an event for what was not given."""
    await school.standard()
    await school.play(user="eve")
    await school.play("never-was")
    assert await school.pool.fetchval("SELECT (SELECT count(*) FROM grants) + (SELECT count(*) FROM outbox)") == 0


async def test_audit_cannot_be_rewritten(school: School) -> None:
    """The service's own role may add rows, and neither change nor delete them."""
    await school.standard()
    await school.granted()
    for statement in ("UPDATE grants SET learner_id = 'eve'", "DELETE FROM grants"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await school.pool.execute(statement)


async def test_addresses_are_kept_as_keyed_hashes(open_school: OpenSchool) -> None:
    """The same address has the same hash in every replica, another key another hash, and the address is not in it."""
    hashes = []
    for key in ("one", "one", "two"):
        async with open_school(audit_address_key=key) as school:
            await school.standard()
            await school.granted()
            hashes.append(await school.pool.fetchval("SELECT address_hash FROM grants ORDER BY id DESC LIMIT 1"))
    assert hashes[0] == hashes[1] != hashes[2]
    assert len(hashes[0]) == 16


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1, 198.51.100.1, 10.0.0.3", "198.51.100.1"),
        ("10.0.0.2", "1.1.1.1, rubbish, 10.0.0.3", "10.0.0.3"),
        ("10.0.0.2", "", "10.0.0.2"),
        (None, "198.51.100.1", None),
    ],
)
def test_forwarded_addresses_are_believed_from_the_gateway_only(
    peer: str | None, forwarded: str | None, expected: str | None
) -> None:
    """X-Forwarded-For counts as far as trusted proxies wrote it."""
    assert client_address(peer, forwarded, networks("10.0.0.0/8, ::1")) == expected


async def test_no_secret_leaves_the_service(
    open_school: OpenSchool, settings: MakeSettings, keys: Keys, caplog: pytest.LogCaptureFixture
) -> None:
    """Invariant: no private key or credential in any answer, header, log or error."""
    configured = settings()
    secrets = [
        SECRET,
        "s3 secret of the tests",
        encoded(keys.mux),
        encoded(keys.mux, PrivateFormat.TraditionalOpenSSL),
        encoded(keys.watch),
        "PRIVATE KEY",
        base64.b64encode(keys.watch.private_bytes_raw()).decode(),
        configured.database_url,
    ]
    async with open_school() as school:
        await school.standard()
        await school.lesson("from-s3", video=Video(provider="s3", s3_key="videos/1.mp4"))
        answers = [
            await school.play(),
            await school.play("from-s3"),
            await school.play(user="eve"),
            await school.play("x", "root", "admin"),
            await school.play(params={"refresh": "x.y.z"}),
            await school.http.get("/api/videos/l1/playback", headers={"Authorization": "Bearer x.y.z"}),
            await school.ask("PUT", "/api/courses/c1/enrollments/bob", "owner", json={"status": 1}),
            *[await school.http.get(path) for path in ("/openapi.json", "/metrics", "/health/ready", "/nothing")],
        ]
    said = "\n".join([answer.text + str(answer.headers) for answer in answers] + [caplog.text, repr(configured)])
    for secret in secrets[:-1]:
        assert secret not in said
    assert configured.database_url not in said.replace(repr(configured), "")
