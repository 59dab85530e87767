"""What Mux's words mean, including words that it did not have when this was written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upload_service import observations
from upload_service.lifecycle import Knowledge

UUID_TEXT = "018f0000-0000-7000-8000-000000000001"


def test_a_ready_asset_tells_how_to_play_it() -> None:
    """Playback ids by policy, duration in milliseconds; other policies are passed over."""
    data = {
        "id": "asset",
        "duration": 0.649556,
        "playback_ids": [
            {"policy": "drm", "id": "d"},
            {"policy": "public", "id": "p"},
            {"policy": "signed", "id": "s"},
        ],
    }
    assert observations.of_event("video.asset.ready", data) == Knowledge(
        "ready", asset_id="asset", signed_playback_id="s", public_playback_id="p", duration_ms=650
    )


def test_a_ready_asset_without_a_playback_id_is_of_no_use() -> None:
    """The author is told so instead of waiting for ever."""
    known = observations.of_event("video.asset.ready", {"id": "asset", "duration": 1})
    assert known == Knowledge("errored", asset_id="asset", error="Mux made no playback id for the video")


@pytest.mark.parametrize(
    ("event_type", "data", "status", "error"),
    [
        ("video.upload.created", {}, "waiting", None),
        ("video.upload.asset_created", {"asset_id": "a"}, "processing", None),
        ("video.upload.cancelled", {}, "cancelled", "The upload was cancelled"),
        ("video.upload.errored", {"error": {"type": "x", "message": "too big"}}, "failed", "too big"),
        ("video.upload.errored", {}, "failed", "Mux could not take the upload"),
        ("video.asset.created", {"id": "a"}, "processing", None),
        (
            "video.asset.errored",
            {"id": "a", "errors": {"type": "t", "messages": ["one", "two"]}},
            "errored",
            "one; two",
        ),
        ("video.asset.errored", {"id": "a", "errors": {"type": "invalid_input"}}, "errored", "invalid_input"),
        ("video.asset.errored", {"id": "a"}, "errored", "Mux could not process the video"),
        ("video.asset.deleted", {"id": "a"}, "deleted", None),
    ],
)
def test_each_event_of_the_lifecycle_has_its_meaning(
    event_type: str, data: dict[str, Any], status: str, error: str | None
) -> None:
    """Status and, where it failed, Mux's own reason."""
    known = observations.of_event(event_type, data)
    assert known is not None
    assert (known.status, known.error) == (status, error)


@pytest.mark.parametrize("event_type", ["video.asset.updated", "video.live_stream.idle", "robots.job.done", "x"])
def test_other_events_tell_nothing(event_type: str) -> None:
    """Types that are not of the lifecycle, or not known at all, are passed over."""
    assert observations.of_event(event_type, {"id": "a"}) is None


def test_an_unknown_status_in_an_answer_tells_nothing() -> None:
    """A status that Mux invents later does not change what is known."""
    assert observations.of_upload("paused", None) is None
    assert observations.of_asset("pondering", "a", {}) is None


def test_events_name_their_upload_and_our_ids() -> None:
    """An upload's id is `data.id`, an asset's upload is `data.upload_id`; ours travel in passthrough and meta."""
    ours = {"passthrough": "lesson-1", "meta": {"external_id": UUID_TEXT}}
    upload = observations.subject_of(
        "video.upload.asset_created", {"id": "u", "asset_id": "a", "new_asset_settings": ours}
    )
    asset = observations.subject_of("video.asset.ready", {"id": "a", "upload_id": "u", **ours})
    assert upload == asset
    assert (asset.mux_upload_id, asset.mux_asset_id, asset.lesson_id) == ("u", "a", "lesson-1")
    assert str(asset.upload_id) == UUID_TEXT


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
fields = st.sampled_from(
    ["id", "asset_id", "upload_id", "error", "errors", "playback_ids", "duration", "passthrough", "meta",
     "new_asset_settings"]
)  # fmt: skip
types = st.sampled_from(
    [f"video.upload.{what}" for what in ("created", "asset_created", "cancelled", "errored")]
    + [f"video.asset.{what}" for what in ("created", "ready", "errored", "deleted")]
)


@given(types, st.dictionaries(fields, json_values))
def test_no_content_is_too_odd(event_type: str, data: dict[str, Any]) -> None:
    """Whatever a signed event holds, it is understood as far as it goes and never raises."""
    assert observations.of_event(event_type, data) is not None
    observations.subject_of(event_type, data)
