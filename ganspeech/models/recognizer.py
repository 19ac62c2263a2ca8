"""Using a trained recogniser: `hear = load_recognizer("runs/digits"); hear([audio])[0].text`."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import jax
import numpy as np
from flax import linen
from jaxtyping import Float, Float32

from ganspeech import shipped
from ganspeech.data.buckets import bucket_of
from ganspeech.data.prepare import PEAK
from ganspeech.game.contract import Tree
from ganspeech.models.recognizer_file import RecognizerModel, read_recognizer
from ganspeech.recognizers.decoding import greedy, prefix_beam
from ganspeech.recognizers.language_model import NGram
from ganspeech.recognizers.likelihood import log_likelihood
from ganspeech.runs.folder import Run, load_run
from ganspeech.tasks.recognition import Recognition, listen

BATCH = 8
"""Utterances that are heard at once; what is left over is heard one by one."""
QUIET_SECONDS = 0.05
"""Of the windows whose loudness tells where long audio is cut."""

Audio = Float32[np.ndarray, " samples"]


@dataclasses.dataclass(frozen=True)
class Transcript:
    """What was heard in one utterance."""

    text: str
    ids: tuple[int, ...]
    """The symbols, by their numbers in the vocabulary."""
    confidence: float
    """The probability of these symbols, whatever their timing, given the audio: 0 to 1, the
    geometric mean over symbols."""
    log_probs: Float[np.ndarray, "steps symbols"]
    """Natural logarithms of the probabilities of all symbols at every step."""


@dataclasses.dataclass(frozen=True)
class Recognizer:
    """A trained recogniser, called with audio."""

    network: linen.Module
    variables: Tree
    task: Recognition
    """Its features, vocabulary, stride and buckets."""
    about: str = ""
    """Where it comes from."""

    @property
    def sample_rate(self) -> int:
        """Of the audio it hears."""
        return self.task.spec.sample_rate

    @property
    def parameters(self) -> int:
        """How many numbers the network has learnt."""
        return sum(leaf.size for leaf in jax.tree.leaves(self.variables["params"]))

    @property
    def compilations(self) -> int:
        """The most programs that any calls compile: every bucket for a batch and for one."""
        return 2 * len(set(self.task.buckets))

    def __call__(
        self,
        audio: Sequence[Audio],
        *,
        beam: int = 0,
        language_model: NGram | None = None,
        weight: float = 0.5,
        bonus: float = 0.0,
    ) -> list[Transcript]:
        """What is said in each utterance, float32 `[samples]` in [-1, 1] at `sample_rate`.

        They are brought to the peak that recognisers are trained on. Longer ones than the longest
        bucket are cut where they are quiet, and heard piece by piece. By default the best path is
        taken; `beam` above 0, or a `language_model`, has prefixes searched (`prefix_beam` explains
        `weight` and `bonus`). Raises ValueError for audio of another shape and for NaN.
        """
        beam = beam or (16 if language_model else 0)
        pieces, owners = [], []
        for place, utterance in enumerate(audio):
            for piece in self._pieces(_checked(utterance, place)):
                pieces.append(piece)
                owners.append(place)
        answers: list[list[np.ndarray]] = [[] for _ in audio]
        for owner, log_probs in zip(owners, self._log_probs(pieces), strict=True):
            answers[owner].append(log_probs)

        def ids_of(log_probs: np.ndarray) -> tuple[int, ...]:
            if not beam:
                return tuple(greedy(log_probs))
            found = prefix_beam(
                log_probs,
                beam=beam,
                language_model=language_model,
                vocabulary=self.task.vocabulary,
                weight=weight,
                bonus=bonus,
            )
            return found[0][0]

        return [self._transcript([(one, ids_of(one)) for one in answer]) for answer in answers]

    def _transcript(self, heard: list[tuple[np.ndarray, tuple[int, ...]]]) -> Transcript:
        """One transcript of the pieces of an utterance."""
        texts = [self.task.vocabulary.decode(ids) for _, ids in heard]
        likelihood = sum(log_likelihood(log_probs, ids) for log_probs, ids in heard)
        every = tuple(n for _, ids in heard for n in ids)
        confidence = float(np.exp(min(likelihood / max(len(every), 1), 0.0)))
        log_probs = np.concatenate([log_probs for log_probs, _ in heard])
        return Transcript(" ".join(filter(None, texts)), every, confidence, log_probs)

    def _log_probs(self, pieces: Sequence[Audio]) -> list[np.ndarray]:
        """The answer to every piece, in their order."""
        answers: list[np.ndarray] = [np.zeros(0)] * len(pieces)
        for length, places in self._by_bucket(pieces):
            padded = np.zeros((len(places), length), np.float32)
            for row, place in zip(padded, places):
                row[: len(pieces[place])] = pieces[place]
            samples = np.array([len(pieces[place]) for place in places], np.int32)
            _, heard = listen(self.task, self.network, self.variables, padded, samples)
            log_probs = np.asarray(jax.nn.log_softmax(heard.logits))
            for place, steps, answer in zip(places, np.asarray(heard.lengths), log_probs):
                answers[place] = answer[:steps]
        return answers

    def _by_bucket(self, pieces: Sequence[Audio]) -> Iterator[tuple[int, list[int]]]:
        """Lengths and places of pieces that are heard together: `BATCH` of them, or one."""
        rate, waiting = self.sample_rate, dict[int, list[int]]()
        for place, piece in enumerate(pieces):
            waiting.setdefault(bucket_of(len(piece), self.task.buckets, rate), []).append(place)
        for length, places in waiting.items():
            whole = len(places) // BATCH * BATCH
            for start in range(0, whole, BATCH):
                yield length, places[start : start + BATCH]
            for place in places[whole:]:
                yield length, [place]

    def _pieces(self, audio: Audio) -> Iterator[Audio]:
        """The audio, cut at the quietest place in the later half of what a bucket holds."""
        longest = round(max(self.task.buckets) * self.sample_rate)
        window = max(round(QUIET_SECONDS * self.sample_rate), 1)
        while len(audio) > longest:
            begin = longest // 2
            power = np.convolve(audio[begin:longest] ** 2, np.ones(window), "valid")
            cut = begin + int(power.argmin()) + window // 2
            yield audio[:cut]
            audio = audio[cut:]
        yield audio


def load_recognizer(source: str | Path, step: int | None = None) -> Recognizer:
    """A recogniser, ready to be called: a shipped one by its name, a model file, or a run folder.

    Of a run it is the newest checkpoint unless `step` says another. ValueError, naming the folder
    or file, for a source that is none of these, for a damaged one, and for one of something else.
    """
    known = shipped.names("recognizer")
    if str(source) in known:
        return of_model(read_recognizer(shipped.path(str(source))))
    if Path(source).is_file():
        return of_model(read_recognizer(source))
    if not str(source) or not Path(source).is_dir():
        raise ValueError(
            f"no recogniser {str(source)!r}: give a run folder, a model file (.safetensors), or "
            f"the name of a shipped one ({', '.join(known) or 'this installation has none'})"
        )
    return of_run(load_run(source, step))


def of_model(model: RecognizerModel) -> Recognizer:
    """The recogniser that a model file holds."""
    variables = jax.device_put(model.variables)
    return Recognizer(model.network, variables, model.task, model.about)


def of_run(run: Run) -> Recognizer:
    """The recogniser that a run trained; ValueError when it was trained for something else."""
    task = run.experiment.task
    if not isinstance(task, Recognition):
        raise ValueError(f"{run.folder} was trained for {type(task).__name__}, not to recognise")
    about = f"Step {run.step} of the run {run.folder.resolve().name}."
    return Recognizer(run.experiment.generator, jax.device_put(run.variables), task, about)


def _checked(audio: np.ndarray, place: int) -> Audio:
    """One utterance with its peak where training has it; silence stays silence."""
    audio = np.asarray(audio, np.float32)
    if audio.ndim != 1 or not len(audio):
        raise ValueError(f"utterance {place} must be [samples], not {list(audio.shape)}")
    if not np.isfinite(audio).all():
        raise ValueError(f"utterance {place} holds NaN or infinite values")
    peak = np.abs(audio).max()
    return audio * np.float32(PEAK / peak) if peak else audio
