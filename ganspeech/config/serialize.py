"""Experiments as plain JSON: registered class names and fields, no executable code.

The module paths that version 0.1 wrote before class names are still read.
"""

import dataclasses
import json
from collections.abc import Iterator
from typing import Any

from ganspeech.config.registry import CLASSES, resolve

_LINEN = ("parent", "name")
"""Fields of every linen module."""
_DROPPED = {("Recognition", "run"), ("TextToSpeech", "run"), ("Invariance", "run")} | {
    (task, "run") for task in ("FeatureEnhancement", "FeatureGeneration", "NoiseSynthesis")
}
"""Obsolete fields that version 0.1 wrote."""


def fields_of(part: Any) -> list[dataclasses.Field]:
    """Declared fields of a part, without those of linen."""
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

    An unregistered class is written with its module path, which `loads` rejects, naming the class:
    enough to train with, but not to load.
    """
    return json.dumps(_encode(part), indent=2)


def loads(text: str, source: str = "experiment") -> Any:
    """Inverse of `dumps`; only registered classes are resolved.

    Raises ValueError, naming `source`, for invalid JSON, for a class or field that this version
    does not have, and for a missing field or invalid value.
    """
    try:
        return _decode(modernize(json.loads(text)))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{source}: {error}") from None


def modernize(content: Any) -> Any:
    """Converts parsed JSON of any version to the current format.

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
