"""How a run shows what a recognizer hears."""

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def picture_of(
    features: Float[np.ndarray, "frames channels"],
    probabilities: Float[np.ndarray, "steps symbols"],
    title: str,
) -> UInt8[np.ndarray, "height width 3"]:
    """Features above the probabilities of all symbols, the blank at the bottom, over one time."""
    figure = Figure(figsize=(8, 5), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    above, below = figure.subplots(2)
    for axis, values, label in (
        (above, features, "channel"),
        (below, probabilities, "symbol"),
    ):
        axis.imshow(values.T, origin="lower", aspect="auto", interpolation="nearest")
        axis.set(ylabel=label)
    # The text comes from a corpus: dollars in it are not mathematics.
    above.set_title(title, parse_math=False)
    below.set_xlabel("step")
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
