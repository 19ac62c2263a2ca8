"""Reader of foreign state dicts, layer by layer, that names every missing and leftover tensor.

Foreign layers have PyTorch's layout, outputs first; ours are channels last. Weight normalization
is stored under either of two spellings, or folded into the weight.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

Tensors = Mapping[str, np.ndarray]

_NORMALIZED = (
    ("weight_g", "weight_v"),
    ("parametrizations.weight.original0", "parametrizations.weight.original1"),
)
"""PyTorch's names of a weight's norm and direction, the older first."""


class ForeignFileError(ValueError):
    """A file of another project that cannot be used; the message names it and its fault."""


class Reader:
    """State dict from which layers are taken one by one; `done` rejects leftovers."""

    def __init__(self, tensors: Tensors, source: str):
        self._left = dict(tensors)
        self._source = source

    def has(self, name: str) -> bool:
        """Returns whether a tensor of that name exists and is not taken yet."""
        return name in self._left

    def count(self, prefix: str) -> int:
        """Returns the number of layers `prefix.0`, `prefix.1` and so on, by the highest number."""
        names = (re.match(rf"{re.escape(prefix)}\.(\d{{1,6}})\.", name) for name in self._left)
        return max((int(name[1]) for name in names if name), default=-1) + 1

    def array(self, name: str) -> Float[np.ndarray, "..."]:
        """Takes one tensor, as float32; raises ForeignFileError if it is missing or empty."""
        if name not in self._left:
            raise self.error(f"no tensor {name!r}")
        array = np.asarray(self._left.pop(name), np.float32)
        if not array.size:
            raise self.error(f"{name} is {list(array.shape)}, which is empty")
        return array

    def weight(self, layer: str) -> Float[np.ndarray, "..."]:
        """Takes a layer's weight in PyTorch's layout, with weight normalization folded."""
        for length, direction in _NORMALIZED:
            if self.has(f"{layer}.{length}"):
                g, v = self.array(f"{layer}.{length}"), self.array(f"{layer}.{direction}")
                stored = list(g.shape)
                if g.ndim < v.ndim:
                    g = g.reshape(g.shape + (1,) * (v.ndim - g.ndim))
                # One length for each output as a rule, for each tap in encoders of speech.
                axes = tuple(n for n, size in enumerate(g.shape) if size == 1)
                norm = np.sqrt(np.sum(v.astype(np.float64) ** 2, axes, keepdims=True))
                if g.shape != norm.shape:
                    raise self.error(
                        f"{layer}.{length} is {stored} beside a direction {list(v.shape)}"
                    )
                if not norm.all():
                    raise self.error(f"{layer}.{direction} has a filter of zeros, no direction")
                return (v * (g / norm)).astype(np.float32)
        return self.array(f"{layer}.weight")

    def conv(self, layer: str, *, weight_norm: bool = True, bias: bool = True) -> dict[str, Any]:
        """Takes parameters of our `Conv1d`, with gains if `weight_norm`."""
        weight = self._convolution(layer)
        return self._layer(layer, np.moveaxis(weight, (0, 1), (-1, -2)), weight_norm, bias)

    def conv_transpose(self, layer: str, *, weight_norm: bool = True) -> dict[str, Any]:
        """Takes parameters of our `ConvTranspose1d`, whose foreign weight has its inputs first.

        PyTorch normalizes that weight by input, ours by output; their product is kept.
        """
        weight = self._convolution(layer)
        return self._layer(layer, np.moveaxis(weight, (0, 1), (-2, -1)), weight_norm, True)

    def dense(self, layer: str) -> dict[str, Any]:
        """Takes parameters of our `Dense`."""
        return {"kernel": self.array(f"{layer}.weight").T, "bias": self.array(f"{layer}.bias")}

    def norm(self, layer: str) -> dict[str, Any]:
        """Takes parameters of our `LayerNorm`."""
        return {"scale": self.array(f"{layer}.weight"), "bias": self.array(f"{layer}.bias")}

    def done(self, ignored: str = r"(?!)") -> None:
        """Raises ForeignFileError, naming tensors not taken, except those whose names `ignored`,
        a regular expression, matches from their start.
        """
        left = sorted(name for name in self._left if not re.match(ignored, name))
        if left:
            raise self.error(
                f"{len(left)} tensors belong to no layer of this architecture, the first is "
                f"{left[0][:60]!r}"
            )

    def error(self, what: str) -> ForeignFileError:
        """Returns an error about this file, to be raised."""
        return ForeignFileError(f"{self._source}: {what}")

    def _convolution(self, layer: str) -> Float[np.ndarray, "..."]:
        weight = self.weight(layer)
        if weight.ndim != 3:
            raise self.error(
                f"{layer}.weight is {list(weight.shape)}, but a convolution over time has 3 axes"
            )
        return weight

    def _layer(self, layer: str, kernel: np.ndarray, weight_norm: bool, bias: bool):
        parameters = {"bias": self.array(f"{layer}.bias")} if bias else {}
        if weight_norm:
            axes = tuple(range(kernel.ndim - 1))
            gain = np.sqrt(np.sum(kernel.astype(np.float64) ** 2, axes))
            # Norm 1, so that squares of small filters do not underflow. A filter of zeros has no
            # direction; with a gain of zero any works.
            direction = np.where(gain == 0, 1, kernel / np.where(gain == 0, 1, gain))
            return {"kernel": direction.astype("f4"), "gain": gain.astype("f4")} | parameters
        return {"kernel": np.ascontiguousarray(kernel)} | parameters
