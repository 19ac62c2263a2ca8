"""The authors' BigVGAN checkpoints (Lee et al. 2023, github.com/NVIDIA/BigVGAN), v1 and v2."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.formats.tensors import Reader, Tensors
from ganspeech.generators.bigvgan import BIGVGAN, BIGVGAN_BASE, BIGVGAN_V2_512X, BigVGAN
from ganspeech.interop.vocoders.hifigan import require_features
from ganspeech.interop.vocoders.stated import Stated
from ganspeech.models.fit import require_fit
from ganspeech.models.vocoder import Vocoder
from ganspeech.nn.antialias import kaiser_sinc


def recognizes(tensors: Tensors) -> bool:
    """Returns whether a state dict has the names of the authors' `BigVGAN`."""
    return "ups.0.0.bias" in tensors and "activation_post.act.alpha" in tensors


def read(
    tensors: Tensors, config: Mapping[str, Any] | None, spec: AudioSpec, source: str
) -> Vocoder:
    """Reads the model of a state dict, its weight normalization folded or not.

    Sizes, the kind of snake and the final bias follow from the tensors; upsampling rates and
    dilations are the config's, or those of the published model whose layers the tensors have.
    Without a config the snakes' weights are logarithms, as in all published models, and there is a
    final tanh if there is a final bias. Activation filters must equal ours and are not kept.
    Raises ForeignFileError for missing, superfluous or misshapen tensors, for other filters, for a
    config that contradicts the tensors or `spec`, and for tensors of no published size without a
    config.
    """
    reader = Reader(tensors, source)
    stated = Stated(config, reader.error)
    if str(stated.value("resblock", "1")) != "1":
        stated.require("resblock", "1", "the only kind of published models, which ours have,")
    final_bias = reader.has("conv_post.bias")
    params = {
        "before": reader.conv("conv_pre"),
        "after": reader.conv("conv_post", bias=final_bias),
        "snake": _snake(reader, "activation_post"),
    }
    upsamplers = [reader.conv_transpose(f"ups.{n}.0") for n in range(reader.count("ups"))]
    count = reader.count("resblocks")
    blocks = [_read_block(reader, f"resblocks.{n}") for n in range(count)]
    reader.done()

    if not upsamplers or not blocks or len(blocks) % len(upsamplers):
        raise reader.error(
            f"{len(blocks)} residual blocks cannot be shared by {len(upsamplers)} upsamplings"
        )
    branches = len(blocks) // len(upsamplers)
    taps = tuple(layer["kernel"].shape[0] for layer in upsamplers)
    steps = [sum(name.startswith("dilated") for name in block) for block in blocks[:branches]]
    published = _published(taps)
    generator = BigVGAN(
        upsample_rates=stated.rates(published and published.upsample_rates, taps),
        upsample_kernels=taps,
        channels=params["before"]["kernel"].shape[-1],
        kernels=tuple(block["dilated_0"]["kernel"].shape[0] for block in blocks[:branches]),
        dilations=stated.counts(
            "resblock_dilation_sizes", published and published.dilations, steps
        ),
        activation="snakebeta" if "beta" in params["snake"] else "snake",
        log_scale=bool(stated.value("snake_logscale", True)),
        tanh=bool(stated.value("use_tanh_at_final", final_bias if config is None else True)),
        final_bias=final_bias,
    )
    params |= {f"upsample_{n}": layer for n, layer in enumerate(upsamplers)}
    for index, block in enumerate(blocks):
        stage, branch = divmod(index, branches)
        params[f"block_{stage}_{branch}"] = block
    _require_agreement(stated, generator)
    require_features(stated, generator.upsample_rates, spec, reader)
    require_fit(generator, {"params": params}, spec, reader.error)
    return Vocoder(
        generator, {"params": params}, spec, f"BigVGAN, imported from {Path(source).name}."
    )


def _read_block(reader: Reader, name: str) -> dict[str, Any]:
    """Parameters of our `PeriodicBlock`."""
    steps = range(reader.count(f"{name}.convs1"))
    if not steps:
        raise reader.error(f"no tensor '{name}.convs1.0.weight'")
    block: dict[str, Any] = {}
    for n in steps:
        block[f"snake_dilated_{n}"] = _snake(reader, f"{name}.activations.{2 * n}")
        block[f"dilated_{n}"] = reader.conv(f"{name}.convs1.{n}")
        block[f"snake_plain_{n}"] = _snake(reader, f"{name}.activations.{2 * n + 1}")
        block[f"plain_{n}"] = reader.conv(f"{name}.convs2.{n}")
    return block


def _snake(reader: Reader, name: str) -> dict[str, Any]:
    """Parameters of our `AntiAliasedSnake`."""
    for part in ("upsample.filter", "downsample.lowpass.filter"):
        stored = reader.array(f"{name}.{part}").reshape(-1)
        ours = kaiser_sinc()
        # Half precision keeps about a thousandth of a tap.
        if stored.size != ours.size or not np.allclose(stored, ours, rtol=0, atol=5e-4):
            raise reader.error(f"{name}.{part} is another filter than ours")
    weights = ("alpha", "beta") if reader.has(f"{name}.act.beta") else ("alpha",)
    return {weight: reader.array(f"{name}.act.{weight}") for weight in weights}


def _published(taps: tuple[int, ...]) -> BigVGAN | None:
    """Returns the published size with these upsamplings, regardless of width."""
    for known in (BIGVGAN, BIGVGAN_BASE, BIGVGAN_V2_512X):
        if known.upsample_kernels == taps:
            return known
    return None


def _require_agreement(stated: Stated, generator: BigVGAN) -> None:
    for field, value in {
        "upsample_initial_channel": generator.channels,
        "upsample_kernel_sizes": generator.upsample_kernels,
        "resblock_kernel_sizes": generator.kernels,
        "activation": generator.activation,
        "use_bias_at_final": generator.final_bias,
    }.items():
        stated.require(field, value, "that of the tensors")
