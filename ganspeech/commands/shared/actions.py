"""Actions triggered by phrases: a small TOML table, and its matching.

    [four]
    say = "lamp on"

    ["four two"]
    run = ["systemctl", "suspend"]
    refractory = 10.0

A phrase is one or more words; `say` prints a line, `run` starts a program with its arguments,
without a shell; for `refractory` seconds after an action it is not repeated.
"""

import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ganspeech.models.spotter import Spotted
from ganspeech.process.damage import damage
from ganspeech.text.english.normalization import normalized
from ganspeech.text.vocabulary import UnknownSymbols, Vocabulary

REFRACTORY = 1.0
"""Default refractory time in seconds."""
LONGEST = 1e9
"""Longest refractory time in seconds: for good."""
LARGEST, LONGEST_LINE = 1 << 16, 1 << 11
"""Bytes of a table, and of a line in it, at most."""


class ActionsError(ValueError):
    """Table of actions that cannot be used; the message names the file and the fault."""


@dataclass(frozen=True)
class Action:
    """Action triggered by a phrase."""

    phrase: tuple[str, ...]
    say: str = ""
    """A line to print; empty: none."""
    run: tuple[str, ...] = ()
    """A program and its arguments; empty: none."""
    refractory: float = REFRACTORY
    """Seconds after the end of the phrase in which it is ignored."""


class Phrases:
    """Matches phrases in the words of one stream.

    The longest of several matching phrases wins: after "four" it waits for the "two" of "four two"
    until the longest allowed pause has passed. A rejected sound separates phrases.
    """

    def __init__(self, actions: Sequence[Action], apart: float):
        """`apart` is the longest pause between two words of a phrase, in seconds."""
        self._actions = {action.phrase: action for action in actions}
        self._apart = apart
        self._waiting: list[Spotted] = []
        self._ready_at: dict[tuple[str, ...], float] = {}

    def hear(self, spotted: Spotted) -> list[Action]:
        """Takes a word or rejected sound; returns the actions now due."""
        due = self.settle(spotted.start)
        if not spotted.word:
            return due + self.settle(np.inf)
        self._waiting.append(spotted)
        return due + self._matched(to_come=True)

    def settle(self, seconds: float) -> list[Action]:
        """Returns the actions due if no further word begins before these seconds."""
        if not self._waiting or seconds - self._waiting[-1].end <= self._apart:
            return []
        return self._matched(to_come=False)

    def _matched(self, *, to_come: bool) -> list[Action]:
        """Matches waiting words; with `to_come`, keeps those that may continue a phrase."""
        due = []
        while self._waiting:
            words = tuple(spotted.word for spotted in self._waiting)
            if to_come and any(words == longer[: len(words)] != longer for longer in self._actions):
                break
            lengths = range(len(words), 0, -1)
            length = next((n for n in lengths if words[:n] in self._actions), 0)
            if length:
                action, end = self._actions[words[:length]], self._waiting[length - 1].end
                if end >= self._ready_at.get(action.phrase, 0.0):
                    self._ready_at[action.phrase] = end + action.refractory
                    due.append(action)
            del self._waiting[: max(length, 1)]
        return due


def read_actions(path: Path, vocabulary: Vocabulary) -> tuple[Action, ...]:
    """Reads a table of actions; raises ValueError, naming the file and the fault.

    Faults include missing programs and words outside the vocabulary.
    """
    content = path.read_bytes()
    # Python's parser takes minutes for long keys of many parts.
    if len(content) > LARGEST or max(map(len, content.splitlines()), default=0) > LONGEST_LINE:
        raise ActionsError(
            f"{path} is no table of actions: the most are {LARGEST} bytes, {LONGEST_LINE} a line"
        )
    with damage(ActionsError, f"{path} is not a TOML file"):
        table = tomllib.loads(content.decode())
    actions = [_action(f"{path}: [{name}]", name, entry) for name, entry in table.items()]
    if not actions:
        raise ValueError(f'{path} holds no action: write [word], and below it say = "text"')
    phrases = [action.phrase for action in actions]
    if twice := [" ".join(phrase) for phrase in phrases if phrases.count(phrase) > 1]:
        raise ValueError(f"{path}: {twice[0]!r} is defined twice")
    words = dict.fromkeys(word for phrase in phrases for word in phrase)
    if unknown := [word for word in words if not _known(word, vocabulary)]:
        known = f"; it knows {', '.join(vocabulary.known)}" * bool(vocabulary.known)
        raise ValueError(
            f"{path}: words that this recognizer does not know: {', '.join(unknown)}{known}"
        )
    return tuple(actions)


def _action(where: str, name: str, entry: Any) -> Action:
    if not isinstance(entry, dict):
        raise ValueError(f"{where} must be a table, with say or run below that line, not {entry!r}")
    if not (phrase := tuple(normalized(name).split())):
        raise ValueError(f"{where} names no word")
    if wrong := sorted(entry.keys() - {"say", "run", "refractory"}):
        raise ValueError(f"{where} has {wrong[0]!r}; it takes say, run and refractory")
    say, run = entry.get("say", ""), entry.get("run", [])
    refractory = entry.get("refractory", REFRACTORY)
    if not isinstance(say, str):
        raise ValueError(f"{where}: say must be a text, not {say!r}")
    if not isinstance(run, list) or not all(isinstance(part, str) for part in run):
        raise ValueError(
            f"{where}: run must be a list, the program and each of its arguments, not {run!r}"
        )
    if not say and not run:
        raise ValueError(f"{where} does nothing: it needs say or run")
    if isinstance(refractory, bool) or not isinstance(refractory, int | float):
        raise ValueError(f"{where}: refractory must be seconds, not {refractory!r}")
    if not refractory >= 0:
        raise ValueError(f"{where}: refractory must be at least 0 seconds, not {refractory}")
    if refractory > LONGEST:
        raise ValueError(f"{where}: refractory must be at most {LONGEST:g} seconds")
    if run and not shutil.which(run[0]):
        raise ValueError(f"{where}: there is no program {run[0]!r} to run")
    return Action(phrase, say, tuple(run), float(refractory))


def _known(word: str, vocabulary: Vocabulary) -> bool:
    if vocabulary.known:
        return word in vocabulary.known
    try:
        vocabulary.encode(word)
    except UnknownSymbols:
        return False
    return True
