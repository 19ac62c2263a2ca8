"""`ganspeech vocode`: recordings or feature files to waveforms."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Literal

import tyro

from ganspeech.audio import AUDIO_SUFFIXES, PRESETS, AudioSpec, AudioWriter, load_features
from ganspeech.audio.foreign_features import FOREIGN_SUFFIXES, read_foreign_features
from ganspeech.audio.pieces import Audio, AudioPieces, LogMel, log_mel_pieces
from ganspeech.audio.writing import WRITABLE
from ganspeech.commands.mel import Preset
from ganspeech.commands.shared.bars import under_bar
from ganspeech.commands.shared.files import convert_all, naming
from ganspeech.load import VOCODER, load_vocoder
from ganspeech.models.vocoder import LONG_FRAMES, Vocoder
from ganspeech.process.errors import UsageError

FEATURES = ".npz"


def vocode(
    source: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="IN")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    vocoder: Annotated[str, tyro.conf.arg(metavar="NAME|FILE|DIR")] = VOCODER,
    spec: Preset | Literal["vocoder"] | None = None,
    piece: int = LONG_FRAMES,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Makes waveforms of log-mels.

    Example: ganspeech vocode recordings vocoded

    Args:
        source: An audio file, whose log-mel is vocoded, or a feature file (.npz), or log-mels of
            another program (.npy, .pt, with --spec), or a folder.
        target: An audio file (.wav .flac .ogg .opus .mp3 .aiff .au), or a folder, for wavs.
        vocoder: A shipped vocoder by name, a model file (.safetensors), or a run folder.
        spec: Preset of log-mels in .npy and .pt files, which say nothing of theirs; vocoder: that
            of the vocoder. They are [frames, mels] or [mels, frames], logarithms or decibels.
        piece: Frames that are vocoded at once, at least 1; fewer need less memory.
        overwrite: Replace files that exist.
        quiet: Print nothing but faults.
    """
    if piece < 1:
        raise UsageError(f"--piece must be at least 1, not {piece}")
    voc = load_vocoder(vocoder)
    foreign = voc.spec if spec == "vocoder" else PRESETS.get(spec or "")

    def convert(path: Path, to: Path) -> None:
        with AudioWriter(to, voc.spec.sample_rate) as writer:
            for audio in vocoded(voc, path, foreign, frames=piece, quiet=quiet):
                writer.write(audio)

    return convert_all(
        source,
        target,
        convert,
        reads=(*AUDIO_SUFFIXES, FEATURES, *FOREIGN_SUFFIXES),
        writes=WRITABLE,
        overwrite=overwrite,
        quiet=quiet,
    )


def vocoded(
    vocoder: Vocoder, path: Path, foreign: AudioSpec | None, *, frames: int, quiet: bool
) -> Iterator[Audio]:
    """Yields the waveform of an audio or feature file, one hop per frame, with a bar if it is long.

    `foreign` is the spec of files that do not name theirs; `frames` are vocoded at once.
    ValueErrors name the file.
    """
    mels, spec, seconds = _log_mels(path, vocoder.spec, foreign, frames)
    rate = vocoder.spec.sample_rate
    short = seconds * rate <= LONG_FRAMES * vocoder.spec.hop_length
    with naming(path):
        pieces = vocoder.pieces(mels, spec=spec, frames=frames)
        yield from under_bar(pieces, rate, seconds, hidden=quiet or short)


def _log_mels(
    path: Path, spec: AudioSpec, foreign: AudioSpec | None, frames: int
) -> tuple[Iterable[LogMel], AudioSpec, float]:
    """Log-mels of a file in pieces, the spec they have, and their length in seconds."""
    if path.suffix.lower() in FOREIGN_SUFFIXES:
        if foreign is None:
            raise ValueError(f"{path} says nothing of its audio spec: name it with --spec")
        mel, spec = read_foreign_features(path, foreign), foreign
    elif path.suffix.lower() == FEATURES:
        mel, spec = load_features(path)
    else:
        audio = AudioPieces(path, spec.sample_rate)
        return log_mel_pieces(audio, spec, frames=frames), spec, audio.seconds
    pieces = (mel[start : start + frames] for start in range(0, len(mel), frames))
    return pieces, spec, len(mel) * spec.hop_length / spec.sample_rate
