"""Records read the short way: msgspec's structures are made from the pydantic models, which stay the definition.

A structure has the fields of its model, and nothing else: no methods, no properties. What msgspec does not understand,
odd or wrong, is left to the model, which accepts it or says what is wrong. A test compares both.
"""

from collections.abc import Callable
from inspect import isclass
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin
from uuid import UUID

import msgspec
from pydantic import BaseModel
from pydantic.fields import FieldInfo

M = TypeVar("M", bound=BaseModel)

_LIMITS = {"Ge": "ge", "Gt": "gt", "Le": "le", "Lt": "lt", "MinLen": "min_length", "MaxLen": "max_length"}
"""Limits as pydantic keeps them, and what they are called by both."""


_ALIKE = (bool, float, int, str, type(None), UUID)


def reader(model: type[M]) -> Callable[[bytes], M]:
    """What reads a model's JSON into its fields. Raises ValidationError, as `model_validate_json` does."""
    decode = msgspec.json.Decoder(_structure(model)).decode

    def read(value: bytes) -> M:
        try:
            return cast(M, decode(value))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return model.model_validate_json(value)

    return read


def _structure(model: type[BaseModel]) -> type[msgspec.Struct]:
    """Raises TypeError if the model has a field that msgspec would not judge as pydantic does."""
    if model.model_config.get("extra") != "ignore":
        raise TypeError(f"{model.__name__} does not ignore unknown fields")
    fields: list[Any] = []
    for name, field in model.model_fields.items():
        if field.alias is not None or field.default_factory is not None:
            raise TypeError(f"{model.__name__}.{name} has an alias or a factory")
        judged = _limited(_type(field.annotation), field.metadata)
        fields.append((name, judged) if field.is_required() else (name, judged, _default(field.default)))
    return msgspec.defstruct(model.__name__, fields, kw_only=True, gc=False)


def _default(value: Any) -> Any:
    """A default that is a model becomes a structure; it is never changed, and so may be shared."""
    if isinstance(value, BaseModel):
        return msgspec.field(default_factory=lambda: msgspec.convert(value.model_dump(), _structure(type(value))))
    return value


def _type(annotation: Any) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        found = [
            limit for part in arguments[1:] for limit in (part.metadata if isinstance(part, FieldInfo) else [part])
        ]
        return _limited(_type(arguments[0]), found)
    if origin in (Union, UnionType):
        return Union[tuple(_type(argument) for argument in arguments)]  # noqa: UP007
    if origin is tuple:
        return tuple[tuple(argument if argument is Ellipsis else _type(argument) for argument in arguments)]  # type: ignore[misc]
    if origin is Literal or annotation in _ALIKE:
        return annotation
    if isclass(annotation) and issubclass(annotation, BaseModel):
        return _structure(annotation)
    raise TypeError(f"{annotation} is not known to be read alike")


def _limited(judged: Any, found: list[Any]) -> Any:
    if get_origin(judged) is Union:
        members = [part if part is type(None) else _limited(part, found) for part in get_args(judged)]
        return Union[tuple(members)]  # noqa: UP007
    meta: dict[str, Any] = {}
    for limit in found:
        if (name := _LIMITS.get(type(limit).__name__)) is not None:
            meta[name] = getattr(limit, name)
        elif isinstance(pattern := getattr(limit, "pattern", None), str) and pattern[-1] == "$":
            meta["pattern"] = pattern[:-1] + r"\Z"  # Python's $ would let a line's end pass
        else:
            raise TypeError(f"{limit} is not known to be judged alike")
    return Annotated[judged, msgspec.Meta(**meta)] if meta else judged
