"""Looking inside a recognizer made by a GAN: what its front cleans, where its judge looks."""

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
"""Utterances whose features are shown."""
SMOOTHING = 0.1
"""Noise for saliency, as a share of the features' range."""
OF_ENHANCEMENT = (
    "Features as they were heard, as the front made them for the recognizer, and those of the same "
    "utterance without noise. All three share one scale."
)
OF_SALIENCY = (
    "Where a small change of a feature moves the discriminator's logit most: the size of the "
    "logit's slope (Simonyan et al. 2014), averaged over noisy copies (Smilkov et al. 2017). Each "
    "picture has its own scale. "
)

Features = Float[Array, "batch frames channels"]


@dataclass(frozen=True)
class ShownUtterance:
    """An answer with the audio it was given to, and the same without noise."""

    answer: Answer
    heard: Audio
    clean: Audio


@dataclass(frozen=True)
class Look:
    """A discriminator, ready to be asked, and what it is asked about."""

    about: str
    judge: Callable[[Features], Float[Array, " batch"]]
    asked: Mapping[str, Features]
    """Features it classifies, by name."""


@dataclass(frozen=True)
class Inputs:
    """Features of some utterances, zero beyond their ends."""

    heard: Features
    clean: Features
    lengths: Int[Array, " batch"]


def sections(run: Run, shown: Sequence[ShownUtterance]) -> list[tuple[str, str]]:
    """Features behind a front, and the saliency of a discriminator, if the run has such."""
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
    """The discriminator that a recognizer owes something to, None where there is none to see.

    That is its own critic, the discriminator that is its front, or that of the run its front was
    started from, if that run is still there.
    """
    task, network = run.experiment.task, run.experiment.generator
    both = {"heard": inputs.heard, "without noise": inputs.clean}
    if isinstance(task, Invariance) and run.discriminators:
        return Look("The critic, seen through the recognizer.", _critic(run, inputs), both)
    if not isinstance(network, Fronted):
        return None
    front = network.front
    if isinstance(front, Maps):
        own = network.front_of(run.variables)
        judge = _judge((front.network,), (own,), None)
        return Look("The discriminator whose maps the recognizer hears.", judge, both)
    start = Path(run.experiment.start)
    if not run.experiment.start or not (start / "checkpoints").is_dir():
        return None
    first = load_run(start)
    if not first.discriminators:
        return None
    panel = functools.partial(_judge, first.experiment.discriminators, first.discriminators)
    if isinstance(front, Enhanced):
        asked = {"enhanced": enhanced(run, inputs), "without noise": inputs.clean}
        about = "The discriminator that the front was trained against, beside the noisy features."
        return Look(about, panel(inputs.heard), asked)
    if isinstance(front, MadeNoisy):
        about = "The discriminator that the noise maker was trained against, beside the clean ones."
        return Look(about, panel(inputs.clean), {"heard": inputs.heard})
    return None


def enhanced(run: Run, inputs: Inputs) -> Features:
    """The features as a front cleans them."""
    network = run.experiment.generator
    assert isinstance(network, Fronted)
    front = jax.jit(functools.partial(network.front, keys=None))
    passed = front(network.front_of(run.variables), inputs.heard, inputs.lengths)
    own = passed[..., : inputs.heard.shape[-1]]  # those as they came may follow
    return masked(own, valid_places(inputs.lengths, own.shape[1]))


def inputs_of(task: Recognition, shown: Sequence[ShownUtterance]) -> Inputs:
    """Features of utterances, padded to one length."""
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
        heard: Any = network.apply(run.variables, x, inputs.lengths, task.symbols, task.stride)
        inside = valid_places(heard.lengths, heard.representation.shape[1]).astype(jnp.float32)
        discriminators = run.experiment.discriminators
        return _judge(discriminators, run.discriminators, inside)(heard.representation)

    return judge


def _enhancement(run: Run, inputs: Inputs, shown: Sequence[ShownUtterance]) -> str:
    rows = {"heard": inputs.heard, "enhanced": enhanced(run, inputs), "no noise": inputs.clean}
    articles = []
    for place, one in enumerate(shown):
        frames = int(inputs.lengths[place])
        clean = np.asarray(inputs.clean[place, :frames])
        figures = [
            picture(picture_uri(_shaded(x[place, :frames], clean), "magma"), name, name)
            for name, x in rows.items()
        ]
        articles.append(_article(one, figures))
    return hint(OF_ENHANCEMENT) + "".join(articles)


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
    return hint(OF_SALIENCY + look.about) + "".join(articles)


def _shaded(
    features: Float[np.ndarray, "frames channels"] | Array,
    scale: Float[np.ndarray, "frames channels"],
) -> Float[np.ndarray, "channels frames"]:
    """In [0, 1] between the least and the greatest of other features, low channels at the foot."""
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
