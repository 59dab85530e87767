"""What a client says of its own progress changes nothing, and what is not credited is told by a code."""

import httpx
import pytest
from prometheus_client import REGISTRY

from contracts import WatchProgress
from servicekit.database import Pool
from tests.progress.calling import bearer
from tests.progress.handling import handle
from tests.progress.making import beat, lesson_changed, request
from tests.progress.test_api import api, body, records

__all__ = ["api"]

BOASTS = {"completion_percentage": 100, "percentage": 100, "coverage": 1.0, "completed": True, "duration": 100.4}


async def test_a_clients_percentage_is_ignored(
    api: httpx.AsyncClient, worker_pool: Pool, kafka_bootstrap: str, topic_prefix: str
) -> None:
    """Row D3: of a lesson, of a beat, and a player's word that it is complete; ten seconds of a hundred are ten per
    cent."""
    said = body() | BOASTS
    said["beats"][0] |= BOASTS | {"events": [{"type": "complete", "at": said["beats"][0]["at"], "position": 100}]}
    assert (await api.post("/api/progress", json=said)).status_code == 202
    (raw,) = await records(kafka_bootstrap, topic_prefix + "watch.progress", 1)
    assert not any(name.encode() in raw for name in BOASTS if name != "duration")
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, WatchProgress.model_validate_json(raw))
    told = (await api.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()
    assert told["coverage"] == pytest.approx(0.1, abs=0.001)
    assert told["complete"] is False


async def test_what_is_cut_has_a_code_for_the_learner_and_for_operators(
    api: httpx.AsyncClient, worker_pool: Pool
) -> None:
    """Row D14: with its seconds, in the answer and in the metric."""

    def counted() -> float:
        return REGISTRY.get_sample_value("seatime_progress_cut_seconds_total", {"code": "over_rate"}) or 0.0

    before = counted()
    await handle(worker_pool, lesson_changed())
    await handle(worker_pool, request(beat(1, 0, 10_000, (0, 60_000), rate=6), received=10_500))
    told = (await api.get("/api/progress/lessons/l1", headers=bearer("ada"))).json()
    assert told["cuts"].keys() == {"over_rate"}
    assert told["cuts"]["over_rate"] == pytest.approx(39.6, abs=0.1)
    assert counted() - before == pytest.approx(39.6, abs=0.1)
