"""Any recognizer on a folder of audio, beside its transcripts."""

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
"""The end of the name of LibriSpeech's files of transcripts, SPEAKER-CHAPTER.trans.txt."""


def recognize_folder(
    model: str,
    audio: Path,
    *,
    reference: Path | None = None,
    speakers: Path | None = None,
    decoding: Decoding = BEST_PATH,
    progress: bool = True,
) -> tuple[Recognized, RecognitionExhibit]:
    """All recordings of a folder, as they are, beside their transcripts.

    Those are the lines `ID TEXT` of a file, ids being the files' names without suffixes, or else
    what lies beside the audio: `ID.txt`, or `*.trans.txt` with such lines, as LibriSpeech has
    them. What has no counterpart or cannot be used is left out and noted. ValueError if nothing is
    left, naming the folder.
    """
    recognizer = load_recognizer(model)
    rate, vocabulary = recognizer.task.spec.sample_rate, recognizer.task.vocabulary
    problems = Problems()
    files = _audio_files(audio, problems)
    said_by: dict[str, str] = {}
    if reference is None:
        texts = _texts_beside(audio, said_by, problems)
    else:
        texts = read_texts(reference, problems)
    if speakers is not None:
        said_by = read_texts(speakers, problems)
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
                id, text, said_by.get(id, ""), functools.partial(_audio, path, rate)
            )
    if not spoken:
        reasons = "".join(f"; {line}" for line in problems.lines())
        raise ValueError(f"{audio}: no audio that can be compared with a transcript{reasons}")
    rows = hear(
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
        notes=tuple(filter(None, (recognizer.about, decoding.about(vocabulary)))),
        problems=tuple(problems.lines()),
    )
    return recognized, RecognitionExhibit(rate, lambda answer: spoken[answer.id].audio())


def _audio_files(folder: Path, problems: Problems) -> dict[str, Path]:
    if not folder.is_dir():
        raise ValueError(f"--audio: no such folder: {folder}")
    found: dict[str, Path] = {}
    for path in sorted(filter(is_audio, folder.rglob("*"))):
        if path.stem in found:
            problems.skip("audio with the name of another file, the first is kept", str(path))
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
    """The transcript in what is counted, words or phones; empty if it cannot be."""
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
        samples, _ = read_audio(path, rate, functools.partial(problems.mend, name=path.stem))
    except AudioFileError as error:
        problems.skip(str(error).replace(str(path), "the file"), path.stem)
        return False
    if not len(samples):
        problems.skip("audio without a sample", path.stem)
    return len(samples) > 0


def _audio(path: Path, rate: int) -> Audio:
    return read_audio(path, rate, note=lambda fault: None)[0]  # `_usable` has noted it
