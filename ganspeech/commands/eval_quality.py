"""`ganspeech eval quality`: scores of generated speech."""

import dataclasses
from pathlib import Path
from typing import Literal

from ganspeech.commands.shared.modes import given_flags, named, require_at_least, require_mode
from ganspeech.evaluation.request import Report, Request
from ganspeech.load import load_voice
from ganspeech.models.voice import Voice
from ganspeech.process.errors import UsageError
from ganspeech.runs.folder import load_run

SCORED = ("sentences", "metrics", "workers")
MODES = {
    "run": (*SCORED, "voice", "recognizer", "samples", "vocoder", "checkpoints"),
    "reference": (*SCORED, "audio", "voice", "recognizer"),
}
USAGE = "give either --run DIR, or --reference DIR with --audio DIR"


@dataclasses.dataclass(frozen=True)
class Quality:
    """Scores generated speech: a run, voices, or folders of audio with no model at all.

    A vocoder is scored on its held-out sentences, a voice on its held-out texts, warped onto their
    recordings. Examples that a generator makes from noise are scored by a classifier, which is
    trained on the same corpus first, and once.

    Example: python eval.py quality --reference recordings --audio vocos=a hifigan=b --page b.html
    """

    run: Path | None = None
    """A run's folder; DIR@newest or DIR@STEP is another checkpoint than its best."""
    reference: Path | None = None
    """A folder of recordings; for voices in LJSpeech's layout, with their texts."""
    audio: tuple[str, ...] = ()
    """Folders of generated audio, each DIR or NAME=DIR, with the recordings' file names."""
    voice: tuple[str, ...] = ()
    """Voices that say the texts, each VOICE or NAME=VOICE, as `say` takes them."""
    recognizer: str | None = None
    """Recognizer of spoken texts, for word error rates: one of this project (name,
    model file or run), pocketsphinx, or a folder of Hugging Face's Whisper."""
    sentences: int | None = None
    """Score only the first sentences."""
    metrics: tuple[str, ...] = ()
    """Names of metrics of audio, such as pesq estoi dnsmos; all that apply if not given."""
    json: Path | None = None
    """Write everything here, each sentence's values too."""
    page: Path | None = None
    """Write an HTML page with the audio, spectrograms and figures here."""
    workers: int | None = None
    """Number of scoring processes; all cores if not given."""
    samples: int | None = None
    """From noise: examples to make and score; 5000 if not given."""
    vocoder: str | None = None
    """From noise: vocoder of the same log-mels (shipped name, model file or run) that speaks them;
    Griffin-Lim if not given."""
    checkpoints: Literal["all"] | None = None
    """Score every kept checkpoint of the run too: a curve, and the best by each metric."""

    def __call__(self) -> Report:
        """Scores; raises UsageError for incompatible flags."""
        given = given_flags(self, always=("json", "page"))
        require_mode(given, MODES, USAGE)
        require_at_least(self, 1, "sentences", "workers", "samples")
        if self.metrics:
            # Here, not once all audio is made.
            from ganspeech.evaluation.quality.speech_metrics import require_usable

            require_usable(self.metrics)
        if self.run is not None:
            return self._of_run(self.run, given)
        assert self.reference is not None
        return self._of_reference(self.reference)

    def _of_run(self, folder: Path, given: set[str]) -> Report:
        # Imported here: scorers take a moment to import, and misuse need not wait.
        from ganspeech.evaluation.scorers import scorer_of

        run = load_run(folder)
        scorer, task = scorer_of(run), type(run.experiment.task).__name__
        for flag in sorted(given - {"run"} - scorer.takes):
            raise UsageError(f"--{flag} does not go with a run that was trained for {task}")
        if scorer.report is None:
            raise UsageError(f"{folder} was trained for {task}: score it by `eval recognition`")
        return scorer.report(run, self._request(taken=run.name))

    def _of_reference(self, reference: Path) -> Report:
        from ganspeech.evaluation.quality.material import from_folders
        from ganspeech.evaluation.quality.report import material_report
        from ganspeech.evaluation.quality.speech import spoken_by_voices

        if bool(self.audio) == bool(self.voice):
            raise UsageError(
                "--reference DIR takes either --audio or --voice"
                if self.audio
                else "--reference DIR needs --audio DIR, or --audio NAME=DIR NAME=DIR, or --voice "
                "VOICE"
            )
        if self.audio and self.recognizer:
            raise UsageError("--recognizer does not go with --audio, but with --voice")
        if self.audio:
            folders = self._named("audio", self.audio, "DIR")
            paths = {name: Path(folder) for name, folder in folders.items()}
            material = from_folders(reference, paths, self.sentences)
            return material_report(material, Request(metrics=self.metrics, workers=self.workers))
        request = self._request()
        material = spoken_by_voices(request.voices, reference, self.sentences)
        return material_report(material, request)

    def _request(self, taken: str = "") -> Request:
        voices = self._named("voice", self.voice, "VOICE")
        if taken in voices:
            raise UsageError(
                f"--voice {voices[taken]}: {taken!r} is the run's name; write NAME=VOICE"
            )
        loaded: dict[str, Voice] = {name: load_voice(source) for name, source in voices.items()}
        return Request(
            sentences=self.sentences,
            samples=self.samples,
            vocoder=self.vocoder,
            checkpoints=self.checkpoints == "all",
            voices=loaded,
            recognizer=self.recognizer,
            metrics=self.metrics,
            workers=self.workers,
            page=self.page is not None,
        )

    def _named(self, flag: str, items: tuple[str, ...], what: str) -> dict[str, str]:
        from ganspeech.evaluation.quality.scores import BESIDE

        return named(flag, items, what, taken=BESIDE)
