"""Looking inside discriminators: the sections of a page on where they look, and what they see."""

import functools

import jax
import jax.numpy as jnp
import numpy as np

from ganspeech.data.examples import Labeled
from ganspeech.evaluation.pages import saliency as seen
from ganspeech.evaluation.pages.media import color_uri, picture_uri
from ganspeech.evaluation.pages.strips import article, hint, picture
from ganspeech.runs.folder import Run
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import SpokenView, View, Waveform

SMOOTHING = {True: 0.01, False: 0.1}
"""Noise for saliency, as a share of an example's range; a tenth would drown a waveform."""
CHANNELS, COLUMNS = 16, 4
"""Maps of a layer that are shown, and columns they are laid out in."""
LONGEST = 256
"""Columns of a map over time."""
OF_SALIENCY = (
    "Each example, and over it where a small change moves the logit most: the size of the logit's "
    "slope (Simonyan et al. 2014), averaged over noisy copies (Smilkov et al. 2017). Each picture "
    "has its own scale."
)
WAVEFORM_DISCRIMINATORS = (
    " The slope for a waveform is a waveform too; what glows is its mel spectrogram, and not the "
    "slope of the logit with respect to a spectrogram, which the discriminator never sees."
)
OF_MAPS = (
    "What the layers of the discriminators make of a real and a generated example: the "
    f"{CHANNELS} channels that vary most, gray at a channel's mean. Both examples of a layer share "
    "channels and scale."
)


def sections(run: Run, task: Generation, real: Labeled, made: Labeled) -> list[tuple[str, str]]:
    """Saliency on all of the examples, and feature maps of the first real and the first made."""
    return [
        ("Saliency", _saliency(run, task, real, made)),
        ("Feature maps", _feature_maps(run, task, real, made)),
    ]


def _saliency(run: Run, task: Generation, real: Labeled, made: Labeled) -> str:
    rows = []
    of_waveforms = isinstance(task.view, Waveform)
    for name, examples in (("real", real), ("generated", made)):
        judge = jax.jit(
            functools.partial(_mean_logits, run, task.one_hot(jnp.asarray(examples.labels)))
        )
        logits = np.asarray(judge(jnp.asarray(examples.values)))
        slopes = seen.saliency(judge, examples.values, noise=SMOOTHING[of_waveforms])
        pictures = task.view.images(examples.values)
        glowing = seen.heated(pictures, _heat(task.view, slopes))
        figures = []
        for n, (plain, overlay) in enumerate(zip(pictures, glowing)):
            caption = f"logit {logits[n]:+.2f}".replace("-", "−")
            alt = f"{name} {examples.ids[n]}"
            figures.append(picture(picture_uri(plain), alt, caption))
            figures.append(picture(color_uri(overlay), f"saliency on {alt}", "saliency"))
        rows.append(article(name, figures))
    return hint(OF_SALIENCY + WAVEFORM_DISCRIMINATORS * of_waveforms) + "".join(rows)


def _mean_logits(run: Run, condition: jax.Array | None, x: jax.Array) -> jax.Array:
    return seen.mean_logits(
        seen.panel(run.experiment.discriminators, run.discriminators, x, condition)
    )


def _heat(view: View, slopes: np.ndarray) -> np.ndarray:
    """Slopes as not negative pictures, upright as the view's."""
    if isinstance(view, Waveform):
        loudest = np.abs(slopes).max(1, keepdims=True)
        decibels = view.images(slopes / np.maximum(loudest, 1e-30))
        return 1000 ** (decibels - 1)  # the view's pictures are 60 dB deep
    return _upright(view, np.abs(slopes[..., 0]))


def _upright(view: View, pictures: np.ndarray) -> np.ndarray:
    """Rows are frames, where there is sound, and columns bins: turned as the view's pictures."""
    return pictures.swapaxes(1, 2)[:, ::-1] if isinstance(view, SpokenView) else pictures


def _feature_maps(run: Run, task: Generation, real: Labeled, made: Labeled) -> str:
    both = jnp.asarray(np.stack([real.values[0], made.values[0]]))
    condition = task.one_hot(jnp.asarray([real.labels[0], made.labels[0]]))
    judges = seen.panel(run.experiment.discriminators, run.discriminators, both, condition)
    layers = []
    for judge, maps in enumerate(judges):
        for layer, values in enumerate(maps[:-1]):
            title = f"layer {layer + 1}"
            if len(judges) > 1:
                title = f"discriminator {judge + 1}, {title}"
            size = " × ".join(map(str, values.shape[1:-1]))
            figures = [
                picture(picture_uri(table), f"{title} of a {name} example", name)
                for name, table in zip(
                    ("real", "generated"), _tables(task.view, np.asarray(values))
                )
            ]
            about = f"{title} <small>{size}, {values.shape[-1]} channels</small>"
            layers.append(article(about, figures))
    return hint(OF_MAPS) + f'<div class="pairs-of">{"".join(layers)}</div>'


def _tables(view: View, maps: np.ndarray) -> list[np.ndarray]:
    """One picture of the liveliest channels for each example."""
    lively = np.moveaxis(seen.liveliest(maps, CHANNELS), -1, 1)
    if lively.ndim == 4:
        return [seen.grid(_upright(view, one), COLUMNS) for one in lively]
    # Maps over time alone are rows, squared for the eye.
    group = max(lively.shape[2] // LONGEST, 1)
    length = lively.shape[2] // group
    short = lively[:, :, : length * group].reshape(*lively.shape[:2], length, group).mean(-1)
    return [np.repeat(one, max(length // len(one), 1), axis=0) for one in short]
