"""Using what was trained: `voc = load("primed-16k"); audio = voc(mel, spec=spec)`."""

import dataclasses
import functools
from pathlib import Path

import jax
import numpy as np
from flax import linen
from jaxtyping import Float

from ganspeech import shipped
from ganspeech.audio import AudioSpec
from ganspeech.game.contract import Tree
from ganspeech.models.stream import Reach, Stream, measure_reach
from ganspeech.models.vocoder_file import Model, load_model
from ganspeech.runs.folder import Run, load_run
from ganspeech.tasks.vocoding import Vocoding, generate_exactly, vocode

LONG_FRAMES = 2048
"""Longer features are vocoded piece by piece, so that memory stays bounded."""


@dataclasses.dataclass(frozen=True)
class Vocoder:
    """A trained vocoder, called with log-mels."""

    generator: linen.Module
    variables: Tree
    spec: AudioSpec
    """The audio spec it was trained with, the only one it accepts."""
    about: str = ""
    """Where it comes from."""

    @property
    def parameters(self) -> int:
        """How many numbers the generator has learnt."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.variables["params"]))

    def __call__(self, mel: np.ndarray, *, spec: AudioSpec) -> np.ndarray:
        """Audio of log-mels, float32, `spec.hop_length` samples a frame.

        It lies about in [-1, 1] for mels of such audio, but is not clipped.

        `mel` is `[frames, mels]` or `[batch, frames, mels]`, as `ganspeech.audio.log_mel` makes it
        with `spec`. More than 2,048 frames are vocoded as a stream, so that memory stays bounded,
        which a generator that needs the whole utterance refuses. Raises SpecMismatch, naming the
        fields, when that is not the spec it was trained with.
        """
        self.spec.require_same(spec, "log-mels")
        mel = np.asarray(mel, np.float32)
        if mel.ndim not in (2, 3) or mel.shape[-1] != spec.n_mels or not mel.size:
            raise ValueError(
                f"log-mels must be [frames, {spec.n_mels}] or [batch, frames, {spec.n_mels}], "
                f"not {list(mel.shape)}"
            )
        if not np.isfinite(mel).all():
            raise ValueError("the log-mels hold NaN or infinite values")
        if mel.shape[-2] > LONG_FRAMES:
            batch = np.stack([self._by_pieces(one) for one in mel.reshape(-1, *mel.shape[-2:])])
        else:
            batch = mel if mel.ndim == 3 else mel[None]
            batch = vocode(self.generator, self.variables, batch, spec)
        return batch if mel.ndim == 3 else batch[0]

    def stream(self, chunk_frames: int = 32) -> Stream:
        """Vocodes one utterance while its features still come: `feed` chunks, then `finish`.

        The audio is that of a call with all features, to rounding. `chunk_frames` is what is
        usually fed at once. Raises ValueError for a generator that needs the whole utterance.
        """
        return Stream(self._generate, self.spec, self.reach, chunk_frames)

    @functools.cached_property
    def reach(self) -> Reach:
        """How many frames the audio waits for; measured, which takes a moment, when first asked."""
        return measure_reach(self.generator, self.variables, self.spec)

    def _generate(self, mel: Float[np.ndarray, "1 frames mels"]) -> np.ndarray:
        return np.asarray(generate_exactly(self.generator, self.variables, mel, self.spec))

    def _by_pieces(self, mel: Float[np.ndarray, "frames mels"]) -> Float[np.ndarray, " samples"]:
        stream = self.stream(LONG_FRAMES)
        return np.concatenate([stream.feed(mel), stream.finish()])


def load(source: str | Path, step: int | None = None) -> Vocoder:
    """A vocoder, ready to be called: a shipped one by its name, a model file, or a run folder.

    Of a run it is the newest checkpoint unless `step` says another. Raises ValueError, naming the
    folder or file, for a source that is none of these, for a damaged one, and for one of classes
    or fields that this version of ganspeech does not have.
    """
    if str(source) in shipped.names():
        return of_model(load_model(shipped.path(str(source))))
    if Path(source).is_file():
        return of_model(load_model(source))
    if not str(source) or not Path(source).is_dir():
        raise ValueError(
            f"no vocoder {str(source)!r}: give a run folder, a model file (.safetensors), or the "
            f"name of a shipped one ({', '.join(shipped.names())})"
        )
    return of_run(load_run(source, step))


def of_model(model: Model) -> Vocoder:
    """The vocoder that a model file holds."""
    # Placed once: every call would copy NumPy arrays, which takes Vocos as long as its own work.
    variables = jax.device_put(model.variables)
    return Vocoder(model.generator, variables, model.spec, model.about)


def of_run(run: Run) -> Vocoder:
    """The vocoder that a run trained; ValueError when it was trained for something else."""
    task = run.experiment.task
    if not isinstance(task, Vocoding):
        raise ValueError(f"{run.folder} was trained for {type(task).__name__}, not to vocode")
    about = f"Step {run.step} of the run {run.folder.resolve().name}."
    return Vocoder(run.experiment.generator, run.variables, task.spec, about)
