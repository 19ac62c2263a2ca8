"""Using what was trained: `voc = load("runs/vocoder_demo"); audio = voc(mel, spec=spec)`."""

import dataclasses
from pathlib import Path

import jax
import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.tasks.vocoding import Vocoding, vocode
from ganspeech.training.runs import Run, load_run


@dataclasses.dataclass(frozen=True)
class Vocoder:
    """A trained vocoder, called with log-mels."""

    run: Run
    spec: AudioSpec
    """The audio spec it was trained with, the only one it accepts."""

    @property
    def parameters(self) -> int:
        """How many numbers the generator has learnt."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.run.variables["params"]))

    def __call__(self, mel: np.ndarray, *, spec: AudioSpec) -> np.ndarray:
        """Audio of log-mels, float32, `spec.hop_length` samples a frame.

        It lies about in [-1, 1] for mels of such audio, but is not clipped.

        `mel` is `[frames, mels]` or `[batch, frames, mels]`, as `ganspeech.audio.log_mel` makes it
        with `spec`. Raises SpecMismatch, naming the fields, when that is not the spec it was
        trained with.
        """
        self.spec.require_same(spec, "log-mels")
        mel = np.asarray(mel, np.float32)
        if mel.ndim not in (2, 3) or mel.shape[-1] != spec.n_mels or not mel.shape[-2]:
            raise ValueError(
                f"log-mels must be [frames, {spec.n_mels}] or [batch, frames, {spec.n_mels}], "
                f"not {list(mel.shape)}"
            )
        if not np.isfinite(mel).all():
            raise ValueError("the log-mels hold NaN or infinite values")
        batch = mel if mel.ndim == 3 else mel[None]
        audio = vocode(self.run.experiment.generator, self.run.variables, batch, spec)
        return audio if mel.ndim == 3 else audio[0]


def load(folder: str | Path, step: int | None = None) -> Vocoder:
    """The generator of a run folder, ready to be called; of its newest checkpoint unless told.

    Raises ValueError, naming the folder or file, for no run, for a damaged one, and for one of
    classes or fields that this version of ganspeech does not have.
    """
    run = load_run(folder, step)
    if not isinstance(run.experiment.task, Vocoding):
        raise ValueError(
            f"{folder} was trained for {type(run.experiment.task).__name__}, not to vocode"
        )
    return Vocoder(run, run.experiment.task.spec)
