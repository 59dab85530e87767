"""What of a new API breaks the old one's clients is found, and nothing else is called a break."""

import copy
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from devstack.openapi.compatibility import breaks
from devstack.openapi.documents import documents
from devstack.paths import SERVICES

made = cache(documents)

Json = dict[str, Any]
OLD: Json = {
    "paths": {
        "/api/things": {
            "get": {
                "parameters": [
                    {"in": "query", "name": "after", "schema": {"type": "string", "maxLength": 64}},
                    {"in": "query", "name": "kind", "schema": {"type": "string", "enum": ["a", "b"]}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                    "404": {"description": "Not Found"},
                },
            }
        },
        "/api/things/{id}": {
            "put": {
                "parameters": [{"in": "path", "name": "id", "required": True, "schema": {"type": "string"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}},
                "responses": {"204": {"description": "done"}},
            }
        },
    },
    "webhooks": {
        "thing.done": {
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Done"}}}},
                "responses": {"204": {"description": "taken"}},
            }
        }
    },
    "components": {
        "schemas": {
            "Done": {"type": "object", "required": ["who"], "properties": {"who": {"type": "string"}}},
            "Thing": {
                "type": "object",
                "required": ["id", "state", "length", "parts"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "state": {"enum": ["new", "done"], "type": "string"},
                    "length": {"anyOf": [{"type": "number"}, {"type": "null"}]},
                    "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
                    "notes": {"type": "object", "additionalProperties": {"type": "string"}},
                },
            },
            "Wish": {
                "type": "object",
                "required": ["title"],
                "properties": {
                    "title": {"type": "string", "maxLength": 100},
                    "state": {"enum": ["new", "done"], "type": "string", "default": "new"},
                    "by_name": {"type": "object", "patternProperties": {"^[a-z]$": {"type": "string"}}},
                    "range": {"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}]},
                },
            },
        }
    },
}


def shape(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


def get(document: Json) -> Json:
    found: Json = document["paths"]["/api/things"]["get"]
    return found


def put(document: Json) -> Json:
    found: Json = document["paths"]["/api/things/{id}"]["put"]
    return found


def _remove_operation(new: Json) -> None:
    del new["paths"]["/api/things"]["get"]


def _demand_parameter(new: Json) -> None:
    get(new)["parameters"].append({"in": "query", "name": "who", "required": True, "schema": {"type": "string"}})


def _demand_known_parameter(new: Json) -> None:
    get(new)["parameters"][0]["required"] = True


def _remove_parameter(new: Json) -> None:
    del get(new)["parameters"][0]


def _narrow_parameter(new: Json) -> None:
    get(new)["parameters"][0]["schema"]["maxLength"] = 32


def _take_fewer_values(new: Json) -> None:
    get(new)["parameters"][1]["schema"]["enum"] = ["a"]


def _demand_field(new: Json) -> None:
    shape(new, "Wish")["required"].append("state")


def _demand_new_field(new: Json) -> None:
    shape(new, "Wish")["properties"]["who"] = {"type": "string"}
    shape(new, "Wish")["required"].append("who")


def _demand_body(new: Json) -> None:
    put(new)["requestBody"]["required"] = True


def _remove_request_field(new: Json) -> None:
    del shape(new, "Wish")["properties"]["state"]


def _take_other_type(new: Json) -> None:
    shape(new, "Wish")["properties"]["title"]["type"] = "integer"


def _take_pattern(new: Json) -> None:
    shape(new, "Wish")["properties"]["title"]["pattern"] = "^a"


def _mean_something_else(new: Json) -> None:
    shape(new, "Wish")["properties"]["state"]["default"] = "done"


def _forbid_more(new: Json) -> None:
    shape(new, "Wish")["additionalProperties"] = False


def _take_other_members(new: Json) -> None:
    shape(new, "Wish")["properties"]["range"]["prefixItems"][1]["type"] = "string"


def _take_other_names(new: Json) -> None:
    wishes = shape(new, "Wish")["properties"]["by_name"]["patternProperties"]
    wishes["^[0-9]$"] = wishes.pop("^[a-z]$")


def _remove_answer(new: Json) -> None:
    get(new)["responses"]["201"] = get(new)["responses"].pop("200")


def _answer_other_media(new: Json) -> None:
    content = get(new)["responses"]["200"]["content"]
    content["text/csv"] = content.pop("application/json")


def _remove_answered_field(new: Json) -> None:
    del shape(new, "Thing")["properties"]["notes"]


def _answer_maybe(new: Json) -> None:
    shape(new, "Thing")["required"].remove("state")


def _answer_null(new: Json) -> None:
    shape(new, "Thing")["properties"]["state"] = {
        "anyOf": [{"enum": ["new", "done"], "type": "string"}, {"type": "null"}]
    }


def _answer_fewer_values(new: Json) -> None:
    shape(new, "Thing")["properties"]["state"]["enum"] = ["new"]


def _answer_any_value(new: Json) -> None:
    del shape(new, "Thing")["properties"]["state"]["enum"]


def _answer_other_format(new: Json) -> None:
    del shape(new, "Thing")["properties"]["id"]["format"]


def _answer_other_type_inside(new: Json) -> None:
    shape(new, "Thing")["properties"]["notes"]["additionalProperties"] = {"type": "integer"}


def _remove_webhook(new: Json) -> None:
    del new["webhooks"]["thing.done"]


def _tell_less(new: Json) -> None:
    shape(new, "Done")["required"] = []


BREAKING = {
    _remove_webhook: "webhook thing.done: operation: removed",
    _tell_less: "webhook thing.done: response: who: may be absent now",
    _remove_operation: "GET /api/things: operation: removed",
    _demand_parameter: "GET /api/things: parameter: who: is required now",
    _demand_known_parameter: "GET /api/things: parameter: after: is required now",
    _remove_parameter: "GET /api/things: parameter: after: removed",
    _narrow_parameter: "GET /api/things: parameter: after: maxLength was 64 and is 32",
    _take_fewer_values: "GET /api/things: parameter: kind: value 'b' removed",
    _demand_field: "PUT /api/things/{id}: request: state: is required now",
    _demand_new_field: "PUT /api/things/{id}: request: who: is required now",
    _demand_body: "PUT /api/things/{id}: request: a body is required now",
    _remove_request_field: "PUT /api/things/{id}: request: state: removed",
    _take_other_type: "PUT /api/things/{id}: request: title: string is not taken any more",
    _take_pattern: "PUT /api/things/{id}: request: title: pattern was None and is ^a",
    _mean_something_else: (
        "PUT /api/things/{id}: request: state: means 'done' where it is left out, and no longer 'new'"
    ),
    _forbid_more: "PUT /api/things/{id}: request: further fields are refused now",
    _take_other_members: "PUT /api/things/{id}: request: range[1]: number is not taken any more",
    _take_other_names: "PUT /api/things/{id}: request: by_name{}: names that match ^[a-z]$ removed",
    _remove_answer: "GET /api/things: response: 200 is not answered any more",
    _answer_other_media: "GET /api/things: response: application/json removed",
    _remove_answered_field: "GET /api/things: response: notes: removed",
    _answer_maybe: "GET /api/things: response: state: may be absent now",
    _answer_null: "GET /api/things: response: state: may be null now",
    _answer_fewer_values: "GET /api/things: response: state: value 'done' removed",
    _answer_any_value: "GET /api/things: response: state: may be other than ['new', 'done'] now",
    _answer_other_format: "GET /api/things: response: id: format was uuid and is None",
    _answer_other_type_inside: "GET /api/things: response: notes{}: may be integer now",
}


@pytest.mark.parametrize("change", BREAKING, ids=lambda change: change.__name__.strip("_"))
def test_a_break_is_found_and_named(change: Callable[[Json], None]) -> None:
    """Each change that could fail a client is one break, at its operation and field."""
    new = copy.deepcopy(OLD)
    change(new)
    assert [str(one) for one in breaks(OLD, new)] == [BREAKING[change]]


def _add_everything(new: Json) -> None:
    new["paths"]["/api/others"] = {"get": {"responses": {"200": {}}}}
    get(new)["parameters"].append({"in": "query", "name": "who", "schema": {"type": "string"}})
    get(new)["parameters"][0]["schema"]["maxLength"] = 128
    shape(new, "Done")["properties"]["at"] = {"type": "string"}
    shape(new, "Done")["required"].append("at")
    get(new)["responses"]["409"] = {"description": "Conflict"}
    del get(new)["responses"]["404"]
    shape(new, "Thing")["properties"]["more"] = {"type": "string"}
    shape(new, "Thing")["required"] += ["more", "notes"]
    shape(new, "Thing")["properties"]["state"]["enum"].append("late")
    shape(new, "Thing")["properties"]["length"] = {"type": "number"}
    shape(new, "Wish")["properties"]["more"] = {"type": "string"}
    shape(new, "Wish")["required"] = []
    shape(new, "Wish")["properties"]["title"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    shape(new, "Wish")["properties"]["state"]["enum"].append("late")


def _rename_what_nobody_sees(new: Json) -> None:
    operation = new["paths"].pop("/api/things/{id}")
    operation["put"]["parameters"][0]["name"] = "thingId"
    new["paths"]["/api/things/{thingId}"] = operation
    schemas = new["components"]["schemas"]
    schemas["Desire"] = schemas.pop("Wish")
    operation["put"]["requestBody"]["content"]["application/json"]["schema"]["$ref"] = "#/components/schemas/Desire"


@pytest.mark.parametrize("change", [_add_everything, _rename_what_nobody_sees])
def test_what_no_client_notices_is_no_break(change: Callable[[Json], None]) -> None:
    """More to ask with, more in the answer, less demanded, and other names for models: all are compatible."""
    new = copy.deepcopy(OLD)
    change(new)
    assert breaks(OLD, new) == []


def _each_removal(document: Json) -> Iterator[tuple[str, Json]]:
    """The document once for every field of every model, without that field."""
    for name, schema in document["components"]["schemas"].items():
        for field in schema.get("properties", {}) if name != "Problem" else ():
            changed = {**schema, "properties": {key: it for key, it in schema["properties"].items() if key != field}}
            changed["required"] = [key for key in schema.get("required", []) if key != field]
            schemas = {**document["components"]["schemas"], name: changed}
            yield f"{name}.{field}", {**document, "components": {**document["components"], "schemas": schemas}}


@pytest.mark.parametrize("service", SERVICES)
def test_no_field_of_ours_can_go_unnoticed(service: str) -> None:
    """Of the real documents: the same is no break, and each field of each model is missed when it is gone."""
    document = made()[service]
    assert breaks(document, document) == []
    unnoticed = [field for field, without in _each_removal(document) if not breaks(document, without)]
    assert unnoticed == []
