"""UnivNet of Hugging Face transformers (`UnivNetModel`), for example Tortoise TTS's."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.formats.tensors import Reader, Tensors
from ganspeech.generators.univnet import SLOPE, UnivNet
from ganspeech.interop.vocoders.stated import Stated
from ganspeech.models.fit import require_fit
from ganspeech.models.vocoder import Vocoder

PUBLISHED_DILATIONS = (1, 3, 9, 27)
"""Dilations of every stage if there is no config."""


def recognizes(tensors: Tensors) -> bool:
    """Returns whether a state dict has the names of `UnivNetModel`."""
    return "resblocks.0.kernel_predictor.kernel_conv.bias" in tensors


def read(
    tensors: Tensors, config: Mapping[str, Any] | None, spec: AudioSpec, source: str
) -> Vocoder:
    """Reads the model of a state dict, its weight normalization folded or not.

    Sizes follow from the tensors; dilations are the config's, or the published (1, 3, 9, 27). The
    feature extractor of transformers adds 1e-9 under its magnitudes' square root. The nearest audio
    spec, of 24000 Hz, 100 mels and fmax 12000, differs by at most 0.14, and only near the floor.
    Raises ForeignFileError for other tensors, or a config that contradicts them or `spec`.
    """
    reader = Reader(tensors, source)
    stated = Stated(config, reader.error)
    params: dict[str, Any] = {"before": reader.conv("conv_pre"), "after": reader.conv("conv_post")}
    noise_channels, channels = params["before"]["kernel"].shape[-2:]
    sizes: list[tuple[int, int, int]] = []
    for n in range(reader.count("resblocks")):
        stage = f"resblocks.{n}"
        upsample = reader.conv_transpose(f"{stage}.convt_pre")
        count = reader.count(f"{stage}.resblocks")
        convs = [reader.conv(f"{stage}.resblocks.{i}.conv") for i in range(count)]
        if not convs:
            raise reader.error(f"no tensor '{stage}.resblocks.0.conv.weight'")
        taps = convs[0]["kernel"].shape[0]
        predictor = _predictor(reader, f"{stage}.kernel_predictor", count, channels, taps)
        params |= {f"upsample_{n}": upsample, f"predictor_{n}": predictor}
        params |= {f"conv_{n}_{i}": conv for i, conv in enumerate(convs)}
        sizes.append((upsample["kernel"].shape[0] // 2, taps, count))
    reader.done()
    strides, kernels, layers = zip(*sizes)
    predictor = params["predictor_0"]
    bands, width = predictor["before"]["kernel"].shape[-2:]
    blocks = sum(name.startswith("first") for name in predictor)
    generator = UnivNet(
        channels=channels,
        noise_channels=noise_channels,
        strides=strides,
        kernels=kernels,
        dilations=_dilations(stated, list(layers)),
        predictor_channels=width,
        predictor_blocks=blocks,
        predictor_kernel=predictor["biases"]["kernel"].shape[0],
    )
    for field, value in {
        "model_hidden_channels": channels,
        "model_in_channels": noise_channels,
        "resblock_stride_sizes": generator.strides,
        "resblock_kernel_sizes": generator.kernels,
        "kernel_predictor_num_blocks": blocks,
        "kernel_predictor_conv_size": generator.predictor_kernel,
    }.items():
        stated.require(field, value, "that of the tensors")
    stated.require("leaky_relu_slope", SLOPE, "the slope of ours")
    stated.require("num_mel_bins", spec.n_mels, "n_mels of the audio spec")
    if bands != spec.n_mels:
        told = f"n_mels of the audio spec is {spec.n_mels}"
        raise reader.error(f"it takes {bands} mel bands, but {told}")
    stated.require_hop(math.prod(strides), spec)
    require_fit(generator, {"params": params}, spec, reader.error)
    about = f"UnivNet, imported from {Path(source).name}."
    return Vocoder(generator, {"params": params}, spec, about)


def _dilations(stated: Stated, layers: list[int]) -> tuple[tuple[int, ...], ...]:
    published = [PUBLISHED_DILATIONS] * len(layers)
    return stated.counts("resblock_dilation_sizes", published, layers)


def _predictor(
    reader: Reader, name: str, layers: int, channels: int, taps: int
) -> dict[str, dict[str, Any]]:
    """Parameters of our `KernelPredictor`."""
    params = {"before": reader.conv(f"{name}.input_conv")}
    for n in range(reader.count(f"{name}.resblocks")):
        params[f"first_{n}"] = reader.conv(f"{name}.resblocks.{n}.conv1")
        params[f"second_{n}"] = reader.conv(f"{name}.resblocks.{n}.conv2")
    params["biases"] = reader.conv(f"{name}.bias_conv")
    kernels = reader.conv(f"{name}.kernel_conv")
    # The taps of a predicted kernel are innermost in theirs, outermost in ours.
    foreign = (layers, channels, 2 * channels, taps)
    if kernels["bias"].size != math.prod(foreign):
        raise reader.error(
            f"{name}.kernel_conv.bias is {list(kernels['bias'].shape)}, but {layers} kernels of "
            f"{taps} taps and {channels} channels take {math.prod(foreign)}"
        )
    order = np.arange(math.prod(foreign)).reshape(foreign).transpose(0, 3, 1, 2).reshape(-1)
    params["kernels"] = {key: array[..., order] for key, array in kernels.items()}
    return params
