"""`ganspeech mel`: recordings to feature files."""

import functools
from pathlib import Path
from typing import Annotated, Literal

import jax
import numpy as np
import tyro
from jaxtyping import Float

from ganspeech import audio
from ganspeech.audio import AUDIO_SUFFIXES, PRESETS, AudioSpec
from ganspeech.audio.stft import require_length
from ganspeech.commands.shared.files import convert_all
from ganspeech.load import load_vocoder
from ganspeech.process.errors import UsageError

Preset = Literal[
    "hifigan_22k",
    "vocos_24k",
    "recognition_16k",
    "speech_16k",
    "speecht5_16k",
    "bigvgan_24k",
    "bigvgan_44k",
]
"""The names in `PRESETS`."""

ROUND_HOPS = 64
"""Recordings are padded to a multiple of this many hops, so that few lengths are compiled."""


def mel(
    source: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="IN")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    spec: Preset | None = None,
    vocoder: Annotated[str | None, tyro.conf.arg(metavar="NAME|FILE|DIR")] = None,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Computes log-mels, to be vocoded later or elsewhere.

    Example: ganspeech mel recordings features --vocoder primed-16k

    Args:
        source: An audio file, or a folder of them.
        target: A feature file (.npz), or a folder.
        spec: Preset of the features.
        vocoder: Vocoder that the features are for: a shipped one by name, a model file
            (.safetensors), or a run folder.
        overwrite: Replace files that exist.
        quiet: Print nothing but faults.
    """
    if (spec is None) == (vocoder is None):
        raise UsageError("give either --spec NAME or --vocoder NAME")
    chosen = load_vocoder(vocoder).spec if vocoder is not None else PRESETS[str(spec)]

    def convert(path: Path, to: Path) -> None:
        audio.save_features(to, read_log_mel(path, chosen), chosen)

    return convert_all(
        source,
        target,
        convert,
        reads=AUDIO_SUFFIXES,
        writes=(".npz",),
        overwrite=overwrite,
        quiet=quiet,
    )


def read_log_mel(path: Path, spec: AudioSpec) -> Float[np.ndarray, "frames mels"]:
    """Log-mel of an audio file, resampled to the spec's rate; ValueErrors name the file."""
    samples, _ = audio.read_audio(path, spec.sample_rate)
    try:
        return log_mel(samples, spec)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def log_mel(
    samples: Float[np.ndarray, " samples"], spec: AudioSpec
) -> Float[np.ndarray, "frames mels"]:
    """`ganspeech.audio.log_mel`, compiled once for many lengths."""
    require_length(len(samples), spec)
    # The frames kept depend on the recording and its own padding, not on the zeros after it.
    padded = np.pad(samples, (0, spec.pads()[1]), mode=spec.pad_mode)
    rest = -len(padded) % (ROUND_HOPS * spec.hop_length)
    return np.asarray(_log_mel(np.pad(padded, (0, rest)), spec))[: spec.frames(len(samples))]


@functools.partial(jax.jit, static_argnums=1)
def _log_mel(samples: jax.Array, spec: AudioSpec) -> jax.Array:
    return audio.log_mel(samples, spec)
