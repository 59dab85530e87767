"""Every way in which Mux fails, at every call of the handlers that ask it: in time, the right answer, nothing twice."""

from contextlib import closing

import pytest

from mux_sim.testing import Simulator
from servicekit.errors import ServiceError
from tests.infra import S3
from tests.polling import within
from tests.upload.conftest import Json, Service
from tests.upload.stored import with_storage
from upload_service.mux import MuxService
from upload_service.settings import Settings

DEADLINE_S = 8
FAULTS: dict[str, Json] = {
    "500": {"status": 500},
    "429": {"status": 429, "retry_after": 7},
    "dropped before": {"drop": "before"},
    "dropped after": {"drop": "after"},
    "slow": {"delay": 30},
    "unauthorized": {"status": 401},
    "refused": {"status": 400},
}
TOLD = {
    "unauthorized": (503, "mux-unauthorized"),
    "refused": (502, "mux-refused"),
}
WAIT_S = {"429": "7", "unauthorized": "60"}
AWAY = {"500", "429", "dropped before", "dropped after", "slow"}


@pytest.fixture
def settings(settings: Settings, s3: S3) -> Settings:
    quick = {"mux_connect_timeout_s": 2, "mux_read_timeout_s": 2, "mux_deadline_s": DEADLINE_S}
    return with_storage(settings, s3).model_copy(update=quick)


def body(path: str, lesson_id: str) -> Json:
    more = {"filename": "a.mp4", "contentType": "video/mp4", "size": 5000} if path == "/api/uploads" else {}
    return {"lessonId": lesson_id} | more


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("path", ["/api/videos/mux/upload-url", "/api/uploads"])
async def test_asking_for_a_place_while_mux_fails(service: Service, mux: Simulator, path: str, kind: str) -> None:
    """A4: an answer within the deadline; a place in S3 where Mux is away, a problem that says so where it says no.

    Mux is asked once: whoever repeats a lost answer pays for two videos. Nothing is left but what was answered, and
    the next call after the fault gets a place at Mux.
    """
    lesson_id = await service.make_lesson()
    await mux.fault(path="/video/v1/uploads", method="POST", times=None, **FAULTS[kind])
    with within(DEADLINE_S):
        answer = await service.ask("POST", path, json=body(path, lesson_id))
    assert [fault["hits"] for fault in await mux.faults()] == [1]
    rows = await service.rows("SELECT provider, mux_upload_id FROM uploads WHERE lesson_id = $1", lesson_id)
    if answer.is_success:
        assert kind in AWAY, answer.text
        assert answer.json()["provider"] == "s3"
        assert [(row["provider"], row["mux_upload_id"]) for row in rows] == [("s3", None)]
    else:
        status, slug = TOLD.get(kind, (503, "mux-unavailable"))
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:seatime:problem:{slug}")
        assert path == "/api/videos/mux/upload-url" or kind not in AWAY, "an author is not sent away for Mux's sake"
        assert answer.headers.get("retry-after") == (WAIT_S.get(kind, "5") if status == 503 else None)
        assert rows == []
    await mux.clear_faults()
    made = await service.must("POST", path, json=body(path, lesson_id))
    assert made["provider"] == "mux"
    at_mux = [upload["id"] for upload in await mux.uploads()]
    assert len(at_mux) == (2 if kind == "dropped after" else 1), "an orphan where the answer was lost, and nothing else"
    (row,) = await service.rows("SELECT mux_upload_id FROM uploads WHERE id = $1", made["uploadId"])
    assert row["mux_upload_id"] == at_mux[-1]


CALLS = {
    "get_upload": ("GET", "/video/v1/uploads/"),
    "get_asset": ("GET", "/video/v1/assets/"),
    "delete_asset": ("DELETE", "/video/v1/assets/"),
}


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("call", CALLS)
async def test_a_call_that_may_be_repeated_is(settings: Settings, mux: Simulator, call: str, kind: str) -> None:
    """What passes is got over within the deadline; what lasts ends as an error of its kind, never as a guess."""
    method, path = CALLS[call]
    upload = await mux.create_upload(playback_policies=["signed"])
    inputs = [{"url": f"{mux.base_url}/nothing.mp4"}]
    asset = (await mux.api("POST", "/video/v1/assets", {"inputs": inputs, "playback_policies": ["signed"]}))["data"]
    its_id = upload["id"] if call == "get_upload" else asset["id"]
    injected = {name: value for name, value in FAULTS[kind].items() if name != "retry_after"}
    for times in (1, None):
        await mux.clear_faults()
        await mux.fault(path=path, method=method, times=times, **injected)
        with closing(MuxService(settings)) as service, within(DEADLINE_S):
            if (times == 1 and kind in AWAY) or (call, kind) == ("delete_asset", "dropped after"):
                await getattr(service, call)(its_id)
            else:
                with pytest.raises(ServiceError) as raised:
                    await getattr(service, call)(its_id)
                assert raised.value.slug == TOLD.get(kind, (503, "mux-unavailable"))[1]
        (fault,) = await mux.faults()
        gone = (call, kind) == ("delete_asset", "dropped after")  # whose repetition finds nothing left to delete
        assert (fault["hits"] > 1) == (kind in AWAY and times is None and not gone)
