"""Discriminators of features and of representations."""

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.discriminators.representation_critic import RepresentationCritic
from ganspeech.losses.penalties import gradient_penalty

X, Y = jax.random.normal(jax.random.key(0), (2, 3, 21, 10))


def test_patches_are_judged_with_a_condition_or_without():
    patch = FeaturePatchDiscriminator((4, 8), spectral_norm=True)
    for condition, inputs in ((None, 1), (Y, 2)):
        variables = jax.jit(patch.init)(jax.random.key(1), X, condition)
        assert variables["params"]["conv_0"]["kernel"].shape == (5, 5, inputs, 4)
        (maps,) = patch.apply(variables, X, condition)
        assert [m.shape for m in maps] == [(3, 11, 5, 4), (3, 6, 3, 8), (3, 6, 3, 1)]
    assert not np.allclose(maps[-1], patch.apply(variables, X, Y[::-1])[0][-1])


def test_a_critic_does_not_see_padding_and_has_a_penalty():
    critic = RepresentationCritic(width=4)
    lengths = np.array([21, 9, 1])
    inside = jnp.asarray((np.arange(21) < lengths[:, None]).astype(np.float32))
    variables = jax.jit(critic.init)(jax.random.key(1), X, inside)
    (maps,) = critic.apply(variables, X, inside)
    assert maps[-1].shape == (3, 1) and len(maps) == 3
    rubbish = jnp.pad(jnp.where(inside[..., None] > 0, X, 7.0), ((0, 0), (0, 6), (0, 0)))
    longer = critic.apply(variables, rubbish, jnp.pad(inside, ((0, 0), (0, 6))))[0][-1]
    np.testing.assert_allclose(longer, maps[-1], atol=1e-5)

    def judge(x):
        return [critic.apply(variables, x, inside)[0][-1]]

    keys = jax.random.split(jax.random.key(2), 3)
    assert np.isfinite(jax.jit(lambda: gradient_penalty(judge, X, Y, keys))())
