"""A grant is for one attempt at a course: whoever has to go through it again begins another session."""

from itertools import permutations
from typing import Any

import jwt

from tests.playback.school import School, attempt_started
from tests.playback.test_worker import Running, eventually, running

__all__ = ["running"]


def _claims(answer: dict[str, Any]) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(answer["watchGrant"], options={"verify_signature": False})
    return claims


async def test_the_grant_says_which_attempt_it_is_for(school: School) -> None:
    """Row D20: the first without anybody saying so, and the one that began last, of this learner and this course."""
    await school.standard()
    await school.enroll("bob")
    await school.course("c2")
    await school.lesson("l2", "c2")
    await school.enroll("ada", "c2")
    assert _claims(await school.granted())["att"] == 1
    await school.begin(2)
    assert _claims(await school.granted())["att"] == 2
    assert _claims(await school.granted("l2"))["att"] == 1
    assert _claims(await school.granted(user="bob"))["att"] == 1


async def test_a_refresh_in_a_further_attempt_begins_another_session(school: School) -> None:
    """Row D20: what is watched from then on is not reported under the former attempt, though the player goes on."""
    await school.standard()
    first = await school.granted()
    await school.begin(2)
    second = await school.granted(params={"refresh": first["watchGrant"]})
    assert second["sessionId"] != first["sessionId"]
    assert _claims(second)["att"] == 2
    assert _claims(second)["iat"] >= _claims(first)["iat"]
    third = await school.granted(params={"refresh": second["watchGrant"]})
    assert (third["sessionId"], _claims(third)["att"]) == (second["sessionId"], 2)


async def test_older_and_repeated_attempts_change_nothing_in_any_order(school: School) -> None:
    """Row D20: the highest number stands, within a batch and over several."""
    await school.standard()
    for turn, order in enumerate(permutations((2, 3, 3))):
        learner = f"learner{turn}"
        await school.enroll(learner)
        for attempt in order:
            await school.begin(attempt, learner_id=learner)
        assert _claims(await school.granted(user=learner))["att"] == 3
    await school.begin(2, 4, 3)
    assert _claims(await school.granted())["att"] == 4


async def test_a_grant_from_before_there_were_attempts_is_of_the_first(school: School) -> None:
    """Row D20: a player that was watching while the services were updated keeps its session."""
    await school.standard()
    first = await school.granted()
    issuer: Any = school.api.state.issuer
    claims = _claims(first)
    del claims["att"]
    old = jwt.encode(claims, issuer._private, algorithm="EdDSA", headers={"kid": _key_id(first)})
    again = await school.granted(params={"refresh": old})
    assert again["sessionId"] == first["sessionId"]


def _key_id(answer: dict[str, Any]) -> str:
    key_id: str = jwt.get_unverified_header(answer["watchGrant"])["kid"]
    return key_id


async def test_an_attempt_is_heard_of_by_kafka(running: Running) -> None:
    """Row D20: from attempt.started to the grant."""
    await running.school.standard()
    await running.publish(attempt_started(2), attempt_started(3), attempt_started(2))

    async def third() -> bool:
        return bool(_claims(await running.school.granted())["att"] == 3)

    await eventually(third)
