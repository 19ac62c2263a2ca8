"""A vocoder as ONNX, for runtimes without JAX; through the exporter jax2onnx.

    session = onnxruntime.InferenceSession("voice.onnx")
    (audio,) = session.run(None, {"log_mel": log_mel})  # float32 [batch, frames, mels]
    spec = json.loads(session.get_modelmeta().custom_metadata_map["audio_spec"])

All registered generators can be written; real_arithmetic.py replaces what ONNX lacks.
"""

from pathlib import Path
from typing import Literal

from ganspeech.interop.export.onnx_graph import graph_of
from ganspeech.interop.export.program import description, generate, open_shape
from ganspeech.models.vocoder import Vocoder
from ganspeech.process.writing import write_whole


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
    what = type(model.generator).__name__
    inputs = {"log_mel": open_shape(model)}
    graph = graph_of(generate(model, dtype), inputs, ["audio"], what)
    for name, text in description(model).items():
        graph.metadata_props.add(key=name, value=text)
    write_whole(Path(path), graph.SerializeToString())
