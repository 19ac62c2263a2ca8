"""Every recognizer: padding changes nothing, a step stands for its stride, and weights decide."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from small import one_of_each_class

from ganspeech.config.registry import RECOGNIZERS
from ganspeech.nn.axis import AXIS
from ganspeech.nn.draws import STREAM
from ganspeech.recognizers.ctc_output import steps_of

CHANNELS, SYMBOLS = 12, 5
each = pytest.mark.parametrize(
    "network", one_of_each_class(RECOGNIZERS), ids=lambda n: type(n).__name__
)


def features(*lengths, time, seed=0):
    """Utterances with rubbish beyond their ends."""
    x = np.full((len(lengths), time, CHANNELS), 30.0, np.float32)
    for n, length in enumerate(lengths):
        rng = np.random.default_rng(seed + n)
        x[n, :length] = rng.normal(size=(length, CHANNELS))
    return jnp.asarray(x), jnp.asarray(lengths)


@functools.partial(jax.jit, static_argnums=(0, 4))
def hear(network, variables, x, lengths, stride=4):
    return network.apply(variables, x, lengths, SYMBOLS, stride)


def first(network, stride=4):
    init = jax.jit(lambda key: network.init(key, *features(16, time=16), SYMBOLS, stride))
    return init(jax.random.key(0))


@each
@pytest.mark.parametrize("stride", [1, 2, 4])
def test_padding_and_company_change_nothing(network, stride):
    variables = first(network, stride)
    lengths = (37, 21, 5)
    together = hear(network, variables, *features(*lengths, time=64), stride)
    assert together.logits.shape == (3, 64 // stride, SYMBOLS)
    assert together.logits.dtype == jnp.float32
    alone = hear(network, variables, *features(21, time=21, seed=1), stride)
    steps = steps_of(21, stride)
    assert alone.logits.shape == (1, steps, SYMBOLS)
    for ours, theirs in zip(together[:2], alone[:2]):
        np.testing.assert_allclose(ours[1, :steps], theirs[0], rtol=1e-4, atol=2e-5)
    for n, length in enumerate(lengths):
        assert together.lengths[n] == steps_of(length, stride)
        assert not together.representation[n, steps_of(length, stride) :].any()


@each
def test_what_is_learned_does_not_depend_on_padding(network):
    variables = first(network)
    names = [name for name in variables if name != "params"]

    def update(params, x, lengths):
        heard, changed = network.apply(
            variables | {"params": params}, x, lengths, SYMBOLS, 4, mutable=names
        )
        inside = jnp.arange(heard.logits.shape[1])[None] < heard.lengths[:, None]
        return jnp.sum(jnp.where(inside[..., None], heard.logits, 0.0) ** 2), changed

    def gradient(time):
        whole = jax.jit(jax.vmap(jax.grad(update, has_aux=True), (None, 0, 0), axis_name=AXIS))
        x, lengths = features(20, 13, time=time)
        return whole(variables["params"], x[None], lengths[None])

    short, long = gradient(20), gradient(44)
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4), short, long)


@each
def test_draws_change_what_is_heard_and_the_weights_decide_the_type(network):
    variables = first(network)
    x, lengths = features(32, 20, time=32)

    @jax.jit
    def drawn(seed):
        def apply(x, lengths):
            rngs = {STREAM: jax.random.key(seed)}
            return network.apply(variables, x, lengths, SYMBOLS, 4, rngs=rngs)

        return jax.vmap(apply, axis_name=AXIS)(x[None], lengths[None]).logits[0]

    assert np.abs(drawn(0) - drawn(1)).max() > 1e-3
    half = variables | {
        "params": jax.tree.map(lambda p: p.astype(jnp.bfloat16), variables["params"])
    }
    heard, whole = hear(network, half, x, lengths), hear(network, variables, x, lengths)
    assert heard.representation.dtype == jnp.bfloat16 and heard.logits.dtype == jnp.float32
    assert 0 < np.abs(heard.logits[0] - whole.logits[0]).max() < 0.2


def test_published_sizes():
    # The encoders of Gulati et al. 2020, table 1, which counts a decoder of one LSTM with them.
    for name, millions in (("s", 10.3), ("m", 30.7), ("l", 118.8)):
        network = RECOGNIZERS[f"conformer-{name}"]
        x = jnp.zeros((1, 16, 80)), jnp.array([16])
        shapes = jax.eval_shape(lambda key: network.init(key, *x, 29, 4), jax.random.key(0))  # noqa: B023
        size = sum(leaf.size for leaf in jax.tree.leaves(shapes["params"]))
        assert 0.75 < size / 1e6 / millions < 1.02, name
