"""A program without complex numbers: pairs of real arrays, and Fourier transforms as products.

ONNX has no complex numbers, and its exporter no complex arithmetic. So the program that JAX traced
is run once more, operation by operation, with other operations in place of those that ONNX lacks.
What does not depend on the input is computed at once, so that no weight normalization is left.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.extend import core
from jaxtyping import Float

Values = list[Any]


class NoRuleError(ValueError):
    """An operation that is complex, or a choice or a loop, of a kind that nothing here replaces."""


class Pair(NamedTuple):
    """A complex array; one whose imaginary part is zero is just its real part."""

    real: Any
    imag: Any


def run(program: core.ClosedJaxpr, *inputs: Any) -> Values:
    """The outputs of a traced program for real inputs; what is complex in it is done in pairs.

    Raises NoRuleError naming an operation that cannot be replaced.
    """
    known: dict[Any, Any] = dict(zip(program.jaxpr.constvars, program.consts, strict=True))
    known.update(zip(program.jaxpr.invars, inputs, strict=True))
    for equation in program.jaxpr.eqns:
        operands = [_value(known, operand) for operand in equation.invars]
        known.update(zip(equation.outvars, _apply(equation, operands), strict=True))
    return [_value(known, result) for result in program.jaxpr.outvars]


def _value(known: Mapping[Any, Any], operand: Any) -> Any:
    return operand.val if isinstance(operand, core.Literal) else known[operand]


def _apply(equation: core.JaxprEqn, operands: Values) -> Values:
    """One operation, by its rule here or else as it is."""
    name, parameters = equation.primitive.name, equation.params
    if name in _STRUCTURES:
        return _STRUCTURES[name](equation, operands)
    for inner in ("jaxpr", "call_jaxpr"):
        if isinstance(parameters.get(inner), core.ClosedJaxpr):
            return run(parameters[inner], *operands)
    if name in _RULES:
        return [_RULES[name](equation, *operands)]
    if any(map(_is_complex, (*equation.invars, *equation.outvars))):
        return _by_parts(equation, operands)
    return _bind(equation, operands)


def _bind(equation: core.JaxprEqn, operands: Values) -> Values:
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
    """Whether the results can be computed now; weights in float16 are to stay so in the file."""
    if not operands or any(isinstance(x, jax.core.Tracer) for x in operands):
        return False
    shaped = all(isinstance(n, int) for shape in _shapes(equation.outvars) for n in shape)
    return shaped and not any(np.asarray(x).dtype == np.float16 for x in operands)


def _is_complex(variable: Any) -> bool:
    return jnp.issubdtype(variable.aval.dtype, jnp.complexfloating)


def _scan(equation: core.JaxprEqn, operands: Values) -> Values:
    """A loop that carries values, complex ones in pairs."""
    body, results = equation.params["jaxpr"], equation.outvars
    # What a loop reads or writes step by step has one axis more outside of it.
    outside = [_shapes(equation.invars), _shapes(results)]
    if outside != [_shapes(body.jaxpr.invars), _shapes(body.jaxpr.outvars)]:
        raise NoRuleError("a loop that reads or writes slices of arrays")
    fixed = operands[: len(operands) - len(results)]

    def step(carry: Values, _: None) -> tuple[Values, None]:
        return complete(run(body, *fixed, *carry)), None

    def complete(values: Values) -> Values:
        """Pairs of all that is complex, lest it be a pair in one step and not in the next."""
        return [
            Pair(_real(equation, x), _imag(equation, x)) if _is_complex(result) else jnp.asarray(x)
            for x, result in zip(values, results, strict=True)
        ]

    return lax.scan(step, complete(operands[len(fixed) :]), length=equation.params["length"])[0]


def _shapes(variables: Sequence[Any]) -> list[tuple[Any, ...]]:
    return [variable.aval.shape for variable in variables]


def _cond(equation: core.JaxprEqn, operands: Values) -> Values:
    """The one branch of a choice that is made already."""
    which, *rest = operands
    if isinstance(which, jax.core.Tracer):
        raise NoRuleError("a choice that depends on the input")
    return run(equation.params["branches"][int(which)], *rest)


def _platform_index(equation: core.JaxprEqn, _: Values) -> Values:
    """Chooses the form for platforms that have none of their own."""
    return [equation.params["platforms"].index(None)]


_STRUCTURES: dict[str, Callable[[core.JaxprEqn, Values], Values]] = {
    "scan": _scan,
    "cond": _cond,
    "platform_index": _platform_index,
}


def _parts(x: Any) -> tuple[Any, Any]:
    """Real and imaginary part; None for an imaginary part of zero."""
    if isinstance(x, Pair):
        return x
    return (x.real, x.imag) if np.iscomplexobj(x) else (x, None)


def _by_parts(equation: core.JaxprEqn, operands: Values) -> Values:
    """The same operation on real and on imaginary parts; real operands serve both."""
    if equation.primitive.name not in _LINEAR:
        raise NoRuleError(f"{equation.primitive.name} of complex numbers")
    reals, imags = [], []
    for variable, (real, imag) in zip(equation.invars, map(_parts, operands), strict=True):
        reals.append(real)
        if imag is None:
            imag = jnp.zeros_like(real) if _is_complex(variable) else real
        imags.append(imag)
    return [Pair(*both) for both in zip(_bind(equation, reals), _bind(equation, imags))]


_LINEAR = {
    "add", "sub", "neg", "reshape", "squeeze", "broadcast_in_dim", "rev", "concatenate",
    "transpose", "copy", "select_n", "dynamic_slice", "split",
}  # fmt: skip


def _complex(_: core.JaxprEqn, real: Any, imag: Any) -> Pair:
    return Pair(real, imag)


def _real(_: core.JaxprEqn, x: Any) -> Any:
    return _parts(x)[0]


def _imag(_: core.JaxprEqn, x: Any) -> Any:
    real, imag = _parts(x)
    return jnp.zeros_like(real) if imag is None else imag


def _conj(_: core.JaxprEqn, x: Any) -> Any:
    real, imag = _parts(x)
    return real if imag is None else Pair(real, -imag)


def _convert(equation: core.JaxprEqn, x: Any) -> Any:
    return x if _is_complex(equation.outvars[0]) or _is_open(x) else _bind(equation, [x])[0]


def _broadcast(equation: core.JaxprEqn, x: Any) -> Any:
    if _is_open(x):
        return np.broadcast_to(x, equation.params["shape"])
    return (_by_parts if _is_complex(equation.invars[0]) else _bind)(equation, [x])[0]


def _abs(equation: core.JaxprEqn, x: Any) -> Any:
    real, imag = _parts(x)
    return _bind(equation, [x])[0] if imag is None else jnp.sqrt(real * real + imag * imag)


def _mul(equation: core.JaxprEqn, x: Any, y: Any) -> Any:
    (a, b), (c, d) = _parts(x), _parts(y)
    if b is None and d is None:
        return _bind(equation, [a, c])[0]
    if b is None:
        return Pair(a * c, a * d)
    if d is None:
        return Pair(a * c, b * c)
    return Pair(a * c - b * d, a * d + b * c)


def _div(equation: core.JaxprEqn, x: Any, y: Any) -> Any:
    (a, b), (c, d) = _parts(x), _parts(y)
    if d is not None:
        raise NoRuleError("a division by complex numbers")
    return _bind(equation, [a, c])[0] if b is None else Pair(a / c, b / c)


def _rem(_: core.JaxprEqn, x: Any, y: Any) -> Any:
    """The remainder of integers, whose rule in the exporter refuses open dimensions."""
    if not jnp.issubdtype(jnp.result_type(x, y), jnp.integer):
        raise NoRuleError("the remainder of numbers that are no integers")
    return x - lax.div(x, y) * y


def _pad(equation: core.JaxprEqn, x: Any, value: Any) -> Any:
    """Padding, a negative one as a slice; the exporter's own rule refuses open dimensions."""
    if isinstance(x, Pair):
        return Pair(*(_pad(equation, part, value) for part in x))
    widths = equation.params["padding_config"]
    if isinstance(value, jax.core.Tracer) or any(between for *_, between in widths):
        raise NoRuleError("padding between values, or with what depends on the input")
    begins = [max(-low, 0) for low, _, _ in widths]
    ends = [n - max(-high, 0) for n, (_, high, _) in zip(x.shape, widths, strict=True)]
    added = [(max(low, 0), max(high, 0)) for low, high, _ in widths]
    y = _cut(x, begins, ends)
    return jnp.pad(y, added, constant_values=np.asarray(value).real) if np.any(added) else y


def _concatenate(equation: core.JaxprEqn, *xs: Any) -> Any:
    """Without empty arrays, whose size of 0 means something else in an ONNX Reshape."""
    axis = equation.params["dimension"]
    if any(map(_is_complex, equation.invars)):
        return _by_parts(equation, [*xs])[0]
    full = [x for x in xs if not (isinstance(x.shape[axis], int) and x.shape[axis] == 0)]
    return lax.concatenate(full, axis) if len(full) < len(xs) else _bind(equation, full)[0]


def _open_dimension(equation: core.JaxprEqn) -> Any:
    return np.asarray(equation.params["dim"], object)


def _is_open(x: Any) -> bool:
    """Whether it is a number made of dimensions that are left open, or an array of such."""
    return isinstance(x, np.ndarray) and x.dtype == object


def _gather(equation: core.JaxprEqn, x: Any, start: Any) -> Any:
    """A slice, which JAX traces as a gather where dimensions are open."""
    if isinstance(x, Pair):
        return Pair(*(_gather(equation, part, start) for part in x))
    numbers, sizes = equation.params["dimension_numbers"], equation.params["slice_sizes"]
    if isinstance(start, jax.core.Tracer) or start.ndim != 1 or numbers.operand_batching_dims:
        return _bind(equation, [x, start])[0]
    begins: list[Any] = [0] * x.ndim
    for axis, at in zip(numbers.start_index_map, np.asarray(start), strict=True):
        begins[axis] = at if _is_open(start) else int(at)
    ends = [begin + size for begin, size in zip(begins, sizes, strict=True)]
    return lax.squeeze(_cut(x, begins, ends), numbers.collapsed_slice_dims)


def _slice(equation: core.JaxprEqn, x: Any) -> Any:
    if isinstance(x, Pair):
        return Pair(*(_slice(equation, part) for part in x))
    if any(step != 1 for step in equation.params["strides"] or ()):
        return _bind(equation, [x])[0]
    return _cut(x, equation.params["start_indices"], equation.params["limit_indices"])


def _cut(x: Any, begins: Sequence[Any], ends: Sequence[Any]) -> Any:
    """A slice; one near an open end is taken of the reverse, as its begin must be a number."""
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
        return Pair(_product(x, cosines), _product(x, sines))
    real, imag = _parts(x)
    return _product(real, cosines) + _product(imag, sines)


@functools.lru_cache(maxsize=8)
def _waves(
    length: int, *, inverse: bool
) -> tuple[Float[np.ndarray, "inputs outputs"], Float[np.ndarray, "inputs outputs"]]:
    """The matrices of a real Fourier transform of even length, or of its inverse.

    The same arrays each time, so that a file holds them once.
    """
    bins = np.arange(length // 2 + 1)
    angles = 2 * np.pi / length * (np.arange(length)[:, None] * bins % length)
    cosines, sines = np.cos(angles), -np.sin(angles)
    if inverse:
        # Every bin stands for its mirror image too, but for the first and the last.
        weights = np.where((bins == 0) | (bins == length // 2), 1, 2) / length
        cosines, sines = (cosines * weights).T, (sines * weights).T
    return cosines.astype(np.float32), sines.astype(np.float32)


def _product(x: Any, matrix: Float[np.ndarray, "inputs outputs"]) -> Any:
    dimensions = (((x.ndim - 1,), (0,)), ((), ()))
    return lax.dot_general(x, matrix, dimensions, precision=lax.Precision.HIGHEST)


_RULES: dict[str, Callable[..., Any]] = {
    "complex": _complex,
    "real": _real,
    "imag": _imag,
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
