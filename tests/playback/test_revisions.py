"""A grant is for one content of a lesson: a replaced video that voids progress is another session."""

from typing import Any

import jwt

from tests.playback.school import School, mux_video


def _claims(grant: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(grant, options={"verify_signature": False})
    return claims


async def test_the_grant_says_which_content_of_the_lesson_it_is_for(school: School) -> None:
    """Row A14: the lesson's revision goes into the watch grant, and the highest version of the lesson decides."""
    await school.standard()
    assert _claims((await school.granted())["watchGrant"])["rev"] == 1
    await school.lesson(video=mux_video("pb2", duration_ms=300_000), video_revision=2)
    claims = _claims((await school.granted())["watchGrant"])
    assert (claims["rev"], claims["dur"]) == (2, 300_000)


async def test_a_refresh_after_a_replacement_begins_another_session(school: School) -> None:
    """Row A14: beats of the former video cannot be reported under the new one's grant, though the player goes on."""
    await school.standard()
    first = await school.granted()
    await school.lesson(video=mux_video("pb2"), video_revision=2)
    second = await school.granted(params={"refresh": first["watchGrant"]})
    assert (second["playbackId"], second["sessionId"] != first["sessionId"]) == ("pb2", True)
    third = await school.granted(params={"refresh": second["watchGrant"]})
    assert third["sessionId"] == second["sessionId"]


async def test_a_carried_video_goes_on_with_its_session(school: School) -> None:
    """Row A14: another asset of the same revision is the same content: the refresh continues."""
    await school.standard()
    first = await school.granted()
    await school.lesson(video=mux_video("pb2"))
    assert (await school.granted(params={"refresh": first["watchGrant"]}))["sessionId"] == first["sessionId"]
