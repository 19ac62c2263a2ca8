"""The judge of generated examples: a classifier trained here, on the corpus they imitate.

All systems of one corpus get the same judge. Where a view speaks it hears audio at 16 kHz, however
that was made; elsewhere it sees the pictures.
"""

import dataclasses
import functools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import traverse_util
from jaxtyping import Float, Float32
from tqdm import tqdm

from ganspeech.audio import AudioSpec, log_mel
from ganspeech.config import serialize
from ganspeech.data.cache import build_once, cache_root, digest
from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.examples import Examples, Labeled
from ganspeech.data.readers.mnist import MNIST
from ganspeech.evaluation.pages.intervals import Interval, interval
from ganspeech.game.contract import Tree
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Game, Rules
from ganspeech.game.state import create_state
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.process.arrays import read_arrays
from ganspeech.process.damage import damage
from ganspeech.recognizers.word_classifier import WordClassifier
from ganspeech.tasks.classification import Classification
from ganspeech.tasks.representations import SpokenView, View, Waveform, in_pieces
from ganspeech.training.parallel import ParallelUpdate

VERSION = 1
"""Counted up when a judge would learn something else from the same corpus and settings."""
CLIPS = Waveform(sample_rate=16000, samples=16384)
"""Features that a judge of speech takes."""
SPEC = AudioSpec(
    sample_rate=CLIPS.sample_rate, n_mels=64, fmax=CLIPS.sample_rate / 2, log_floor=1e-3
)
"""64 frames of 64 bands. The floor is 60 to 70 dB below speech: no generator makes real silence."""
LOUDEST = 2.0
"""A log-mel that speech at full scale hardly passes."""
WEIGHTS, ABOUT = "weights.npz", "judge.json"


@dataclasses.dataclass(frozen=True)
class Schooling:
    """How a judge learns."""

    task: Classification
    steps: int
    classifier: WordClassifier = WordClassifier()
    batch_size: int = 128
    optimizer: Optimizer = Optimizer(
        2e-3, b1=0.9, b2=0.999, weight_decay=1e-2, warmup=100, schedule="cosine"
    )
    ema: float = 0.99
    """Decay of the moving average that becomes the judge."""


PICTURE_JUDGE = Schooling(Classification(shape=(32, 32), shift=(2, 2), warp=0.1), steps=1500)
WORD_JUDGE = Schooling(
    Classification(shape=(64, 64), shift=(16, 2), gain=0.3, mask=(12, 10), noise=0.8),
    steps=1200,
    classifier=WordClassifier(channels=(8, 16, 32, 64)),
)


@dataclasses.dataclass(frozen=True)
class Judge:
    """A trained classifier, and how far it can be trusted."""

    classifier: WordClassifier
    variables: Tree
    classes: tuple[str, ...]
    spoken: bool
    """Whether it hears audio or sees pictures."""
    accuracy: Interval
    """On the examples that its corpus holds out."""

    def look(
        self, values: np.ndarray
    ) -> tuple[Float32[np.ndarray, "n features"], Float32[np.ndarray, "n classes"]]:
        """Features, and probabilities of the classes.

        `values` are audio `[n, samples]` at 16 kHz in [-1, 1] for a judge of speech, which hears
        the first 1.024 s, and pictures `[n, height, width, 1]` in [-1, 1] for another.
        """
        pictures = seen(values, self.spoken)
        both = in_pieces(functools.partial(_look, self.classifier, self.variables), pictures)
        return both[:, : self.classifier.width], both[:, self.classifier.width :]


def judge_of(
    corpus: Corpus, view: View, *, cache: str | Path | None = None, progress: bool = True
) -> Judge:
    """The judge of a corpus, trained once, which takes a minute or two, and kept in the cache.

    The cache is as in `ganspeech.data.prepare`, and the name there is made of what the corpus
    holds and of the judge's settings. ValueError for a corpus that holds nothing out.
    """
    spoken = isinstance(view, SpokenView)
    if isinstance(corpus, MNIST):
        # A judge may know pictures that the generator was not given.
        corpus = dataclasses.replace(corpus, images=0)
    examples = (CLIPS if spoken else view).examples(corpus)
    require_held_out(examples, corpus)
    return judge_from(examples, spoken, cache=cache, progress=progress)


def require_held_out(examples: Examples, corpus: Corpus) -> None:
    """Raises ValueError where nothing is left to compare generated examples with."""
    if not len(examples.held_out):
        raise ValueError(
            f"{type(corpus).__name__} holds nothing out, so there is nothing to compare with: "
            "raise corpus.held_out"
        )


def judge_from(
    examples: Examples, spoken: bool, *, cache: str | Path | None = None, progress: bool = True
) -> Judge:
    """The same, of examples at hand: clips as in `CLIPS`, or pictures."""
    schooling = WORD_JUDGE if spoken else PICTURE_JUDGE
    classifier = dataclasses.replace(schooling.classifier, classes=len(examples.classes))
    settings = [serialize.dumps(part) for part in (schooling.task, classifier, schooling.optimizer)]
    settings += [SPEC.to_json(), f"{schooling.steps} {schooling.batch_size} {schooling.ema}"]
    content = [examples.fingerprint, *examples.train.ids, "held out", *examples.held_out.ids]
    name = digest([VERSION, spoken, *content, *settings])

    def fill(partial: Path) -> None:
        variables = train_judge(classifier, examples.train, spoken, schooling, progress=progress)
        flat = traverse_util.flatten_dict(jax.device_get(variables), sep="/")
        np.savez(partial / WEIGHTS, **flat)
        judge = Judge(classifier, variables, examples.classes, spoken, interval(np.zeros(0)))
        said = judge.look(examples.held_out.values)[1].argmax(1)
        right = interval((said == examples.held_out.labels).astype(float))
        (partial / ABOUT).write_text(json.dumps(dataclasses.asdict(right)), encoding="utf-8")

    folder = build_once(cache_root(cache) / f"judge-{name}", fill)
    with damage(CorpusError, f"damaged cache, delete {folder}"):
        variables = traverse_util.unflatten_dict(read_arrays(folder / WEIGHTS), sep="/")
        accuracy = Interval(**json.loads((folder / ABOUT).read_text(encoding="utf-8")))
    return Judge(classifier, jax.device_put(variables), examples.classes, spoken, accuracy)


def train_judge(
    classifier: WordClassifier,
    examples: Labeled,
    spoken: bool,
    schooling: Schooling,
    *,
    progress: bool = True,
) -> Tree:
    """The variables of a classifier that has learned; the same ones every time."""
    pictures = seen(examples.values, spoken)
    game = Game(
        task=schooling.task,
        generator=classifier,
        discriminators=(),
        objective=NonSaturating(),
        rules=Rules(feature_matching=0.0, ema=schooling.ema),
        generator_optimizer=schooling.optimizer,
        discriminator_optimizer=schooling.optimizer,
    )
    update = ParallelUpdate(game, schooling.steps)
    create: Callable[..., Any] = jax.jit(functools.partial(create_state, game), static_argnums=1)
    state = update.place(create(jax.random.PRNGKey(0), schooling.steps))
    # Every device takes an equal part.
    size = max(schooling.batch_size // jax.device_count(), 1) * jax.device_count()
    rng, order = np.random.default_rng(0), np.zeros(0, np.int64)
    bar = tqdm(
        range(schooling.steps),
        "training the judge",
        disable=not progress,
        mininterval=0.5 if sys.stderr.isatty() else 30.0,  # logs are not filled
    )
    for _ in bar:
        while len(order) < size:
            order = np.concatenate([order, rng.permutation(len(examples))])
        places, order = order[:size], order[size:]
        batch: Any = {"picture": pictures[places], "label": examples.labels[places]}
        state, _ = update(state, [batch])
    return jax.device_get(state.averaged)


def seen(values: np.ndarray, spoken: bool) -> Float32[np.ndarray, "n height width"]:
    """Input of a judge: of audio `[n, samples]` at 16 kHz, or of pictures, in about [-1, 1]."""
    if not spoken:
        return np.asarray(values[..., 0], np.float32)
    audio = np.asarray(values, np.float32)[:, : CLIPS.samples]
    audio = np.pad(audio, ((0, 0), (0, CLIPS.samples - audio.shape[1])))
    return in_pieces(_heard, audio)


@jax.jit
def _heard(audio: Float[jax.Array, "n samples"]) -> Float[jax.Array, "n frames mels"]:
    return 2 * (log_mel(audio, SPEC) - SPEC.silence) / (LOUDEST - SPEC.silence) - 1


@functools.partial(jax.jit, static_argnums=0)
def _look(classifier: WordClassifier, variables: Tree, pictures: jax.Array) -> jax.Array:
    outputs: Any = classifier.apply(variables, pictures)
    features, logits = outputs
    return jnp.concatenate([features, jax.nn.softmax(logits)], axis=-1)
