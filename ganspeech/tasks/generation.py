"""Generation: examples from noise, and of a class where one is asked for."""

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
from ganspeech.tasks.representations import Pictures, SpokenView, View, in_pieces
from ganspeech.tasks.trainable import Picture, Sample

SHOWN = 4
"""Examples that can be listened to while a run goes on."""
ROWS, COLUMNS = 8, 8
"""Rows and columns of the picture that a run shows."""


@dataclasses.dataclass(frozen=True)
class Generation:
    """The minimax game without a condition, or with the class of an example for one."""

    view: View = Pictures()
    """How examples look to the networks."""
    latent: int = 100
    """Numbers of noise that an example is made of."""
    prior: Literal["normal", "uniform"] = "normal"
    """Distribution of the noise: the standard normal, or uniform in [-1, 1]."""
    classes: int = 0
    """The classes of the corpus, to generate the one asked for; 0: whatever comes."""
    share: float = 1.0
    """Share of every class's training examples that is used, the first of them."""

    def __post_init__(self):
        require_least(self, "task", 1, "latent")
        require_least(self, "task", 0, "classes")
        if not 0 < self.share <= 1:
            raise ValueError(f"task.share must be above 0 and at most 1, not {self.share}")

    def audio_spec(self) -> None:
        """None: what examples look like is their representation's."""
        return None

    def mixed(self) -> bool:
        """No: all batches have one shape."""
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
        """Noise `[n, latent]`, one key each."""
        shape = (self.latent,)
        if self.prior == "normal":
            return jax.vmap(lambda key: jax.random.normal(key, shape))(keys)
        return jax.vmap(lambda key: jax.random.uniform(key, shape, minval=-1.0))(keys)

    def play(self, generator: linen.Module, variables: Tree, batch: Batch, keys: jax.Array) -> Play:
        """Examples of noise, of the labels of `batch["values"]` where there are classes."""
        label = self.one_hot(batch["label"])
        collections = [name for name in variables if name != "params"]
        fake, mutable = generator.apply(variables, self.draw(keys), label, mutable=collections)
        return Play(batch["values"], fake, label, {}, mutable)

    def recordings(self, corpus: Corpus) -> Examples:
        """The corpus as the view shows it; CorpusError for one of other classes than asked for."""
        examples = self.view.examples(corpus)
        if self.classes and self.classes != len(examples.classes):
            raise CorpusError(
                f"task.classes is {self.classes}, but the corpus has {len(examples.classes)} "
                f"classes ({', '.join(examples.classes)})"
            )
        return examples.share(self.share)

    def batches(self, prepared: Examples, feed: Feed) -> Iterator[Batch]:
        """Endless `{"values": [batch, …], "label": [batch]}`."""
        return labeled_batches(
            prepared.train,
            feed,
        )

    def generate(
        self, generator: linen.Module, variables: Tree, noise: np.ndarray, labels: np.ndarray
    ) -> np.ndarray:
        """Examples `[n, …]` of noise `[n, latent]`, of `labels` `[n]` where there are classes."""
        made = functools.partial(_generate, generator, variables)
        if not self.classes:
            return in_pieces(made, np.asarray(noise))
        both = np.concatenate([noise, np.eye(self.classes, dtype=np.float32)[labels]], axis=1)
        return in_pieces(lambda x: made(x[:, : self.latent], x[:, self.latent :]), both)

    def sample(
        self, generator: linen.Module, variables: Tree, count: int, seed: int = 0
    ) -> tuple[np.ndarray, np.ndarray]:
        """Examples `[count, …]` of fresh noise, and the labels asked for: all classes in turn."""
        noise = self.draw(jax.random.split(jax.random.key(seed), count))
        labels = np.arange(count, dtype=np.int32) % max(self.classes, 1)
        return self.generate(generator, variables, np.asarray(noise), labels), labels

    def samples(
        self, generator: linen.Module, variables: Tree, prepared: Examples
    ) -> Iterator[Sample | Picture]:
        """A picture of examples of the same noise every time, and some of them to listen to."""
        values, labels = self.sample(generator, variables, ROWS * COLUMNS)
        yield Picture("generated", _grid(self.view.images(values)))
        if isinstance(self.view, SpokenView):
            audio = self.view.audio(values[:SHOWN], prepared.scale)
            for place, sound in enumerate(audio):
                said = prepared.classes[labels[place]] if self.classes else ""
                yield Sample(f"generated-{place}", None, sound, self.view.sample_rate, said)


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
