"""Readings: what a run of recognition without labels reads in held-out speech, and baselines."""

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from ganspeech.data.unlabeled.unpaired import SILENCE, Segments
from ganspeech.evaluation.held_out import held_out_of
from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.recognition.accuracy import Answer
from ganspeech.evaluation.request import Request
from ganspeech.runs.folder import Run
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading, greedy_phones, read_phones

MOST_TEXTS = 20_000
"""Sentences of the text that scores use, evenly over all: n-grams of phones need no more."""
Rows = Sequence[Sequence[int]]
"""Phones of utterances or sentences, without silence."""


@dataclass(frozen=True)
class Readings:
    """Held-out utterances as they were read, beside the text."""

    title: str
    utterances: Sequence[Segments]
    steps: Sequence[Float[np.ndarray, "steps phones"]]
    """Log-probabilities of phones of each utterance, or what else has its maxima at phones."""
    texts: Rows
    """Sentences of the text."""
    phones: tuple[str, ...]
    """Inventory: names of the phones, `SILENCE` the first."""
    notes: tuple[str, ...] = ()
    """How it was made."""
    problems: tuple[str, ...] = ()
    """What was left out, one line each."""
    segments_a_step: int | None = None
    """Segments of an utterance that a step is read in; None if steps tell no place."""

    @functools.cached_property
    def read(self) -> Rows:
        """Phones read in each utterance."""
        return [greedy_phones(one) for one in self.steps]

    @functools.cached_property
    def text_counts(self) -> Int[np.ndarray, " phones"]:
        """How often the text has each phone."""
        return self.counts(self.texts)

    def counts(self, rows: Rows) -> Int[np.ndarray, " phones"]:
        """How often rows have each phone of the inventory."""
        flat = [phone for row in rows for phone in row]
        return np.bincount(np.array(flat, int), minlength=len(self.phones))

    def spaced(self, row: Iterable[int]) -> str:
        """Names of phones, separated by spaces."""
        return " ".join(self.phones[phone] for phone in row)

    def answers(self, read: Rows) -> list[Answer]:
        """What was said beside `read`, of the utterances whose phones are known."""
        return [
            Answer(one.id, self.spaced(one.phones), self.spaced(row))
            for one, row in zip(self.utterances, read, strict=True)
            if one.phones is not None and len(one.phones)
        ]


def read_run(run: Run, request: Request) -> Readings:
    """The held-out utterances of a run that are asked for, read.

    Raises ValueError, naming the folder, for a corpus that holds nothing out.
    """
    task, data = run.experiment.task, run.recordings
    assert isinstance(task, PhoneReading)
    utterances, network = held_out_of(run, request), run.experiment.generator
    steps = list(read_phones(task, network, run.variables, utterances))
    notes = [run.about, "The best phone of every step, each run once, without silence."]
    if data.labeled:
        notes.append("Transcripts shaped the features: this is no result without labels.")
    texts = at_even_places(data.texts, MOST_TEXTS)
    return Readings(
        f"{run.name} on its held-out utterances",
        task.heard(network, run.variables, utterances),
        steps,
        [text[text != SILENCE].tolist() for text in texts],
        data.phones,
        tuple(notes),
        tuple(data.problems.lines()),
        task.segments_a_step(network),
    )


def baselines(readings: Readings, seed: int = 0) -> Mapping[str, Rows]:
    """Readings of the same utterances that take no training, by name.

    *majority* is the text's most frequent phone, and *unigram* phones at random as often as in the
    text, both as many as a sentence of the text has on average. *chance mapping* is what was read,
    with the phones' names permuted at random.
    """
    rng, count = np.random.default_rng(seed), len(readings.utterances)
    length = round(float(np.mean([len(text) for text in readings.texts])))
    shares = readings.text_counts / readings.text_counts.sum()
    others = np.delete(np.arange(len(readings.phones)), SILENCE)
    names = np.full(len(readings.phones), SILENCE)
    names[others] = rng.permutation(others)
    drawn = rng.choice(len(shares), (count, length), p=shares)
    return {
        "majority": [[int(shares.argmax())] * length for _ in range(count)],
        "unigram": drawn.tolist(),
        "chance mapping": [[int(names[phone]) for phone in row] for row in readings.read],
    }
