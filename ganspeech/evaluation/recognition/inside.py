"""Views inside a recognizer trained by a GAN: enhanced features, and a discriminator's saliency."""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ganspeech.data.buckets import bucket_of
from ganspeech.evaluation.pages import saliency as seen
from ganspeech.evaluation.pages.media import color_uri, picture_uri
from ganspeech.evaluation.pages.strips import hint, picture
from ganspeech.evaluation.quality.metrics import Audio
from ganspeech.evaluation.recognition.accuracy import Answer
from ganspeech.nn.masked import masked, valid_places
from ganspeech.recognizers.front import Enhanced, Fronted, MadeNoisy, Maps
from ganspeech.runs.folder import Run, load_run
from ganspeech.tasks.invariance import Invariance
from ganspeech.tasks.recognition import Recognition

SHOWN = 6
"""Number of utterances whose features are shown."""
SMOOTHING = 0.1
"""Noise for saliency, as a share of the features' range."""
ENHANCEMENT_HINT = (
    "Input features, the features that the front made of them for the recognizer, and those of the "
    "same utterance without noise. All three share one scale."
)
SALIENCY_HINT = (
    "Places where a small change of a feature moves the discriminator's logit most: the magnitude "
    "of its gradient (Simonyan et al. 2014), averaged over noisy copies (Smilkov et al. 2017). "
    "Each picture has its own scale. "
)

Features = Float[Array, "batch frames channels"]


@dataclass(frozen=True)
class ShownUtterance:
    """An answer with the audio that was recognized, and the same without noise."""

    answer: Answer
    heard: Audio
    clean: Audio


@dataclass(frozen=True)
class Look:
    """A discriminator, and the features whose saliency is shown."""

    about: str
    judge: Callable[[Features], Float[Array, " batch"]]
    asked: Mapping[str, Features]
    """Features to classify, by name."""


@dataclass(frozen=True)
class Inputs:
    """Features of some utterances, zero beyond their ends."""

    heard: Features
    clean: Features
    lengths: Int[Array, " batch"]


def sections(run: Run, shown: Sequence[ShownUtterance]) -> list[tuple[str, str]]:
    """Returns sections on a front's features and a discriminator's saliency, if the run has them."""
    shown = shown[:SHOWN]
    task, network = run.experiment.task, run.experiment.generator
    if not shown or not isinstance(task, Recognition):
        return []
    inputs = inputs_of(task, shown)
    found = []
    cleans = isinstance(network, Fronted) and isinstance(network.front, Enhanced)
    if cleans:
        found.append(("Enhancement", _enhancement(run, inputs, shown)))
    if look := look_of(run, inputs):
        found.append(("Discriminator", _discriminator(look, inputs, shown)))
    return found


def look_of(run: Run, inputs: Inputs) -> Look | None:
    """Returns the discriminator that contributed to a recognizer, or None if there is none.

    It is the recognizer's own critic, the discriminator that is its front, or that of the run its
    front was started from, if that run still exists.
    """
    task, network = run.experiment.task, run.experiment.generator
    both = {"input": inputs.heard, "without noise": inputs.clean}
    if isinstance(task, Invariance) and run.discriminators:
        return Look("The critic, seen through the recognizer.", _critic(run, inputs), both)
    if not isinstance(network, Fronted):
        return None
    front = network.front
    if isinstance(front, Maps):
        own = network.front_of(run.variables)
        judge = _judge((front.network,), (own,), None)
        return Look("The discriminator whose maps are the recognizer's input.", judge, both)
    start = Path(run.experiment.start)
    if not run.experiment.start or not (start / "checkpoints").is_dir():
        return None
    first = load_run(start)
    if not first.discriminators:
        return None
    panel = functools.partial(_judge, first.experiment.discriminators, first.discriminators)
    if isinstance(front, Enhanced):
        asked = {"enhanced": enhanced(run, inputs), "without noise": inputs.clean}
        about = "The discriminator that the front was trained against, given the noisy features."
        return Look(about, panel(inputs.heard), asked)
    if isinstance(front, MadeNoisy):
        about = (
            "The discriminator that the noise maker was trained against, given the clean features."
        )
        return Look(about, panel(inputs.clean), {"input": inputs.heard})
    return None


def enhanced(run: Run, inputs: Inputs) -> Features:
    """Returns the features as the front of a run enhances them."""
    network = run.experiment.generator
    assert isinstance(network, Fronted)
    front = jax.jit(functools.partial(network.front, keys=None))
    passed = front(network.front_of(run.variables), inputs.heard, inputs.lengths)
    own = passed[..., : inputs.heard.shape[-1]]  # the input features may follow
    return masked(own, valid_places(inputs.lengths, own.shape[1]))


def inputs_of(task: Recognition, shown: Sequence[ShownUtterance]) -> Inputs:
    """Computes features of utterances, padded to one length."""
    samples = np.array([len(one.heard) for one in shown], np.int32)
    longest = int(samples.max())
    if longest <= max(task.buckets) * task.spec.sample_rate:
        longest = bucket_of(longest, task.buckets, task.spec.sample_rate)
    lengths = jnp.asarray(task.features.frames(samples))

    def features(audio: Sequence[Audio]) -> Features:
        padded = np.stack([np.pad(one, (0, longest - len(one))) for one in audio])
        found = jax.jit(task.features)(padded)
        return masked(found, valid_places(lengths, found.shape[1]))

    return Inputs(
        features([one.heard for one in shown]), features([one.clean for one in shown]), lengths
    )


def _judge(discriminators, variables, condition) -> Callable[[Features], Array]:
    return lambda x: seen.mean_logits(seen.panel(discriminators, variables, x, condition))


def _critic(run: Run, inputs: Inputs) -> Callable[[Features], Array]:
    task, network = run.experiment.task, run.experiment.generator
    assert isinstance(task, Recognition)

    def judge(x: Features) -> Array:
        output: Any = network.apply(run.variables, x, inputs.lengths, task.symbols, task.stride)
        inside = valid_places(output.lengths, output.representation.shape[1]).astype(jnp.float32)
        discriminators = run.experiment.discriminators
        return _judge(discriminators, run.discriminators, inside)(output.representation)

    return judge


def _enhancement(run: Run, inputs: Inputs, shown: Sequence[ShownUtterance]) -> str:
    rows = {"input": inputs.heard, "enhanced": enhanced(run, inputs), "no noise": inputs.clean}
    articles = []
    for place, one in enumerate(shown):
        frames = int(inputs.lengths[place])
        clean = np.asarray(inputs.clean[place, :frames])
        figures = [
            picture(picture_uri(_shaded(x[place, :frames], clean), "magma"), name, name)
            for name, x in rows.items()
        ]
        articles.append(_article(one, figures))
    return hint(ENHANCEMENT_HINT) + "".join(articles)


def _discriminator(look: Look, inputs: Inputs, shown: Sequence[ShownUtterance]) -> str:
    figures: list[list[str]] = [[] for _ in shown]
    for name, x in look.asked.items():
        logits = np.asarray(jax.jit(look.judge)(x))
        heat = np.abs(seen.saliency(look.judge, np.asarray(x), noise=SMOOTHING))
        for place in range(len(shown)):
            frames = int(inputs.lengths[place])
            clean = np.asarray(inputs.clean[place, :frames])
            gray = _shaded(x[place, :frames], clean)[None]
            glow = seen.heated(gray, _upright(heat[place, :frames])[None])[0]
            caption = f"{name}, logit {logits[place]:+.2f}".replace("-", "−")
            figures[place].append(picture(color_uri(glow), caption, caption))
    articles = [_article(one, own) for one, own in zip(shown, figures, strict=True)]
    return hint(SALIENCY_HINT + look.about) + "".join(articles)


def _shaded(
    features: Float[np.ndarray, "frames channels"] | Array,
    scale: Float[np.ndarray, "frames channels"],
) -> Float[np.ndarray, "channels frames"]:
    """Scales features to [0, 1] by the range of `scale`, low channels at the bottom."""
    low, high = float(scale.min()), float(scale.max())
    return _upright(np.clip((np.asarray(features) - low) / max(high - low, 1e-6), 0, 1))


def _upright(x: Float[np.ndarray, "frames channels"]) -> Float[np.ndarray, "channels frames"]:
    return x.T[::-1]


def _article(one: ShownUtterance, figures: Sequence[str]) -> str:
    where = f"{one.answer.noise}, {one.answer.snr_db:g} dB" if one.answer.noise else "clean"
    title = f"<q>{escape(one.answer.reference)}</q><small>{escape(where)}</small>"
    body = "".join(figures)
    return (
        f'<article class="sentence"><h3>{title}</h3><div class="tiles seen">{body}</div></article>'
    )
