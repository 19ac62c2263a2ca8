"""Edit distances on the device are those of rapidfuzz."""

import jax.numpy as jnp
import numpy as np
from rapidfuzz.distance import Levenshtein

from ganspeech.nn.edit_distance import edit_distances


def test_it_is_that_of_rapidfuzz_whatever_the_padding():
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 4, (60, 9)), rng.integers(0, 4, (60, 7))
    long, short = rng.integers(0, 10, 60), rng.integers(0, 8, 60)
    found = edit_distances(*map(jnp.asarray, (first, long, second, short)))
    expected = [
        Levenshtein.distance(a[:m].tolist(), b[:n].tolist())
        for a, m, b, n in zip(first, long, second, short)
    ]
    assert np.asarray(found).tolist() == expected
    assert {0, 7} < set(short.tolist()) and 0 in long
