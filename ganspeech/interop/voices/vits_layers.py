"""Layers of VITS under two names: ours, and those of its authors' PyTorch code."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from ganspeech.formats.tensors import Reader
from ganspeech.game.contract import Tree
from ganspeech.generators.vits.network import VITS

Tensor = Float[np.ndarray, "..."]


class Kind(NamedTuple):
    """Conversion of a kind of layer."""

    read: Callable[[Reader, str], dict[str, Tensor]]
    """Reads parameters of our layer from their tensors."""
    write: Callable[[str, dict[str, Tensor]], dict[str, Tensor]]
    """Returns their tensors from our parameters, weight normalization folded."""


class Layer(NamedTuple):
    """One layer under both names."""

    ours: tuple[str, ...]
    theirs: str
    kind: Kind
    shape: tuple[int, ...]
    """Shape of our parameters; the last axis alone for those with one number per output."""
    training: bool = False
    """Whether only training needs it."""


class Around(NamedTuple):
    """Sizes outside the network's fields that its layers depend on."""

    symbols: int
    speakers: int
    bins: int
    """Bins of the spectrograms that the posterior encoder takes."""


def layers_of(network: VITS, around: Around) -> Iterator[Layer]:
    """Yields all layers of a network whose decoder is a HiFi-GAN."""
    width, latent = network.width, network.latent
    yield from _text_encoder(network, around.symbols)
    for n in range(network.flows):
        # Reversals of channels have odd numbers in the authors' list of couplings.
        ours, theirs = ("flow", f"coupling_{n}"), f"flow.flows.{2 * n}"
        yield Layer((*ours, "enter"), f"{theirs}.pre", CONV, (1, latent // 2, width))
        layers, taps = network.flow_layers, network.flow_kernel
        yield from _wavenet((*ours, "wavenet"), f"{theirs}.enc", layers, taps, network)
        yield Layer((*ours, "leave"), f"{theirs}.post", CONV, (1, width, latent // 2))
    yield from (_stochastic if network.stochastic else _deterministic)(network)
    yield from _decoder(network)
    if network.speaker_width:
        shape = (around.speakers, network.speaker_width)
        yield Layer(("speaker_embedding",), "emb_g", SPEAKERS, shape)
    part, layers, taps = "posterior_encoder", network.posterior_layers, network.posterior_kernel
    posterior = [
        Layer((part, "enter"), "enc_q.pre", CONV, (1, around.bins, width)),
        *_wavenet((part, "wavenet"), "enc_q.enc", layers, taps, network),
        Layer((part, "posterior"), "enc_q.proj", CONV, (1, width, 2 * latent)),
    ]
    yield from (layer._replace(training=True) for layer in posterior)


def _text_encoder(network: VITS, symbols: int) -> Iterator[Layer]:
    width, hidden, taps = network.width, network.hidden, network.kernel
    ours, theirs = ("text_encoder",), "enc_p.encoder"
    yield Layer(ours, "enc_p.emb", SYMBOLS, (symbols, width))
    for n in range(network.layers):
        attention = f"{theirs}.attn_layers.{n}"
        shape = (2 * network.window + 1, width // network.heads)
        yield Layer((*ours, f"attention_{n}"), attention, DISTANCES, shape)
        for name in ("query", "key", "value", "out"):
            place = (*ours, f"attention_{n}", name)
            yield Layer(place, f"{attention}.conv_{name[0]}", CONV, (1, width, width))
        yield Layer((*ours, f"attention_norm_{n}"), f"{theirs}.norm_layers_1.{n}", NORM, (width,))
        inner, outer = (taps, width, hidden), (taps, hidden, width)
        yield Layer((*ours, f"expand_{n}"), f"{theirs}.ffn_layers.{n}.conv_1", CONV, inner)
        yield Layer((*ours, f"contract_{n}"), f"{theirs}.ffn_layers.{n}.conv_2", CONV, outer)
        yield Layer((*ours, f"norm_{n}"), f"{theirs}.norm_layers_2.{n}", NORM, (width,))
    yield Layer((*ours, "prior"), "enc_p.proj", CONV, (1, width, 2 * network.latent))


def _wavenet(
    ours: tuple[str, ...], theirs: str, layers: int, taps: int, network: VITS
) -> Iterator[Layer]:
    width = network.width
    if network.speaker_width:
        shape: tuple[int, ...] = (1, network.speaker_width, 2 * width * layers)
        yield Layer((*ours, "speaker"), f"{theirs}.cond_layer", NORMALIZED, shape)
    for n in range(layers):
        shape = (taps, width, 2 * width)
        yield Layer((*ours, f"gate_{n}"), f"{theirs}.in_layers.{n}", NORMALIZED, shape)
        shape = (1, width, width if n == layers - 1 else 2 * width)
        yield Layer((*ours, f"out_{n}"), f"{theirs}.res_skip_layers.{n}", NORMALIZED, shape)


def _deterministic(network: VITS) -> Iterator[Layer]:
    ours, width, inner = ("duration_predictor",), network.width, network.duration_width
    if network.speaker_width:
        shape = (1, network.speaker_width, width)
        yield Layer((*ours, "speaker"), "dp.cond", CONV, shape)
    for n, inputs in enumerate((width, inner)):
        shape = (network.duration_kernel, inputs, inner)
        yield Layer((*ours, f"layer_{n}"), f"dp.conv_{n + 1}", CONV, shape)
        yield Layer((*ours, f"norm_{n}"), f"dp.norm_{n + 1}", NORM, (inner,))
    yield Layer((*ours, "leave"), "dp.proj", CONV, (1, inner, 1))


def _stochastic(network: VITS) -> Iterator[Layer]:
    width = network.width
    if network.speaker_width:
        shape = (1, network.speaker_width, width)
        yield Layer(("duration_predictor", "speaker"), "dp.cond", CONV, shape)
    for our_prefix, their_prefix, training in (("", "", False), ("posterior_", "post_", True)):

        def ours(name: str, prefix: str = our_prefix) -> tuple[str, ...]:
            return ("duration_predictor", prefix + name)

        inputs = 1 if training else width
        theirs = f"dp.{their_prefix}"
        part = [
            Layer(ours("enter"), f"{theirs}pre", CONV, (1, inputs, width)),
            *_separable(ours("convolutions"), f"{theirs}convs", network),
            Layer(ours("leave"), f"{theirs}proj", CONV, (1, width, width)),
            Layer(ours("affine"), f"{theirs}flows.0", AFFINE, (2,)),
        ]
        yield from (layer._replace(training=training) for layer in part)
        for n in range(network.duration_flows):
            # Reversals are also numbered here, after the affine layer.
            place, name = ours(f"coupling_{n}"), f"{theirs}flows.{2 * n + 1}"
            part = [
                Layer((*place, "enter"), f"{name}.pre", CONV, (1, 1, width)),
                *_separable((*place, "convolutions"), f"{name}.convs", network),
                Layer(
                    (*place, "leave"),
                    f"{name}.proj",
                    CONV,
                    (1, width, 3 * network.duration_bins - 1),
                ),
            ]
            # The first coupling's output is dropped when durations are sampled.
            yield from (layer._replace(training=training or n == 0) for layer in part)


def _separable(ours: tuple[str, ...], theirs: str, network: VITS) -> Iterator[Layer]:
    width, taps = network.width, network.duration_kernel
    for n in range(network.duration_layers):
        yield Layer((*ours, f"depthwise_{n}"), f"{theirs}.convs_sep.{n}", DEPTHWISE, (taps, width))
        yield Layer((*ours, f"depthwise_norm_{n}"), f"{theirs}.norms_1.{n}", NORM, (width,))
        shape = (1, width, width)
        yield Layer((*ours, f"pointwise_{n}"), f"{theirs}.convs_1x1.{n}", CONV, shape)
        yield Layer((*ours, f"pointwise_norm_{n}"), f"{theirs}.norms_2.{n}", NORM, (width,))


def _decoder(network: VITS) -> Iterator[Layer]:
    decoder: Any = network.decoder
    width, branches = decoder.channels, len(decoder.kernels)
    yield Layer(("decoder", "before"), "dec.conv_pre", NORMALIZED, (7, network.latent, width))
    if network.speaker_width:
        yield Layer(("decoder", "speaker"), "dec.cond", CONV, (1, network.speaker_width, width))
    for stage, taps in enumerate(decoder.upsample_kernels):
        shape = (taps, width, width // 2)
        yield Layer(("decoder", f"upsample_{stage}"), f"dec.ups.{stage}", TRANSPOSED, shape)
        width //= 2
        for branch, kernel in enumerate(decoder.kernels):
            ours = ("decoder", f"block_{stage}_{kernel}")
            theirs = f"dec.resblocks.{stage * branches + branch}"
            names = {"dilated": "convs"}
            if decoder.resblock == "1":
                names = {"dilated": "convs1", "plain": "convs2"}
            for n in range(len(decoder.dilations[branch])):
                for our, their in names.items():
                    place, shape = (*ours, f"{our}_{n}"), (kernel, width, width)
                    yield Layer(place, f"{theirs}.{their}.{n}", NORMALIZED, shape)
    yield Layer(("decoder", "after"), "dec.conv_post", LAST, (7, width, 1))


def folded(layer: Tree) -> Float[np.ndarray, "taps inputs outputs"]:
    """Returns the kernel of one of our convolutions with weight normalization folded."""
    kernel = np.asarray(layer["kernel"], np.float64)
    if "gain" not in layer:
        return kernel
    gain = np.asarray(layer["gain"], np.float64)
    return kernel * (gain / np.sqrt(np.sum(kernel**2, axis=(0, 1))))


def _write_conv(name: str, layer: dict[str, Tensor]) -> dict[str, Tensor]:
    return {f"{name}.weight": folded(layer).transpose(2, 1, 0), f"{name}.bias": layer["bias"]}


CONV = Kind(lambda reader, name: reader.conv(name, weight_norm=False), _write_conv)
NORMALIZED = Kind(lambda reader, name: reader.conv(name), _write_conv)
TRANSPOSED = Kind(
    lambda reader, name: reader.conv_transpose(name),
    lambda name, layer: {
        f"{name}.weight": folded(layer).transpose(1, 2, 0),
        f"{name}.bias": layer["bias"],
    },
)
# Their last layer has no bias.
LAST = Kind(
    lambda reader, name: reader.conv(name, bias=False) | {"bias": np.zeros(1, np.float32)},
    lambda name, layer: {f"{name}.weight": folded(layer).transpose(2, 1, 0)},
)
DEPTHWISE = Kind(
    lambda reader, name: {
        "kernel": reader.conv(name, weight_norm=False, bias=False)["kernel"].squeeze(1),
        "bias": reader.array(f"{name}.bias"),
    },
    lambda name, layer: {
        f"{name}.weight": np.asarray(layer["kernel"]).T[:, None],
        f"{name}.bias": layer["bias"],
    },
)
NORM = Kind(
    lambda reader, name: {
        "scale": reader.array(f"{name}.gamma"),
        "bias": reader.array(f"{name}.beta"),
    },
    lambda name, layer: {f"{name}.gamma": layer["scale"], f"{name}.beta": layer["bias"]},
)
AFFINE = Kind(
    lambda reader, name: {
        "shift": reader.array(f"{name}.m").squeeze(1),
        "log_scale": reader.array(f"{name}.logs").squeeze(1),
    },
    lambda name, layer: {
        f"{name}.m": np.asarray(layer["shift"])[:, None],
        f"{name}.logs": np.asarray(layer["log_scale"])[:, None],
    },
)
DISTANCES = Kind(
    lambda reader, name: {
        "distance_key": reader.array(f"{name}.emb_rel_k").squeeze(0),
        "distance_value": reader.array(f"{name}.emb_rel_v").squeeze(0),
    },
    lambda name, layer: {
        f"{name}.emb_rel_k": np.asarray(layer["distance_key"])[None],
        f"{name}.emb_rel_v": np.asarray(layer["distance_value"])[None],
    },
)
SYMBOLS = Kind(
    lambda reader, name: {"embedding": reader.array(f"{name}.weight")},
    lambda name, layer: {f"{name}.weight": layer["embedding"]},
)
SPEAKERS = Kind(
    lambda reader, name: {"kernel": reader.array(f"{name}.weight")},
    lambda name, layer: {f"{name}.weight": layer["kernel"]},
)
