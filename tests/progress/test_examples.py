"""The contracts' golden examples through the consumers: what other services may send, this one can apply.

Confirmations of an erasure mean something only where one is under way: see test_erasure.
"""

import pytest

from contracts import Event
from contracts.examples import load
from contracts.registry import model_of
from progress_service.worker import CONSUMED
from servicekit.database import Pool
from tests.progress.handling import HANDLERS, dump, handle

TABLES = ("lesson_rules", "course_rules", "lesson_progress", "watch_sessions", "learner_clocks", "quiz_results")


EXAMPLES = [
    (f"{topic.name}/{example.name}", model_of(topic.name).model_validate_json(example.value))
    for topic in CONSUMED
    if model_of(topic.name) in HANDLERS
    for example in load(topic)
]


@pytest.mark.parametrize("event", [event for _, event in EXAMPLES], ids=[name for name, _ in EXAMPLES])
async def test_an_example_is_applied_once_and_again_without_a_difference(worker_pool: Pool, event: Event) -> None:
    """Each example leaves its trace, and its redelivery leaves no other."""
    await handle(worker_pool, event)
    applied = await dump(worker_pool, TABLES)
    assert any(applied.values())
    await handle(worker_pool, event)
    assert await dump(worker_pool, TABLES) == applied
