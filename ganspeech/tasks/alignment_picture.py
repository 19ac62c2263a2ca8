"""How a run shows which symbol is said when."""

import warnings
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, UInt8
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure


def picture_of(
    mel: Float[np.ndarray, "frames mels"],
    path: Float[np.ndarray, "symbols frames"],
    symbols: Sequence[str],
    title: str,
) -> UInt8[np.ndarray, "height width 3"]:
    """The path of an alignment over the log-mel of its recording, the symbols at the side.

    Symbols that stand between others (blanks, spaces) are told by their places alone.
    """
    figure = Figure(figsize=(10, 7), layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axis = figure.subplots()
    frames, rows = len(mel), len(symbols)
    extent = (0, frames, -0.5, rows - 0.5)
    axis.imshow(mel.T, origin="lower", aspect="auto", cmap="gray", extent=extent)
    said = path.argmax(0)
    axis.step(np.arange(frames + 1), [*said, said[-1]], where="post", color="tab:orange")
    named = [place for place, symbol in enumerate(symbols) if symbol and symbol[0].isalpha()]
    axis.set_yticks(named, [symbols[place] for place in named], fontsize=7)
    axis.set(xlabel="frame", ylabel="symbol")
    # The text comes from a corpus: dollars in it are not mathematics.
    axis.set_title(title, parse_math=False)
    with warnings.catch_warnings():
        # A script that the font does not have is shown as boxes.
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
