"""`ganspeech eval recognition`: what was recognized of what was said."""

import dataclasses
from functools import partial
from pathlib import Path
from typing import Literal

from ganspeech.commands.shared.modes import given_flags, named, require_at_least, require_mode
from ganspeech.evaluation.checkpoints import score_checkpoints
from ganspeech.evaluation.recognition import page as recognition_page
from ganspeech.evaluation.recognition import table as recognition_table
from ganspeech.evaluation.recognition.accuracy import Recognized
from ganspeech.evaluation.recognition.conditions import SNRS
from ganspeech.evaluation.recognition.folder import recognize_folder
from ganspeech.evaluation.recognition.page import RecognitionExhibit
from ganspeech.evaluation.recognition.systems import (
    Decoding,
    Hearing,
    recognition_outcome,
    recognized_by_run,
)
from ganspeech.evaluation.recognition.texts import from_files
from ganspeech.evaluation.recognition.unpaired.run import unpaired_report
from ganspeech.evaluation.request import Report, Request
from ganspeech.process.errors import UsageError
from ganspeech.runs.folder import Run, load_run
from ganspeech.tasks.unlabeled.phone_reading import PhoneReading

WEIGHT = 0.5
"""Default weight of the language model."""
DECODING = ("beam", "arpa", "weight", "bonus")
MODES = {
    "run": ("snr", "clean", "noises", "sentences", "checkpoints", *DECODING),
    "model": ("audio", "reference", "speakers", *DECODING),
    "hypothesis": ("reference", "speakers", "phones", "verbatim"),
}
USAGE = (
    "give --run DIR, or --model MODEL with --audio DIR, or --reference FILE with --hypothesis FILE"
)


@dataclasses.dataclass(frozen=True)
class Recognition:
    """Word, character and phone error rates: of a run, of a folder of audio, or of plain texts.

    A run is scored on the held-out lines of its corpus, clean and in noises unseen in training; one
    that learned without labels on held-out utterances as they are, with what went wrong.

    Example: python eval.py recognition --run runs/digits --snr 10 5 0 --page errors.html
    """

    run: Path | None = None
    """A run's folder."""
    snr: tuple[float, ...] = ()
    """With --run: signal-to-noise ratios in dB; 10 5 0 if not given."""
    clean: bool = False
    """With --run: clean speech only."""
    noises: Path | None = None
    """With --run: a folder of noises instead of those that the run held out."""
    sentences: int | None = None
    """With --run: number of held-out lines to score; all if not given."""
    checkpoints: Literal["all"] | None = None
    """With --run: score every kept checkpoint too: a curve, and the best by each rate."""
    model: str | None = None
    """A run's folder or a model file, to hear --audio with."""
    audio: Path | None = None
    """A folder of audio; without --reference with ID.txt or LibriSpeech's *.trans.txt."""
    beam: int | None = None
    """Beam width of the search; if not given, 16 with --arpa or a vocabulary of spelled words,
    else the best path."""
    arpa: Path | None = None
    """A language model for the search, as an ARPA file."""
    weight: float | None = None
    """Weight of the language model; 0.5 if not given."""
    bonus: float | None = None
    """Bonus for every symbol in the search, or word of a language model; 0 if not given."""
    reference: Path | None = None
    """A text file of what was said, ID TEXT a line."""
    hypothesis: tuple[str, ...] = ()
    """Text files of what was heard, each FILE or NAME=FILE, to compare."""
    speakers: Path | None = None
    """A text file of who says it, ID SPEAKER a line: intervals are then over speakers."""
    phones: bool = False
    """The texts are phones, separated by spaces."""
    verbatim: bool = False
    """Compare texts as they are, case and punctuation too."""
    json: Path | None = None
    """Write everything here, each utterance's errors too."""
    page: Path | None = None
    """Write an HTML page with the errors aligned, and audio to hear, here."""

    def __call__(self) -> Report:
        """Scores; raises UsageError for incompatible flags."""
        mode = self._mode()
        exhibit = RecognitionExhibit()
        if mode == "run":
            assert self.run is not None
            trained = load_run(self.run)
            if isinstance(trained.experiment.task, PhoneReading):
                return self._without_labels(trained)
            recognized, exhibit = self._of_run(trained)
        elif mode == "model":
            recognized, exhibit = self._of_folder()
        else:
            recognized = self._of_texts()
        text = recognition_table.as_text(recognized)
        content = recognition_table.as_json(recognized)
        if exhibit.checkpoints:
            text = f"{text}\n\n{exhibit.checkpoints.as_text()}"
            content["checkpoints"] = exhibit.checkpoints.as_json()
        return Report(text, content, lambda: recognition_page.render(recognized, exhibit))

    def _mode(self) -> str:
        given = given_flags(self, always=("json", "page"))
        mode = require_mode(given, MODES, USAGE)
        for flag, needed in (("model", "audio"), ("hypothesis", "reference")):
            if mode == flag and needed not in given:
                what = "DIR" if needed == "audio" else "FILE"
                raise UsageError(f"--{flag} needs --{needed} {what}")
        if {"weight", "bonus"} & given and not {"arpa", "beam"} & given:
            raise UsageError("--weight and --bonus need --arpa or --beam")
        if {"clean", "snr"} <= given or {"clean", "noises"} <= given:
            raise UsageError("--clean goes without --snr and --noises")
        require_at_least(self, 1, "sentences", "beam")
        return mode

    @property
    def _decoding(self) -> Decoding:
        return Decoding(
            beam=self.beam or 0,
            arpa=self.arpa,
            weight=WEIGHT if self.weight is None else self.weight,
            bonus=self.bonus or 0.0,
        )

    def _without_labels(self, trained: Run) -> Report:
        """Report on a run that recognizes without labels, from features."""
        given = given_flags(self, always=("json", "page", "run", "sentences"))
        if given:
            flags = " ".join(f"--{flag}" for flag in sorted(given))
            raise UsageError(f"{self.run} recognizes without labels, from features: omit {flags}")
        return unpaired_report(trained, Request(sentences=self.sentences))

    def _of_run(self, trained: Run) -> tuple[Recognized, RecognitionExhibit]:
        request = Request(sentences=self.sentences)
        hearing = Hearing(() if self.clean else self.snr or SNRS, self.noises, self._decoding)
        recognized, exhibit = recognized_by_run(trained, request, hearing)
        if self.checkpoints:
            outcome = partial(recognition_outcome, hearing=hearing)
            each = score_checkpoints(outcome, trained, request)
            exhibit = dataclasses.replace(exhibit, checkpoints=each)
        return recognized, exhibit

    def _of_folder(self) -> tuple[Recognized, RecognitionExhibit]:
        assert self.model is not None and self.audio is not None
        return recognize_folder(
            self.model,
            self.audio,
            reference=self.reference,
            speakers=self.speakers,
            decoding=self._decoding,
        )

    def _of_texts(self) -> Recognized:
        assert self.reference is not None
        files = named("hypothesis", self.hypothesis, "FILE")
        return from_files(
            self.reference,
            {name: Path(path) for name, path in files.items()},
            speakers=self.speakers,
            phones=self.phones,
            verbatim=self.verbatim,
        )
