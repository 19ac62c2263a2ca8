"""Weight normalization: the length is the gain, and folded weights do the same without it."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.nn.convolution.conv import Conv1d
from ganspeech.nn.normalization.weight_norm import folded, normalized

X = jax.random.normal(jax.random.key(0), (2, 6, 3))


def test_filters_have_the_length_of_their_gain():
    kernel = normalized(jax.random.normal(jax.random.key(1), (5, 3, 4)), jnp.arange(1.0, 5.0))
    np.testing.assert_allclose(jnp.sqrt(jnp.sum(kernel**2, (0, 1))), np.arange(1, 5), rtol=1e-6)
    # A layer begins as the plain one whose kernel was drawn.
    variables = Conv1d(4, 3, weight_norm=True).init(jax.random.key(0), X)
    plain = {"params": {k: variables["params"][k] for k in ("kernel", "bias")}}
    np.testing.assert_allclose(
        Conv1d(4, 3, weight_norm=True).apply(variables, X),
        Conv1d(4, 3).apply(plain, X),
        atol=1e-6,
    )


def test_a_folded_vocoder_is_the_same():
    generator = HiFiGAN((4,), (8,), 8, "2", (3,), ((1,),))
    spec = AudioSpec(n_fft=16, hop_length=4, win_length=16, n_mels=3)
    apply = jax.jit(generator.apply, static_argnums=2)
    variables = jax.jit(generator.init, static_argnums=2)(jax.random.key(0), X, spec)
    doubled = jax.tree_util.tree_map_with_path(
        lambda path, leaf: 2 * leaf if path[-1].key == "gain" else leaf, variables
    )
    whole = folded(doubled)
    leaves = jax.tree_util.tree_leaves_with_path(whole)
    assert all(path[-1].key in ("kernel", "bias") for path, _ in leaves)
    audio = apply(doubled, X, spec)
    np.testing.assert_allclose(apply(whole, X, spec), audio, atol=1e-6)
    assert np.abs(audio - apply(variables, X, spec)).max() > 1e-3
