"""The phase-primed Vocos: where it starts from, and what must never break it."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ganspeech.audio import AudioSpec, griffin_lim, log_mel, magnitude_from_log_mel
from ganspeech.generators import primed
from ganspeech.generators.primed import PrimedVocos

SPEC = AudioSpec(sample_rate=8000, n_fft=128, hop_length=32, win_length=128, n_mels=20, fmax=4000.0)
TINY = PrimedVocos(width=8, magnitude_blocks=1, blocks=1, iterations=4, settling=1)


def vibrating(samples=32 * 40):
    """A buzz of changing pitch, `[1, samples]`."""
    time = np.arange(samples) / SPEC.sample_rate
    phase = 2 * np.pi * (120 * time + 3 * np.sin(8 * time))
    return np.float32(sum(np.sin(n * phase) / n for n in range(1, 12)) / 4)[None]


@pytest.fixture(scope="module")
def variables():
    return TINY.init(jax.random.PRNGKey(0), jnp.zeros((1, 8, SPEC.n_mels)), SPEC)


def test_the_default_size_is_what_the_docstring_says():
    wide = AudioSpec(n_fft=1024, n_mels=80)
    shapes = jax.eval_shape(
        lambda: PrimedVocos().init(jax.random.PRNGKey(0), jnp.zeros((1, 8, 80)), wide)
    )
    assert sum(leaf.size for leaf in jax.tree.leaves(shapes)) == pytest.approx(4.67e6, rel=0.002)


def test_without_corrections_it_is_griffin_lim(variables):
    mel = log_mel(vibrating(), SPEC)
    uncorrected = jax.tree_util.tree_map_with_path(
        lambda path, leaf: leaf * 0 if "Dense_1" in jax.tree_util.keystr(path) else leaf, variables
    )
    magnitude = jnp.maximum(magnitude_from_log_mel(mel, SPEC), 1e-5)
    expected = griffin_lim(magnitude, SPEC, TINY.iterations)
    made = TINY.clone(settling=0).apply(uncorrected, mel, SPEC)
    np.testing.assert_allclose(made, expected, atol=1e-3)


@pytest.mark.parametrize("padding", ["same", "center"])
def test_every_frame_is_a_hop_of_audio(variables, padding):
    spec = AudioSpec(**{**SPEC.__dict__, "padding": padding})
    audio = TINY.apply(variables, jnp.zeros((2, 11, SPEC.n_mels)), spec)
    assert audio.shape == (2, 11 * SPEC.hop_length)
    assert audio.dtype == jnp.float32


@pytest.mark.parametrize("level", [np.log(1e-5), -60.0, 0.0, 4.0])
def test_flat_features_give_finite_audio_and_gradients(variables, level):
    # Equal frames make iterations cancel bins exactly, which must not be divided by.
    mel = jnp.full((1, 12, SPEC.n_mels), level)

    def loss(variables):
        return jnp.sum(TINY.apply(variables, mel, SPEC) ** 2)

    value, gradient = jax.value_and_grad(loss)(variables)
    assert np.isfinite(value)
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(gradient))


def test_a_bin_that_cancels_is_silent_not_nan(variables, monkeypatch):
    from ganspeech.generators import primed

    monkeypatch.setattr(primed, "prime_phase", lambda magnitude, spec, n: magnitude * (0 + 0j))
    audio = TINY.apply(variables, log_mel(vibrating(), SPEC), SPEC)
    assert np.isfinite(audio).all()


def test_both_stacks_learn(variables):
    real = vibrating()

    def loss(variables):
        made = TINY.apply(variables, log_mel(real, SPEC), SPEC)
        return jnp.mean(jnp.abs(log_mel(made, SPEC) - log_mel(real, SPEC)))

    gradient = jax.grad(loss)(variables)["params"]
    for stack in ("magnitude", "correct"):
        assert all(np.any(leaf != 0) for leaf in jax.tree.leaves(gradient[stack]))


def drawn(seed, shape):
    rng = np.random.default_rng(seed)
    return np.complex64(rng.normal(size=shape) + 1j * rng.normal(size=shape))


def test_a_gradient_does_not_grow_through_an_iteration():
    magnitude = np.exp(drawn(0, (1, 20, SPEC.bins)).real)
    start = drawn(1, magnitude.shape)
    start *= magnitude / np.abs(start)

    def settled(spectrum):
        return magnitude * primed._settled(primed._project(spectrum, SPEC), magnitude)

    back = jax.jit(lambda gradient: jax.vjp(settled, start)[1](gradient)[0])
    gradient, lengths = drawn(2, magnitude.shape), []
    for _ in range(6):  # towards the direction that grows most; by 14 with the phases' own slopes
        gradient = back(gradient / np.linalg.norm(gradient))
        lengths.append(np.linalg.norm(gradient))
    assert 0.5 < max(lengths) < 1.01


def test_gradients_agree_where_inputs_differ_by_rounding():
    # As between devices. Without priming, whose phases differ, too; noise has bins that cancel.
    real = np.tile(vibrating(), (4, 1)) + 0.03 * drawn(0, (4, 32 * 40)).real
    level = jnp.log(jnp.maximum(magnitude_from_log_mel(log_mel(real, SPEC), SPEC), 1e-5))
    weights = drawn(1, real.shape).real

    @jax.jit
    @jax.grad
    def gradient(corrections, level):
        audio = primed.primed_audio(level, level, lambda _: corrections, SPEC, 0, 8)
        return jnp.sum(weights * audio)

    corrections = jnp.zeros((*level.shape[:2], 2 * SPEC.bins))
    one = gradient(corrections, level)
    other = gradient(corrections, level + 1e-6 * drawn(2, level.shape).real)
    assert np.linalg.norm(one - other) < 2e-3 * np.linalg.norm(one)


def test_bfloat16_weights_give_float32_audio_near_that_of_float32(variables):
    mel = log_mel(vibrating(), SPEC)
    halved = jax.tree.map(lambda leaf: leaf.astype(jnp.bfloat16), variables)
    audio = TINY.apply(halved, mel, SPEC)
    assert audio.dtype == jnp.float32
    np.testing.assert_allclose(audio, TINY.apply(variables, mel, SPEC), atol=0.05)


def test_features_of_another_width_are_refused(variables):
    with pytest.raises(ValueError, match="21 mel bands given, but n_mels is 20"):
        TINY.apply(variables, jnp.zeros((1, 8, 21)), SPEC)
