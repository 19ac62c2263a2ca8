"""`ganspeech mel`: recordings to feature files."""

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import tyro
from jaxtyping import Float

from ganspeech import audio
from ganspeech.audio import AUDIO_SUFFIXES, PRESETS, AudioSpec
from ganspeech.audio.pieces import AudioPieces, log_mel_pieces
from ganspeech.commands.shared.files import convert_all, naming
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

PIECE_FRAMES = 4096
"""Frames that are computed at once."""


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
    pieces = AudioPieces(path, spec.sample_rate)
    with naming(path):
        return np.concatenate(list(log_mel_pieces(pieces, spec, frames=PIECE_FRAMES)))
