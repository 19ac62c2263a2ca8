"""The vocoder of SpeechT5 in Hugging Face transformers (`SpeechT5HifiGan`): HiFi-GAN's
architecture on standardized mels."""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ganspeech.audio import AudioSpec
from ganspeech.formats.tensors import Reader, Tensors
from ganspeech.generators.hifigan import HiFiGAN
from ganspeech.interop.vocoders.stated import Stated
from ganspeech.models.fit import require_fit
from ganspeech.models.vocoder import Vocoder

PUBLISHED_RATES, PUBLISHED_TAPS = (4, 4, 4, 4), (8, 8, 8, 8)
"""Upsampling of `microsoft/speecht5_hifigan`, used if there is no config."""
PUBLISHED_DILATIONS = (1, 3, 5)


def recognizes(tensors: Tensors) -> bool:
    """Returns whether a state dict has the names of `SpeechT5HifiGan`."""
    return "upsampler.0.bias" in tensors and "resblocks.0.convs1.0.bias" in tensors


def read(
    tensors: Tensors, config: Mapping[str, Any] | None, spec: AudioSpec, source: str
) -> Vocoder:
    """Reads the model of a state dict, its weight normalization folded or not.

    Sizes follow from the tensors; upsampling rates, dilations and whether the mels are
    standardized are the config's, or those of `microsoft/speecht5_hifigan`, whose features are
    those of `SPEECHT5_16K`. Raises ForeignFileError for missing, superfluous or misshapen
    tensors, and for a config that contradicts the tensors or `spec`.
    """
    reader = Reader(tensors, source)
    stated = Stated(config, reader.error)
    standardize = stated.value("normalize_before", True)
    variables: dict[str, Any] = {}
    if standardize:
        statistics = {name: reader.array(name) for name in ("mean", "scale")}
        variables["statistics"] = {"standardize": statistics}
    before, after = reader.conv("conv_pre"), reader.conv("conv_post")
    stages = range(reader.count("upsampler"))
    upsamplers = [reader.conv_transpose(f"upsampler.{n}") for n in stages]
    blocks = [_block(reader, f"resblocks.{i}") for i in range(reader.count("resblocks"))]
    reader.done(r"(mean|scale)$")

    if not upsamplers or not blocks or len(blocks) % len(upsamplers):
        raise reader.error(
            f"{len(blocks)} residual blocks cannot be shared by {len(upsamplers)} upsamplings"
        )
    per_stage = len(blocks) // len(upsamplers)
    kernels = tuple(block["dilated_0"]["kernel"].shape[0] for block in blocks[:per_stage])
    if len(set(kernels)) < per_stage:
        raise reader.error(f"residual blocks of {kernels} taps: ours have different numbers")
    layers = [len(block) // 2 for block in blocks[:per_stage]]
    published = [PUBLISHED_DILATIONS] * per_stage
    taps = tuple(layer["kernel"].shape[0] for layer in upsamplers)
    generator = HiFiGAN(
        upsample_rates=stated.rates(PUBLISHED_RATES if taps == PUBLISHED_TAPS else None, taps),
        upsample_kernels=taps,
        channels=before["kernel"].shape[-1],
        kernels=kernels,
        dilations=stated.counts("resblock_dilation_sizes", published, layers),
        standardize=bool(standardize),
    )
    params = {"before": before, "after": after}
    params |= {f"upsample_{n}": layer for n, layer in enumerate(upsamplers)}
    for index, block in enumerate(blocks):
        n, i = divmod(index, per_stage)
        params[f"block_{n}_{kernels[i]}"] = block
    variables["params"] = params

    stated.require("upsample_initial_channel", generator.channels, "that of the tensors")
    stated.require("upsample_kernel_sizes", taps, "that of the tensors")
    stated.require("resblock_kernel_sizes", kernels, "that of the tensors")
    stated.require("leaky_relu_slope", 0.1, "the slope of ours")
    stated.require("sampling_rate", spec.sample_rate, "sample_rate of the audio spec")
    stated.require("model_in_dim", spec.n_mels, "n_mels of the audio spec")
    stated.require_hop(math.prod(generator.upsample_rates), spec)
    require_fit(generator, variables, spec, reader.error)
    about = f"SpeechT5's HiFi-GAN, imported from {Path(source).name}."
    return Vocoder(generator, variables, spec, about)


def _block(reader: Reader, name: str) -> dict[str, Any]:
    """Parameters of our `ResidualBlock` with two layers per step."""
    block: dict[str, Any] = {}
    for n in range(reader.count(f"{name}.convs1")):
        block[f"dilated_{n}"] = reader.conv(f"{name}.convs1.{n}")
        block[f"plain_{n}"] = reader.conv(f"{name}.convs2.{n}")
    if not block:
        raise reader.error(f"no tensor '{name}.convs1.0.weight'")
    return block
