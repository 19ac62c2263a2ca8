"""Random segments of recordings under random conditions: training batches of enhancers."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises, apply_conditions
from ganspeech.data.pipeline import Batches, batches
from ganspeech.data.recordings import Recording
from ganspeech.data.segments import cut_segments

Segment = Float32[np.ndarray, " samples"]


def noisy_segments(
    recordings: Sequence[Recording],
    feed: Feed,
    *,
    length: int,
    sample_rate: int,
    conditions: Conditions,
    noises: Noises,
) -> Batches:
    """Endless `{"audio", "clean"}`, both float32 `[batch, length]`.

    `clean` is a segment of `ganspeech.data.segments`, `audio` the same in a random room and noise.
    Raises CorpusError for speeds, which apply to whole utterances only.
    """
    if conditions.speeds != (1.0,):
        raise CorpusError("conditions.speeds apply to whole utterances: set them to 1 for segments")
    hear = _Hear(conditions, noises, sample_rate)
    examples = cut_segments(recordings, length, feed.seed).seed(feed.seed).random_map(hear)
    return batches(examples, feed)


class _Hear:
    """Adds room and noise to a segment; sent to the worker processes."""

    def __init__(self, conditions: Conditions, noises: Noises, sample_rate: int):
        self._conditions, self._noises, self._sample_rate = conditions, noises, sample_rate

    def __call__(self, example: dict[str, Segment], rng: np.random.Generator) -> dict[str, Segment]:
        audio, clean = apply_conditions(
            example["audio"], self._conditions, self._noises, self._sample_rate, rng
        )
        return {"audio": audio, "clean": clean}
