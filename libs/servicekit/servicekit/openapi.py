"""An API's own description, made fit for generating clients from it: short names, each problem and model told once."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from servicekit.errors import PROBLEM_JSON, problem_of_status

Json = dict[str, Any]

PROBLEM: Json = {
    "type": "object",
    "description": "RFC 9457. Further members depend on the type.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "description": "Stable, machine-readable: urn:seatime:problem:<slug>."},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_METHODS = ("get", "put", "post", "delete", "patch")


def problem_response(status: int) -> Json:
    """What an operation may answer instead of success."""
    return {
        "description": problem_of_status(status)["title"],
        "content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def operation_id(route: APIRoute) -> str:
    """`getLesson` for `get_lesson`: unique in a service, and what generated clients call it."""
    return to_camel(route.name)


def describe(api: FastAPI) -> None:
    """Have `api.openapi()` answer the tidied document. It is made once, at the first question."""
    plain = api.openapi

    def tidied() -> Json:
        if api.openapi_schema is None:
            api.openapi_schema = _tidied(plain())
        return api.openapi_schema

    api.openapi = tidied  # type: ignore[method-assign]  # FastAPI's way of extending it


def _tidied(document: Json) -> Json:
    components = document.setdefault("components", {})
    schemas: Json = components.setdefault("schemas", {})
    responses: Json = components.setdefault("responses", {})
    for operation in _operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            content["schema"] = _named(content["schema"], schemas)
        for status, response in operation["responses"].items():
            if status.isdecimal() and response == problem_response(int(status)):
                name = f"Problem{status}"
                responses[name] = response
                operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    for name, operation in _webhooks(document):
        operation["operationId"] = to_camel(name.replace(".", "_"))
        operation["responses"].pop("422", None)  # receivers answer what they like
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM
    document["components"] = {part: dict(sorted(_untitled(named).items())) for part, named in components.items()}
    return document | {part: _untitled(document[part]) for part in ("paths", "webhooks") if part in document}


def _operations(document: Json) -> Iterator[Json]:
    for path in document["paths"].values():
        yield from (path[method] for method in _METHODS if method in path)


def _webhooks(document: Json) -> Iterator[tuple[str, Json]]:
    for name, path in document.get("webhooks", {}).items():
        yield from ((name, path[method]) for method in _METHODS if method in path)


def _named(schema: Json, schemas: Json) -> Json:
    """A body that its route reads by itself is described in place; here it gets a name like the others."""
    if "$ref" in schema or "title" not in schema or "properties" not in schema:
        return schema
    definitions: Json = schema.get("$defs", {})
    schemas.update(definitions)
    schemas[schema["title"]] = {key: value for key, value in schema.items() if key != "$defs"}
    return {"$ref": f"#/components/schemas/{schema['title']}"}


def _untitled(node: Any) -> Any:
    """Without the titles that pydantic makes of names. A property may be called `title`, but is never a text."""
    if isinstance(node, dict):
        return {key: _untitled(value) for key, value in node.items() if key != "title" or not isinstance(value, str)}
    return [_untitled(item) for item in node] if isinstance(node, list) else node
