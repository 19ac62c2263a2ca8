"""From CTC's probabilities to symbols: the best path, and the best text by prefix beam search."""

from collections.abc import Sequence

import numpy as np

from ganspeech.recognizers.fusion import Fusion, fusion
from ganspeech.recognizers.language_model import NGram
from ganspeech.text.vocabulary import BLANK, Vocabulary

TOLERANCE = 0.05
"""Largest distance of a frame's sum of probabilities from one, for half precision."""
BEAM = 16
"""Usual width of a search."""

Prefix = tuple[int, ...]


def greedy(log_probs: np.ndarray) -> list[int]:
    """Symbols of the most probable path (Graves et al. 2006): repeats and blanks collapsed.

    `log_probs` are natural logarithms `[frames, symbols]`, as of `jax.nn.log_softmax`.
    Raises `ValueError` for other shapes, no frames, NaN, and rows that are no distribution.
    """
    return best_path(_checked(log_probs))


def best_path(scores: np.ndarray) -> list[int]:
    """Symbols with the best scores, `[frames, symbols]`: repeats and blanks collapsed."""
    path = scores.argmax(axis=1)
    starts = np.append(True, path[1:] != path[:-1])
    return [int(n) for n in path[starts & (path != BLANK)]]


def decoded(
    log_probs: np.ndarray,
    vocabulary: Vocabulary,
    *,
    beam: int = 0,
    language_model: NGram | None = None,
    weight: float = 0.5,
    bonus: float = 0.0,
) -> Prefix:
    """Symbols of a vocabulary: by `greedy`, or by `prefix_beam` where `beam_of` wants a search."""
    if not (beam := beam_of(beam, vocabulary, language_model)):
        return tuple(greedy(log_probs))
    return prefix_beam(
        log_probs,
        beam=beam,
        language_model=language_model,
        vocabulary=vocabulary,
        weight=weight,
        bonus=bonus,
    )[0][0]


def prefix_beam(
    log_probs: np.ndarray,
    *,
    beam: int = BEAM,
    language_model: NGram | None = None,
    vocabulary: Vocabulary | None = None,
    weight: float = 0.5,
    bonus: float = 0.0,
) -> list[tuple[Prefix, float]]:
    """Texts and their scores, at most `beam`, best first (Hannun et al. 2014).

    The score of a text is ln p(text | audio), summed over all its paths, plus `weight`
    times ln p(text) by the language model with the end of its sentence, plus `bonus` for each of
    its words (a language model of a vocabulary of characters) or symbols. A language model needs
    the `vocabulary` of the symbols; texts keep to one of spelled words. See `fusion`, and `search`
    for the beam.
    """
    require_weights(weight, bonus)
    symbols = _checked(log_probs).shape[1]
    fused = fusion(language_model, vocabulary, symbols=symbols, weight=weight, bonus=bonus)
    return search(log_probs, fused, beam)


def beam_of(beam: int, vocabulary: Vocabulary, language_model: object) -> int:
    """Width of the search, 0 for the best path, where `beam` 0 leaves the choice.

    What a language model or a vocabulary of spelled words wants is not found on the best path.
    """
    return beam or (BEAM if language_model or vocabulary.spellings else 0)


def require_weights(weight: float, bonus: float) -> None:
    """Raises ValueError for a weight of a language model below 0, and for what is not finite."""
    if not (np.isfinite(weight) and weight >= 0 and np.isfinite(bonus)):
        raise ValueError(f"weight must be at least 0, bonus finite, not {weight} and {bonus}")


def search(log_probs: np.ndarray, fused: Fusion, beam: int) -> list[tuple[Prefix, float]]:
    """Texts and the sums of ln p(text | audio) and their fusion's scores, best first.

    After each frame the best `beam` prefixes are kept, ties broken by symbol numbers, so the search
    is exact when `beam` is at least the number of prefixes. Texts are whole: the empty one is the
    answer where no other was kept. On the host, in float64.
    """
    frames = _checked(log_probs)
    if beam < 1:
        raise ValueError(f"beam must be at least 1, not {beam}")
    prefixes: list[Prefix] = [()]
    states = [fused.start]
    added = np.zeros(1)  # by the fusion so far
    # Log-probability of each prefix, split by whether its paths end in a blank.
    after_blank, after_symbol = np.zeros(1), np.full(1, -np.inf)
    for frame in frames:
        stays, grows = _next(frame, prefixes, after_blank, after_symbol)
        rows = np.stack([fused.row(state) for state in states])
        # Column 0 is the unchanged prefix, the others the prefix and one more symbol.
        scores = grows + added[:, None] + rows
        scores[:, BLANK] = np.logaddexp(*stays) + added
        if not (kept := _best(scores, prefixes, beam)):
            return _nothing(frames)
        grown = [symbol != BLANK for _, symbol in kept]
        old, new = (np.array(numbers) for numbers in zip(*kept))
        after_blank = np.where(grown, -np.inf, stays[0][old])
        after_symbol = np.where(grown, grows[old, new], stays[1][old])
        added = added[old] + np.where(grown, rows[old, new], 0.0)
        states = [fused.advance(states[n], s) if s else states[n] for n, s in kept]
        prefixes = [(*prefixes[n], s) if s else prefixes[n] for n, s in kept]
    ends = np.array([fused.end(state) for state in states])
    totals = np.logaddexp(after_blank, after_symbol) + added + ends
    whole = [(text, total) for text, total in zip(prefixes, totals.tolist()) if total > -np.inf]
    return sorted(whole, key=lambda found: (-found[1], found[0])) or _nothing(frames)


def _nothing(frames: np.ndarray) -> list[tuple[Prefix, float]]:
    """The empty text, which only blanks read."""
    return [((), float(frames[:, BLANK].sum()))]


def _next(
    frame: np.ndarray, prefixes: list[Prefix], after_blank: np.ndarray, after_symbol: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    """Advance one frame: each prefix unchanged, after a blank and a symbol, and each extended.

    A symbol that repeats a prefix's last one extends it only after a blank. If an extended prefix
    is already among the prefixes, its probability is added there.
    """
    total = np.logaddexp(after_blank, after_symbol)
    blank = total + frame[BLANK]
    grows = total[:, None] + frame[None, :]
    same = np.full(len(prefixes), -np.inf)
    place = {prefix: n for n, prefix in enumerate(prefixes)}
    for n, prefix in enumerate(prefixes):
        if prefix:
            same[n] = after_symbol[n] + frame[prefix[-1]]
            grows[n, prefix[-1]] = after_blank[n] + frame[prefix[-1]]
    for n, prefix in enumerate(prefixes):
        parent = place.get(prefix[:-1]) if prefix else None
        if parent is not None:
            same[n] = np.logaddexp(same[n], grows[parent, prefix[-1]])
            grows[parent, prefix[-1]] = -np.inf
    return (blank, same), grows


def _best(scores: np.ndarray, prefixes: Sequence[Prefix], beam: int) -> list[tuple[int, int]]:
    """Rows and columns of the `beam` best candidates of nonzero probability, best first."""
    flat = scores.ravel()
    least = np.partition(flat, -beam)[-beam] if beam < flat.size else -np.inf
    rows, columns = np.nonzero((scores >= least) & (scores > -np.inf))

    def rank(place: tuple[int, int]) -> tuple[float, Prefix]:
        row, symbol = place
        return -scores[row, symbol], (*prefixes[row], symbol) if symbol else prefixes[row]

    return sorted(zip(rows.tolist(), columns.tolist()), key=rank)[:beam]


def _checked(log_probs: np.ndarray) -> np.ndarray:
    frames = np.asarray(log_probs, np.float64)
    if frames.ndim != 2 or frames.shape[1] < 2:
        raise ValueError(f"log_probs must be [frames, symbols], not {list(frames.shape)}")
    if not len(frames):
        raise ValueError("log_probs has no frames: there is nothing to decode")
    if np.isnan(frames).any():
        bad = int(np.isnan(frames).any(axis=1).argmax())
        raise ValueError(f"log_probs has NaN, first in frame {bad}")
    with np.errstate(over="ignore"):
        sums = np.exp(frames).sum(axis=1)
    if not np.allclose(sums, 1.0, rtol=0, atol=TOLERANCE):
        bad = int(np.abs(sums - 1.0).argmax())
        raise ValueError(
            f"log_probs must be logarithms of probabilities that sum to one in each frame, as of "
            f"log_softmax; those of frame {bad} sum to {sums[bad]:.3g}"
        )
    return frames
