"""`ganspeech vocode`: recordings or feature files to waveforms."""

from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from jaxtyping import Float

from ganspeech.audio import AUDIO_SUFFIXES, SpecMismatch, load_features, write_audio
from ganspeech.audio.files import WRITABLE
from ganspeech.commands.mel import read_log_mel
from ganspeech.commands.shared.files import convert_all
from ganspeech.load import VOCODER, load_vocoder
from ganspeech.models.vocoder import Vocoder

FEATURES = ".npz"


def vocode(
    source: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="IN")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    vocoder: Annotated[str, tyro.conf.arg(metavar="NAME|FILE|DIR")] = VOCODER,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Makes waveforms of log-mels.

    Example: ganspeech vocode recordings vocoded

    Args:
        source: An audio file, whose log-mel is vocoded, or a feature file (.npz), or a folder.
        target: An audio file (.wav .flac .ogg .opus .mp3 .aiff .au), or a folder, for wavs.
        vocoder: A shipped vocoder by name, a model file (.safetensors), or a run folder.
        overwrite: Replace files that exist.
        quiet: Print nothing but faults.
    """
    voc = load_vocoder(vocoder)

    def convert(path: Path, to: Path) -> None:
        write_audio(to, vocode_file(voc, path), voc.spec.sample_rate)

    return convert_all(
        source,
        target,
        convert,
        reads=(*AUDIO_SUFFIXES, FEATURES),
        writes=WRITABLE,
        overwrite=overwrite,
        quiet=quiet,
    )


def vocode_file(vocoder: Vocoder, path: Path) -> Float[np.ndarray, " samples"]:
    """Waveform of an audio or feature file, one hop per frame; ValueErrors name the file."""
    if path.suffix.lower() != FEATURES:
        return vocoder(read_log_mel(path, vocoder.spec), spec=vocoder.spec)
    mel, spec = load_features(path)
    try:
        return vocoder(mel, spec=spec)
    except SpecMismatch as error:
        raise ValueError(f"{path}: {error}") from error
