"""What PyTorch's side of a comparison computes and holds, in numbers."""

from collections.abc import Callable

from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

_LENGTHS = ("weight_g", "original0")
"""PyTorch's names of the lengths of weight normalization."""


def flops_of(run: Callable[[], object]) -> float:
    """Floating-point operations of PyTorch's convolutions and matrix products in one call."""
    with _Counter() as counter:
        run()
    return counter.flops


class _Counter(TorchDispatchMode):
    """Adds up what PyTorch's flop counter knows of each operation.

    `FlopCounterMode` also tells modules apart, by hooks that cannot take a gradient's gradient.
    """

    flops = 0.0

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = function(*args, **kwargs)
        count = flop_registry.get(function.overloadpacket)
        if count is not None:
            self.flops += count(*args, **kwargs, out_val=result)
        return result


def parameters_of(*modules: nn.Module) -> int:
    """Trained numbers, without the lengths of weight normalization.

    PyTorch keeps a length for each input of a transposed convolution, ours for each output.
    """
    return sum(
        parameter.numel()
        for module in modules
        for name, parameter in module.named_parameters()
        if name.rpartition(".")[2] not in _LENGTHS
    )
