"""Weights laid out once for many calls: kernels transformed where minimal filtering pays."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import numpy as np
from flax import linen as nn

from ganspeech.nn.convolution.conv import MINIMAL, Conv1d
from ganspeech.nn.convolution.minimal_filtering import MOST_TAPS, transformed

Tree = Any
FEWEST_TAPS = 3
FEWEST_CHANNELS = 64
"""Fewest channels, in and out, with which a CPU saves more on products than sums cost."""


def laid_out(variables: Tree, run: Callable[[Tree], Any]) -> Tree:
    """Variables with which `run` gives the same, faster, on a CPU; unchanged on other devices.

    `run` applies a network to variables, whose gains must be folded; it is only traced. Layers that
    it does not call keep their kernels.
    """
    if jax.default_backend() != "cpu":
        return variables
    paths: list[tuple[str, ...]] = []

    def note(call: Callable, arguments: tuple, named: dict, context: nn.module.InterceptorContext):
        layer = context.module
        if isinstance(layer, Conv1d) and _gains(layer):
            paths.append(layer.path)
        return call(*arguments, **named)

    with nn.intercept_methods(note):
        jax.eval_shape(run, variables)
    params = variables["params"]
    for path in paths:
        params = _changed(params, path)
    return {**variables, "params": params}


def _gains(layer: Conv1d) -> bool:
    if layer.stride > 1 or layer.groups > 1 or layer.spectral_norm:
        return False
    weights = layer.variables["params"]
    if "kernel" not in weights or "gain" in weights:
        return False
    taps, *channels = weights["kernel"].shape
    return FEWEST_TAPS <= taps <= MOST_TAPS and min(channels) >= FEWEST_CHANNELS


def _changed(params: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """Parameters with the kernel of the layer at `path` transformed, if it is not yet."""
    name, *rest = path
    if rest:
        return {**params, name: _changed(params[name], tuple(rest))}
    layer = dict(params[name])
    if "kernel" in layer:
        layer[MINIMAL] = transformed(np.asarray(layer.pop("kernel")))
    return {**params, name: layer}
