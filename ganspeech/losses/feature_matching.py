"""Distance between a discriminator's feature maps of real and generated examples."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

FeatureMaps = list[list[Float[Array, "batch ..."]]]
"""Outputs of each sub-discriminator's layers, the logits last."""


def feature_matching(real_maps: FeatureMaps, fake_maps: FeatureMaps) -> Float[Array, ""]:
    """Mean absolute difference of each feature map, averaged over all maps (Larsen et al. 2016).

    The logits are left to the objective, and no gradient flows into the real maps. HiFi-GAN's sum
    over layers and sub-discriminators is this mean times their number.
    """
    distances = [
        jnp.mean(
            jnp.abs(jax.lax.stop_gradient(real).astype(jnp.float32) - fake.astype(jnp.float32))
        )
        for real_layers, fake_layers in zip(real_maps, fake_maps, strict=True)
        for real, fake in zip(real_layers[:-1], fake_layers[:-1], strict=True)
    ]
    return jnp.mean(jnp.stack(distances))
