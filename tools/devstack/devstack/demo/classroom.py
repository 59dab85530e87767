"""A class that watches beside the others, in real time and through the public API, so that dashboards have a story."""

import asyncio
from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any

from devstack import people
from devstack.demo.api import Api, until
from devstack.demo.habits import MOVE_S, Plan, Visit, plans
from devstack.demo.monitor import MuxData
from devstack.demo.scene import SETTLES, Scene
from devstack.demo.watch import Player

LONGER_S = 15.0
"""How much longer than half the first lesson (what it takes at double speed) the class may sit there."""


class Classroom:
    """The class of one course: `lengths` are its lessons' durations in seconds, by id, in their order.

    Players tell `mux` of what they play, as Mux's own do.
    """

    def __init__(
        self,
        course_id: str,
        lengths: Mapping[str, float],
        owner: Api,
        learners: Mapping[str, Api],
        mux: MuxData | None = None,
    ) -> None:
        self._course_id, self._owner, self._learners, self._mux = course_id, owner, learners, mux
        self._lessons = tuple(lengths)
        self._lengths = tuple(lengths.values())

    @classmethod
    def of(cls, scene: Scene) -> "Classroom":
        lengths = {lesson_id: clip.seconds for lesson_id, clip in scene.clips.items()}
        learners = {person.id: scene.of(person) for person in people.CLASS}
        return cls(scene.course_id, lengths, scene.of(people.INSTRUCTOR), learners, scene.mux)

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """By learner; the same for the same lessons."""
        longest = self._lengths[0] / 2 + LONGER_S
        made = plans(self._lengths, len(self._learners), longest_s=longest)
        return dict(zip(self._learners, made, strict=True))

    def media_s(self, lesson_id: str) -> float:
        """How much of a lesson all of them play."""
        return sum(plan.media_s(self._lessons.index(lesson_id)) for plan in self.plans.values())

    def viewers(self, lesson_id: str) -> int:
        return sum(plan.media_s(self._lessons.index(lesson_id)) >= 1 for plan in self.plans.values())

    async def enroll(self) -> None:
        """Idempotent, as enrolling is."""
        await asyncio.gather(
            *(
                self._owner.put(f"/api/courses/{self._course_id}/enrollments/{learner_id}", {"cohort": plan.cohort})
                for learner_id, plan in self.plans.items()
            )
        )

    async def watch(self) -> None:
        await asyncio.gather(*(self._attend(learner_id, plan) for learner_id, plan in self.plans.items()))

    async def _attend(self, learner_id: str, plan: Plan) -> None:
        api, stalled = self._learners[learner_id], plan.waits_s
        mux = None if plan.blocks_beacons else self._mux
        await asyncio.sleep(plan.enters_s)
        for visit in plan.visits:
            lesson_id, length = self._lessons[visit.lesson], self._lengths[visit.lesson]
            grant = await _grant(api, lesson_id)
            view = mux.view(grant, viewer=learner_id, lesson_id=lesson_id, length=length) if mux is not None else None
            player = Player(api, lesson_id, grant["watchGrant"], length, name=plan.player, view=view)
            player.tell("qualitychange", value=plan.rendition)
            await player.wait_for_data(stalled)
            stalled = 0.0
            await _play(player, visit, length)


async def _play(player: Player, visit: Visit, length: float) -> None:
    at: float | None = None
    for start, end in visit.spans:
        if at is not None:
            await asyncio.sleep(MOVE_S)
            await player.seek(at, start)
        await player.play(start, end, rate=visit.rate, shown=lambda _: None)
        at = end
    if at == length:
        await player.finish(length)
    await player.leave()


async def _grant(api: Api, lesson_id: str) -> Any:
    """A lesson becomes playable when the others have become ready: through Kafka, like everything."""
    path = f"/api/videos/{lesson_id}/playback"
    answer = await until(
        partial(api.ask, "GET", path), lambda answer: answer.status == 200, timeout=SETTLES, what=f"a grant for {path}"
    )
    return answer.body


async def attend(scene: Scene) -> None:
    """The whole class, enrolled and watching, as one step."""
    room = Classroom.of(scene)
    async with scene.steps.step(f"a class of {len(people.CLASS)} beside them") as step:
        await room.enroll()
        await room.watch()
        step.outcome = f"{room.media_s(scene.main):.0f} s of the first lesson, straight, skipping, again, or in part"
