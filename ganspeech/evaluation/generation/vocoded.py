"""Log-mels from noise, spoken by a trained vocoder in place of Griffin-Lim."""

import dataclasses
import functools
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from ganspeech.data.corpus import Corpus
from ganspeech.data.examples import Examples, Scale
from ganspeech.load import load_vocoder
from ganspeech.models.vocoder import Vocoder
from ganspeech.runs.folder import Run
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import SpokenView, in_pieces
from ganspeech.tasks.spectrogram_representations import LogMelPatch


@dataclasses.dataclass(frozen=True, eq=False)
class Vocoded(SpokenView):
    """A view of words as log-mels, whose audio a vocoder makes."""

    view: LogMelPatch
    vocoder: Vocoder
    name: str
    """Name of the vocoder."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Frames, mel bands, one channel."""
        return self.view.shape

    @property
    def sample_rate(self) -> int:
        """Samples per second of the audio."""
        return self.view.sample_rate

    def examples(self, corpus: Corpus) -> Examples:
        """The words of a corpus, as the view has them."""
        return self.view.examples(corpus)

    def images(self, values: np.ndarray) -> np.ndarray:
        """The log-mels, as the view has them."""
        return self.view.images(values)

    def audio(self, values: np.ndarray, scale: Scale | None) -> Float32[np.ndarray, "n samples"]:
        """Audio of the examples by the vocoder, clipped to [-1, 1]."""
        assert scale is not None
        speak = functools.partial(self.vocoder, spec=self.view.spec)
        return np.clip(in_pieces(speak, self.view.log_mels(values, scale)), -1, 1)


def spoken_by(run: Run, source: str) -> Run:
    """The run, with its examples spoken by a vocoder: a shipped name, a model file or a run folder.

    Raises ValueError for no vocoder, and for examples that are no log-mels; SpecMismatch, naming
    the fields, for log-mels of another audio spec than the vocoder's.
    """
    vocoder = load_vocoder(source)
    task = run.experiment.task
    view = task.view if isinstance(task, Generation) else None
    if not isinstance(task, Generation) or not isinstance(view, LogMelPatch):
        kind = type(view or task).__name__
        raise ValueError(f"a vocoder speaks log-mels (LogMelPatch); {run.folder} makes {kind}")
    vocoder.spec.require_same(view.spec, "log-mels")
    spoken = dataclasses.replace(task, view=Vocoded(view, vocoder, Path(source).stem))
    return dataclasses.replace(run, experiment=dataclasses.replace(run.experiment, task=spoken))
