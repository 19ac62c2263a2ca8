"""Rules that replace operations on complex numbers, or ones that ONNX lacks, by real ones."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend import core
from jaxtyping import Float

Values = list[Any]


class NoRuleError(ValueError):
    """A complex operation, a choice or a loop without a replacement here."""


class ComplexPair(NamedTuple):
    """Complex array; one with an imaginary part of zero is kept as its real part alone."""

    real: Any
    imag: Any


def bind(equation: core.JaxprEqn, operands: Values) -> Values:
    """Binds the operation unchanged, at compile time if nothing depends on the input."""
    if any(map(_is_open, operands)):
        raise NoRuleError(f"{equation.primitive.name} of the number of frames")
    bind = functools.partial(equation.primitive.bind, *operands, **equation.params)
    if _is_constant(equation, operands):
        with jax.ensure_compile_time_eval():
            results = bind()
    else:
        results = bind()
    return list(results) if equation.primitive.multiple_results else [results]


def _is_constant(equation: core.JaxprEqn, operands: Values) -> bool:
    """Returns whether results can be computed now; float16 weights stay float16 in the file."""
    if not operands or any(isinstance(x, jax.core.Tracer) for x in operands):
        return False
    shaped = all(isinstance(n, int) for shape in shapes_of(equation.outvars) for n in shape)
    return shaped and not any(np.asarray(x).dtype == np.float16 for x in operands)


def is_complex(variable: Any) -> bool:
    """Returns whether a variable of a program is complex."""
    return jnp.issubdtype(variable.aval.dtype, jnp.complexfloating)


def shapes_of(variables: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Shapes of variables of a program."""
    return [variable.aval.shape for variable in variables]


def _parts(x: Any) -> tuple[Any, Any]:
    """Real and imaginary part; None for an imaginary part of zero."""
    if isinstance(x, ComplexPair):
        return x
    return (x.real, x.imag) if np.iscomplexobj(x) else (x, None)


def by_parts(equation: core.JaxprEqn, operands: Values) -> Values:
    """Applies an operation to real and to imaginary parts; real operands serve both."""
    if equation.primitive.name not in _LINEAR:
        raise NoRuleError(f"{equation.primitive.name} of complex numbers")
    reals, imags = [], []
    for variable, (real, imag) in zip(equation.invars, map(_parts, operands), strict=True):
        reals.append(real)
        if imag is None:
            imag = jnp.zeros_like(real) if is_complex(variable) else real
        imags.append(imag)
    return [ComplexPair(*both) for both in zip(bind(equation, reals), bind(equation, imags))]


_LINEAR = {
    "add", "sub", "neg", "reshape", "squeeze", "broadcast_in_dim", "rev", "concatenate",
    "transpose", "copy", "select_n", "dynamic_slice", "split",
}  # fmt: skip


def _complex(_: core.JaxprEqn, real: Any, imag: Any) -> ComplexPair:
    return ComplexPair(real, imag)


def real_part(_: core.JaxprEqn, x: Any) -> Any:
    """Real part of an array or a pair."""
    return _parts(x)[0]


def imaginary_part(_: core.JaxprEqn, x: Any) -> Any:
    """Imaginary part of an array or a pair."""
    real, imag = _parts(x)
    return jnp.zeros_like(real) if imag is None else imag


def _conj(_: core.JaxprEqn, x: Any) -> Any:
    real, imag = _parts(x)
    return real if imag is None else ComplexPair(real, -imag)


def _convert(equation: core.JaxprEqn, x: Any) -> Any:
    return x if is_complex(equation.outvars[0]) or _is_open(x) else bind(equation, [x])[0]


def _broadcast(equation: core.JaxprEqn, x: Any) -> Any:
    if _is_open(x):
        return np.broadcast_to(x, equation.params["shape"])
    return (by_parts if is_complex(equation.invars[0]) else bind)(equation, [x])[0]


def _abs(equation: core.JaxprEqn, x: Any) -> Any:
    real, imag = _parts(x)
    return bind(equation, [x])[0] if imag is None else jnp.sqrt(real * real + imag * imag)


def _mul(equation: core.JaxprEqn, x: Any, y: Any) -> Any:
    (a, b), (c, d) = _parts(x), _parts(y)
    if b is None and d is None:
        return bind(equation, [a, c])[0]
    if b is None:
        return ComplexPair(a * c, a * d)
    if d is None:
        return ComplexPair(a * c, b * c)
    return ComplexPair(a * c - b * d, a * d + b * c)


def _div(equation: core.JaxprEqn, x: Any, y: Any) -> Any:
    (a, b), (c, d) = _parts(x), _parts(y)
    if d is not None:
        raise NoRuleError("a division by complex numbers")
    return bind(equation, [a, c])[0] if b is None else ComplexPair(a / c, b / c)


def _rem(_: core.JaxprEqn, x: Any, y: Any) -> Any:
    """Remainder of integers; the exporter's own rule rejects symbolic dimensions."""
    if not jnp.issubdtype(jnp.result_type(x, y), jnp.integer):
        raise NoRuleError("the remainder of numbers that are not integers")
    return x - lax.div(x, y) * y


def _pad(equation: core.JaxprEqn, x: Any, value: Any) -> Any:
    """Padding, negative as a slice; the exporter's own rule rejects symbolic dimensions."""
    if isinstance(x, ComplexPair):
        return ComplexPair(*(_pad(equation, part, value) for part in x))
    widths = equation.params["padding_config"]
    if isinstance(value, jax.core.Tracer) or any(between for *_, between in widths):
        raise NoRuleError("padding between values, or with what depends on the input")
    begins = [max(-low, 0) for low, _, _ in widths]
    ends = [n - max(-high, 0) for n, (_, high, _) in zip(x.shape, widths, strict=True)]
    added = [(max(low, 0), max(high, 0)) for low, high, _ in widths]
    y = _cut(x, begins, ends)
    fill = np.asarray(value).real
    if all(isinstance(width, int) for widths in added for width in widths):
        return jnp.pad(y, added, constant_values=fill) if np.any(added) else y
    for axis, (before, after) in enumerate(added):
        y = _beside(y, axis, before, after, fill)
    return y


def _beside(x: Any, axis: int, before: Any, after: Any, fill: Any) -> Any:
    """Padding of one axis by concatenation, since the exporter's own pads by numbers alone."""

    def block(width: Any) -> list[Any]:
        shape = (*x.shape[:axis], width, *x.shape[axis + 1 :])
        return (
            []
            if isinstance(width, int) and width == 0
            else [lax.broadcast_in_dim(jnp.asarray(fill, x.dtype), shape, ())]
        )

    parts = [*block(before), x, *block(after)]
    return lax.concatenate(parts, axis) if len(parts) > 1 else x


def _concatenate(equation: core.JaxprEqn, *xs: Any) -> Any:
    """Concatenates without empty arrays, whose size of 0 means something else in ONNX's Reshape."""
    axis = equation.params["dimension"]
    if any(map(is_complex, equation.invars)):
        return by_parts(equation, [*xs])[0]
    full = [x for x in xs if not (isinstance(x.shape[axis], int) and x.shape[axis] == 0)]
    return lax.concatenate(full, axis) if len(full) < len(xs) else bind(equation, full)[0]


def _open_dimension(equation: core.JaxprEqn) -> Any:
    return np.asarray(equation.params["dim"], object)


def _is_open(x: Any) -> bool:
    """Returns whether `x` is a number made of symbolic dimensions, or an array of such numbers."""
    return isinstance(x, np.ndarray) and x.dtype == object


def _gather(equation: core.JaxprEqn, x: Any, start: Any) -> Any:
    """Slice, which JAX traces as a gather if dimensions are symbolic."""
    if isinstance(x, ComplexPair):
        return ComplexPair(*(_gather(equation, part, start) for part in x))
    numbers, sizes = equation.params["dimension_numbers"], equation.params["slice_sizes"]
    if isinstance(start, jax.core.Tracer) or start.ndim != 1 or numbers.operand_batching_dims:
        return bind(equation, [x, start])[0]
    begins: list[Any] = [0] * x.ndim
    for axis, at in zip(numbers.start_index_map, np.asarray(start), strict=True):
        begins[axis] = at if _is_open(start) else int(at)
    ends = [begin + size for begin, size in zip(begins, sizes, strict=True)]
    return lax.squeeze(_cut(x, begins, ends), numbers.collapsed_slice_dims)


def _slice(equation: core.JaxprEqn, x: Any) -> Any:
    if isinstance(x, ComplexPair):
        return ComplexPair(*(_slice(equation, part) for part in x))
    if any(step != 1 for step in equation.params["strides"] or ()):
        return bind(equation, [x])[0]
    return _cut(x, equation.params["start_indices"], equation.params["limit_indices"])


def _cut(x: Any, begins: Sequence[Any], ends: Sequence[Any]) -> Any:
    """Slices; at a symbolic end, slices the reversed array, as the begin must be a number."""
    if not any(begins) and tuple(ends) == x.shape:
        return x
    behind = [n for n, begin in enumerate(begins) if not isinstance(begin, int)]
    if not behind:
        return lax.slice(x, begins, ends)
    first = [x.shape[n] - end if n in behind else begins[n] for n, end in enumerate(ends)]
    last = [x.shape[n] - begin if n in behind else ends[n] for n, begin in enumerate(begins)]
    if not all(isinstance(first[n], int) and isinstance(last[n], int) for n in behind):
        raise NoRuleError("a slice from the middle, which depends on the number of frames")
    return lax.rev(lax.slice(lax.rev(x, behind), first, last), behind)


def _fft(equation: core.JaxprEqn, x: Any) -> Any:
    """Real transforms over the last axis, as products with cosines and sines."""
    kind, lengths = equation.params["fft_type"], equation.params["fft_lengths"]
    if len(lengths) != 1 or lengths[0] % 2 or kind not in (lax.FftType.RFFT, lax.FftType.IRFFT):
        raise NoRuleError(f"{kind.name} over {lengths}")
    cosines, sines = _waves(lengths[0], inverse=kind == lax.FftType.IRFFT)
    if kind == lax.FftType.RFFT:
        return ComplexPair(_product(x, cosines), _product(x, sines))
    real, imag = _parts(x)
    return _product(real, cosines) + _product(imag, sines)


@functools.lru_cache(maxsize=8)
def _waves(
    length: int, *, inverse: bool
) -> tuple[Float[np.ndarray, "inputs outputs"], Float[np.ndarray, "inputs outputs"]]:
    """Returns the matrices of a real Fourier transform of even length, or of its inverse.

    The same arrays are returned each time, so that a file stores them once.
    """
    bins = np.arange(length // 2 + 1)
    angles = 2 * np.pi / length * (np.arange(length)[:, None] * bins % length)
    cosines, sines = np.cos(angles), -np.sin(angles)
    if inverse:
        # Every bin except the first and the last also stands for its mirror image.
        weights = np.where((bins == 0) | (bins == length // 2), 1, 2) / length
        cosines, sines = (cosines * weights).T, (sines * weights).T
    return cosines.astype(np.float32), sines.astype(np.float32)


def _product(x: Any, matrix: Float[np.ndarray, "inputs outputs"]) -> Any:
    dimensions = (((x.ndim - 1,), (0,)), ((), ()))
    return lax.dot_general(x, matrix, dimensions, precision=lax.Precision.HIGHEST)


RULES: dict[str, Callable[..., Any]] = {
    "complex": _complex,
    "real": real_part,
    "imag": imaginary_part,
    "conj": _conj,
    "convert_element_type": _convert,
    "broadcast_in_dim": _broadcast,
    "dim_as_value": _open_dimension,
    "concatenate": _concatenate,
    "abs": _abs,
    "mul": _mul,
    "div": _div,
    "rem": _rem,
    "pad": _pad,
    "gather": _gather,
    "slice": _slice,
    "fft": _fft,
}
