"""Caption tracks follow what Mux says, in any order, and are listed for the author (row A10)."""

import itertools
from functools import reduce
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mux_sim.testing import make_clip
from tests.serving import serving
from tests.upload.conftest import LEARNER, OTHER, Json, Service, asset_event
from upload_service.app import create_app
from upload_service.captions import RANK, Track, join, of_event

TEXT = st.none() | st.sampled_from(["a", "b", "en", "English"])
TRACKS = st.builds(
    Track,
    st.just("t"),
    st.sampled_from(list(RANK)),
    asset_id=TEXT,
    language_code=TEXT,
    name=TEXT,
    source=TEXT,
    error=TEXT,
)


@given(TRACKS, TRACKS, TRACKS)
def test_knowledge_of_a_track_is_a_semilattice(a: Track, b: Track, c: Track) -> None:
    """Joining is commutative, associative and idempotent."""
    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(a, a) == a


@given(st.lists(TRACKS, min_size=1, max_size=6), st.randoms())
def test_any_order_and_repetition_ends_the_same(told: list[Track], random: Any) -> None:
    """However events are shuffled and repeated, the same is known in the end."""
    again = told + random.choices(told, k=3)
    random.shuffle(again)
    assert reduce(join, again) == reduce(join, told)


@given(st.dictionaries(st.text(max_size=12), st.none() | st.integers() | st.text() | st.lists(st.text(), max_size=2)))
def test_no_content_is_too_odd(data: Json) -> None:
    """Whatever stands in an event, it is a track or it is not."""
    for what in ("created", "ready", "errored", "deleted"):
        told = of_event(f"video.asset.track.{what}", data | {"type": "text"})
        assert told is None or (told.id == data.get("id") and told.status in RANK)


def test_sound_and_picture_are_no_captions() -> None:
    """Only text tracks of known events tell anything."""
    assert of_event("video.asset.track.ready", {"id": "t", "type": "audio"}) is None
    assert of_event("video.asset.track.renamed", {"id": "t", "type": "text"}) is None


def track_event(what: str, track_id: str, asset_id: str | None, **more: Any) -> Json:
    data: Json = {"id": track_id, "type": "text", "language_code": "en", "name": "English", **more}
    event = asset_event("updated", track_id, None)
    return event | {
        "type": f"video.asset.track.{what}",
        "id": str(uuid4()),
        "object": {"type": "track", "id": track_id},
        "data": data | ({"asset_id": asset_id} if asset_id is not None else {}),
    }


async def listed(service: Service, lesson_id: str) -> list[Json]:
    found: list[Json] = (await service.must("GET", f"/api/lessons/{lesson_id}/captions"))["captions"]
    return found


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::4])
async def test_order_does_not_matter_not_even_before_the_video(service: Service, order: tuple[int, ...]) -> None:
    """Track events may come twice, backwards, and before the asset is known: one caption, ready."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    events = [
        track_event("created", "t1", "asset-1", text_source="generated_vod", status="preparing"),
        track_event("ready", "t1", None, status="ready"),
        asset_event("ready", "asset-1", upload_id),
        track_event("ready", "t1", "asset-1", status="ready"),
    ]
    for number in order:
        await service.delivered(events[number])
        await service.delivered(events[number])
    assert await listed(service, lesson_id) == [
        {
            "id": "t1",
            "languageCode": "en",
            "name": "English",
            "source": "generated_vod",
            "closedCaptions": False,
            "status": "ready",
            "error": None,
            "revision": None,
        }
    ]


async def test_a_failed_track_shows_its_reason_and_a_deleted_one_is_gone(service: Service) -> None:
    """Mux's words for the one; the other does not come back by an older event."""
    lesson_id = await service.make_lesson()
    upload_id = (await service.upload_url(lesson_id))["muxUploadId"]
    await service.delivered(asset_event("ready", "asset-1", upload_id))
    errors = {"type": "invalid_input", "messages": ["The subtitle file could not be parsed."]}
    await service.delivered(track_event("errored", "t1", "asset-1", errors=errors))
    for what in ("created", "deleted", "ready"):
        await service.delivered(track_event(what, "t2", "asset-1", status="ready"))
    (failed,) = await listed(service, lesson_id)
    assert (failed["id"], failed["status"], failed["error"]) == ("t1", "errored", errors["messages"][0])
    states = {row["state"] for row in await service.rows("SELECT state FROM mux_events WHERE type LIKE '%track%'")}
    assert states == {"applied"}


async def test_captions_are_the_authors_to_see(service: Service) -> None:
    """Nobody else's, and none where there is no video."""
    lesson_id = await service.make_lesson()
    assert await listed(service, lesson_id) == []
    for user in (OTHER, LEARNER):
        assert (await service.ask("GET", f"/api/lessons/{lesson_id}/captions", user)).status_code == 403
    assert (await service.ask("GET", "/api/lessons/none/captions")).status_code == 404


async def test_generated_captions_are_listed_with_their_language(service: Service, tmp_path: Path) -> None:
    """What the simulator generates for a real clip comes by its webhooks, to the lesson it belongs to."""
    clip = make_clip(tmp_path / "clip.mp4", seconds=2)
    lesson_id = await service.make_lesson()
    with serving(create_app(service.settings)) as base_url:
        await service.mux.set_webhook(f"{base_url}/api/videos/mux/webhook")
        made = await service.upload_url(lesson_id)
        await service.mux.upload_file(made["uploadUrl"], clip)
        await service.mux.wait_delivered("video.asset.ready")
        asset_id = (await service.lesson(lesson_id))["muxAssetId"]
        asset = await service.mux.asset(asset_id)
        sound = next(track["id"] for track in asset["tracks"] if track["type"] == "audio")
        path = f"/video/v1/assets/{asset_id}/tracks/{sound}/generate-subtitles"
        body = {"generated_subtitles": [{"language_code": "en", "name": "Auto"}]}
        (track,) = (await service.mux.api("POST", path, body))["data"]
        await service.mux.wait_delivered("video.asset.track.ready")
        (caption,) = await listed(service, lesson_id)
    assert caption["id"] == track["id"]
    assert (caption["languageCode"], caption["name"], caption["status"]) == ("en", "Auto", "ready")
    assert caption["source"] == "generated_vod"
