"""What the API's shapes have in common: camel case outside, unknown fields ignored."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from contracts.event import Id

MAX_SECONDS = 2_000_000

Seconds = Annotated[float, Field(ge=0, le=MAX_SECONDS, allow_inf_nan=False, description="Seconds of the video.")]


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


LenientId = Annotated[Id, BeforeValidator(_as_text, json_schema_input_type=str | int)]


class Shape(BaseModel):
    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        json_schema_serialization_defaults_required=True,
    )


def request_body(model: type[BaseModel]) -> dict[str, Any]:
    """OpenAPI's `requestBody` for a model that a route reads from the raw body itself."""
    schema = model.model_json_schema(by_alias=True, ref_template="#/components/schemas/{model}")
    return {"required": True, "content": {"application/json": {"schema": schema}}}
