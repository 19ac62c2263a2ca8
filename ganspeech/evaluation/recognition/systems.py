"""A run's recognizer on the lines that its corpus holds out."""

import dataclasses
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganspeech.data.prepare import Recording
from ganspeech.evaluation.held_out import held_out_of
from ganspeech.evaluation.recognition import inside as recognition_inside
from ganspeech.evaluation.recognition.accuracy import (
    RATES,
    Answer,
    Recognized,
    Unit,
    grouping,
    shares,
)
from ganspeech.evaluation.recognition.conditions import (
    CLEAN,
    SNRS,
    Audio,
    Reference,
    as_heard,
    hear,
    unseen_noises,
)
from ganspeech.evaluation.recognition.inside import ShownUtterance
from ganspeech.evaluation.recognition.open_set import open_set_of
from ganspeech.evaluation.recognition.page import RecognitionExhibit
from ganspeech.evaluation.request import Measure, Outcome, Request
from ganspeech.models.recognizer import Recognizer
from ganspeech.recognizers.decoding import beam_of
from ganspeech.recognizers.language_model import NGram, read_arpa
from ganspeech.runs.folder import Run
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class Decoding:
    """Decoding of probabilities to texts; see `ganspeech.recognizers.decoding.prefix_beam`."""

    beam: int = 0
    """Prefixes that are kept; 0: as `beam_of` chooses."""
    arpa: Path | None = None
    """A language model for the search."""
    weight: float = 0.5
    """Weight of the language model."""
    bonus: float = 0.0
    """Bonus for every symbol, or for every word of a language model of characters' words."""

    def about(self, vocabulary: Vocabulary) -> str:
        """How texts of a vocabulary are decoded, in words."""
        if not (beam := beam_of(self.beam, vocabulary, self.arpa)):
            return "Decoded by the best path."
        model = f", {self.arpa.name} weighing {self.weight:g}" if self.arpa else ""
        return f"Decoded by prefix beam search: width {beam}, bonus {self.bonus:g}{model}."

    @functools.cached_property
    def language_model(self) -> NGram | None:
        """The language model, if there is one; ValueError for a file that is none."""
        return None if self.arpa is None else read_arpa(self.arpa)


BEST_PATH = Decoding()


@dataclass(frozen=True)
class Hearing:
    """In what noise a run's lines are heard, and how they are decoded."""

    snrs: tuple[float, ...] = SNRS
    """Signal-to-noise ratios in dB; none: clean speech only."""
    noises: Path | None = None
    """A folder of other noises than those that the run held out."""
    decoding: Decoding = BEST_PATH


USUAL = Hearing()


def _spoken(recording: Recording, vocabulary: Vocabulary) -> Reference:
    words = " ".join(vocabulary.words(recording.text))
    return Reference(recording.id, words, recording.speaker, recording.audio)


def recognized_by_run(
    trained: Run, request: Request, hearing: Hearing = USUAL, *, progress: bool = True
) -> tuple[Recognized, RecognitionExhibit]:
    """The held-out lines of a run that are asked for, clean and in unseen noises.

    ValueError, naming the folder, for a run of another task, and one that holds nothing out.
    """
    snrs, noises, decoding = hearing.snrs, hearing.noises, hearing.decoding
    recognizer = Recognizer.from_run(trained)
    task = recognizer.task
    lines = held_out_of(trained, request)
    spoken = {line.recording.id: _spoken(line.recording, task.vocabulary) for line in lines}
    unseen = unseen_noises(task.conditions, task.spec.sample_rate, noises) if snrs else {}
    rows = hear(
        list(spoken.values()),
        listener(recognizer, decoding),
        snrs=snrs,
        noises=unseen,
        progress=progress,
    )
    notes = [recognizer.about, decoding.about(task.vocabulary)]
    if unseen and snrs:
        where = f" of {noises}" if noises else ""
        notes.append(f"Noises{where} that it was not trained on: {', '.join(unseen)}.")
    elif snrs:
        notes.append("No noise is kept from training: nothing was heard in noise.")
    open_set = open_set_of(recognizer, lines)
    if open_set:
        notes.append(f"{open_set.line()}.")
    recognized = Recognized(
        title=f"{trained.name} on its held-out lines",
        rows=rows,
        units=units(task.vocabulary),
        notes=tuple(notes),
        problems=tuple(trained.recordings.problems.lines()),
    )

    def sound(answer: Answer) -> Audio:
        return as_heard(answer, spoken, unseen)

    def sections(answers: Sequence[Answer]) -> list[tuple[str, str]]:
        noisy = [answer for answer in answers if answer.noise] or answers
        shown = [
            ShownUtterance(a, sound(a), spoken[a.id].audio())
            for a in noisy[: recognition_inside.SHOWN]
        ]
        others = [("Other sounds", open_set.figure())] if open_set else []
        return [*others, *recognition_inside.sections(trained, shown)]

    return recognized, RecognitionExhibit(task.spec.sample_rate, sound, sections)


def units(vocabulary: Vocabulary) -> tuple[Unit, ...]:
    """Units that are counted of texts in a vocabulary, the main one first."""
    if vocabulary.unit == "phone":
        return ("phone",)
    return ("word",) if vocabulary.unit == "word" else ("word", "character")


def listener(
    recognizer: Recognizer, decoding: Decoding
) -> Callable[[Sequence[Audio]], Sequence[str]]:
    """The recognizer as a function from audio to texts."""

    def texts(audio: Sequence[Audio]) -> list[str]:
        heard = recognizer(
            audio,
            beam=decoding.beam,
            language_model=decoding.language_model,
            weight=decoding.weight,
            bonus=decoding.bonus,
        )
        return [transcript.text for transcript in heard]

    return texts


def recognition_outcome(run: Run, request: Request, hearing: Hearing = USUAL) -> Outcome:
    """Error rates of a run's recognizer, clean and in noises that it was not trained on.

    They pair by speaker where at least five are known. Nothing is heard in noise if only errors on
    clean speech are asked for.
    """
    noisy = not request.metrics or any(not name.endswith(CLEAN) for name in request.metrics)
    hearing = hearing if noisy else dataclasses.replace(hearing, snrs=())
    recognized, _ = recognized_by_run(run, request, hearing, progress=False)
    unit = recognized.units[0]
    metrics, units = {}, {}
    for row, answers in recognized.rows.items():
        name = _metric(unit, row)
        units[name] = shares(answers, unit)
        mean = float(np.mean(list(units[name].values())))
        metrics[name] = Measure(f"{RATES[unit]} {row}", "%", 1, False, mean)
    by_speaker = grouping(recognized.first)[0] == "speakers"
    speakers = {a.id: a.speaker for a in recognized.first} if by_speaker else {}
    return Outcome(metrics, units, speakers=speakers)


def recognition_metrics(task: Recognition) -> list[str]:
    """Names of the metrics in outcomes of a task, if there are noises that it is not trained on."""
    unit = units(task.vocabulary)[0]
    return [_metric(unit, row) for row in (CLEAN, *(f"{snr:g} dB" for snr in SNRS))]


def _metric(unit: Unit, row: str) -> str:
    return f"{RATES[unit]}_{row.replace(' ', '')}".lower()  # wer_clean, wer_10db
