"""docs/webhooks.md, held to what is sent: its program verifies, its example is true, its schedule is ours. Row F10."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics_service.webhooks import messages, signing
from analytics_service.webhooks.retrying import DELAYS_S
from contracts import LessonCompleted, examples, topics
from contracts.registry import model_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
SECONDS = {"s": 1, "min": 60, "h": 3_600}
Genuine = Callable[[str, dict[str, str], bytes], bool]


@pytest.fixture
def is_genuine() -> Genuine:
    """The program that the page gives receivers."""
    (program,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found: dict[str, Any] = {}
    exec(program, found)
    genuine: Genuine = found["is_genuine"]
    return genuine


def test_the_pages_program_tells_ours_from_others(is_genuine: Genuine) -> None:
    """Row F10: by either secret; not another's, not another body, not yesterday's."""
    former, new = signing.new_secret(), signing.new_secret()
    now = int(time.time())
    headers = dict(signing.headers([new, former], "id-1", now, b"{}"))
    assert is_genuine(new, headers, b"{}")
    assert is_genuine(former, headers, b"{}")
    assert not is_genuine(signing.new_secret(), headers, b"{}")
    assert not is_genuine(new, headers, b"{ }")
    assert not is_genuine(new, headers | {"webhook-id": "id-2"}, b"{}")
    for moment in (now - 86_400, now + 86_400):
        assert not is_genuine(new, dict(signing.headers([new], "id-1", moment, b"{}")), b"{}")


def test_the_pages_example_is_true() -> None:
    """Row F10: its signature is that of its body by the secret that the page names."""
    headers = dict(re.findall(r"^(webhook-\w+): (.+)$", PAGE, re.MULTILINE))
    (body,) = re.findall(r"^(\{\"type\".*\})$", PAGE, re.MULTILINE)
    (secret,) = set(re.findall(r"whsec_[A-Za-z0-9+/=]{20,}", PAGE))
    timestamp = int(headers["webhook-timestamp"])
    assert headers == signing.headers([secret], headers["webhook-id"], timestamp, body.encode())


def test_the_pages_schedule_is_ours() -> None:
    """Row F10: attempt by attempt."""
    (row,) = re.findall(r"^\| after the one before \| (.*) \|$", PAGE, re.MULTILINE)
    told = [text.split() for text in row.split(" | ")]
    assert tuple(int(number) * SECONDS[unit] for number, unit in told) == DELAYS_S


@pytest.mark.parametrize("topic", [topics.by_name(name) for name in messages.EVENT_TYPES], ids=lambda topic: topic.name)
def test_every_field_is_on_the_page(topic: Any) -> None:
    """Row F10: and every golden example of the topic becomes a message with its type and these fields."""
    (row,) = re.findall(rf"^\| `{re.escape(topic.name)}` \| .* \| (.*) \|$", PAGE, re.MULTILINE)
    documented = set(re.findall(r"`(\w+)`", row))
    for example in examples.load(topic):
        event = model_of(topic.name).model_validate_json(example.value)
        message = messages.message_of(event, "id")
        payload = messages.Payload[dict[str, Any]].model_validate_json(message.body)
        assert (payload.type, set(payload.data)) == (topic.name, documented)
        assert message.learner_id == getattr(event, "learner_id", None)


def test_ids_have_no_dots() -> None:
    """Row F10: what is signed is parted by them; an id that has some becomes another, always the same."""
    event = model_of("lesson.completed").model_validate_json(examples.load(topics.LESSON_COMPLETED)[0].value)
    assert isinstance(event, LessonCompleted)
    ids = [messages.message_of(event, one).event_id for one in ("t.lesson.completed:3:7", "t.lesson.completed:3:7")]
    assert ids[0] == ids[1]
    assert "." not in ids[0]
    assert messages.message_of(event, "5f0c9c6e-3d0e-5c53-9a51-0d3f3b1ad0f2").event_id.startswith("5f0c9c6e")
