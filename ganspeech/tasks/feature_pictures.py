"""How a run shows features: one beneath the other, in one scale of colors."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def picture_of(
    rows: Mapping[str, Float[np.ndarray, "frames channels"]], title: str
) -> UInt8[np.ndarray, "height width 3"]:
    """Features by their names, over one time; the last row sets the scale."""
    figure = Figure(figsize=(8, 2 * len(rows)), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    *_, last = rows.values()
    low, high = float(last.min()), float(last.max())
    axes = figure.subplots(len(rows), squeeze=False)[:, 0]
    for axis, (name, values) in zip(axes, rows.items()):
        axis.imshow(
            values.T, origin="lower", aspect="auto", interpolation="nearest", vmin=low, vmax=high
        )
        axis.set(ylabel=name)
    # The text comes from a corpus: dollars in it are not mathematics.
    axes[0].set_title(title, parse_math=False)
    axes[-1].set_xlabel("frame")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
