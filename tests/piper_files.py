"""Small voices of Piper, written without the onnx package: the fields of ONNX that are read."""

import json

import numpy as np

from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.generators.vits.network import VITS
from ganspeech.interop.voices.vits_weights import tensors_of

CONFIG = {
    "audio": {"sample_rate": 8000, "quality": "tiny"},
    "espeak": {"voice": "en-us"},
    "inference": {"noise_scale": 0.5, "length_scale": 1.25, "noise_w": 0.7},
    "phoneme_type": "espeak",
    "phoneme_map": {},
    "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [3], "b": [4, 3], "c": [3]},
}
SYMBOLS = 6
DECODER = HiFiGAN(
    upsample_rates=(4, 2),
    upsample_kernels=(8, 4),
    channels=8,
    resblock="2",
    kernels=(3, 5),
    dilations=((1, 2), (2, 6)),
)
NETWORK = VITS(
    width=8,
    hidden=12,
    layers=1,
    latent=4,
    flows=2,
    flow_layers=2,
    duration_flows=2,
    duration_layers=2,
    decoder=DECODER,
)
"""As small as it gets, and with the posterior of Piper's size, which voices do not have."""


def field(number, value):
    """A field of a message of Protocol Buffers."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value):
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def tensor(name, array):
    shape = b"".join(field(1, size) for size in array.shape)
    return shape + field(2, 1) + field(8, name) + field(9, array.astype("<f4").tobytes())


def node(operation, name, inputs, output, **numbers):
    attributes = b"".join(
        field(5, field(1, key) + b"".join(field(8, n) for n in values))
        for key, values in numbers.items()
    )
    names = b"".join(field(1, text) for text in inputs) + field(2, output)
    return names + field(3, name) + field(4, operation) + attributes


def piper_bytes(network, variables):
    """The ONNX file of a voice as Piper's exporter leaves it, as far as it is read."""
    tensors = tensors_of(network, variables)
    nodes = []
    if "dp.flows.0.logs" in tensors:
        tensors["/dp/flows.0/Exp_output_0"] = np.exp(-tensors.pop("dp.flows.0.logs"))
        nodes.append(node("Sub", "", ["x", "dp.flows.0.m"], "moved"))
        nodes.append(node("Mul", "", ["moved", "/dp/flows.0/Exp_output_0"], "scaled"))
    # The exporter mistakes the table of symbols of a single speaker for an input.
    table = "enc_p.emb.weight"
    if not network.speaker_width:
        tensors["sid"], table = tensors.pop(table), "sid"
    nodes.append(node("Gather", "/enc_p/emb/Gather", [table, "input"], "embedded"))
    for n, rate in enumerate(network.decoder.upsample_rates):
        inputs = ["x", f"dec.ups.{n}.weight", f"dec.ups.{n}.bias"]
        nodes.append(
            node("ConvTranspose", f"/dec/ups.{n}/ConvTranspose", inputs, "y", strides=[rate])
        )
    for name in list(tensors):
        layer, _, part = name.rpartition(".")
        numbers = [int(n) for n in layer.split(".") if n.isdigit()]
        inputs = ["x", name, f"{layer}.bias"]
        if part == "weight" and ".resblocks." in name:
            block, step = numbers
            dilation = network.decoder.dilations[block % len(network.decoder.kernels)][step]
            scope = layer.replace(".resblocks", "/resblocks").replace(".convs", "/convs")
            nodes.append(node("Conv", f"/{scope}/Conv", inputs, "y", dilations=[dilation]))
        elif part == "weight" and ".enc." in name:  # normalized, so the exporter gives a number
            inputs[1] = f"onnx::Conv_{len(nodes)}"
            tensors[inputs[1]] = tensors.pop(name)
            dilation = network.dilation_rate ** numbers[-1] if "in_layers" in name else 1
            nodes.append(node("Conv", "", inputs, "y", dilations=[dilation]))
    graph = b"".join(field(1, part) for part in nodes)
    graph += b"".join(field(5, tensor(name, array)) for name, array in tensors.items())
    graph += field(11, field(1, "input"))
    return field(1, 8) + field(2, "pytorch") + field(7, graph)


def write_piper(path, network, variables, **changes):
    """A voice and its config."""
    path.write_bytes(piper_bytes(network, variables))
    config = path.with_name(path.name + ".json")
    config.write_text(json.dumps(CONFIG | changes), "utf-8")
    return path
