"""Features of recordings that need no network: MFCCs and log-mels, without silence."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from jaxtyping import Float32

from ganspeech.data.unlabeled.voice_activity import speech_frames
from ganspeech.process.checks import require_least

RATE = 50
"""Frames a second; at twice as many, clusters divide phones."""
AVERAGED = 2
"""Frames, as windows overlap, whose mean is one."""
WINDOW_SECONDS = 0.025
N_FFT = 512
"""Least length of the Fourier transform; at low rates, windows are padded to it."""
MELS = 40
COEFFICIENTS = 13
DELTA_WIDTH = 9
"""Frames of the regression window of deltas."""

Frames = Float32[np.ndarray, "frames width"]


@dataclass(frozen=True)
class SpeechFrames:
    """Audio to features at `RATE` frames a second."""

    kind: Literal["mfcc", "log-mel"] = "mfcc"
    """13 MFCCs with their first and second derivatives, or 40 log-mels in decibels."""
    sample_rate: int = 16000
    """Rate that recordings are converted to, in Hz; choose their own if it is lower."""

    def __post_init__(self):
        require_least(self, "frames", 4000, "sample_rate")
        if self.sample_rate % (AVERAGED * RATE):
            raise ValueError(
                f"frames.sample_rate must be a multiple of {AVERAGED * RATE} Hz, not "
                f"{self.sample_rate}"
            )

    @property
    def width(self) -> int:
        """Number of features of a frame."""
        return 3 * COEFFICIENTS if self.kind == "mfcc" else MELS

    def __call__(self, audio: Float32[np.ndarray, " samples"]) -> Frames:
        """Features of the frames that hold speech; there may be none."""
        keep = speech_frames(audio, self.sample_rate, RATE)
        return self.of_all(audio)[: len(keep)][keep]

    def of_all(self, audio: Float32[np.ndarray, " samples"]) -> Frames:
        """Features of all frames; frame n begins about n times `sample_rate / RATE` samples in."""
        import librosa  # takes seconds to import

        window = round(WINDOW_SECONDS * self.sample_rate)
        mel = librosa.feature.melspectrogram(
            y=audio,
            sr=self.sample_rate,
            n_fft=max(N_FFT, 2 ** int(np.ceil(np.log2(window)))),
            win_length=window,
            hop_length=self.sample_rate // (AVERAGED * RATE),
            n_mels=MELS,
            pad_mode="constant",
        )
        decibels = librosa.power_to_db(mel)
        if self.kind == "log-mel":
            return _averaged(decibels.T)
        base = librosa.feature.mfcc(S=decibels, n_mfcc=COEFFICIENTS)
        slopes = (
            librosa.feature.delta(base, width=DELTA_WIDTH, order=order, mode="nearest")
            for order in (1, 2)
        )
        return _averaged(np.concatenate([base, *slopes]).T)


def _averaged(frames: np.ndarray) -> Frames:
    """Means of neighbors; the last may be alone."""
    whole = np.pad(frames, ((0, -len(frames) % AVERAGED), (0, 0)), mode="edge")
    return whole.reshape(-1, AVERAGED, frames.shape[1]).mean(axis=1, dtype=np.float32)


def normalized(features: Mapping[str, Frames], speakers: Mapping[str, str]) -> dict[str, Frames]:
    """Features with zero mean and unit variance over all frames of a speaker, by utterance.

    No transcript is needed, so that held-out utterances count, too. Utterances have at least one
    frame.
    """
    of_speaker: defaultdict[str, list[str]] = defaultdict(list)
    for id in features:
        of_speaker[speakers[id]].append(id)
    scales = {who: _scale([features[id] for id in ids]) for who, ids in of_speaker.items()}
    return {id: _scaled(one, *scales[speakers[id]]) for id, one in features.items()}


def _scale(frames: Sequence[Frames]) -> tuple[np.ndarray, np.ndarray]:
    count = sum(map(len, frames))
    mean = sum(one.sum(axis=0, dtype=np.float64) for one in frames) / count
    variance = sum(np.square(one - mean).sum(axis=0) for one in frames) / count
    # A constant feature stays at zero.
    return mean, np.sqrt(np.maximum(variance, 1e-10))


def _scaled(frames: Frames, mean: np.ndarray, deviation: np.ndarray) -> Frames:
    return ((frames - mean) / deviation).astype(np.float32)
