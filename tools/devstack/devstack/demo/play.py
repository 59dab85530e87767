"""Plays the demonstration on a running stack and says how each step came out."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from devstack import people
from devstack.demo import chart, classroom, clip, learners, owner
from devstack.demo.api import Api, DemoFailed
from devstack.demo.clip import Clip
from devstack.demo.scene import Scene
from devstack.demo.steps import Steps
from devstack.progress import console, heartbeat
from devstack.stack import Stack

MAIN_SECONDS, SECOND_SECONDS = 30, 6


def play(stack: Stack, video: Clip | None) -> bool:
    """With a video of one's own or a made one; returns whether every step came out as it should."""
    began = time.monotonic()
    steps = Steps()
    try:
        figures = asyncio.run(_acts(stack, steps, video))
    except (DemoFailed, aiohttp.ClientError, TimeoutError) as error:
        console.print(f"[red]✗[/] the demonstration ended early ({type(error).__name__})", markup=True)
        figures = None
    console.print()
    console.print(steps.table())
    if figures is not None:
        retention = figures["retention"]
        console.print("\n[bold]Retention[/]: viewers per second of the first lesson")
        for line in chart.retention(retention["unique"], bucket_seconds=retention["bucketSeconds"]):
            console.print(line, markup=False)
    started = ", ".join(f"{name} {seconds:.1f}" for name, seconds in stack.took.items())
    console.print(f"\n[dim]start-up (s): {started}; demonstration: {time.monotonic() - began:.0f} s[/]\n")
    return steps.passed and figures is not None


async def _acts(stack: Stack, steps: Steps, video: Clip | None) -> owner.Figures:
    run = time.strftime("%y%m%d-%H%M%S")
    async with steps.step("video") as step:
        media = stack.data_dir / "media"
        with heartbeat("making videos"):
            first = video if video is not None else await asyncio.to_thread(clip.make, media, MAIN_SECONDS)
            second = await asyncio.to_thread(clip.make, media, SECOND_SECONDS)
        step.outcome = f"{first.path.name}: {first.seconds:.1f} s, {first.size / 1e6:.1f} MB"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as http:
        base_url, secret = stack.urls["web"], stack.credentials.jwt_secret
        scene = Scene(
            steps=steps,
            http=http,
            mux_url=stack.urls["mux"],
            course_id=f"course-{run}",
            data_dir=stack.data_dir,
            clips={f"lesson-{run}-1": first, f"lesson-{run}-2": second},
            voices={
                person.id: Api(http, base_url, secret, person.id, person.role)
                for person in (*people.EVERYBODY, *people.CLASS)
            },
        )
        for act in (owner.make_course, owner.enroll, owner.upload, owner.become_ready, learners.play):
            await act(scene)
        async with _beside(classroom.attend(scene)):
            for act in (learners.watch, learners.complete):
                await act(scene)
        return await owner.analyse(scene)


@asynccontextmanager
async def _beside(what: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """It goes on beside the block, is waited for at its end, and ends with a block that failed."""
    task = asyncio.create_task(what)
    try:
        yield
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
