"""How far rounding moves the phase-primed Vocos' gradient, by the slope its settling phases get.

    python benchmarks/primed_gradient.py                        # the first step of vocoder_demo
    python benchmarks/primed_gradient.py --vocoder primed-16k   # trained weights

For each batch of `vocoder_demo`: the norm of the gradient of its spectral losses, and by what share
of that norm it moves when each sample is multiplied by 1 + 1e-7 of noise, about the rounding of
float32, in which devices and programs differ. A bin's slope is what its phase turns by when its
projection moves; `magnitude` below is what the bin has after the iteration.
"""

import itertools
import time
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
import tyro
from jax import lax

from ganspeech import load_vocoder
from ganspeech.data.feed import Feed
from ganspeech.experiments.vocoder_demo import experiment
from ganspeech.generators import primed
from ganspeech.generators.primed import PrimedVocos

ROUNDING = 1e-7
SETTLING = 8
"""Iterations inside the gradient, those of the recipe."""

Slope = Callable[[jax.Array, jax.Array], jax.Array]
SLOPES: dict[str, Slope] = {
    "1 / size": lambda size, magnitude: 1 / size,
    "at most 4 / magnitude": lambda size, magnitude: jnp.minimum(1 / size, 4 / magnitude),
    "0 beyond 4 / magnitude": lambda size, magnitude: jnp.where(4 * size > magnitude, 1 / size, 0),
    "1 / hypot(size, magnitude)": lambda size, magnitude: 1 / jnp.hypot(size, magnitude),
    "at most 1 / magnitude": lambda size, magnitude: jnp.minimum(1 / size, 1 / magnitude),
}
"""Slopes from a projection's size and the bin's magnitude; the last is the generator's own."""


def main(batches: int = 8, vocoder: str = "") -> None:
    """Prints a row for each slope, and one without settling iterations.

    Args:
        batches: Batches to measure, eight segments each.
        vocoder: A shipped vocoder or a run of a phase-primed Vocos; without one, first weights.
    """
    generator, variables = _weights(vocoder)
    corpus = experiment.task.recordings(experiment.corpus)
    feed = Feed(experiment.budget.batch_size)
    chosen = list(itertools.islice(experiment.task.batches(corpus, feed), batches))
    print(f"{'slope':28} {'norm (least, most)':22} {'moved':>6} {'most':>6} {'seconds':>8}")
    for name, slope in SLOPES.items():
        primed._settled = _settled_with(slope)
        _row(name, generator.clone(settling=SETTLING), variables, chosen)
    _row("no settling", generator.clone(settling=0), variables, chosen)


def _weights(vocoder: str) -> tuple[PrimedVocos, dict]:
    if not vocoder:
        generator, example = experiment.generator, experiment.task.example()
        return generator, generator.init(jax.random.PRNGKey(0), *example)
    loaded = load_vocoder(vocoder)
    if not isinstance(loaded.generator, PrimedVocos):
        raise SystemExit(f"{vocoder} is a {type(loaded.generator).__name__}, not a PrimedVocos")
    return loaded.generator, jax.tree.map(np.float32, loaded.variables)


def _settled_with(slope: Slope) -> Callable[[jax.Array, jax.Array], jax.Array]:
    """Phases of a projection as in the generator, with this slope."""

    @jax.custom_jvp
    def settled(projected, magnitude):
        return primed._unit(projected)

    @settled.defjvp
    def _(primals, tangents):
        projected, magnitude = primals
        moved, _ = tangents
        squared = jnp.square(projected.real) + jnp.square(projected.imag)
        unit = primed._unit(projected)
        along = unit.real * moved.real + unit.imag * moved.imag
        size = jnp.sqrt(squared + primed.FLOOR**2)
        return unit, lax.stop_gradient(slope(size, magnitude)) * (moved - unit * along)

    return settled


def _row(name: str, generator: PrimedVocos, variables: dict, batches: list[dict]) -> None:
    @jax.jit
    @jax.grad
    def gradient(variables, audio):
        play = experiment.task.play(generator, variables, {"audio": audio}, jnp.zeros(0))
        return sum(play.terms.values(), jnp.zeros(()))

    def flat(audio: np.ndarray) -> np.ndarray:
        leaves = jax.tree.leaves(gradient(variables, audio))
        return np.concatenate([np.ravel(leaf) for leaf in leaves])

    flat(batches[0]["audio"])  # compiles
    norms, moved, seconds = [], [], []
    for index, batch in enumerate(batches):
        noise = np.random.default_rng(index).normal(size=batch["audio"].shape)
        start = time.perf_counter()
        one = flat(batch["audio"])
        seconds.append(time.perf_counter() - start)
        other = flat(np.float32(batch["audio"] * (1 + ROUNDING * noise)))
        norms.append(np.linalg.norm(one))
        moved.append(np.linalg.norm(one - other) / norms[-1])
    spread = f"{np.median(norms):.1f} ({min(norms):.1f}, {max(norms):.1f})"
    change = f"{np.median(moved):6.1%} {max(moved):6.1%}"
    print(f"{name:28} {spread:22} {change} {np.median(seconds):8.2f}", flush=True)


if __name__ == "__main__":
    tyro.cli(main, description=__doc__)
