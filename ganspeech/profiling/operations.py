"""A program as one list of operations: inner functions and loops of its jaxpr written out.

What no result depends on is left out, as compilers do.
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from jax.extend import core

ENTER, LEAVE = "enter", "leave"
"""Operations around the body of a loop; its values go through memory in every turn."""
_INNER = ("jaxpr", "call_jaxpr", "fun_jaxpr")


@dataclasses.dataclass(eq=False)
class Value:
    """Array of a program, told apart from others by identity."""

    shape: tuple[int, ...]
    dtype: Any
    producer: "Operation | None" = None
    """Operation that computes it; None for arguments and constants."""

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """Size in bytes; 0 for what is not an array, such as a key of new style."""
        return self.size * getattr(self.dtype, "itemsize", 0)


@dataclasses.dataclass(eq=False)
class Operation:
    """One primitive with its inputs and outputs."""

    name: str
    params: dict[str, Any]
    inputs: list[Value]
    outputs: list[Value]
    scope: str
    """Scopes of names around it, outermost first, such as `losses/jvp(HiFiGAN)/conv`."""
    times: int
    """Number of runs: the turns of the loops around it."""


@dataclasses.dataclass
class Program:
    """Operations in order, and what they compute."""

    operations: list[Operation]
    results: list[Value]
    open_loops: int = 0
    """Loops without a known number of turns, written out once."""


def flatten(closed: Any, platform: str) -> Program:
    """Operations of a closed jaxpr, with the forms that `platform` (cpu, cuda, tpu) gets."""
    flattening = _Flattening(platform)
    arguments = [_value(variable) for variable in closed.jaxpr.invars]
    results = flattening.closed(closed, arguments, "", 1)
    used = _used(flattening.operations, results)
    return Program(used, results, flattening.open_loops)


def _value(variable: Any, producer: Operation | None = None) -> Value:
    aval = variable.aval
    return Value(tuple(getattr(aval, "shape", ())), getattr(aval, "dtype", None), producer)


def _used(operations: Sequence[Operation], results: Sequence[Value]) -> list[Operation]:
    """Operations that results depend on."""
    needed, kept = set(map(id, results)), []
    for operation in reversed(operations):
        if any(id(output) in needed for output in operation.outputs):
            needed.update(map(id, operation.inputs))
            kept.append(operation)
    return kept[::-1]


class _Flattening:
    def __init__(self, platform: str):
        self.platform, self.open_loops = platform, 0
        self.operations: list[Operation] = []

    def closed(self, closed: Any, inputs: Sequence[Value], scope: str, times: int) -> list[Value]:
        """Writes out a jaxpr with or without constants; returns its outputs."""
        jaxpr = closed.jaxpr if isinstance(closed, core.ClosedJaxpr) else closed
        values: dict[Any, Value] = {v: _value(v) for v in jaxpr.constvars}
        values.update(zip(jaxpr.invars, inputs, strict=True))

        def read(atom: Any) -> Value:
            return _value(atom) if isinstance(atom, core.Literal) else values[atom]

        for eqn in jaxpr.eqns:
            stack = str(eqn.source_info.name_stack)
            inner = f"{scope}/{stack}" if scope and stack else scope or stack
            outputs = self._equation(eqn, [read(v) for v in eqn.invars], inner, times)
            values.update(zip(eqn.outvars, outputs, strict=True))
        return [read(v) for v in jaxpr.outvars]

    def _equation(self, eqn: Any, inputs: list[Value], scope: str, times: int) -> list[Value]:
        name, params = eqn.primitive.name, eqn.params
        if name == "cond":
            branch = _branch(params, self.platform)
            return self.closed(branch, inputs[1:], scope, times)
        if name == "scan":
            return self._scan(eqn, inputs, scope, times)
        if name == "while":
            return self._while(eqn, inputs, scope, times)
        for key in _INNER:
            if key in params:
                return self.closed(params[key], inputs, scope, times)
        return self._add(name, params, inputs, eqn.outvars, scope, times)

    def _scan(self, eqn: Any, inputs: list[Value], scope: str, times: int) -> list[Value]:
        turns = times * eqn.params["length"]
        return self._loop(eqn.params["jaxpr"], inputs, eqn.outvars, scope, turns)

    def _while(self, eqn: Any, inputs: list[Value], scope: str, times: int) -> list[Value]:
        self.open_loops += 1
        body = eqn.params["body_jaxpr"]
        # Before the inputs of the body come constants of the condition.
        own = inputs[len(inputs) - len(body.jaxpr.invars) :]
        return self._loop(body, own, eqn.outvars, scope, times)

    def _loop(
        self, body: Any, inputs: list[Value], outputs: Sequence[Any], scope: str, turns: int
    ) -> list[Value]:
        inside = self._add(ENTER, {}, inputs, body.jaxpr.invars, scope, turns)
        results = self.closed(body, inside, scope, turns)
        return self._add(LEAVE, {}, results, outputs, scope, turns)

    def _add(
        self,
        name: str,
        params: dict[str, Any],
        inputs: list[Value],
        outputs: Sequence[Any],
        scope: str,
        times: int,
    ) -> list[Value]:
        operation = Operation(name, params, inputs, [], scope, times)
        operation.outputs = [_value(variable, operation) for variable in outputs]
        self.operations.append(operation)
        return operation.outputs


def _branch(params: dict[str, Any], platform: str) -> Any:
    """Branch of a condition: the platform's, or else the longest."""
    branches = params["branches"]
    of_platforms = params.get("branches_platforms")
    if of_platforms:
        for branch, platforms in zip(branches, of_platforms):
            if platforms is None or platform in platforms:
                return branch
    return max(branches, key=lambda branch: len(branch.jaxpr.eqns))
