"""Answers of listeners to one test, read from the files that its page saves, and checked."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from ganspeech.evaluation.listening.design import Method, decoded, name_of
from ganspeech.evaluation.listening.page import FORMAT
from ganspeech.process.damage import damage

MARK = "ganspeech_listening"
"""Field with the version of the answers."""


class AnswersError(ValueError):
    """Answers that cannot be used; the message names the file and the field."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """A trial of the test."""

    item: str
    systems: Mapping[str, str]
    """The system behind each id."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """One listener's answer in one trial."""

    item: str
    ratings: Mapping[str, float]
    """By system, 0 to 100; empty for pairs."""
    pair: tuple[str, str] | None = None
    """The two systems, in the order of the test; None for ratings."""
    preferred: str | None = None
    """One of the pair; None for no preference."""


@dataclasses.dataclass(frozen=True)
class Listener:
    """All answers of a listener."""

    name: str
    file: Path
    answers: tuple[Answer, ...]


@dataclasses.dataclass(frozen=True)
class Results:
    """All listeners of one test."""

    method: Method
    test: str
    systems: tuple[str, ...]
    """In the order of the test: runs first."""
    listeners: tuple[Listener, ...]


def read_results(files: Sequence[Path]) -> Results:
    """Results of one test.

    Raises ValueError, naming the file and the field, for answers that are incomplete, out of range
    or not of this project, for those of another test, and for two of one listener.
    """
    listeners: dict[str, Listener] = {}
    first: dict[str, Any] = {}
    for file in files:
        content = _content(file)
        first = first or content
        if content["test"] != first["test"]:
            raise ValueError(
                f"{file}: test is {content['test']}, and {first['test']} in {files[0]}: give the "
                "answers of one test"
            )
        listener = _listener(file, content)
        if listener.name in listeners:
            raise ValueError(
                f"{file}: listener is {listener.name!r}, as in {listeners[listener.name].file}: "
                "leave one out"
            )
        listeners[listener.name] = listener
    systems = _systems(files[0], first["key"])
    return Results(first["method"], first["test"], systems, tuple(listeners.values()))


def _content(file: Path) -> dict[str, Any]:
    text = file.read_bytes()
    with damage(AnswersError, f"{file} is not JSON"):
        content = json.loads(text.decode())
    if not isinstance(content, dict) or MARK not in content:
        raise ValueError(f"{file} holds no answers of a listening test: it has no field {MARK}")
    if content[MARK] != FORMAT:
        raise ValueError(f"{file}: {MARK} is {content[MARK]!r}, not {FORMAT}")
    for field, kind, what in (
        ("method", str, "a text"),
        ("test", str, "a text"),
        ("key", str, "a text"),
        ("listener", str, "a text"),
        ("trials", list, "a list"),
    ):
        if not isinstance(content.get(field), kind):
            raise ValueError(f"{file}: {field} must be {what}, not {content.get(field)!r}")
    if content["method"] not in get_args(Method):
        raise ValueError(f"{file}: method is {content['method']!r}, not ab or mushra")
    if not content["listener"].strip():
        raise ValueError(f"{file}: listener is empty")
    if name_of(content["key"]) != content["test"]:
        raise ValueError(f"{file}: key is not that of test {content['test']}: it was changed")
    return content


def _listener(file: Path, content: Mapping[str, Any]) -> Listener:
    asked = _asked(file, content)
    answers: dict[str, Answer] = {}
    for number, given in enumerate(content["trials"], 1):
        field = f"trials.{number}"
        trial = given.get("trial") if isinstance(given, dict) else None
        if not isinstance(trial, str) or trial not in asked:
            raise ValueError(f"{file}: {field}.trial is {trial!r}, which is not in the test")
        if trial in answers:
            raise ValueError(f"{file}: {field}.trial is there twice")
        read = _rated if content["method"] == "mushra" else _preferred
        answers[trial] = read(file, field, given, asked[trial])
    if missing := asked.keys() - answers.keys():
        raise ValueError(f"{file}: trials lacks {len(missing)} of {len(asked)}")
    return Listener(content["listener"].strip(), file, tuple(answers[trial] for trial in asked))


def _asked(file: Path, content: Mapping[str, Any]) -> dict[str, Asked]:
    """Trials of a test by their ids; its name is the key's digest, but anyone can compute that."""
    with damage(AnswersError, f"{file}: key is of no test"):
        asked = {}
        for one in decoded(content["key"])["trials"]:
            trial, item, systems = one["trial"], one["item"], dict(one["systems"])
            if not all(isinstance(text, str) for text in (trial, item, *systems.values())):
                raise TypeError("a name that is no text")
            if content["method"] == "ab" and len(systems) != 2:
                raise ValueError(f"a pair of {len(systems)}")
            asked[trial] = Asked(item, systems)
    return asked


def _systems(file: Path, key: str) -> tuple[str, ...]:
    with damage(AnswersError, f"{file}: key is of no test"):
        systems = decoded(key)["systems"]
        if not isinstance(systems, list) or not all(isinstance(name, str) for name in systems):
            raise TypeError("its systems must be a list of texts")
    return tuple(systems)


def _rated(file: Path, field: str, given: Mapping[str, Any], asked: Asked) -> Answer:
    ratings = given.get("ratings")
    if not isinstance(ratings, dict) or ratings.keys() != asked.systems.keys():
        raise ValueError(f"{file}: {field}.ratings must rate the {len(asked.systems)} sounds of it")
    for id, value in ratings.items():
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value <= 100:
            raise ValueError(f"{file}: {field}.ratings.{id} is {value!r}, not from 0 to 100")
    return Answer(asked.item, {asked.systems[id]: float(value) for id, value in ratings.items()})


def _preferred(file: Path, field: str, given: Mapping[str, Any], asked: Asked) -> Answer:
    choice = given.get("choice", "missing")
    if choice is not None and choice not in list(asked.systems):
        raise ValueError(f"{file}: {field}.choice is {choice!r}, not a sound of it or null")
    first, second = sorted(asked.systems.values())
    preferred = None if choice is None else asked.systems[choice]
    return Answer(asked.item, {}, (first, second), preferred)
