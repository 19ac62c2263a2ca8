"""The authors' HiFi-GAN checkpoints (Kong et al. 2020, github.com/jik876/hifi-gan), in and out."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from ganspeech.audio import AudioSpec
from ganspeech.formats.tensors import Reader, Tensors
from ganspeech.game.contract import Tree
from ganspeech.generators.hifigan import HIFIGAN_V1, HIFIGAN_V3, HiFiGAN
from ganspeech.interop.vocoders.stated import Stated
from ganspeech.models.fit import require_fit
from ganspeech.models.vocoder import Vocoder

Kind = Literal["1", "2"]
"""Kind of residual block, as in HiFi-GAN's config."""
SPEC_FIELDS = {
    "sampling_rate": "sample_rate",
    "n_fft": "n_fft",
    "hop_size": "hop_length",
    "win_size": "win_length",
    "num_mels": "n_mels",
    "fmin": "fmin",
    "fmax": "fmax",
}
"""Fields of the features in the authors' config.json, and in our audio spec."""


def recognizes(tensors: Tensors) -> bool:
    """Returns whether a state dict has the names of the authors' `Generator`."""
    return "ups.0.bias" in tensors and (
        "resblocks.0.convs1.0.bias" in tensors or "resblocks.0.convs.0.bias" in tensors
    )


def read(
    tensors: Tensors, config: Mapping[str, Any] | None, spec: AudioSpec, source: str
) -> Vocoder:
    """Reads the model of a state dict, its weight normalization folded or not.

    Sizes follow from the tensors; upsampling rates and dilations are the config's, or those of the
    published V1 (V2's are the same) or V3 whose layers the tensors have. Raises ForeignFileError
    for missing, superfluous or misshapen tensors, for a config that contradicts the tensors or
    `spec`, and for tensors of no published size without a config.
    """
    reader = Reader(tensors, source)
    stated = Stated(config, reader.error)
    resblock: Kind = "1" if reader.has("resblocks.0.convs1.0.bias") else "2"
    params = {"before": reader.conv("conv_pre"), "after": reader.conv("conv_post")}
    upsamplers = [reader.conv_transpose(f"ups.{n}") for n in range(reader.count("ups"))]
    count = reader.count("resblocks")
    blocks = [_read_block(reader, f"resblocks.{i}", resblock) for i in range(count)]
    reader.done()

    if len(blocks) % len(upsamplers):
        raise reader.error(
            f"{len(blocks)} residual blocks cannot be shared by {len(upsamplers)} upsamplings"
        )
    per_stage = len(blocks) // len(upsamplers)
    kernels = tuple(block["dilated_0"]["kernel"].shape[0] for block in blocks[:per_stage])
    if len(set(kernels)) < per_stage or not all(size % 2 for size in kernels):
        raise reader.error(f"residual blocks of {kernels} taps: ours have different, odd numbers")
    taps = tuple(layer["kernel"].shape[0] for layer in upsamplers)
    steps = [sum(name.startswith("dilated") for name in block) for block in blocks[:per_stage]]
    published = _published(resblock, taps, kernels)
    generator = HiFiGAN(
        upsample_rates=stated.rates(published and published.upsample_rates, taps),
        upsample_kernels=taps,
        channels=params["before"]["kernel"].shape[-1],
        resblock=resblock,
        kernels=kernels,
        dilations=stated.counts(
            "resblock_dilation_sizes", published and published.dilations, steps
        ),
    )
    if generator.channels % 2 ** len(upsamplers):
        raise reader.error(f"{generator.channels} channels cannot be halved at every upsampling")
    params |= {f"upsample_{n}": layer for n, layer in enumerate(upsamplers)}
    for index, block in enumerate(blocks):
        stage, branch = divmod(index, per_stage)
        params[f"block_{stage}_{kernels[branch]}"] = block
    _require_agreement(stated, generator)
    require_features(stated, generator.upsample_rates, spec, reader)
    require_fit(generator, {"params": params}, spec, reader.error)
    return Vocoder(
        generator, {"params": params}, spec, f"HiFi-GAN, imported from {Path(source).name}."
    )


def write(model: Vocoder) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Returns the authors' state dict and config of a HiFi-GAN.

    Weights are normalized as in PyTorch: by output, those of transposed convolutions by input.
    Raises ValueError for another generator, or one with layers that the authors' cannot have.
    """
    generator = model.generator
    if not isinstance(generator, HiFiGAN):
        raise ValueError(f"a {type(generator).__name__} has no place in HiFi-GAN's format")
    if generator.standardize:
        raise ValueError("standardize is set, which HiFi-GAN's format does not have")
    sizes = zip(generator.upsample_kernels, generator.upsample_rates)
    if any((taps - rate) % 2 for taps, rate in sizes):
        raise ValueError(
            "upsample_kernels less upsample_rates must be even: HiFi-GAN's own code adds a sample"
        )
    params = model.variables["params"]
    tensors = _conv("conv_pre", params["before"]) | _conv("conv_post", params["after"])
    branches = len(generator.kernels)
    for stage in range(len(generator.upsample_rates)):
        tensors |= _conv_transpose(f"ups.{stage}", params[f"upsample_{stage}"])
        for branch, kernel in enumerate(generator.kernels):
            block, index = params[f"block_{stage}_{kernel}"], stage * branches + branch
            for n in range(len(generator.dilations[branch])):
                if generator.resblock == "1":
                    tensors |= _conv(f"resblocks.{index}.convs1.{n}", block[f"dilated_{n}"])
                    tensors |= _conv(f"resblocks.{index}.convs2.{n}", block[f"plain_{n}"])
                else:
                    tensors |= _conv(f"resblocks.{index}.convs.{n}", block[f"dilated_{n}"])
    config = {
        "resblock": generator.resblock,
        "upsample_rates": list(generator.upsample_rates),
        "upsample_kernel_sizes": list(generator.upsample_kernels),
        "upsample_initial_channel": generator.channels,
        "resblock_kernel_sizes": list(generator.kernels),
        "resblock_dilation_sizes": [list(dilations) for dilations in generator.dilations],
    }
    return tensors, config | {
        theirs: getattr(model.spec, ours) for theirs, ours in SPEC_FIELDS.items()
    }


def require_features(
    stated: Stated, rates: tuple[int, ...], spec: AudioSpec, reader: Reader
) -> None:
    """Raises ForeignFileError if the config's features or the rates are not those of `spec`."""
    for theirs, ours in SPEC_FIELDS.items():
        value = getattr(spec, ours)
        # Their null means half the sample rate.
        if theirs != "fmax" or value != spec.sample_rate / 2 or stated.value(theirs, None):
            stated.require(theirs, value, f"{ours} of the audio spec")
    hop = math.prod(rates)
    stated.require_hop(hop, spec)


def _read_block(reader: Reader, name: str, resblock: Kind) -> dict[str, Any]:
    """Parameters of our `ResidualBlock`."""
    dilated = f"{name}.convs1" if resblock == "1" else f"{name}.convs"
    steps = range(reader.count(dilated))
    if not steps:
        raise reader.error(f"no tensor '{dilated}.0.weight'")
    block = {f"dilated_{n}": reader.conv(f"{dilated}.{n}") for n in steps}
    if resblock == "1":
        block |= {f"plain_{n}": reader.conv(f"{name}.convs2.{n}") for n in steps}
    return block


def _published(resblock: Kind, taps: tuple[int, ...], kernels: tuple[int, ...]) -> HiFiGAN | None:
    """Returns the published size with these layers, regardless of width."""
    for known in (HIFIGAN_V1, HIFIGAN_V3):
        if (known.resblock, known.upsample_kernels, known.kernels) == (resblock, taps, kernels):
            return known
    return None


def _require_agreement(stated: Stated, generator: HiFiGAN) -> None:
    if str(stated.value("resblock", "")) != generator.resblock:  # a string or a number in theirs
        stated.require("resblock", generator.resblock, "that of the tensors")
    stated.require("upsample_initial_channel", generator.channels, "that of the tensors")
    stated.require("upsample_kernel_sizes", generator.upsample_kernels, "that of the tensors")
    stated.require("resblock_kernel_sizes", generator.kernels, "that of the tensors")


def _conv(name: str, layer: Tree) -> dict[str, np.ndarray]:
    """Returns the tensors of our normalized `Conv1d`: outputs, inputs, taps."""
    return _normalized(name, _folded(layer).transpose(2, 1, 0), layer["bias"])


def _conv_transpose(name: str, layer: Tree) -> dict[str, np.ndarray]:
    """Returns the tensors of our normalized `ConvTranspose1d`: inputs, outputs, taps."""
    return _normalized(name, _folded(layer).transpose(1, 2, 0), layer["bias"])


def _folded(layer: Tree) -> Float[np.ndarray, "taps inputs outputs"]:
    kernel, gain = np.asarray(layer["kernel"], np.float64), np.asarray(layer["gain"], np.float64)
    return kernel * (gain / np.sqrt(np.sum(kernel**2, axis=(0, 1))))


def _normalized(
    name: str, weight: Float[np.ndarray, "first second taps"], bias: Any
) -> dict[str, np.ndarray]:
    length = np.sqrt(np.sum(weight**2, axis=(1, 2), keepdims=True))
    return {
        f"{name}.bias": np.asarray(bias, np.float32),
        f"{name}.weight_g": length.astype(np.float32),
        # A filter of zeros has no direction; any works.
        f"{name}.weight_v": np.where(length == 0, 1, weight).astype(np.float32),
    }
