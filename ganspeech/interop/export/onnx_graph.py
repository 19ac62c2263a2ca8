"""Functions of JAX as ONNX graphs, through the exporter jax2onnx, without what runtimes warn of."""

import logging
from collections.abc import Callable, Sequence
from typing import Any

import jax

from ganspeech.formats.onnx_reader import PRODUCER
from ganspeech.interop.export import real_arithmetic
from ganspeech.process.foreign_logs import quieted

OPSET = 23
OPSET_OF_BITS = 26
"""First opset that can read the bits of a float, as UnivNet's noise requires."""


def graph_of(
    function: Callable[..., Any],
    inputs: dict[str, jax.ShapeDtypeStruct],
    outputs: Sequence[str],
    what: str,
    opset: int = OPSET,
) -> Any:
    """ONNX model of a function, with named inputs of these shapes and types and named outputs.

    Dimensions may be symbolic. `what` names the function in errors. Raises ValueError if the
    exporter is not installed or cannot write an operation.
    """
    try:
        import jax2onnx
    except ImportError:
        raise ValueError("ONNX needs jax2onnx: pip install 'ganspeech[onnx]'") from None
    shapes = list(inputs.values())
    program = jax.make_jaxpr(function)(*shapes)
    if "bitcast_convert_type" in str(program.jaxpr):
        opset = max(opset, OPSET_OF_BITS)
    try:
        # It tells of the shapes of its own values.
        with quieted("onnx_ir", logging.ERROR):
            model = jax2onnx.to_onnx(
                lambda *values: tuple(real_arithmetic.run(program, *values)),
                shapes,
                model_name="ganspeech",
                opset=opset,
                input_names=list(inputs),
                output_names=list(outputs),
            )
    except (NotImplementedError, real_arithmetic.NoRuleError) as error:
        raise ValueError(f"{what} cannot be written as ONNX: {error}") from error
    model.producer_name = PRODUCER
    # The exporter's intermediate shapes are wrong for symbolic dimensions, and not needed.
    del model.graph.value_info[:]
    _drop_unread_constants(model.graph)
    return model


def _drop_unread_constants(graph: Any) -> None:
    """Removes unused constants of the exporter, since runtimes warn about each."""
    read = _names_read(graph)
    kept = [constant for constant in graph.initializer if constant.name in read]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    for inner in _inner_graphs(graph):
        _drop_unread_constants(inner)


def _names_read(graph: Any) -> set[str]:
    """Names of all values that nodes read, including those in loops, or that are outputs."""
    names = {output.name for output in graph.output}
    names.update(name for node in graph.node for name in node.input)
    return names.union(*map(_names_read, _inner_graphs(graph)))


def _inner_graphs(graph: Any) -> list[Any]:
    attributes = [attribute for node in graph.node for attribute in node.attribute]
    return [attribute.g for attribute in attributes if attribute.HasField("g")]
