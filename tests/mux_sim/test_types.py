"""Mux's TypeScript types, turned into JSON Schema, over everything the simulator says."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from devstack import tools
from mux_sim.testing import Simulator
from tests.mux_sim.conftest import Receiver


@pytest.fixture(scope="session")
def types(judges: Path) -> dict[str, Any]:
    """JSON Schema of `types.ts`, whose properties are named by what they judge."""
    generator = judges / "node_modules" / "ts-json-schema-generator" / "bin" / "ts-json-schema-generator.js"
    options = ["--path", "types.ts", "--type", "Judged", "--no-type-check", "--additional-properties"]
    command = [tools.node(), str(generator), *options]
    done = subprocess.run(command, cwd=judges, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    schema: dict[str, Any] = json.loads(done.stdout)
    return schema


def complaints(types: dict[str, Any], name: str, document: Any) -> list[str]:
    reference = types["definitions"]["Judged"]["properties"][name]
    validator = Draft7Validator({**reference, "definitions": types["definitions"]})
    return [f"{name} {error.json_path}: {error.message}" for error in validator.iter_errors(document)]


async def test_documents_and_webhooks_have_muxs_types(
    mux: Simulator, receiver: Receiver, clip: Path, types: dict[str, Any]
) -> None:
    """Uploads, assets, tracks and each kind of webhook, also one with failed attempts, satisfy Mux's types."""
    receiver.statuses = [500]
    await mux.set_webhook(receiver.url)
    asset = await mux.ready_asset(clip, policy="signed", meta={"title": "Tides"}, passthrough="p")
    await mux.api("PATCH", f"/video/v1/assets/{asset['id']}", {"passthrough": "q"})
    track = {"url": f"{mux.base_url}/none.vtt", "type": "text", "text_type": "subtitles", "language_code": "en"}
    made = (await mux.api("POST", f"/video/v1/assets/{asset['id']}/tracks", track))["data"]
    await mux.wait_for_event("video.asset.track.errored", made["id"])
    generated = {"generated_subtitles": [{"language_code": "en", "name": "Auto"}]}
    sound = next(item["id"] for item in asset["tracks"] if item["type"] == "audio")
    path = f"/video/v1/assets/{asset['id']}/tracks/{sound}/generate-subtitles"
    auto = (await mux.api("POST", path, generated))["data"][0]
    await mux.wait_for_event("video.asset.track.ready", auto["id"])
    assert complaints(types, "asset", await mux.asset(asset["id"])) == []
    await mux.api("DELETE", f"/video/v1/assets/{asset['id']}/tracks/{auto['id']}")
    cancelled = await mux.create_upload()
    assert complaints(types, "upload", cancelled) == []
    await mux.api("PUT", f"/video/v1/uploads/{cancelled['id']}/cancel")
    await mux.fail_uploads()
    with pytest.raises(AssertionError, match="410"):
        await mux.upload_file((await mux.create_upload())["url"], clip)
    await mux.fail_transcodes()
    await mux.upload_file((await mux.create_upload())["url"], clip)
    await mux.wait_for_event("video.asset.errored")
    await mux.api("DELETE", f"/video/v1/assets/{asset['id']}")
    judged = {name for name in types["definitions"]["Judged"]["properties"] if "." in name}
    for kind in judged:
        await mux.wait_delivered(kind)
    assert set(receiver.types()) == judged
    assert any(event["attempts"] for event in receiver.events())
    for event in receiver.events():
        assert complaints(types, event["type"], event) == []


async def test_what_mux_data_says_has_muxs_types(mux: Simulator, clip: Path, types: dict[str, Any]) -> None:
    """Metrics, views and delivery usage, of an asset that was played and told of, satisfy Mux's types."""
    asset = await mux.ready_asset(clip, policy="public", passthrough="lesson-7")
    await mux.play(asset["playback_ids"][0]["id"])
    await mux.watch(asset["playback_ids"][0]["id"], viewer="ann", playing_ms=1500)
    (view,) = (await mux.api("GET", "/data/v1/video-views"))["data"]
    (delivery,) = (await mux.api("GET", "/video/v1/delivery-usage"))["data"]
    (row,) = (await mux.api("GET", "/data/v1/metrics/views/breakdown?group_by=asset_id"))["data"]
    said = {
        "viewInList": view,
        "view": (await mux.api("GET", f"/data/v1/video-views/{view['id']}"))["data"],
        "delivery": delivery,
        "breakdown": row,
        "overall": await mux.api("GET", "/data/v1/metrics/views/overall"),
    }
    for name, document in said.items():
        assert complaints(types, name, document) == []
    assert complaints(types, "delivery", delivery | {"delivered_seconds": "7"})
    assert complaints(types, "view", view)


def test_the_judge_sees_a_wrong_type(types: dict[str, Any]) -> None:
    """A judge that accepts anything would be none."""
    assert complaints(types, "upload", {"id": 7, "status": "lost", "timeout": 60, "cors_origin": "*"})
    assert complaints(types, "video.asset.ready", {"type": "video.asset.errored"})
