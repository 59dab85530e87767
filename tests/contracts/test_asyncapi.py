"""The AsyncAPI document says what the registry says, and every reference in it leads somewhere."""

import json
from collections.abc import Iterator
from typing import Any

from contracts import asyncapi, schemas
from contracts.topics import TOPICS

DOCUMENT = json.loads(json.dumps(asyncapi.document(schemas.all_schemas())))


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in ("schema", "payload"):
                continue
            if name == "$ref":
                yield inner
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def _resolve(reference: str) -> Any:
    target: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        target = target[part.replace("~1", "/").replace("~0", "~")]
    return target


def test_every_reference_resolves() -> None:
    """No channel, message or trait is spoken of that is not there."""
    references = list(_references(DOCUMENT))
    assert len(references) > 4 * len(TOPICS)
    assert all(_resolve(reference) for reference in references)


def test_channels_and_operations_are_those_of_the_registry() -> None:
    """Each topic is a channel; its producer sends to it and its consumers receive from it, and nobody else."""
    assert list(DOCUMENT["channels"]) == [topic.name for topic in TOPICS]
    operations = {
        (name, o["action"], _resolve(o["channel"]["$ref"])["address"]) for name, o in DOCUMENT["operations"].items()
    }
    sends = {(f"{t.producer}.send.{t.name}", "send", t.name) for t in TOPICS}
    receives = {(f"{service}.receive.{t.name}", "receive", t.name) for t in TOPICS for service in t.consumers}
    assert operations == sends | receives


def test_channels_carry_the_settings_of_their_topic() -> None:
    """Partitions and clean-up in the document are what the broker is asked for."""
    for topic in TOPICS:
        binding = DOCUMENT["channels"][topic.name]["bindings"]["kafka"]
        assert binding["partitions"] == topic.partitions
        assert binding["topicConfiguration"]["cleanup.policy"] == [topic.cleanup]
        assert str(binding["topicConfiguration"].get("retention.ms")) == str(topic.config.get("retention.ms"))
