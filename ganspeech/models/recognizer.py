"""Recognizer: `recognizer = load_recognizer("digits-16k"); recognizer([audio])[0].text`."""

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import jax
import numpy as np
from flax import linen
from jaxtyping import Float, Float32

from ganspeech.data.buckets import bucket_of
from ganspeech.data.convert import PEAK
from ganspeech.game.contract import Tree
from ganspeech.models.files import Precision, decode, encode, naming, read_model, write_model
from ganspeech.models.fit import require_shapes
from ganspeech.recognizers.decoding import decoded
from ganspeech.recognizers.language_model import NGram
from ganspeech.recognizers.likelihood import log_likelihood
from ganspeech.tasks.features import Features
from ganspeech.tasks.recognition import Recognition, recognize_batch
from ganspeech.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    from ganspeech.runs.folder import Run

BATCH = 8
"""Utterances in one batch; the remaining ones are recognized one by one."""
HEARING = ("features", "vocabulary", "stride", "buckets")
"""Fields of a task that a trained recognizer depends on."""
THRESHOLD = 0.9
"""Confidence below which a spotter rejects a sound, unless the model says otherwise."""
QUIET_SECONDS = 0.05
"""Seconds of the windows whose loudness decides where long audio is cut."""

Audio = Float32[np.ndarray, " samples"]


@dataclasses.dataclass(frozen=True)
class Transcript:
    """Transcript of one utterance."""

    text: str
    ids: tuple[int, ...]
    """Indices of the symbols in the vocabulary."""
    confidence: float
    """Probability of these symbols, in any timing, given the audio: 0 to 1, geometric mean over
    symbols."""
    log_probs: Float[np.ndarray, "steps symbols"]
    """Log-probabilities of all symbols at every step, natural logarithm."""


@dataclasses.dataclass(frozen=True)
class Recognizer:
    """A trained recognizer, called with audio."""

    network: linen.Module
    variables: Tree = dataclasses.field(repr=False)
    """Collections of float32 arrays: `params` and any others of the network."""
    task: Recognition
    """Its features, vocabulary, stride and buckets; the rest is for training only."""
    about: str = ""
    """Origin, in a sentence."""
    threshold: float = THRESHOLD
    """Confidence, 0 to 1, below which a spotter rejects a sound."""

    def __post_init__(self):
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold must be a probability, 0 to 1, not {self.threshold}")

    @classmethod
    def from_run(cls, run: "Run") -> "Recognizer":
        """Recognizer of a run; raises ValueError if the run trained something else."""
        task = run.experiment.task
        if not isinstance(task, Recognition):
            raise ValueError(
                f"{run.folder} was trained for {type(task).__name__}, not to recognize"
            )
        return cls(run.experiment.generator, run.variables, task, run.about)

    @classmethod
    def read(cls, path: str | Path) -> "Recognizer":
        """Reads a model file; the weights are float32 whatever they were stored in.

        Raises ValueError, naming the file, for one that is damaged or holds something else, and for
        a network that this version does not have or whose weights do not fit it.
        """
        variables, header = read_model(path, "recognizer")
        with naming(path):
            network = decode(header, "network", linen.Module)
            if ".recognizers." not in type(network).__module__:
                raise ValueError(f"{type(network).__name__} is not a recognizer")
            task = Recognition(
                features=decode(header, "features", Features),
                vocabulary=decode(header, "vocabulary", Vocabulary),  # type: ignore[type-abstract]
                stride=decode(header, "stride", int),  # type: ignore[arg-type]
                buckets=decode(header, "buckets", tuple),
            )
            threshold = decode(header, "threshold", float) if "threshold" in header else THRESHOLD
            init = jax.eval_shape(lambda key: network.init(key, *task.example()), jax.random.key(0))
            require_shapes(init, variables, ValueError)
            return cls(network, variables, task, header.get("about", ""), threshold)

    def save(self, path: str | Path, dtype: Precision = "float32") -> None:
        """Writes a model file, whole or not at all; float16 halves it.

        Raises ValueError, naming the weight, for one that is NaN, infinite or too large for
        float16.
        """
        parts = {"network": self.network} | {name: getattr(self.task, name) for name in HEARING}
        if self.threshold != THRESHOLD:  # what earlier versions do not read
            parts["threshold"] = self.threshold
        header = {name: encode(part) for name, part in parts.items()} | {"about": self.about}
        write_model(path, "recognizer", self.variables, header, dtype)

    @property
    def sample_rate(self) -> int:
        """Samples a second of the audio it takes."""
        return self.task.spec.sample_rate

    @property
    def parameters(self) -> int:
        """Number of trainable parameters."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.variables["params"]))

    def __call__(
        self,
        audio: Sequence[Audio],
        *,
        beam: int = 0,
        language_model: NGram | None = None,
        weight: float = 0.5,
        bonus: float = 0.0,
    ) -> list[Transcript]:
        """Transcribes utterances, float32 `[samples]` in [-1, 1] at `sample_rate`.

        Peaks are normalized as in training. Utterances longer than the longest bucket are cut where
        they are quiet, and recognized piece by piece. By default the best path is decoded; `beam`
        above 0, a `language_model` or a vocabulary of spelled words selects prefix search (see
        `prefix_beam` for `weight` and `bonus`). Raises ValueError for audio of another shape and
        for NaN.
        """
        pieces, owners = [], []
        for place, utterance in enumerate(audio):
            checked = _checked(utterance, f"utterance {place}")
            for piece in self._pieces([_normalized(checked, np.abs(checked).max())]):
                pieces.append(piece)
                owners.append(place)
        answers: list[list[np.ndarray]] = [[] for _ in audio]
        for owner, log_probs in zip(owners, self._log_probs(pieces), strict=True):
            answers[owner].append(log_probs)
        decode = self._decoder(beam, language_model, weight, bonus)
        return [self._transcript([(one, decode(one)) for one in answer]) for answer in answers]

    def long(
        self,
        audio: Iterable[Audio],
        *,
        peak: float,
        beam: int = 0,
        language_model: NGram | None = None,
        weight: float = 0.5,
        bonus: float = 0.0,
    ) -> Transcript:
        """Transcribes one recording that comes in pieces, without holding it.

        The transcript is that of a call with all of it, with the same options and errors. `peak` is
        its largest absolute sample.
        """
        pieces = self._pieces(
            _normalized(_checked(piece, "a piece of the recording"), peak) for piece in audio
        )
        decode = self._decoder(beam, language_model, weight, bonus)
        heard = []
        while batch := list(itertools.islice(pieces, BATCH)):
            heard += [(one, decode(one)) for one in self._log_probs(batch)]
        return self._transcript(heard)

    def _decoder(
        self, beam: int, language_model: NGram | None, weight: float, bonus: float
    ) -> Callable[[np.ndarray], tuple[int, ...]]:
        """Decoding of log-probabilities to ids of symbols."""
        return functools.partial(
            decoded,
            vocabulary=self.task.vocabulary,
            beam=beam,
            language_model=language_model,
            weight=weight,
            bonus=bonus,
        )

    @functools.cached_property
    def _placed(self) -> Tree:
        return jax.device_put(self.variables)

    def _transcript(self, heard: list[tuple[np.ndarray, tuple[int, ...]]]) -> Transcript:
        """One transcript of the pieces of an utterance."""
        texts = [self.task.vocabulary.decode(ids) for _, ids in heard]
        likelihood = sum(log_likelihood(log_probs, ids) for log_probs, ids in heard)
        every = tuple(n for _, ids in heard for n in ids)
        confidence = float(np.exp(min(likelihood / max(len(every), 1), 0.0)))
        log_probs = np.concatenate([log_probs for log_probs, _ in heard])
        return Transcript(" ".join(filter(None, texts)), every, confidence, log_probs)

    def _log_probs(self, pieces: Sequence[Audio]) -> list[np.ndarray]:
        """Log-probabilities of every piece, in order."""
        answers: list[np.ndarray] = [np.zeros(0)] * len(pieces)
        for length, places in self._by_bucket(pieces):
            padded = np.zeros((len(places), length), np.float32)
            for row, place in zip(padded, places):
                row[: len(pieces[place])] = pieces[place]
            samples = np.array([len(pieces[place]) for place in places], np.int32)
            _, heard = recognize_batch(self.task, self.network, self._placed, padded, samples)
            log_probs = np.asarray(jax.nn.log_softmax(heard.logits))
            for place, steps, answer in zip(places, np.asarray(heard.lengths), log_probs):
                answers[place] = answer[:steps]
        return answers

    def _by_bucket(self, pieces: Sequence[Audio]) -> Iterator[tuple[int, list[int]]]:
        """Lengths and indices of pieces in one batch: `BATCH` of them, or one."""
        rate, waiting = self.sample_rate, dict[int, list[int]]()
        for place, piece in enumerate(pieces):
            waiting.setdefault(bucket_of(len(piece), self.task.buckets, rate), []).append(place)
        for length, places in waiting.items():
            whole = len(places) // BATCH * BATCH
            for start in range(0, whole, BATCH):
                yield length, places[start : start + BATCH]
            for place in places[whole:]:
                yield length, [place]

    def _pieces(self, audio: Iterable[Audio]) -> Iterator[Audio]:
        """Cuts one utterance at the quietest place in the later half of the longest bucket."""
        longest = round(max(self.task.buckets) * self.sample_rate)
        window = max(round(QUIET_SECONDS * self.sample_rate), 1)
        waiting = np.zeros(0, np.float32)
        for piece in audio:
            waiting = np.concatenate([waiting, piece])
            while len(waiting) > longest:
                begin = longest // 2
                power = np.convolve(waiting[begin:longest] ** 2, np.ones(window), "valid")
                cut = begin + int(power.argmin()) + window // 2
                yield waiting[:cut]
                waiting = waiting[cut:]
        yield waiting


def _checked(audio: np.ndarray, what: str) -> Audio:
    audio = np.asarray(audio, np.float32)
    if audio.ndim != 1 or not len(audio):
        raise ValueError(f"{what} must be [samples], not {list(audio.shape)}")
    if not np.isfinite(audio).all():
        raise ValueError(f"{what} has NaN or infinite values")
    return audio


def _normalized(audio: Audio, peak: float) -> Audio:
    """Audio with the peak of training; silence stays silence."""
    return audio * np.float32(PEAK / peak) if peak else audio
