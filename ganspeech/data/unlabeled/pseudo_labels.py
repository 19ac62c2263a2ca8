"""Phones that a model read in speech, as labels to learn from."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int32

from ganspeech.data.cache import digest
from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.feed import Feed
from ganspeech.data.labels.id_lines import read_id_lines, written_id
from ganspeech.data.pipeline import Batches, batches, shuffled
from ganspeech.data.unlabeled.unpaired import SILENCE, Unpaired, padded_example
from ganspeech.process.messages import shown

Labels = Int32[np.ndarray, " labels"]


@dataclasses.dataclass(frozen=True)
class PseudoLabels(Unpaired):
    """Speech of which all that is trained on has labels, right or wrong."""

    labels: Mapping[str, Labels] = dataclasses.field(default_factory=dict)
    """Phones by id, without silence."""


def read_labels(file: str, phones: Sequence[str]) -> dict[str, Labels]:
    """Labels of lines `ID PHONES`, by id; a line may have no phone.

    Raises `CorpusError` for a file that cannot be read, and, naming the line, for phones that are
    not in the inventory and an id that was there before.
    """
    number = {phone: n for n, phone in enumerate(phones) if n != SILENCE}
    found: dict[str, Labels] = {}
    for id, (names, where) in read_id_lines(file).items():
        if unknown := [name for name in names if name not in number]:
            raise CorpusError(f"{where}: {shown(unknown[0])} is no phone of the corpus")
        found[id] = np.array([number[name] for name in names], np.int32)
    return found


def with_labels(
    data: Unpaired, file: str, *, longest: int, steps_of: Callable[[int], int]
) -> PseudoLabels:
    """Utterances to train on that a file of labels names, of at most `longest` segments.

    `steps_of` gives the output steps of a number of segments: CTC needs one for each label, and one
    more between two that are the same. What has no labels or too many is told.
    """
    labels, problems, kept = read_labels(file, data.phones), Problems(), []
    for one in data.train:
        row = labels.get(written_id(one.id))
        if row is None:
            problems.skip(f"not in {file}", one.id)
        elif len(one.features) > longest:
            # Nobody knows which labels a part of it has.
            problems.skip(f"longer than task.longest, {longest} segments", one.id)
        elif not len(row):
            problems.skip("nothing was read in them", one.id)
        elif len(row) + int((row[1:] == row[:-1]).sum()) > steps_of(len(one.features)):
            problems.skip("more labels than steps", one.id)
        else:
            kept.append(one)
    problems.tell()
    own = {one.id: labels[written_id(one.id)] for one in kept}
    fields = {field.name: getattr(data, field.name) for field in dataclasses.fields(Unpaired)}
    content = [data.fingerprint, {id: row.tolist() for id, row in own.items()}]
    return PseudoLabels(**{**fields, "train": kept, "fingerprint": digest(content)}, labels=own)


def labeled_batches(data: PseudoLabels, feed: Feed, segments: int) -> Batches:
    """Endless batches of utterances and their labels, each once an epoch.

    `{"features": float32 [batch, segments, width], "lengths": int32 [batch], "labels": int32
    [batch, segments], "label_lengths": int32 [batch]}`, padded with zeros.
    """
    return batches(shuffled(len(data.train), feed.seed).map(_Labeled(data, segments)), feed)


class _Labeled:
    """An utterance and its labels; sent to the worker processes."""

    def __init__(self, data: PseudoLabels, segments: int):
        self._data, self._segments = data, segments

    def __call__(self, place: int) -> dict[str, Any]:
        one = self._data.train[int(place)]
        row = self._data.labels[one.id]
        return padded_example(one.features, row, self._segments, self._segments)
