"""The command `eval conversion`: scores of converted recordings."""

import dataclasses
from pathlib import Path

from ganspeech.commands.shared.modes import named, require_at_least
from ganspeech.evaluation.request import Report, Request
from ganspeech.process.errors import UsageError


@dataclasses.dataclass(frozen=True)
class Conversion:
    """Scores converted recordings, of `ganspeech convert` or of any other program.

    Similarity of the speaker to the target and to the source, by GE2E embeddings, and word error
    rates if there is a recognizer, each beside the recordings themselves, with 95 % intervals.

    Example: python eval.py conversion --source in --converted out --target kathleen/wavs
    """

    source: Path
    """A folder of the recordings that were converted."""
    converted: tuple[str, ...]
    """Folders of what became of them, each DIR or NAME=DIR, with the same file names."""
    target: Path
    """A folder of recordings by the target speaker, of any texts."""
    texts: Path | None = None
    """With --recognizer: a text file of what the recordings say, ID TEXT a line."""
    recognizer: str | None = None
    """Recognizer, for word error rates: one of this project (name, model file or run),
    pocketsphinx, or a folder of Hugging Face's Whisper."""
    sentences: int | None = None
    """Score only the first sentences."""
    metrics: tuple[str, ...] = ()
    """Names of metrics: similarity_target similarity_source dnsmos; all if not given."""
    json: Path | None = None
    """Write everything here, each sentence's values too."""
    page: Path | None = None
    """Write an HTML page with the audio, spectrograms and figures here."""
    workers: int | None = None
    """Number of scoring processes; all cores if not given."""

    def __call__(self) -> Report:
        """Scores; raises UsageError for incompatible flags."""
        # Imported here: metrics take a moment to import, and misuse need not wait.
        from ganspeech.evaluation.quality.conversion import converted_material
        from ganspeech.evaluation.quality.report import material_report
        from ganspeech.evaluation.quality.scores import RECORDING

        require_at_least(self, 1, "sentences", "workers")
        if (self.texts is None) != (self.recognizer is None):
            raise UsageError("word error rates take both --recognizer NAME and --texts FILE")
        folders = named("converted", self.converted, "DIR", taken=(RECORDING,))
        material = converted_material(
            self.source,
            {name: Path(folder) for name, folder in folders.items()},
            self.target,
            texts=self.texts,
            sentences=self.sentences,
        )
        request = Request(recognizer=self.recognizer, metrics=self.metrics, workers=self.workers)
        return material_report(material, request)
