"""Published Vocos models of log-mels (Siuzdak 2023, github.com/gemelo-ai/vocos)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.audio.mel import mel_filterbank
from ganspeech.audio.stft import hann_window
from ganspeech.formats.tensors import Reader, Tensors
from ganspeech.generators.vocos import Vocos
from ganspeech.interop.vocoders.stated import Stated
from ganspeech.models.fit import require_fit
from ganspeech.models.vocoder import Vocoder

FILTERBANK = "feature_extractor.mel_spec.mel_scale.fb"
WINDOWS = ("feature_extractor.mel_spec.spectrogram.window", "head.istft.window")
DISCRIMINATORS = r"(multiperioddisc|multiresddisc)\."
"""Tensors that the authors' training checkpoints hold beside the generator."""


def recognizes(tensors: Tensors) -> bool:
    """Returns whether a state dict has the names of the authors' `Vocos`."""
    return "backbone.embed.weight" in tensors and "head.out.weight" in tensors


def read(
    tensors: Tensors, config: Mapping[str, Any] | None, spec: AudioSpec, source: str
) -> Vocoder:
    """Reads the model of a state dict; `config` is the parsed config.yaml.

    All sizes follow from the tensors. The published window and filterbank are compared with those
    of `spec` and not kept. Raises ForeignFileError if they or the config differ from the spec's,
    for missing, superfluous or misshapen tensors, and for a model of codec tokens.
    """
    reader = Reader(tensors, source)
    if reader.has("backbone.norm.scale.weight"):
        raise reader.error("a Vocos of EnCodec's tokens: it takes no log-mels")
    _require_features(reader, spec)
    _require_agreement(config, spec, reader)
    params: dict[str, Any] = {
        "embed": reader.conv("backbone.embed", weight_norm=False),
        "embed_norm": reader.norm("backbone.norm"),
        "norm": reader.norm("backbone.final_layer_norm"),
        "head": {"spectrum": reader.dense("head.out")},
    }
    blocks = reader.count("backbone.convnext")
    if not blocks:
        raise reader.error("no tensor 'backbone.convnext.0.dwconv.weight'")
    for n in range(blocks):
        params[f"block_{n}"] = _block(reader, f"backbone.convnext.{n}")
    reader.done(DISCRIMINATORS)

    kernel, bands, width = params["embed"]["kernel"].shape
    if bands != spec.n_mels:
        raise reader.error(
            f"it takes {bands} mel bands, but n_mels of the audio spec is {spec.n_mels}"
        )
    bins = params["head"]["spectrum"]["bias"].size // 2
    if bins != spec.bins:
        raise reader.error(
            f"it makes spectra of {bins} bins, but n_fft of the audio spec is {spec.n_fft}, whose "
            f"spectra have {spec.bins}"
        )
    expansion = params["block_0"]["expand"]["bias"].size // width
    generator = Vocos(width=width, blocks=blocks, kernel=kernel, expansion=expansion)
    require_fit(generator, {"params": params}, spec, reader.error)
    return Vocoder(
        generator, {"params": params}, spec, f"Vocos, imported from {Path(source).name}."
    )


def _block(reader: Reader, name: str) -> dict[str, Any]:
    """Parameters of our `ConvNeXtBlock`."""
    depthwise = reader.conv(f"{name}.dwconv", weight_norm=False)
    return {
        "depthwise": depthwise | {"kernel": depthwise["kernel"][:, 0]},
        "norm": reader.norm(f"{name}.norm"),
        "expand": reader.dense(f"{name}.pwconv1"),
        "contract": reader.dense(f"{name}.pwconv2"),
        "gain": reader.array(f"{name}.gamma"),
    }


def _require_features(reader: Reader, spec: AudioSpec) -> None:
    """Takes the feature extractor's buffers, which must match the spec."""
    if reader.has(FILTERBANK):
        fields = "sample_rate, n_fft, n_mels, fmin, fmax, mel_scale, mel_norm"
        _require_equal(reader, FILTERBANK, mel_filterbank(spec), f"mel filters ({fields})")
    window = hann_window(spec)[(spec.n_fft - spec.win_length) // 2 :][: spec.win_length]
    for name in WINDOWS:
        if reader.has(name):
            _require_equal(reader, name, window, "Hann window (win_length)")


def _require_equal(reader: Reader, name: str, ours: np.ndarray, what: str) -> None:
    theirs = reader.array(name)
    if theirs.shape != ours.shape:
        raise reader.error(
            f"{name} is {list(theirs.shape)}, but the audio spec's {what} are {list(ours.shape)}"
        )
    difference = np.abs(theirs - ours).max()
    if not difference < 1e-4 * np.abs(ours).max():
        raise reader.error(
            f"{name} differs from the audio spec's {what} by {difference:.2g}, so the mels would"
        )


def _require_agreement(config: Mapping[str, Any] | None, spec: AudioSpec, reader: Reader) -> None:
    sections = config or {}
    for section, fields in (
        ("feature_extractor", ("sample_rate", "n_fft", "hop_length", "n_mels", "padding")),
        ("head", ("n_fft", "hop_length", "padding")),
    ):
        part = sections.get(section)
        arguments = part.get("init_args") if isinstance(part, Mapping) else None
        stated = Stated(arguments if isinstance(arguments, Mapping) else None, reader.error)
        for field in fields:
            stated.require(field, getattr(spec, field), f"{field} of the audio spec")
