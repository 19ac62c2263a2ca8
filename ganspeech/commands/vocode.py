"""`ganspeech vocode`: recordings or feature files to waveforms."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import tyro
from tqdm import tqdm

from ganspeech.audio import AUDIO_SUFFIXES, AudioSpec, AudioWriter, load_features
from ganspeech.audio.pieces import Audio, AudioPieces, LogMel, log_mel_pieces
from ganspeech.audio.writing import WRITABLE
from ganspeech.commands.shared.files import convert_all, naming
from ganspeech.load import VOCODER, load_vocoder
from ganspeech.models.vocoder import LONG_FRAMES, Vocoder

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
        with AudioWriter(to, voc.spec.sample_rate) as writer:
            for piece in vocoded(voc, path, quiet=quiet):
                writer.write(piece)

    return convert_all(
        source,
        target,
        convert,
        reads=(*AUDIO_SUFFIXES, FEATURES),
        writes=WRITABLE,
        overwrite=overwrite,
        quiet=quiet,
    )


def vocoded(vocoder: Vocoder, path: Path, *, quiet: bool) -> Iterator[Audio]:
    """Yields the waveform of an audio or feature file, one hop per frame, with a bar if it is long.

    ValueErrors name the file.
    """
    mels, spec, seconds = _log_mels(path, vocoder.spec)
    rate = vocoder.spec.sample_rate
    short = seconds * rate <= LONG_FRAMES * vocoder.spec.hop_length
    hidden = quiet or short
    with naming(path), tqdm(total=round(seconds), unit="s", leave=False, disable=hidden) as bar:
        samples = 0
        for piece in vocoder.pieces(mels, spec=spec):
            yield piece
            samples += len(piece)
            bar.update(round(samples / rate) - bar.n)


def _log_mels(path: Path, spec: AudioSpec) -> tuple[Iterable[LogMel], AudioSpec, float]:
    """Log-mels of a file in pieces, the spec they have, and their length in seconds."""
    if path.suffix.lower() != FEATURES:
        audio = AudioPieces(path, spec.sample_rate)
        return log_mel_pieces(audio, spec, frames=LONG_FRAMES), spec, audio.seconds
    mel, spec = load_features(path)
    pieces = (mel[start : start + LONG_FRAMES] for start in range(0, len(mel), LONG_FRAMES))
    return pieces, spec, len(mel) * spec.hop_length / spec.sample_rate
