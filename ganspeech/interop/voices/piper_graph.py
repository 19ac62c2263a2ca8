"""Weights of a Piper voice under the names of VITS's authors, from its ONNX graph.

The exporter keeps most names. Normalized weights lose theirs, but their layers' nodes and biases
do not; precomputed constants are found by the nodes that read them.
"""

import re

import numpy as np

from ganspeech.formats.onnx_reader import PRODUCER, Graph, Node
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.interop.voices.vits_weights import Unshown

_PARTS = re.compile(r"(enc_p|dec|flow|dp|emb_g)\.")
_CONVOLUTIONS = ("Conv", "ConvTranspose")
MOST = 10_000
"""Maximum stride and dilation, which determine the padding of layers."""


def weights_of(graph: Graph, source: str) -> tuple[dict[str, np.ndarray], Unshown]:
    """Returns the tensors, and settings that shapes do not show.

    A voice lacks the parts that only training needs: posterior encoder, and a stochastic duration
    predictor's posterior and first coupling. Raises ForeignFileError if the graph is not a VITS.
    """
    tensors = {name: array for name, array in graph.constants.items() if _PARTS.match(name)}
    layers: dict[str, Node] = {}
    for node in graph.nodes:
        if node.operation in _CONVOLUTIONS and (name := _layer(node)):
            layers[name] = node
            for part, constant in zip(("weight", "bias"), node.inputs[1:]):
                if constant in graph.constants:
                    tensors[f"{name}.{part}"] = graph.constants[constant]
    if graph.producer == PRODUCER:
        raise ForeignFileError(
            f"{source} was exported by ganspeech: load the .safetensors file or the run folder "
            "that it was exported from"
        )
    if not any(name.startswith("enc_p.") for name in tensors):
        raise ForeignFileError(
            f"{source} is an ONNX model, but no voice of Piper: nothing in it is named enc_p"
        )
    _add_embeddings(graph, tensors)
    if "dp.flows.0.m" in tensors and "dp.flows.0.logs" not in tensors:
        tensors["dp.flows.0.logs"] = _log_scale(graph, source)
    return tensors, _unshown(layers, tensors, source)


def _layer(node: Node) -> str:
    """Returns the layer of a convolution: `flow.flows.0.pre` for `/flow/flows.0/pre/Conv`."""
    name = node.name.strip("/").removesuffix(f"/{node.operation}").replace("/", ".")
    if _PARTS.match(name):
        return name
    # Older exporters number their nodes.
    for constant in node.inputs[1:]:
        if _PARTS.match(constant):
            return constant.rpartition(".")[0]
    return ""


def _add_embeddings(graph: Graph, tensors: dict[str, np.ndarray]) -> None:
    """Adds the embedding tables of symbols and speakers, found by their index inputs."""
    tables = {"input": "enc_p.emb.weight", "sid": "emb_g.weight"}
    for node in graph.nodes:
        if node.operation == "Gather" and len(node.inputs) == 2 and node.inputs[1] in tables:
            table, index = node.inputs
            if table in graph.constants:
                tensors[tables[index]] = graph.constants[table]


def _log_scale(graph: Graph, source: str) -> np.ndarray:
    """Returns the log scale of `dp.flows.0`, which the graph stores as `exp(-logs)`."""
    shape = graph.constants["dp.flows.0.m"].shape
    moved = {
        output
        for node in graph.nodes
        if node.operation == "Sub" and "dp.flows.0.m" in node.inputs
        for output in node.outputs
    }
    for node in graph.nodes:
        if node.operation == "Mul" and moved.intersection(node.inputs):
            for name in node.inputs:
                scale = graph.constants.get(name)
                if scale is not None and scale.shape == shape and not (scale <= 0).any():
                    return -np.log(scale)
    raise ForeignFileError(f"{source}: no scale follows dp.flows.0.m")


def _unshown(layers: dict[str, Node], tensors: dict[str, np.ndarray], source: str) -> Unshown:
    width = tensors["enc_p.emb.weight"].shape[-1] if "enc_p.emb.weight" in tensors else 0
    distances = tensors.get("enc_p.encoder.attn_layers.0.emb_rel_k")
    if distances is None or distances.ndim != 3 or not distances.size:
        raise ForeignFileError(f"{source}: no tensor 'enc_p.encoder.attn_layers.0.emb_rel_k'")
    rates = _numbered(layers, "dec.ups.{}", "strides", source)
    blocks: list[tuple[int, ...]] = []
    while steps := _numbered(
        layers, f"dec.resblocks.{len(blocks)}.convs.{{}}", "dilations", source
    ) or _numbered(layers, f"dec.resblocks.{len(blocks)}.convs1.{{}}", "dilations", source):
        blocks.append(steps)
    if not rates or not blocks or len(blocks) % len(rates):
        raise ForeignFileError(
            f"{source}: {len(blocks)} residual blocks cannot be shared by {len(rates)} upsamplings"
        )
    gates = _numbered(layers, "flow.flows.0.enc.in_layers.{}", "dilations", source)
    return Unshown(
        upsample_rates=rates,
        dilations=tuple(blocks[: len(blocks) // len(rates)]),
        heads=width // distances.shape[2],
        dilation_rate=gates[1] if len(gates) > 1 else 1,
    )


def _numbered(layers: dict[str, Node], name: str, attribute: str, source: str) -> tuple[int, ...]:
    """Returns an attribute along time, such as the stride, of each layer of a numbered list."""
    found: list[int] = []
    while (node := layers.get(layer := name.format(len(found)))) is not None:
        # ONNX's default is 1.
        number = (node.numbers.get(attribute) or (1,))[0]
        if not 1 <= number <= MOST:
            raise ForeignFileError(
                f"{source}: {attribute} of {layer} must be from 1 to {MOST}, not {number}"
            )
        found.append(number)
    return tuple(found)
