"""What the learners do: one watches, one skips, one is not let in; and what the ledger makes of it."""

import asyncio
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

from devstack import people
from devstack.demo.api import DemoFailed, until
from devstack.demo.bars import bars
from devstack.demo.scene import SETTLES, Scene
from devstack.demo.watch import Player

RATE = 2.0
TASTE = 2.0


async def play(scene: Scene) -> None:
    async with scene.steps.step("playable by the enrolled") as step:
        for learner in (people.HONEST, people.SKIPPER):
            scene.grants[learner.id] = await _grant(scene, learner)
        grant = scene.grants[people.HONEST.id]
        renditions, size = await _fetch_some(scene, grant)
        step.outcome = f"{renditions} renditions, first segment of {size / 1000:.0f} kB, by a signed URL"
    async with scene.steps.step(f"closed to {people.STRANGER.name}") as step:
        answer = await scene.of(people.STRANGER).ask("GET", f"/api/videos/{scene.main}/playback")
        step.check(answer.status == 403, f"answered {answer.status}: {answer.problem}")
        step.outcome = f"403: {answer.problem}"


async def _grant(scene: Scene, learner: people.Person) -> Any:
    path = f"/api/videos/{scene.main}/playback"
    answer = await until(
        lambda: scene.of(learner).ask("GET", path),
        lambda answer: answer.status not in (403, 404, 409),
        timeout=SETTLES,
        what=f"playback for {learner.name}",
    )
    if answer.status != 200:
        raise DemoFailed(f"playback for {learner.name} answered {answer.status}: {answer.problem}")
    return answer.body


async def _fetch_some(scene: Scene, grant: dict[str, Any]) -> tuple[int, int]:
    """Follow the signed URL down to the first segment: (number of renditions, bytes of that segment)."""
    master_url = grant.get("signedUrl") or (
        f"{scene.mux_url}/{grant['playbackId']}.m3u8?token={grant['tokens']['playback']}"
    )
    master = await _text(scene, master_url)
    renditions = _uris(master)
    media_url = urljoin(master_url, renditions[0])
    media = await _text(scene, media_url)
    first = re.search(r'#EXT-X-MAP:URI="([^"]+)"', media)
    async with scene.http.get(urljoin(media_url, first[1] if first else _uris(media)[0])) as answer:
        answer.raise_for_status()
    async with scene.http.get(urljoin(media_url, _uris(media)[0])) as answer:
        answer.raise_for_status()
        return len(renditions), len(await answer.read())


def _uris(playlist: str) -> list[str]:
    return [line for line in playlist.splitlines() if line and not line.startswith("#")]


async def _text(scene: Scene, url: str) -> str:
    async with scene.http.get(url) as answer:
        if answer.status != 200:
            raise DemoFailed(f"{url.partition('?')[0]} answered {answer.status}")
        return await answer.text()


async def watch(scene: Scene) -> None:
    async with scene.steps.step(f"watched at {RATE:.0f}x in real time") as step:
        length = scene.clips[scene.main].seconds
        with bars() as shown:
            await asyncio.gather(
                _watch_all(scene, length, shown.bar(f"{people.HONEST.name} watches", length, "s")),
                _skip(scene, length, shown.bar(f"{people.SKIPPER.name} skips", length, "s")),
            )
        step.outcome = (
            f"{people.HONEST.name} saw {length:.0f} s in {length / RATE:.0f} s; "
            f"{people.SKIPPER.name} the first and last {TASTE:.0f} s"
        )


def _player(scene: Scene, learner: people.Person, length: float) -> Player:
    grant = scene.grants[learner.id]
    view = scene.mux.view(grant, viewer=learner.id, lesson_id=scene.main, length=length)
    return Player(scene.of(learner), scene.main, grant["watchGrant"], length, view=view)


async def _watch_all(scene: Scene, length: float, update: Callable[[float], None]) -> None:
    player = _player(scene, people.HONEST, length)
    await player.play(0.0, length, rate=RATE, shown=update)
    await player.finish(length)
    await player.leave()


async def _skip(scene: Scene, length: float, update: Callable[[float], None]) -> None:
    player = _player(scene, people.SKIPPER, length)
    await player.play(0.0, TASTE, rate=1.0, shown=update)
    await player.seek(TASTE, length - TASTE)
    await player.play(length - TASTE, length, rate=1.0, shown=update)
    await player.finish(length)
    await player.leave()


async def complete(scene: Scene) -> None:
    path = f"/api/progress/lessons/{scene.main}"
    async with scene.steps.step(f"complete for {people.HONEST.name}") as step:
        hana = scene.of(people.HONEST)
        seen = await until(lambda: hana.get(path), lambda s: s["complete"], timeout=SETTLES, what="completion")
        step.outcome = f"{seen['coverage']:.0%} covered, {seen['threshold']:.0%} needed"
    async with scene.steps.step(f"not complete for {people.SKIPPER.name}") as step:
        sami = scene.of(people.SKIPPER)
        # Both ends have to be in the ledger before its answer means anything.
        claimed = 2 * TASTE * 0.9
        seen = await until(
            lambda: sami.get(path), lambda s: _seconds(s["covered"]) >= claimed, timeout=SETTLES, what="the ledger"
        )
        step.check(not seen["complete"], "the lesson counts as complete")
        step.check(bool(seen["reasons"]), "no reason is given")
        why = "; ".join(reason["message"] for reason in seen["reasons"])
        step.outcome = f"{seen['coverage']:.0%} covered, resumes at {seen['resumePosition']:.0f} s: {why}"


def _seconds(ranges: list[list[float]]) -> float:
    return sum(end - start for start, end in ranges)
