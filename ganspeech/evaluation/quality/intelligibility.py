"""Intelligibility: a recognizer's error rates on spoken texts, beside those on recordings."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from ganspeech.audio import resample
from ganspeech.data.corpus import Problems
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.metrics import Audio
from ganspeech.evaluation.quality.scores import RECORDING
from ganspeech.evaluation.recognition.accuracy import RATES, Answer, Recognized, Unit
from ganspeech.evaluation.recognition.pocketsphinx import ABOUT, NAME, RATE, pocketsphinx
from ganspeech.evaluation.recognition.systems import BEST_PATH, listener, units
from ganspeech.evaluation.recognition.whisper import whisper
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.load import load_recognizer
from ganspeech.process.damage import damage
from ganspeech.text.english.normalization import normalized
from ganspeech.text.vocabulary import UnknownSymbols

HEARD = ("wer", "per")
"""Names of what a recognizer measures: errors in words, or in phones."""
BATCH = 8
"""Utterances that are heard at once."""


@dataclass(frozen=True)
class Hearer:
    """A recognizer of any kind."""

    rate: int
    """Hz that it hears at."""
    texts: Callable[[Sequence[Audio]], Sequence[str]]
    """Recognizes float32 `[samples]` in [-1, 1], as the words, or phones, that count."""
    words: Callable[[str], Sequence[str]]
    """Units of a written text that count: words, or phones."""
    units: tuple[Unit, ...]
    about: str


def hearer(source: str) -> Hearer:
    """A recognizer of this project (its name, model file or run), another's, or a Whisper.

    Another's is `pocketsphinx`; a Whisper is a folder, a checkpoint as Hugging Face keeps it.
    `ValueError`, naming the source or the package that is missing, for anything else.
    """
    if source == NAME:
        return _of_texts(RATE, pocketsphinx(), ABOUT)
    config = Path(source) / "config.json"
    if config.is_file():
        kind = _model_type(config)
        if kind != "whisper":
            raise ValueError(
                f"{source} is a checkpoint of {kind!r}; only whisper can be heard with"
            )
        return _of_texts(*whisper(source))
    recognizer = load_recognizer(source)
    vocabulary = recognizer.task.vocabulary
    return Hearer(
        recognizer.sample_rate,
        listener(recognizer, BEST_PATH),
        vocabulary.words,
        units(vocabulary),
        recognizer.about or f"Heard by {source}.",
    )


def rate_of(hearer: Hearer) -> str:
    """Name of the metric of its errors: `wer`, or `per` of a recognizer of phones."""
    return RATES[hearer.units[0]].lower()


def _of_texts(rate: int, texts: Callable[[Sequence[Audio]], list[str]], about: str) -> Hearer:
    """One that hears any words, in which case and punctuation do not count."""
    return Hearer(
        rate,
        lambda audio: [normalized(text) for text in texts(audio)],
        lambda text: normalized(text).split(),
        ("word", "character"),
        about,
    )


def recognize_material(
    material: Material, hearer: Hearer, *, yardstick: bool = True, progress: bool = True
) -> Recognized:
    """Recognizes every system's audio, and unless told not to the recordings as the `yardstick`.

    Only sentences count that every system has and whose text can be written in what is counted;
    others are named. `ValueError` if none is left.
    """
    problems, words = Problems(), dict[str, str]()
    for sentence in material.reference:
        missing = [name for name, audio in material.systems.items() if sentence not in audio]
        try:
            parts = hearer.words(material.texts.get(sentence, ""))
        except UnknownSymbols as error:
            problems.skip(error.what, f"{sentence}: {' '.join(map(repr, error.symbols))}")
            continue
        if missing:
            problems.skip("sentences that not all have", f"{sentence}: {', '.join(missing)}")
        elif not parts:
            problems.skip("texts without words", sentence)
        else:
            words[sentence] = " ".join(parts)
    if not words:
        raise ValueError(f"no sentence can be compared: {'; '.join(problems.lines())}")
    everyone = dict(material.systems) | ({RECORDING: material.reference} if yardstick else {})
    rows: dict[str, list[Answer]] = {name: [] for name in everyone}
    sentences = list(words)
    total = len(rows) * len(sentences)
    with tqdm(total=total, desc="recognizing", unit="sentence", disable=not progress) as bar:
        for name, audio in everyone.items():
            for start in range(0, len(sentences), BATCH):
                some = sentences[start : start + BATCH]
                at_rate = [resample(audio[s], material.rate, hearer.rate) for s in some]
                for sentence, got in zip(some, hearer.texts(at_rate), strict=True):
                    rows[name].append(Answer(sentence, words[sentence], got))
                bar.update(len(some))
    return Recognized(
        title="What a recognizer hears",
        rows=rows,
        units=hearer.units,
        systems=True,
        notes=(hearer.about, f"The row {RECORDING} is what it hears of the recordings themselves."),
        problems=tuple(problems.lines()),
    )


def _model_type(config: Path) -> str:
    with damage(ForeignFileError, f"{config} cannot be read"):
        return str(json.loads(config.read_text(encoding="utf-8")).get("model_type"))
