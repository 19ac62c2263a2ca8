"""A vocoder as ONNX, for runtimes without JAX; through the exporter jax2onnx.

    session = onnxruntime.InferenceSession("voice.onnx")
    (audio,) = session.run(None, {"log_mel": log_mel})  # float32 [batch, frames, mels]
    spec = json.loads(session.get_modelmeta().custom_metadata_map["audio_spec"])

All registered generators can be written; real_arithmetic.py replaces what ONNX lacks.
"""

import logging
from pathlib import Path
from typing import Any, Literal

import jax

from ganspeech.interop.export import real_arithmetic
from ganspeech.interop.export.program import description, generate, open_shape
from ganspeech.models.vocoder import Vocoder
from ganspeech.process.foreign_logs import quieted
from ganspeech.process.writing import write_whole

OPSET = 23
OPSET_OF_BITS = 26
"""First opset that can read the bits of a float, as UnivNet's noise requires."""


def save_onnx(
    path: str | Path, model: Vocoder, dtype: Literal["float16", "float32"] = "float32"
) -> None:
    """Writes a graph, its weights inside, for any batch and number of frames.

    The audio spec's JSON is in `metadata_props`, under "audio_spec". float16 halves the file;
    computation stays in float32. Audio equals JAX's up to rounding, which `PrimedVocos` amplifies:
    its iterations differ as much between JAX and ONNX as between inputs that differ in their last
    bit. Raises ValueError if the exporter is not installed or cannot write an operation of the
    generator, and as `program.generate` does.
    """
    try:
        import jax2onnx
    except ImportError:
        raise ValueError("ONNX needs jax2onnx: pip install 'ganspeech[onnx]'") from None
    shape = open_shape(model)
    program = jax.make_jaxpr(generate(model, dtype))(shape)
    opset = OPSET_OF_BITS if "bitcast_convert_type" in str(program.jaxpr) else OPSET
    try:
        # It tells of the shapes of its own values.
        with quieted("onnx_ir", logging.ERROR):
            graph = jax2onnx.to_onnx(
                lambda log_mel: real_arithmetic.run(program, log_mel)[0],
                [shape],
                model_name="vocoder",
                opset=opset,
                input_names=["log_mel"],
                output_names=["audio"],
            )
    except (NotImplementedError, real_arithmetic.NoRuleError) as error:
        raise ValueError(
            f"{type(model.generator).__name__} cannot be written as ONNX: {error}"
        ) from error
    # The exporter's intermediate shapes are wrong for symbolic dimensions, and not needed.
    del graph.graph.value_info[:]
    _drop_unread_constants(graph.graph)
    for name, text in description(model).items():
        graph.metadata_props.add(key=name, value=text)
    write_whole(Path(path), graph.SerializeToString())


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
