"""Augmentation: how often changes are made, to what, and how that adapts."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.config.registry import MENUS
from ganspeech.game.augmentation import (
    ADAPTIVE,
    ADAPTIVE_SPECTROGRAM,
    DIFF_AUGMENT,
    NONE,
    Augmentation,
)

WAVEFORMS = (24, 512)
PICTURES = (24, 32, 32, 1)


def examples(shape, seed=0):
    return jax.random.uniform(jax.random.key(seed), shape, minval=-1.0)


def keys(count, seed=1):
    return jax.random.split(jax.random.PRNGKey(seed), count)


@pytest.mark.parametrize(
    ("augmentation", "shape"), [(ADAPTIVE, WAVEFORMS), (ADAPTIVE_SPECTROGRAM, PICTURES)]
)
def test_probability_zero_and_no_operations_change_nothing(augmentation, shape):
    x = examples(shape)
    np.testing.assert_array_equal(augmentation(x, keys(len(x)), 0.0), x)
    assert NONE(x, keys(len(x)), 1.0) is x


@pytest.mark.parametrize("shape", [WAVEFORMS, PICTURES])
@pytest.mark.parametrize("operation", ["shift", "gain", "polarity", "filter", "noise", "mask"])
def test_each_change_is_made_as_often_as_asked(operation, shape):
    if operation == "polarity" and len(shape) == 4:
        pytest.skip("pictures have no polarity")
    augmentation = Augmentation((operation,))
    x = jnp.broadcast_to(examples((1, *shape[1:])), (2000, *shape[1:]))
    changed = jax.jit(augmentation)(x, keys(len(x)), 0.3) != x
    share = float(changed.reshape(len(x), -1).any(1).mean())
    # A wave may be turned by nothing.
    assert share == pytest.approx(0.15 if operation == "polarity" else 0.3, abs=0.04)


def test_changes_are_independent_of_each_other():
    two = Augmentation(("polarity", "gain"))
    x = jnp.ones((4000, 2))
    changed = two(x, keys(len(x)), 0.5)[:, 0]
    turned, louder = changed < 0, jnp.abs(changed) != 1
    assert float((turned & louder).mean()) == pytest.approx(0.25 * 0.5, abs=0.02)


@pytest.mark.parametrize(
    ("augmentation", "shape"), [(ADAPTIVE, WAVEFORMS), (ADAPTIVE_SPECTROGRAM, PICTURES)]
)
def test_an_example_is_changed_by_its_own_key_whatever_the_batch(augmentation, shape):
    x, own = examples(shape), keys(shape[0])
    whole = jax.jit(augmentation)(x, own, 0.8)
    assert whole.shape == x.shape and whole.dtype == jnp.float32
    halves = [augmentation(x[part], own[part], 0.8) for part in (slice(0, 12), slice(12, 24))]
    np.testing.assert_allclose(jnp.concatenate(halves), whole, rtol=1e-5, atol=1e-6)
    spread = jax.pmap(augmentation, in_axes=(0, 0, None))(x[None], own[None], 0.8)[0]
    np.testing.assert_allclose(spread, whole, rtol=1e-5, atol=1e-6)
    same = augmentation(jnp.stack([x[0], x[0]]), jnp.stack([own[0], own[1]]), 1.0)
    assert not np.allclose(same[0], same[1])


@pytest.mark.parametrize(
    ("augmentation", "shape"), [(ADAPTIVE, (3, 64)), (ADAPTIVE_SPECTROGRAM, (3, 8, 32, 1))]
)
def test_gradients_and_their_gradients_pass_through(augmentation, shape):
    x, own = examples(shape), keys(shape[0])
    first = examples(shape, 5)

    def penalty(x):
        slope = jax.grad(lambda x: jnp.sum(jnp.sin(augmentation(x, own, 0.9)) * first))(x)
        return jnp.sum(slope**2)

    for function in (lambda x: jnp.sum(augmentation(x, own, 0.9) * first), penalty):
        direction = examples(shape, 7)
        step = 3e-3
        numeric = (function(x + step * direction) - function(x - step * direction)) / (2 * step)
        analytic = jnp.vdot(jax.grad(function)(x), direction)
        np.testing.assert_allclose(numeric, analytic, rtol=2e-2, atol=2e-2)
    silence = jax.grad(lambda x: jnp.sum(augmentation(x, own, 1.0)))(jnp.zeros(shape))
    assert np.isfinite(silence).all()


def test_the_probability_goes_where_the_published_heuristic_says():
    assert not NONE.adaptive and not DIFF_AUGMENT.adaptive and ADAPTIVE.adaptive
    assert DIFF_AUGMENT.start() == 1.0 and ADAPTIVE.start() == 0.0
    assert ADAPTIVE.start().dtype == jnp.float32
    augmentation = Augmentation(("gain",), adapt_over=1000, target=0.6)
    half = jnp.float32(0.5)
    assert augmentation.adapt(half, jnp.float32(0.7), 100) == pytest.approx(0.6)
    assert augmentation.adapt(half, jnp.float32(0.5), 100) == pytest.approx(0.4)
    assert augmentation.adapt(half, jnp.float32(1.0), 600) == 1.0
    assert augmentation.adapt(half, jnp.float32(-1.0), 600) == 0.0
    assert DIFF_AUGMENT.adapt(half, jnp.float32(1.0), 600) == 0.5
    for probability in (0.0, 0.5):
        adapted = jax.jit(augmentation.adapt, static_argnums=2)(probability, 0.7, 128)
        assert adapted.dtype == jnp.float32


def test_every_entry_of_the_menu_fits_what_it_is_for():
    menu = MENUS["augmentation"]
    assert set(menu) == {"none", "adaptive", "adaptive-spectrogram", "diff-augment"}
    for name, augmentation in menu.items():
        for shape in (WAVEFORMS, PICTURES):
            if name == "adaptive" and len(shape) == 4:
                continue
            x = examples(shape)
            assert augmentation(x, keys(len(x)), 1.0).shape == shape


def test_what_makes_no_sense_is_named():
    with pytest.raises(ValueError, match=r"augmentation\.operations: polarity does not exist"):
        ADAPTIVE(examples(PICTURES), keys(24), 0.5)
    with pytest.raises(ValueError, match=r"not \[24, 3, 4\]"):
        ADAPTIVE(examples((24, 3, 4)), keys(24), 0.5)
    with pytest.raises(
        ValueError, match=r"augmentation\.probability must be from 0 to 1, not 1\.5"
    ):
        Augmentation(probability=1.5)
    with pytest.raises(ValueError, match=r"augmentation\.target must be -1 to 1"):
        Augmentation(target=2.0)
    with pytest.raises(ValueError, match=r"augmentation\.adapt_over must be at least 0"):
        Augmentation(adapt_over=-1)
    with pytest.raises(ValueError, match=r"augmentation\.operations has no 'echo'"):
        Augmentation(("echo",))
    with pytest.raises(ValueError, match=r"augmentation\.operations repeats an operation"):
        Augmentation(("gain", "gain"))
