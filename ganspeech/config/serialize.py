"""Experiments as plain JSON: the registered name of each class and its fields; nothing that runs.

Version 0.1 wrote the path of a class's module before its name, which is still read.
"""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from ganspeech.config.registry import CLASSES, resolve

_LINEN = ("parent", "name")
"""Fields every linen module has for itself."""
_DROPPED = {("Recognition", "run"), ("TextToSpeech", "run"), ("Invariance", "run")} | {
    (task, "run") for task in ("FeatureEnhancement", "FeatureGeneration", "NoiseSynthesis")
}
"""Fields that version 0.1 wrote and no version reads any more."""


def fields_of(part: Any) -> list[dataclasses.Field]:
    """Fields that describe a part: those its author declared, without linen's own."""
    is_module = hasattr(part, "scope")
    return [f for f in dataclasses.fields(part) if f.init and not (is_module and f.name in _LINEN)]


def paths_of(part: Any, before: str = "") -> Iterator[str]:
    """Dotted paths of all single settings below a part, by their Python names."""
    if isinstance(part, tuple) and part and dataclasses.is_dataclass(part[0]):
        children = [(str(index), child) for index, child in enumerate(part)]
    elif dataclasses.is_dataclass(part):
        children = [(field.name, getattr(part, field.name)) for field in fields_of(part)]
    else:
        yield before
        return
    for name, child in children:
        yield from paths_of(child, f"{before}.{name}" if before else name)


def dumps(part: Any) -> str:
    """JSON of a frozen dataclass or linen module, indented.

    A class that is not registered is written by its path, which `loads` refuses: it is enough to
    train with, and the message says what is missing.
    """
    return json.dumps(_encode(part), indent=2)


def loads(text: str, source: str = "experiment") -> Any:
    """Inverse of `dumps`; only registered classes are resolved.

    Raises ValueError, naming `source`, for what is not JSON, for a class or field this version does
    not have, and for a field that is missing or has a value its class does not take.
    """
    try:
        return _decode(modernize(json.loads(text)))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{source}: {error}") from None


def modernize(content: Any) -> Any:
    """Parsed JSON of this or an earlier version, as this version writes it.

    Raises ValueError for a class of another package.
    """
    if isinstance(content, list):
        return [modernize(item) for item in content]
    if not isinstance(content, dict):
        return content
    path = str(content.get("class", ""))
    package, _, name = path.rpartition(".")
    if package and not package.startswith("ganspeech."):
        raise ValueError(f"{path!r} is not a class of ganspeech")
    fields = {key: modernize(value) for key, value in content.items() if key != "class"}
    kept = {key: value for key, value in fields.items() if (name, key) not in _DROPPED}
    return {"class": name} | kept


def _encode(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        kind = type(value)
        name = kind.__name__
        if name not in CLASSES or f"ganspeech.{CLASSES[name].module}" != kind.__module__:
            name = f"{kind.__module__}.{kind.__qualname__}"
        return {"class": name} | {f.name: _encode(getattr(value, f.name)) for f in fields_of(value)}
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    name = value["class"]
    kind = resolve(name)
    if kind is None:
        raise ValueError(f"this version of ganspeech has no {name or 'class without a name'}")
    known = {f.name for f in dataclasses.fields(kind)}
    given = {key: item for key, item in value.items() if key != "class"}
    if unknown := sorted(set(given) - known):
        raise ValueError(f"{name} has no field {unknown[0]!r} in this version")
    decoded = {key: _decode(item) for key, item in given.items()}
    try:
        return kind(**decoded)
    except (TypeError, AttributeError) as error:  # a missing field, a value of another type
        raise ValueError(f"{name}: {error}") from None
