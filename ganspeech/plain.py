"""Experiments as plain JSON: the path of each class and its fields, and nothing that runs."""

import dataclasses
import importlib
import json
from typing import Any

_LINEN = ("parent", "name")
"""Fields every linen module has for itself."""


def fields_of(part: Any) -> list[dataclasses.Field]:
    """The fields that describe a part: what its author declared, without linen's own."""
    is_module = hasattr(part, "scope")
    return [f for f in dataclasses.fields(part) if f.init and not (is_module and f.name in _LINEN)]


def dumps(part: Any) -> str:
    """JSON of a frozen dataclass or linen module of this package, indented."""
    return json.dumps(_encode(part), indent=2)


def loads(text: str, source: str = "experiment") -> Any:
    """The inverse of `dumps`; only classes of `ganspeech` are resolved.

    Raises ValueError, naming `source`, for what is no JSON, for a class or field this version does
    not have, and for a field that is missing or has a value its class does not take.
    """
    try:
        return _decode(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{source}: {error}") from None


def _encode(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        path = f"{type(value).__module__}.{type(value).__qualname__}"
        return {"class": path} | {f.name: _encode(getattr(value, f.name)) for f in fields_of(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    path = str(value.get("class", ""))
    module, _, name = path.rpartition(".")
    if not module.startswith("ganspeech."):
        raise ValueError(f"{path!r} is not a class of ganspeech")
    try:
        kind = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError):
        kind = None
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        raise ValueError(f"this version of ganspeech has no {path}")
    known = {f.name for f in dataclasses.fields(kind)}
    given = {key: item for key, item in value.items() if key != "class"}
    if unknown := sorted(set(given) - known):
        raise ValueError(f"{path} has no field {unknown[0]!r} in this version")
    decoded = {key: _decode(item) for key, item in given.items()}
    try:
        return kind(**decoded)
    except (TypeError, AttributeError) as error:  # a missing field, a value of another type
        raise ValueError(f"{path}: {error}") from None
