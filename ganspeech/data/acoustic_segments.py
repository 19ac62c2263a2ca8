"""Random segments of recordings with an acoustic model's log-mels: batches that tune a vocoder."""

from collections.abc import Sequence

import numpy as np

from ganspeech.audio.spec import AudioSpec
from ganspeech.data.acoustic_features import LogMels
from ganspeech.data.feed import Feed
from ganspeech.data.pipeline import Batches, batches, shuffled
from ganspeech.data.recordings import Recording
from ganspeech.data.segments import Cut


def acoustic_segments(
    recordings: Sequence[Recording], mels: LogMels, feed: Feed, *, frames: int, spec: AudioSpec
) -> Batches:
    """Endless `{"audio": [batch, frames * hop], "mel": [batch, frames, mels]}`, float32.

    Segments are those of `ganspeech.data.segments`, but start where a frame does.
    """
    cut = _CutBoth(recordings, mels, frames, spec)
    return batches(shuffled(cut.total, feed.seed).random_map(cut), feed)


class _CutBoth(Cut):
    """Cuts a segment of audio and its frames; sent to the worker processes."""

    def __init__(
        self, recordings: Sequence[Recording], mels: LogMels, frames: int, spec: AudioSpec
    ):
        super().__init__(recordings, frames * spec.hop_length, spec.hop_length)
        self._mels, self._frames, self._silence = mels, frames, spec.silence

    def __call__(self, place: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        which, start = self._drawn(place, rng)
        first = start // self._step
        mel = self._mels.of(which, first, first + self._frames)
        missing = ((0, self._frames - len(mel)), (0, 0))
        mel = np.pad(mel, missing, constant_values=np.float32(self._silence))
        return {"audio": self._audio(which, start), "mel": mel}
