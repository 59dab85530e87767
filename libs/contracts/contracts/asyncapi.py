"""docs/asyncapi.json, for machines: channels, messages and who sends and receives them, as AsyncAPI 3.0."""

import json
from collections.abc import Mapping
from typing import Any

from contracts import examples
from contracts.headers import HEADERS
from contracts.registry import EVENTS
from contracts.topic import Topic
from contracts.topics import TOPICS

Schema = dict[str, Any]

SCHEMA_FORMAT = "application/schema+json;version=2020-12"


def document(schemas: Mapping[str, Schema], version: str = "1.0.0") -> dict[str, Any]:
    """The AsyncAPI document of the whole system."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Seatime",
            "version": version,
            "description": "Every topic of Seatime. Generated from the models and the registry of topics.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": {name: operation for topic in TOPICS for name, operation in _operations(topic).items()},
        "components": {
            "messages": {model.__name__: _message(model.topic, schemas[model.topic.name]) for model in EVENTS},
            "messageTraits": {"cloudEvent": {"headers": _headers()}},
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    configuration: dict[str, Any] = {"cleanup.policy": [topic.cleanup]}
    if topic.retention_days is not None:
        configuration["retention.ms"] = int(topic.config["retention.ms"])
    return {
        "address": topic.name,
        "description": topic.description,
        "messages": {_model(topic): {"$ref": f"#/components/messages/{_model(topic)}"}},
        "bindings": {"kafka": {"partitions": topic.partitions, "topicConfiguration": configuration}},
    }


def _operations(topic: Topic) -> dict[str, Any]:
    def operation(service: str, action: str, verb: str) -> dict[str, Any]:
        return {
            "action": action,
            "channel": {"$ref": f"#/channels/{topic.name}"},
            "summary": f"{service} {verb} {topic.name}",
            "tags": [{"name": service}],
            "messages": [{"$ref": f"#/channels/{topic.name}/messages/{_model(topic)}"}],
        }

    sent = {f"{topic.producer}.send.{topic.name}": operation(topic.producer, "send", "sends")}
    received = {f"{name}.receive.{topic.name}": operation(name, "receive", "receives") for name in topic.consumers}
    return {**sent, **received}


def _message(topic: Topic, schema: Schema) -> dict[str, Any]:
    return {
        "name": topic.event_type,
        "title": schema["title"],
        "summary": topic.description,
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": schema},
        "bindings": {"kafka": {"key": {"type": "string", "description": topic.key}}},
        "examples": [{"name": example.name, "payload": json.loads(example.value)} for example in examples.load(topic)],
    }


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "required": [header.name for header in HEADERS if header.required],
        "properties": {
            header.name: {"type": "string", "description": header.description, "examples": [header.example]}
            for header in HEADERS
        },
    }


def _model(topic: Topic) -> str:
    return next(model.__name__ for model in EVENTS if model.topic == topic)
