"""`python -m ganspeech vocode`: recordings or feature files to waveforms."""

from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from jaxtyping import Float

from ganspeech.audio import AUDIO_SUFFIXES, SpecMismatch, load_features, write_audio
from ganspeech.audio.files import WRITABLE
from ganspeech.commands.files import convert_all
from ganspeech.commands.mel import read_log_mel
from ganspeech.commands.trained import DEFAULT, load_vocoder
from ganspeech.inference import Vocoder

FEATURES = ".npz"


def vocode(
    source: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="IN")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    run: Annotated[Path, tyro.conf.arg(metavar="DIR")] = DEFAULT,
    overwrite: bool = False,
) -> int:
    """Makes waveforms of log-mels.

    Example: python -m ganspeech vocode recordings vocoded --run runs/vocoder_demo

    Args:
        source: An audio file, whose log-mel is vocoded, or a feature file (.npz), or a folder.
        target: An audio file (.wav or .flac), or a folder.
        run: The run whose vocoder is used.
        overwrite: Replace files that exist.
    """
    vocoder = load_vocoder(run)

    def convert(path: Path, to: Path) -> None:
        write_audio(to, vocode_file(vocoder, path), vocoder.spec.sample_rate)

    return convert_all(
        source,
        target,
        convert,
        reads=(*AUDIO_SUFFIXES, FEATURES),
        writes=WRITABLE,
        overwrite=overwrite,
    )


def vocode_file(vocoder: Vocoder, path: Path) -> Float[np.ndarray, " samples"]:
    """The waveform of an audio or feature file, a hop for each frame; ValueErrors name the file."""
    if path.suffix.lower() != FEATURES:
        return vocoder(read_log_mel(path, vocoder.spec), spec=vocoder.spec)
    mel, spec = load_features(path)
    try:
        return vocoder(mel, spec=spec)
    except SpecMismatch as error:
        raise ValueError(f"{path}: {error}") from error
