"""Floating-point operations of one operation, from the shapes of its arrays."""

import math

import numpy as np

from ganspeech.profiling.operations import ENTER, LEAVE, Operation

MOVES = frozenset((
    "broadcast_in_dim", "reshape", "squeeze", "expand_dims", "transpose", "slice",
    "dynamic_slice", "dynamic_update_slice", "gather", "concatenate", "pad", "rev", "copy",
    "copy_p", "convert_element_type", "bitcast_convert_type", "stop_gradient", "iota", "empty",
    "empty2", "split", "real", "imag", "complex", "optimization_barrier", "platform_index",
    "axis_index", "pvary", "pcast", "random_wrap", "random_unwrap", "random_seed",
))  # fmt: skip
"""Operations that only move or convert."""
REDUCTIONS = ("reduce", "argmax", "argmin", "cum", "psum", "pmean", "scatter")
"""Beginnings of the names of operations that compute once for each element of an input."""


def flops(operation: Operation) -> float:
    """Operations of one run: two for each multiply-add, one for each element of other results."""
    name = operation.name
    if name in MOVES or name in (ENTER, LEAVE):
        return 0.0
    if name == "dot_general":
        return _of_product(operation)
    if name == "conv_general_dilated":
        return _of_convolution(operation)
    if name == "fft":
        return _of_fft(operation)
    largest = max((value.size for value in operation.outputs), default=0)
    if name == "sort":
        return largest * math.log2(max(operation.outputs[0].shape[-1], 2))
    if name.startswith("scatter"):
        return operation.inputs[-1].size
    if name.startswith(REDUCTIONS):
        return max((value.size for value in operation.inputs), default=0)
    return largest


def _of_product(operation: Operation) -> float:
    (contracted, _), _ = operation.params["dimension_numbers"]
    left = operation.inputs[0].shape
    return 2.0 * operation.outputs[0].size * math.prod(left[axis] for axis in contracted)


def _of_fft(operation: Operation) -> float:
    """`5 n log2 n` of each transform of n complex values, half of it for real ones."""
    lengths = operation.params["fft_lengths"]
    points = math.prod(lengths)
    widest = max(operation.inputs[0], operation.outputs[0], key=lambda value: value.size)
    count = math.prod(widest.shape[: -len(lengths)])
    real = 0.5 if "RFFT" in operation.params["fft_type"].name else 1.0
    return real * 5.0 * count * points * math.log2(max(points, 2))


def _of_convolution(operation: Operation) -> float:
    """Two for each pair of an output and an input within the padding."""
    params = operation.params
    left, right, out = params["dimension_numbers"]
    image, kernel, result = (
        value.shape for value in (operation.inputs[0], operation.inputs[1], operation.outputs[0])
    )
    pairs = result[out[0]] * result[out[1]] * kernel[right[1]]
    for axis in range(len(params["window_strides"])):
        pairs *= _valid(
            image[left[2 + axis]],
            kernel[right[2 + axis]],
            result[out[2 + axis]],
            params["window_strides"][axis],
            params["padding"][axis][0],
            params["lhs_dilation"][axis],
            params["rhs_dilation"][axis],
        )
    return 2.0 * pairs


def _valid(
    inputs: int, taps: int, outputs: int, stride: int, before: int, spread: int, dilation: int
) -> int:
    """Pairs of an output and a tap along one axis that meet an input, neither padding nor hole."""
    offset = np.arange(taps, dtype=np.int64) * dilation - before
    last = (inputs - 1) * spread
    low = np.maximum(-(offset // stride), 0)  # the first output at or after the first input
    high = np.minimum((last - offset) // stride, outputs - 1)
    high = np.maximum(high, low - 1)
    period = spread // math.gcd(stride, spread)
    total = 0
    for start in range(period):  # outputs that meet an input and not a hole between two
        hits = (start * stride + offset) % spread == 0
        total += (((high - start) // period - (low - 1 - start) // period) * hits).sum()
    return int(total)
