"""Labeled examples: shares of them, batches of them, and classes without any."""

from itertools import islice

import numpy as np
import pytest

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.examples import Examples, Labeled, labeled_batches
from ganspeech.data.feed import Feed


def labeled(*labels):
    values = np.arange(len(labels), dtype=np.float32)[:, None]
    return Labeled(values, np.asarray(labels, np.int32), tuple(f"e{i}" for i in range(len(labels))))


def examples(train, held_out=()):
    return Examples(labeled(*train), labeled(*held_out), ("a", "b"), "print", Problems())


def test_a_share_is_the_first_of_every_class():
    shared = examples([0, 0, 1, 0, 0, 1, 1, 1]).share(0.5)
    assert shared.train.ids == ("e0", "e1", "e2", "e5")
    assert shared.fingerprint == "print"
    assert examples([0, 0, 1]).share(0.01).train.ids == ("e0", "e2")
    assert examples([0, 1]).share(1.0).train.ids == ("e0", "e1")


def test_a_class_without_examples_is_named():
    with pytest.raises(CorpusError, match="the class 'b' has no example to train on"):
        examples([0, 0])
    with pytest.raises(CorpusError, match="the class 'a' has no example to hold out"):
        examples([0, 1], [1])


def test_batches_are_epochs_in_another_order_each_and_start_anywhere():
    part = labeled(*[0, 1] * 6)
    first = list(islice(labeled_batches(part, Feed(4, seed=3)), 6))
    for epoch in (first[:3], first[3:]):
        seen = np.concatenate([batch["values"][:, 0] for batch in epoch])
        assert sorted(seen) == list(range(12))
        labels = np.concatenate([batch["label"] for batch in epoch])
        np.testing.assert_array_equal(labels, seen.astype(int) % 2)
    later = next(labeled_batches(part, Feed(4, seed=3, start=16)))
    np.testing.assert_array_equal(later["values"], first[4]["values"])
