"""Generation of examples from noise, and optionally of a given class."""

import dataclasses
import functools
from collections.abc import Iterator
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen

from ganspeech.data.corpus import Corpus, CorpusError
from ganspeech.data.examples import Examples, labeled_batches
from ganspeech.data.feed import Feed
from ganspeech.game.contract import Batch, Play, Tree
from ganspeech.process.checks import require_least
from ganspeech.tasks.batch_shapes import BatchShapes, floats, integers
from ganspeech.tasks.representations import Pictures, SpokenView, View, in_pieces
from ganspeech.tasks.trainable import Picture, Sample

SHOWN = 4
"""Number of examples shown as audio during a run."""
ROWS, COLUMNS = 8, 8
"""Rows and columns of the picture that a run shows."""


@dataclasses.dataclass(frozen=True)
class Generation:
    """The minimax game, unconditional or conditioned on the class of an example."""

    view: View = Pictures()
    """Representation of examples for the networks."""
    latent: int = 100
    """Size of the noise vector of an example."""
    prior: Literal["normal", "uniform"] = "normal"
    """Distribution of the noise: the standard normal, or uniform in [-1, 1]."""
    classes: int = 0
    """Number of classes of the corpus, for conditional generation; 0: unconditional."""
    share: float = 1.0
    """Share of every class's training examples that is used, from the first on."""

    def __post_init__(self):
        require_least(self, "task", 1, "latent")
        require_least(self, "task", 0, "classes")
        if not 0 < self.share <= 1:
            raise ValueError(f"task.share must be above 0 and at most 1, not {self.share}")

    def audio_spec(self) -> None:
        """None: the view defines the audio."""
        return None

    def mixed(self) -> bool:
        """False: all batches have one shape."""
        return False

    def example(self) -> tuple:
        """Noise of one example and its label, if any."""
        return jnp.zeros((1, self.latent)), self.condition()

    def condition(self) -> jax.Array | None:
        """The label of one example, one-hot."""
        return self.one_hot(jnp.zeros((1,), jnp.int32))

    def one_hot(self, labels: jax.Array) -> jax.Array | None:
        """Labels as networks see them, `[n, classes]`; None without classes."""
        return jax.nn.one_hot(labels, self.classes) if self.classes else None

    def draw(self, keys: jax.Array) -> jax.Array:
        """Noise `[n, latent]`, one vector per key."""
        shape = (self.latent,)
        if self.prior == "normal":
            return jax.vmap(lambda key: jax.random.normal(key, shape))(keys)
        return jax.vmap(lambda key: jax.random.uniform(key, shape, minval=-1.0))(keys)

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: jax.Array) -> Play:
        """Plays examples from noise, with the labels of `batch["values"]` if there are classes."""
        label = self.one_hot(batch["label"])
        collections = [name for name in variables if name != "params"]
        fake, mutable = generator.apply(variables, self.draw(keys), label, mutable=collections)
        if fake.shape != batch["values"].shape:
            made, real = (list(values.shape[1:]) for values in (fake, batch["values"]))
            raise ValueError(
                f"the generator makes {made}, and the examples of task.view are {real}: give both "
                "the same size"
            )
        return Play(batch["values"], fake, label, {}, mutable)

    def recordings(self, corpus: Corpus) -> Examples:
        """Examples of the corpus; raises CorpusError for another number of classes."""
        examples = self.view.examples(corpus)
        if self.classes and self.classes != len(examples.classes):
            raise CorpusError(
                f"task.classes is {self.classes}, but the corpus has {len(examples.classes)} "
                f"classes ({', '.join(examples.classes)})"
            )
        return examples.share(self.share)

    def batches(self, prepared: Examples, feed: Feed) -> Iterator[Batch]:
        """Endless `{"values": [batch, …], "label": [batch]}`."""
        return labeled_batches(prepared.train, feed)

    def batch_shapes(self, size: int) -> BatchShapes:
        """Shapes of a batch of `size` examples."""
        return {"values": floats(size, *self.view.shape), "label": integers(size)}

    def generate(
        self, generator: linen.Module, variables: Tree, noise: np.ndarray, labels: np.ndarray
    ) -> np.ndarray:
        """Generates examples `[n, …]` of noise `[n, latent]` and, with classes, `labels` `[n]`."""
        generate = functools.partial(_generate, generator, variables)
        if not self.classes:
            return in_pieces(generate, np.asarray(noise))
        both = np.concatenate([noise, np.eye(self.classes, dtype=np.float32)[labels]], axis=1)
        return in_pieces(lambda x: generate(x[:, : self.latent], x[:, self.latent :]), both)

    def sample(
        self, generator: linen.Module, variables: Tree, count: int, seed: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Generates examples `[count, …]` from new noise; their labels are all classes in turn."""
        noise = self.draw(jax.random.split(jax.random.key(seed), count))
        labels = np.arange(count, dtype=np.int32) % max(self.classes, 1)
        return self.generate(generator, variables, np.asarray(noise), labels), labels

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Examples
    ) -> Iterator[Sample | Picture]:
        """Picture of examples from fixed noise, and some of them as audio."""
        values, labels = self.sample(generator, variables, ROWS * COLUMNS)
        yield Picture("generated", _grid(self.view.images(values)))
        if isinstance(self.view, SpokenView):
            audio = self.view.audio(values[:SHOWN], prepared.scale)
            for place, sound in enumerate(audio):
                text = prepared.classes[labels[place]] if self.classes else ""
                yield Sample(f"generated-{place}", None, sound, self.view.sample_rate, text)


@functools.partial(jax.jit, static_argnums=0)
def _generate(
    generator: linen.Module, variables: Tree, noise: jax.Array, label: jax.Array | None = None
):
    return generator.apply(variables, noise, label)


def _grid(images: np.ndarray) -> np.ndarray:
    """Pictures `[n, height, width]` in [0, 1] side by side, as bytes `[height, width, 3]`."""
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)), constant_values=0.5)
    height, width = padded.shape[1:]
    rows = padded.reshape(ROWS, COLUMNS, height, width).swapaxes(1, 2)
    gray = rows.reshape(ROWS * height, COLUMNS * width)
    return np.repeat(np.round(gray[..., None] * 255).astype(np.uint8), 3, axis=2)
