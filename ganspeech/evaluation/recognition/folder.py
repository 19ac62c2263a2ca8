"""Evaluation of a recognizer on a folder of audio with transcripts."""

import functools
from pathlib import Path

from ganspeech.audio import AudioFileError, read_audio
from ganspeech.data.corpus import Problems, is_audio
from ganspeech.evaluation.recognition.accuracy import Recognized
from ganspeech.evaluation.recognition.conditions import CLEAN, Audio, Reference, hear
from ganspeech.evaluation.recognition.page import RecognitionExhibit
from ganspeech.evaluation.recognition.systems import BEST_PATH, Decoding, listener, units
from ganspeech.evaluation.recognition.texts import read_texts
from ganspeech.load import load_recognizer
from ganspeech.text.vocabulary import UnknownSymbols, Vocabulary

LINES = ".trans.txt"
"""Suffix of LibriSpeech's files of transcripts, SPEAKER-CHAPTER.trans.txt."""


def recognize_folder(
    model: str,
    audio: Path,
    *,
    reference: Path | None = None,
    speakers: Path | None = None,
    decoding: Decoding = BEST_PATH,
    progress: bool = True,
) -> tuple[Recognized, RecognitionExhibit]:
    """Recognizes all recordings of a folder, as they are, and compares them with transcripts.

    Transcripts are lines `ID TEXT` of `reference`, ids being file names without suffixes, or else
    files beside the audio: `ID.txt`, or `*.trans.txt` with such lines, as in LibriSpeech. Files
    without a counterpart and unusable ones are skipped and noted. Raises ValueError, naming the
    folder, if nothing is left.
    """
    recognizer = load_recognizer(model)
    rate, vocabulary = recognizer.task.spec.sample_rate, recognizer.task.vocabulary
    problems = Problems()
    files = _audio_files(audio, problems)
    speaker_of: dict[str, str] = {}
    if reference is None:
        texts = _texts_beside(audio, speaker_of, problems)
    else:
        texts = read_texts(reference, problems)
    if speakers is not None:
        speaker_of = read_texts(speakers, problems)
    for id in texts.keys() - files.keys():
        problems.skip("transcripts without audio", id)
    spoken = {}
    for id, path in files.items():
        if id not in texts:
            problems.skip("audio without a transcript", id)
        elif (text := _counted(vocabulary, id, texts[id], problems)) and _usable(
            path, rate, problems
        ):
            spoken[id] = Reference(
                id, text, speaker_of.get(id, ""), functools.partial(_audio, path, rate)
            )
    if not spoken:
        reasons = "".join(f"; {line}" for line in problems.lines())
        raise ValueError(f"{audio}: no audio that can be compared with a transcript{reasons}")
    rows = recognize_all(
        list(spoken.values()),
        listener(recognizer, decoding),
        snrs=(),
        noises={},
        progress=progress,
    )
    recognized = Recognized(
        title=f"{Path(model).name} on {audio.resolve().name}",
        rows={"as recorded": rows[CLEAN]},
        units=units(vocabulary),
        notes=tuple(filter(None, (recognizer.about, decoding.about))),
        problems=tuple(problems.lines()),
    )
    return recognized, RecognitionExhibit(rate, lambda answer: spoken[answer.id].audio())


def _audio_files(folder: Path, problems: Problems) -> dict[str, Path]:
    if not folder.is_dir():
        raise ValueError(f"--audio: no such folder: {folder}")
    found: dict[str, Path] = {}
    for path in sorted(filter(is_audio, folder.rglob("*"))):
        if path.stem in found:
            problems.skip("audio files with the same name; the first is kept", str(path))
        else:
            found[path.stem] = path
    if not found:
        raise ValueError(f"--audio: no audio file in {folder}")
    return found


def _texts_beside(folder: Path, speakers: dict[str, str], problems: Problems) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(folder.rglob("*.txt")):
        if path.name.endswith(LINES):
            found = read_texts(path, problems)
            speakers |= dict.fromkeys(found, path.name.split("-")[0])
            texts |= found
        else:
            try:
                texts[path.stem] = path.read_text(encoding="utf-8-sig").strip()
            except UnicodeDecodeError:
                problems.skip("transcripts that are not UTF-8", path.name)
    if not texts:
        raise ValueError(
            f"--audio: no transcript (ID.txt or *{LINES}) in {folder}: name a file of lines "
            "ID TEXT with --reference"
        )
    return texts


def _counted(vocabulary: Vocabulary, id: str, text: str, problems: Problems) -> str:
    """Returns the transcript in words or phones of the vocabulary; empty if it cannot be."""
    try:
        parts = vocabulary.words(text)
    except UnknownSymbols as error:
        problems.skip(error.what, f"{id}: {' '.join(map(repr, error.symbols))}")
        return ""
    if not parts:
        problems.skip("transcripts without words", id)
    return " ".join(parts)


def _usable(path: Path, rate: int, problems: Problems) -> bool:
    try:
        samples = _audio(path, rate)
    except AudioFileError as error:
        problems.skip(str(error).replace(str(path), "the file"), path.stem)
        return False
    if not len(samples):
        problems.skip("audio without samples", path.stem)
    return len(samples) > 0


def _audio(path: Path, rate: int) -> Audio:
    return read_audio(path, rate)[0]
