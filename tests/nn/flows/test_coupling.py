"""The flow of couplings: invertible, of one volume, and told its speaker."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.nn.flows.coupling import CouplingFlow
from ganspeech.nn.masked import valid_places

FLOW = CouplingFlow(width=6, couplings=3, layers=2, kernel=3, dilation_rate=2)
X = jax.random.normal(jax.random.key(0), (2, 7, 4))
VALID = valid_places(jnp.array([7, 4]), 7)
SPEAKER = jax.random.normal(jax.random.key(1), (2, 5))


def drawn_weights():
    shapes = jax.eval_shape(lambda: FLOW.init(jax.random.key(0), X, VALID, SPEAKER))
    rng = np.random.default_rng(0)
    return jax.tree.map(lambda leaf: rng.normal(0, 0.5, leaf.shape).astype("f4"), shapes)


VARIABLES = drawn_weights()
send = jax.jit(lambda x, speaker: FLOW.apply(VARIABLES, x, VALID, speaker))
back = jax.jit(lambda x, speaker: FLOW.apply(VARIABLES, x, VALID, speaker, inverse=True))


def test_it_goes_there_and_back():
    y = send(X, SPEAKER)
    assert np.abs(y - X).max() > 0.5
    np.testing.assert_allclose(back(y, SPEAKER)[VALID], X[VALID], atol=1e-5)
    np.testing.assert_array_equal(y[~VALID], 0)
    other = send(X, SPEAKER[::-1])
    assert np.abs(other - y).max() > 1e-3


def test_what_is_not_valid_changes_nothing_and_volume_stays():
    spoiled = jnp.where(VALID[..., None], X, 9.0)
    np.testing.assert_array_equal(send(spoiled, SPEAKER), send(X, SPEAKER))
    jacobian = jax.jit(jax.jacobian(lambda x: send(x, SPEAKER)[0]))(X)[:, :, 0].reshape(28, 28)
    sign, log_determinant = np.linalg.slogdet(np.asarray(jacobian))
    assert abs(sign) == 1 and abs(log_determinant) < 1e-4


def test_it_begins_as_a_change_of_order():
    variables = {"params": dict(VARIABLES["params"])}
    for name, part in variables["params"].items():
        leave = jax.tree.map(np.zeros_like, part["leave"])
        variables["params"][name] = part | {"leave": leave}
    y = jax.jit(FLOW.apply)(variables, X, VALID, SPEAKER)
    np.testing.assert_allclose(y[0], X[0, :, ::-1])
