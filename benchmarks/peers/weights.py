"""PyTorch's weights as ours, so that both sides of a comparison compute the same function."""

from typing import Any

import numpy as np
from peers.discriminators import Period
from torch import nn

from ganspeech.formats.tensors import Reader, Tensors


def tensors_of(module: nn.Module) -> Tensors:
    """A module's state dict as NumPy arrays, which PyTorch's optimizers leave alone."""
    return {name: tensor.cpu().numpy().copy() for name, tensor in module.state_dict().items()}


def discriminator_params(peer: nn.Module) -> dict[str, Any]:
    """Parameters of our discriminator of the same kind and size."""
    reader = Reader(tensors_of(peer), type(peer).__name__)
    params = {}
    for n, part in enumerate(peer.discriminators):
        flat = isinstance(part, Period)
        layers = {f"conv_{layer}": f"convs.{layer}" for layer in range(len(part.convs))}
        name = f"period_{part.period}" if flat else f"{_KINDS[type(peer).__name__]}_{n}"
        params[name] = {
            ours: _conv(reader, f"discriminators.{n}.{theirs}", flat)
            for ours, theirs in (layers | {"logits": "conv_post"}).items()
        }
    reader.done()
    return params


_KINDS = {"MultiScale": "scale", "MultiResolution": "resolution"}


def _conv(reader: Reader, layer: str, flat: bool) -> dict[str, np.ndarray]:
    kernel = np.moveaxis(reader.weight(layer), (0, 1), (-1, -2))
    # Directions stay as long as PyTorch's start: AdamW would turn shorter ones by more.
    gain = np.sqrt(np.sum(np.square(kernel, dtype=np.float64), tuple(range(kernel.ndim - 1))))
    # Periods are convolved along one axis here, along the first of two there.
    kernel = kernel[:, 0] if flat else kernel
    return {
        "kernel": np.ascontiguousarray(kernel),
        "gain": gain.astype(np.float32),
        "bias": reader.array(f"{layer}.bias"),
    }
