import jax
import numpy as np
import pytest

from ganspeech.discriminators import asgan
from ganspeech.discriminators.asgan import ASGANDiscriminator

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("frames", [16, 21])
def test_any_number_of_frames_is_judged(frames):
    judge, x = ASGANDiscriminator(widths=(4, 8)), RNG.normal(size=(3, frames, 5, 1))
    (maps,), _ = jax.jit(judge.init_with_output)(jax.random.key(1), x.astype(np.float32))
    shapes = [(3, -(-frames // 2), 4), (3, -(-frames // 4), 8), (3, 1)]
    assert [each.shape for each in maps] == shapes


def test_an_example_is_judged_alone_and_by_its_label():
    judge, x = ASGANDiscriminator(widths=(4, 8)), RNG.normal(size=(3, 16, 5, 1)).astype(np.float32)
    labels = np.eye(3, dtype=np.float32)
    variables = judge.init(jax.random.key(1), x, labels)
    logits = np.asarray(judge.apply(variables, x, labels)[0][-1])
    alone = judge.apply(variables, x[1:2], labels[1:2])[0][-1]
    np.testing.assert_allclose(logits[1:2], alone, rtol=1e-4, atol=1e-5)
    others = np.asarray(judge.apply(variables, x, labels[::-1])[0][-1])
    np.testing.assert_allclose(others[1], logits[1], rtol=1e-4, atol=1e-5)
    assert np.all(others[[0, 2]] != logits[[0, 2]])


@pytest.mark.parametrize("frames", [6, 7])
def test_half_as_many_frames_are_low_passed(frames):
    x = np.random.default_rng(1).normal(size=(2, frames, 3)).astype(np.float32)
    padded = np.pad(x, ((0, 0), (1, 2), (0, 0)), mode="edge")
    expected = [
        np.tensordot([1, 3, 3, 1], padded[:, start : start + 4], axes=(0, 1)) / 8
        for start in range(0, frames, 2)
    ]
    np.testing.assert_allclose(asgan._halved(x), np.stack(expected, 1), rtol=1e-5, atol=1e-6)
