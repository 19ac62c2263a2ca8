"""Pictures that a run shows of its held-out recordings: features, probabilities, alignments.

Titles come from a corpus: dollar signs in them are not math, and scripts that the font lacks are
shown as boxes.
"""

import warnings
from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

Image = UInt8[np.ndarray, "height width 3"]
PLAIN = {"origin": "lower", "aspect": "auto", "interpolation": "nearest"}


def picture_of_alignment(
    mel: Float[np.ndarray, "frames mels"],
    path: Float[np.ndarray, "symbols frames"],
    symbols: Sequence[str],
    title: str,
) -> Image:
    """Draws the path of an alignment over the log-mel of its recording, symbols at the side.

    Symbols other than letters (blanks, spaces) are not labeled.
    """
    figure = Figure(figsize=(10, 7), layout="constrained")
    axis = figure.subplots()
    extent = (0, len(mel), -0.5, len(symbols) - 0.5)
    axis.imshow(mel.T, origin="lower", aspect="auto", cmap="gray", extent=extent)
    rows = path.argmax(0)
    axis.step(np.arange(len(mel) + 1), [*rows, rows[-1]], where="post", color="tab:orange")
    named = [place for place, symbol in enumerate(symbols) if symbol and symbol[0].isalpha()]
    axis.set_yticks(named, [symbols[place] for place in named], fontsize=7)
    axis.set(xlabel="frame", ylabel="symbol")
    axis.set_title(title, parse_math=False)
    return _drawn(figure)


def picture_of_probabilities(
    features: Float[np.ndarray, "frames channels"],
    probabilities: Float[np.ndarray, "steps symbols"],
    title: str,
) -> Image:
    """Draws features above the probabilities of all symbols, the blank at the bottom."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    above, below = figure.subplots(2)
    for axis, values, label in ((above, features, "channel"), (below, probabilities, "symbol")):
        axis.imshow(values.T, **PLAIN)
        axis.set(ylabel=label)
    above.set_title(title, parse_math=False)
    below.set_xlabel("step")
    return _drawn(figure)


def picture_of_features(
    rows: Mapping[str, Float[np.ndarray, "frames channels"]], title: str
) -> Image:
    """Draws named features below each other on one time axis; the last ones set the scale."""
    figure = Figure(figsize=(8, 2 * len(rows)), layout="constrained")
    *_, last = rows.values()
    low, high = float(last.min()), float(last.max())
    axes = figure.subplots(len(rows), squeeze=False)[:, 0]
    for axis, (name, values) in zip(axes, rows.items()):
        axis.imshow(values.T, **PLAIN, vmin=low, vmax=high)
        axis.set(ylabel=name)
    axes[0].set_title(title, parse_math=False)
    axes[-1].set_xlabel("frame")
    return _drawn(figure)


def _drawn(figure: Figure) -> Image:
    canvas = FigureCanvasAgg(figure)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
