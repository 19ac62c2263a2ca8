"""Vocoder: `vocoder = load_vocoder("primed-16k"); audio = vocoder(mel, spec=spec)`."""

import dataclasses
import functools
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import jax
import numpy as np
from flax import linen
from jaxtyping import Float

from ganspeech import shipped
from ganspeech.audio import AudioSpec
from ganspeech.audio.pieces import Audio, LogMel
from ganspeech.game.contract import Tree
from ganspeech.models.discriminators import Discriminators
from ganspeech.models.files import (
    Precision,
    decode,
    encode,
    fingerprint,
    naming,
    read_model,
    write_model,
)
from ganspeech.models.fit import require_fit
from ganspeech.models.recurrent_stream import Recurrent, RecurrentStream, foresight
from ganspeech.models.stream import Foresight, Reach, Stream, measure_reach
from ganspeech.tasks.vocoding import Vocoding, generate_exactly, vocode

if TYPE_CHECKING:
    from ganspeech.runs.folder import Run

LONG_FRAMES = 2048
"""Frames above which features are vocoded piece by piece, to bound memory."""


@dataclasses.dataclass(frozen=True)
class Vocoder:
    """A trained vocoder, called with log-mels."""

    generator: linen.Module
    variables: Tree = dataclasses.field(repr=False)
    """Collections of float32 arrays: `params` and any others of the generator."""
    spec: AudioSpec
    """Audio spec it was trained with, the only one it accepts."""
    about: str = ""
    """Origin, in a sentence."""

    @classmethod
    def from_run(cls, run: "Run") -> "Vocoder":
        """Vocoder of a run; raises ValueError if the run trained something else."""
        task = run.experiment.task
        if not isinstance(task, Vocoding):
            raise ValueError(f"{run.folder} was trained for {type(task).__name__}, not to vocode")
        return cls(run.experiment.generator, run.variables, task.spec, run.about)

    @classmethod
    def read(cls, path: str | Path) -> "Vocoder":
        """Reads a model file; the weights are float32 whatever they were stored in.

        Raises ValueError, naming the file, for one that is damaged or holds something else, and for
        a generator that this version does not have or whose weights do not fit it.
        """
        variables, header = read_model(path, "vocoder")
        with naming(path):
            generator = decode(header, "generator", linen.Module)
            if ".generators." not in type(generator).__module__:
                raise ValueError(f"{type(generator).__name__} is not a generator")
            spec = AudioSpec.from_json(header.get("spec", ""))
            require_fit(generator, variables, spec, ValueError)
        return cls(generator, variables, spec, header.get("about", ""))

    def save(
        self,
        path: str | Path,
        dtype: Precision = "float32",
        discriminators: Discriminators | None = None,
    ) -> None:
        """Writes a model file, whole or not at all; float16 halves it.

        With `discriminators`, games can go on from it. Raises ValueError, naming the weight, for
        one that is NaN, infinite or too large for float16.
        """
        header = {
            "generator": encode(self.generator),
            "spec": self.spec.to_json(),
            "about": self.about,
        }
        write_model(path, "vocoder", self.variables, header, dtype, discriminators)

    @property
    def parameters(self) -> int:
        """Number of trainable parameters."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.variables["params"]))

    def __call__(self, mel: np.ndarray, *, spec: AudioSpec) -> np.ndarray:
        """Audio of log-mels, float32, `spec.hop_length` samples a frame.

        Approximately in [-1, 1] for mels of such audio, but not clipped.

        `mel` is `[frames, mels]` or `[batch, frames, mels]`, as `ganspeech.audio.log_mel` makes it
        with `spec`. More than 2,048 frames are vocoded as a stream, to bound memory, which fails
        for a generator that needs the whole utterance. Raises SpecMismatch, naming the fields, if
        `spec` is not the spec it was trained with.
        """
        self.spec.require_same(spec, "log-mels")
        mel = np.asarray(mel, np.float32)
        if mel.ndim not in (2, 3) or mel.shape[-1] != spec.n_mels or not mel.size:
            raise ValueError(
                f"log-mels must be [frames, {spec.n_mels}] or [batch, frames, {spec.n_mels}], "
                f"not {list(mel.shape)}"
            )
        if not np.isfinite(mel).all():
            raise ValueError("the log-mels have NaN or infinite values")
        if mel.shape[-2] > LONG_FRAMES or isinstance(self.generator, Recurrent):
            batch = np.stack([self._by_pieces(one) for one in mel.reshape(-1, *mel.shape[-2:])])
        else:
            batch = mel if mel.ndim == 3 else mel[None]
            batch = vocode(self.generator, self._placed, batch, spec)
        return batch if mel.ndim == 3 else batch[0]

    def pieces(
        self, mels: Iterable[LogMel], *, spec: AudioSpec, frames: int = LONG_FRAMES
    ) -> Iterator[Audio]:
        """Yield the audio of one utterance whose log-mels come in pieces, in bounded memory.

        Together it is what a call with all of them returns, with the same errors. `frames` is the
        usual size of a piece.
        """
        waiting = iter(mels)
        head = list(itertools.islice(waiting, 2))
        if len(head) < 2:
            yield from (self(mel, spec=spec) for mel in head)
            return
        self.spec.require_same(spec, "log-mels")
        stream = self.stream(frames)
        for mel in itertools.chain(head, waiting):
            yield stream.feed(mel)
        yield stream.finish()

    def stream(self, chunk_frames: int = 32) -> Stream | RecurrentStream:
        """Vocodes one utterance while its features arrive: `feed` chunks, then `finish`.

        The audio equals that of a call with all features, up to rounding. `chunk_frames` is the
        usual size of a chunk, for generators that are called with windows. Raises ValueError for a
        generator that needs the whole utterance.
        """
        if isinstance(self.generator, Recurrent):
            return RecurrentStream(self.generator, self._placed, self.spec)
        return Stream(self._generate, self.spec, self._reach, chunk_frames)

    @property
    def foresight(self) -> Foresight:
        """Future frames that a frame's audio waits for; a `Reach` where past ones are limited, too.

        Measured on first use, which takes a moment, unless the generator knows it.
        """
        if isinstance(self.generator, Recurrent):
            return foresight(self.generator, self.spec)
        return self._reach

    @functools.cached_property
    def _reach(self) -> Reach:
        return measure_reach(self.generator, self._placed, self.spec)

    @functools.cached_property
    def _placed(self) -> Tree:
        # Cached: copying NumPy arrays on every call takes as long as Vocos itself.
        return jax.device_put(self.variables)

    def _generate(self, mel: Float[np.ndarray, "1 frames mels"]) -> np.ndarray:
        return np.asarray(generate_exactly(self.generator, self._placed, mel, self.spec))

    def _by_pieces(self, mel: LogMel) -> Audio:
        stream = self.stream(LONG_FRAMES)
        return np.concatenate([stream.feed(mel), stream.finish()])


def shipped_vocoder(name: str, weights: str) -> Vocoder:
    """Shipped vocoder by its name.

    Raises ValueError unless this version ships it with `weights`, as `fingerprint` digests them.
    """
    if shipped.kind(name) != "vocoder":
        raise ValueError(f"it speaks through the vocoder {name}, which this version does not ship")
    vocoder = Vocoder.read(shipped.path(name))
    if fingerprint(name, vocoder.variables) != weights:
        raise ValueError(f"it speaks through another {name} than this version ships")
    return vocoder
