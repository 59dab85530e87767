"""The class once more, on a stack that runs: for whoever wants to see a dashboard move."""

import asyncio
import json
from pathlib import Path

import aiohttp

from devstack import credentials, leftovers, people
from devstack.demo.api import Api
from devstack.demo.classroom import Classroom
from devstack.demo.monitor import MuxData
from devstack.environment import mux_url, public_url
from devstack.errors import StackError
from devstack.ports import Ports
from devstack.progress import console

NOTED = "demo.json"


def watch_again(data_dir: Path) -> int:
    """The course of the last demonstration, on the stack of that folder; returns 0, or raises StackError."""
    if not leftovers.alive(data_dir):
        raise StackError("nothing runs: start it first (make demo)")
    if not (data_dir / NOTED).exists():
        raise StackError("there is no course yet: make demo")
    course = json.loads((data_dir / NOTED).read_text())
    secret = credentials.load_or_create(data_dir / "secrets.json").jwt_secret
    ports = Ports(**leftovers.read(data_dir)["ports"])
    asyncio.run(watch(public_url(ports), mux_url(ports), secret, course["id"]))
    return 0


async def watch(base_url: str, mux: str, secret: str, course_id: str) -> None:
    """The class watches that course from beginning to end, in real time. Raises StackError and what `Api` raises."""
    async with aiohttp.ClientSession() as http:
        owner, *class_ = (
            Api(http, base_url, secret, person.id, person.role) for person in (people.INSTRUCTOR, *people.CLASS)
        )
        course = await owner.get(f"/api/courses/{course_id}")
        lessons = sorted(course["lessons"], key=lambda lesson: lesson["position"])
        lengths = {lesson["id"]: lesson["duration"] for lesson in lessons if lesson["duration"]}
        if not lengths:
            raise StackError(f"{course['title']} has no video yet")
        learners = dict(zip((person.id for person in people.CLASS), class_, strict=True))
        room = Classroom(course_id, lengths, owner, learners, MuxData(http, mux))
        await room.enroll()
        console.print(f"{len(learners)} people watch “{course['title']}”: {base_url}/dashboard/courses/{course_id}")
        await room.watch()
