"""The exported documents are those of the models, and the golden examples are true to both."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError

from contracts import Event, examples, export, schemas
from contracts.registry import EVENTS, model_of
from contracts.topics import TOPICS, all_topics

EXAMPLES = [example for topic in TOPICS for example in examples.load(topic)]
MODELS = pytest.mark.parametrize("model", EVENTS, ids=lambda model: model.topic.name)
EACH_EXAMPLE = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example.topic}/{example.name}")


def test_what_is_generated_is_committed_as_generated() -> None:
    """Nobody has to guess whether docs/events.md, docs/asyncapi.json and the schemas are current."""
    assert export.stale() == []


def test_a_hand_edit_and_a_left_over_schema_are_stale(tmp_path: Any) -> None:
    """The check sees an edited document, a missing one, and the schema of a topic that is gone."""
    package, checkout = tmp_path / "package", tmp_path
    for path, text in export.documents(package, checkout).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert export.stale(package, checkout) == []

    edited, missing = checkout / "docs" / "events.md", package / "schemas" / "asset.ready.json"
    left_over = package / "schemas" / "asset.gone.json"
    edited.write_text("by hand")
    missing.unlink()
    left_over.write_text("{}")
    assert set(export.stale(package, checkout)) == {edited, missing, left_over}


def test_export_names_the_breaking_change_instead_of_writing_it(tmp_path: Any) -> None:
    """A committed schema that the model no longer fits stays, and export says where it does not fit."""
    package = tmp_path / "package"
    committed = package / "schemas" / "asset.ready.json"
    committed.parent.mkdir(parents=True)
    before = schemas.load("asset.ready")
    before["properties"]["codec"] = {"type": "string"}
    committed.write_text(json.dumps(before))
    assert export.breaking_changes(package) == ["asset.ready: codec: removed or renamed: deployed consumers read it"]


def test_schemas_are_valid_2020_12_and_named_after_their_topic() -> None:
    """A reader that knows nothing of us can use the schemas."""
    for topic in TOPICS:
        schema = schemas.load(topic.name)
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"urn:seatime:event:{topic.event_type}"


@EACH_EXAMPLE
def test_example_fits_schema_and_model(example: examples.Example) -> None:
    """Every golden example is a record that the schema accepts and the model parses."""
    validator = Draft202012Validator(schemas.load(example.topic), format_checker=FormatChecker())
    assert list(validator.iter_errors(json.loads(example.value))) == []
    event = model_of(example.topic).model_validate_json(example.value)
    assert event.key


@EACH_EXAMPLE
def test_event_survives_its_own_wire_format(example: examples.Example) -> None:
    """What a producer writes, a consumer reads back the same, and the schema accepts it."""
    model = model_of(example.topic)
    event = model.model_validate_json(example.value)
    assert model.model_validate_json(event.to_json()) == event
    assert list(Draft202012Validator(schemas.load(example.topic)).iter_errors(json.loads(event.to_json()))) == []


@MODELS
def test_minimal_example_has_only_required_fields_and_full_example_all(model: type[Event]) -> None:
    """`minimal` and `full` are what their names say, so that both ends of what is optional are exercised."""
    by_name = {example.name: json.loads(example.value) for example in examples.load(model.topic)}
    required = {name for name, field in model.model_fields.items() if field.is_required()}
    assert set(by_name["minimal"]) == required
    assert set(by_name["full"]) == set(model.model_fields)
    assert len(by_name) >= 3 or len(model.model_fields) < 7


@MODELS
def test_each_required_field_is_missed_by_schema_and_model(model: type[Event]) -> None:
    """Schema and model agree on what may not be absent."""
    minimal = next(json.loads(e.value) for e in examples.load(model.topic) if e.name == "minimal")
    for name in minimal:
        body = {field: value for field, value in minimal.items() if field != name}
        assert list(Draft202012Validator(schemas.load(model.topic.name)).iter_errors(body))
        with pytest.raises(ValidationError):
            model.model_validate_json(json.dumps(body))


def test_every_topic_has_exactly_one_model_and_its_examples() -> None:
    """A topic without a model, a schema or an example cannot be added by forgetting."""
    assert sorted(model.topic.name for model in EVENTS) == sorted(topic.name for topic in TOPICS)
    assert sorted(schemas.all_schemas()) == sorted(topic.name for topic in TOPICS)
    assert {example.topic for example in EXAMPLES} == {topic.name for topic in TOPICS}


def test_topic_names_and_settings_are_what_a_broker_accepts() -> None:
    """Names are unique, partitions positive, and dead letters stay thirty days on one partition."""
    names = [topic.name for topic in all_topics()]
    assert len(names) == len(set(names))
    for topic in all_topics():
        assert topic.partitions >= 1
        assert set(topic.config) <= {"cleanup.policy", "retention.ms"}
        assert all(isinstance(value, str) for value in topic.config.values())
    for topic in TOPICS:
        assert topic.dead_letters.config == {"cleanup.policy": "delete", "retention.ms": "2592000000"}
        assert topic.dead_letters.partitions == 1
