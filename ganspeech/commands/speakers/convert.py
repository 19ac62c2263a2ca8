"""`ganspeech convert`: recordings as another speaker of a voice."""

from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.audio import AUDIO_SUFFIXES, AudioWriter
from ganspeech.audio.pieces import AudioPieces
from ganspeech.audio.writing import WRITABLE
from ganspeech.commands.shared.bars import under_bar
from ganspeech.commands.shared.files import convert_all, naming
from ganspeech.load import load_voice
from ganspeech.models.speakers import named_weights
from ganspeech.process.environment import keep_programs
from ganspeech.process.errors import UsageError

SHORT = 10
"""Seconds up to which a recording has no bar of its own."""


def convert(
    source_file: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="IN")],
    target_file: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    voice: Annotated[str, tyro.conf.arg(metavar="FILE|DIR")],
    speaker: str,
    source: str | None = None,
    noise: float = 0.0,
    seed: int = 0,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Converts recordings to another speaker of a voice, keeping words and timing.

    The voice must have several speakers and its posterior encoder: a run folder, or a file that
    `ganspeech export` made with --for-conversion.

    Example: ganspeech convert in.wav out.wav --voice runs/tts_speakers --speaker LJ

    Args:
        source_file: An audio file, or a folder.
        target_file: An audio file (.wav .flac .ogg .opus .mp3 .aiff .au), or a folder, for wavs.
        voice: A run folder, or a voice file (.safetensors).
        speaker: Name of the speaker to convert to, or a blend such as "anna:0.7, tom:0.3".
        source: Name of the speaker in the recordings, if the voice has them; otherwise the mean of
            all its speakers stands for them.
        noise: Deviation of a random draw of the sound, from 0 to 2; 0 draws nothing.
        seed: Random seed of that draw.
        overwrite: Replace files that exist.
        quiet: Print nothing but faults.
    """
    keep_programs()
    model = load_voice(voice)
    with naming(Path(voice)):
        model.require_converts()
    try:
        target = named_weights(speaker, model.speakers)
        known = None if source is None else named_weights(source, model.speakers)
        model.convert_pieces([], speaker=target, source=known, noise=noise, seed=seed)
    except ValueError as error:
        raise UsageError(str(error)) from None

    def convert_file(path: Path, to: Path) -> None:
        audio = AudioPieces(path, model.sample_rate)
        with naming(path), AudioWriter(to, model.sample_rate) as writer:
            pieces = model.convert_pieces(
                audio, speaker=target, source=known, noise=noise, seed=seed
            )
            hidden = quiet or audio.seconds <= SHORT
            for piece in under_bar(pieces, model.sample_rate, audio.seconds, hidden=hidden):
                writer.write(piece)

    return convert_all(
        source_file,
        target_file,
        convert_file,
        reads=AUDIO_SUFFIXES,
        writes=WRITABLE,
        overwrite=overwrite,
        quiet=quiet,
    )
