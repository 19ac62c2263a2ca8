"""Programs without complex numbers: pairs of real arrays, Fourier transforms as products.

ONNX has no complex numbers, and its exporter no complex arithmetic. So the program that JAX traced
is run again, operation by operation, with replacements for the operations that ONNX lacks.
Results that do not depend on the input are computed now, so no weight normalization is left.
"""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.extend import core

from ganspeech.interop.export.real_rules import (
    RULES,
    ComplexPair,
    NoRuleError,
    Values,
    bind,
    by_parts,
    imaginary_part,
    is_complex,
    real_part,
    shapes_of,
)


def run(program: core.ClosedJaxpr, *inputs: Any) -> Values:
    """Runs a traced program on real inputs, with pairs for complex values; returns its outputs.

    Raises NoRuleError, naming an operation that cannot be replaced.
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
    """Applies one operation, by its rule here or else unchanged."""
    name, parameters = equation.primitive.name, equation.params
    if name in _STRUCTURES:
        return _STRUCTURES[name](equation, operands)
    for inner in ("jaxpr", "call_jaxpr"):
        if isinstance(parameters.get(inner), core.ClosedJaxpr):
            return run(parameters[inner], *operands)
    if name in RULES:
        return [RULES[name](equation, *operands)]
    if any(map(is_complex, (*equation.invars, *equation.outvars))):
        return by_parts(equation, operands)
    return bind(equation, operands)


def _scan(equation: core.JaxprEqn, operands: Values) -> Values:
    """Runs a loop that carries values, complex ones as pairs."""
    body, results = equation.params["jaxpr"], equation.outvars
    # Arrays that a loop reads or writes slice by slice have one more axis outside of it.
    outside = [shapes_of(equation.invars), shapes_of(results)]
    if outside != [shapes_of(body.jaxpr.invars), shapes_of(body.jaxpr.outvars)]:
        raise NoRuleError("a loop that reads or writes slices of arrays")
    fixed = operands[: len(operands) - len(results)]

    def step(carry: Values, _: None) -> tuple[Values, None]:
        return complete(run(body, *fixed, *carry)), None

    def complete(values: Values) -> Values:
        """Makes pairs of all complex values, so that every step carries the same structure."""
        return [
            ComplexPair(real_part(equation, x), imaginary_part(equation, x))
            if is_complex(result)
            else jnp.asarray(x)
            for x, result in zip(values, results, strict=True)
        ]

    return lax.scan(step, complete(operands[len(fixed) :]), length=equation.params["length"])[0]


def _cond(equation: core.JaxprEqn, operands: Values) -> Values:
    """Runs the branch of a choice that is already decided."""
    which, *rest = operands
    if isinstance(which, jax.core.Tracer):
        raise NoRuleError("a choice that depends on the input")
    return run(equation.params["branches"][int(which)], *rest)


def _platform_index(equation: core.JaxprEqn, _: Values) -> Values:
    """Selects the default branch, for platforms without one of their own."""
    return [equation.params["platforms"].index(None)]


_STRUCTURES: dict[str, Callable[[core.JaxprEqn, Values], Values]] = {
    "scan": _scan,
    "cond": _cond,
    "platform_index": _platform_index,
}
