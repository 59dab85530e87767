"""JSON Schema 2020-12 of every event, as consumers read it: what has a default may be absent, the rest is ignored."""

import importlib.resources
import json
from typing import Any

from contracts.event import Event
from contracts.registry import EVENTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = importlib.resources.files(__package__) / "schemas"

Schema = dict[str, Any]


def schema_of(model: type[Event]) -> Schema:
    """The JSON Schema of a record's value; the same for the same model, key for key."""
    topic = model.topic
    body = model.model_json_schema()
    return {"$schema": DIALECT, "$id": f"urn:seatime:event:{topic.event_type}", **_single_line(body)}


def all_schemas() -> dict[str, Schema]:
    """Topic name → schema, of the models as they are now."""
    return {model.topic.name: schema_of(model) for model in EVENTS}


def load(topic_name: str) -> Schema:
    """The committed schema of a topic; FileNotFoundError if it was never exported."""
    schema: Schema = json.loads((FOLDER / f"{topic_name}.json").read_text(encoding="utf-8"))
    return schema


def _single_line(value: Any) -> Any:
    """Docstrings are wrapped for the eye of a programmer; a reader of JSON gets one line a paragraph."""
    if isinstance(value, dict):
        return {
            name: _unwrap(inner) if name == "description" and isinstance(inner, str) else _single_line(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_single_line(inner) for inner in value]
    return value


def _unwrap(text: str) -> str:
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
