"""Features C1, C2, C5: what a player is given, and the order in which it is refused."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

from joserfc import jwk, jwt

from tests.playback.conftest import Keys, OpenSchool, public_pem, read_grant
from tests.playback.school import School, mux_video, problem


async def test_tokens_are_what_mux_asks_for(school: School, keys: Keys) -> None:
    """C1, C5: an independent implementation reads RS256 tokens with key id, playback id, one audience and an expiry."""
    await school.standard()
    before = time.time()
    answer = await school.granted()
    key = jwk.RSAKey.import_key(public_pem(keys.mux))
    for use, audience in (("playback", "v"), ("thumbnail", "t"), ("storyboard", "s"), ("gif", "g")):
        token = jwt.decode(answer["tokens"][use], key, algorithms=["RS256"])
        assert token.header == {"alg": "RS256", "typ": "JWT", "kid": "mux-key-1"}
        assert token.claims | {"exp": 0} == {"sub": "pb1", "aud": audience, "kid": "mux-key-1", "exp": 0}
        assert before + 0.9 * 1200 - 1 <= token.claims["exp"] <= time.time() + 1200
        assert datetime.fromisoformat(answer["expiresAt"]).timestamp() == token.claims["exp"]


async def test_answer_names_every_address(school: School) -> None:
    """Stream, poster and storyboard carry the token of their own audience; nothing is left for the player to build."""
    await school.standard()
    answer = await school.granted()
    tokens = answer["tokens"]
    assert answer["signedUrl"] == f"https://stream.test/pb1.m3u8?token={tokens['playback']}"
    assert answer["poster"] == f"https://image.test/pb1/thumbnail.jpg?token={tokens['thumbnail']}"
    assert answer["storyboard"] == f"https://image.test/pb1/storyboard.vtt?token={tokens['storyboard']}"
    assert (answer["provider"], answer["playbackId"], answer["videoUrl"], answer["duration"]) == (
        "mux",
        "pb1",
        None,
        600.0,
    )
    assert 860 <= answer["refreshAfter"] <= 960
    assert UUID(answer["sessionId"]).version == 4


async def test_public_video_gets_no_token(school: School) -> None:
    """Mux refuses a token on a public playback id; the watch grant is given all the same."""
    await school.course(public=True)
    await school.lesson(video=mux_video("open1", policy="public"))
    answer = await school.granted(user="passerby")
    assert (answer["tokens"], answer["signedUrl"]) == (None, None)
    assert answer["videoUrl"] == "https://stream.test/open1.m3u8"
    assert answer["poster"] == "https://image.test/open1/thumbnail.jpg"
    assert answer["watchGrant"] is not None


async def test_signature_is_made_once_per_bucket_and_the_right_read_every_time(school: School) -> None:
    """Two learners share a signature; one of them, unenrolled, is refused although the signature is remembered."""
    await school.standard()
    await school.enroll("bob")
    mine, theirs = await school.granted(), await school.granted(user="bob")
    assert mine["tokens"] == theirs["tokens"] or mine["expiresAt"] != theirs["expiresAt"]
    assert mine["sessionId"] != theirs["sessionId"]
    await school.enroll("bob", status="removed")
    problem(await school.play(user="bob"), 403, "not-entitled")
    await school.granted()


async def test_owner_and_admin_preview_without_credit(school: School) -> None:
    """A preview plays, but has no watch grant; an owner who is enrolled as well is a learner."""
    await school.standard()
    await school.course(published=False)
    assert (await school.granted(user="owner"))["watchGrant"] is None
    assert (await school.granted("l1", "root", "admin"))["watchGrant"] is None
    await school.course(published=True)
    await school.enroll("owner")
    assert (await school.granted(user="owner"))["watchGrant"] is not None


async def test_order_of_checks(open_school: OpenSchool) -> None:
    """401 before 404 before 403 before 409 before 429."""
    async with open_school(playback_rate_limit=1, playback_rate_window_s=3600) as school:
        await school.course()
        await school.lesson("late", video=None, processing_status="processing")
        await school.lesson("ready")
        await school.enroll()
        problem(await school.http.get("/api/videos/nothing/playback"), 401, "unauthenticated")
        problem(await school.play("nothing", "root", "admin"), 404, "lesson-not-found")
        problem(await school.play("late", "eve"), 403, "not-entitled")
        assert problem(await school.play("late"), 409, "video-not-ready")["processingStatus"] == "processing"
        await school.granted("ready")
        problem(await school.play("ready"), 429, "too-many-requests")
        problem(await school.play("late"), 409, "video-not-ready")
        problem(await school.play("ready", "eve"), 403, "not-entitled")


async def test_guessing_ids_teaches_nothing(school: School) -> None:
    """To those without a right, a lesson that exists, one that was deleted and one that never was answer alike."""
    await school.standard()
    await school.lesson("gone", deleted=True)
    await school.lesson("unready", video=None, processing_status="error")
    for user, role in (("eve", "learner"), ("other-teacher", "instructor")):
        bodies = [await school.play(lesson, user, role) for lesson in ("l1", "gone", "unready", "never-was")]
        assert {response.status_code for response in bodies} == {403}
        assert len({response.content for response in bodies}) == 1


async def test_video_that_is_being_replaced_plays_on(school: School) -> None:
    """What can be played now is played, whatever the status of its successor."""
    await school.standard()
    await school.lesson(processing_status="processing", video=mux_video("old"))
    assert (await school.granted())["playbackId"] == "old"


async def test_nothing_outlives_the_enrollment(school: School, keys: Keys) -> None:
    """Tokens and grant of an enrollment that ends in a minute end with it."""
    await school.standard()
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=60)
    await school.enroll(expires_at=until)
    answer = await school.granted()
    assert datetime.fromisoformat(answer["expiresAt"]) == until
    grant = read_grant(answer["watchGrant"], keys.watch)
    assert grant.claims["exp"] == int(until.timestamp())
    assert answer["refreshAfter"] <= 48


async def test_nothing_is_granted_after_a_removal_was_committed(school: School) -> None:
    """C8: of requests that race a removal, those that began after its answer are all refused."""
    await school.standard()
    removed = asyncio.Event()
    late: list[int] = []

    async def keep_asking() -> None:
        while len(late) < 30:
            began_late = removed.is_set()
            status = (await school.play()).status_code
            if began_late:
                late.append(status)

    asking = [asyncio.create_task(keep_asking()) for _ in range(4)]
    await school.granted()
    assert (await school.ask("DELETE", "/api/courses/c1/enrollments/ada", "owner")).status_code == 204
    removed.set()
    async with asyncio.timeout(60):
        await asyncio.gather(*asking)
    assert set(late) == {403}


async def test_answers_are_not_stored_by_caches(school: School) -> None:
    """A grant is for one person at one moment."""
    await school.standard()
    assert (await school.play()).headers["cache-control"] == "no-store"


async def test_odd_ids_are_refused_as_payload(school: School) -> None:
    """What cannot be an id is a 422 for everybody, whatever exists."""
    await school.standard()
    for odd in ("-x", "a" * 65, "%00", "a%20b", "%F0%9F%98%80", "l1%0A"):
        problem(await school.ask("GET", f"/api/videos/{odd}/playback"), 422, "invalid-payload")
    problem(await school.play(params={"refresh": "x" * 5000}), 422, "invalid-payload")
