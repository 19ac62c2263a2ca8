"""Endpoints of sounds in a stream, by an energy gate above the noise of the room."""

import dataclasses
from collections import deque

import numpy as np
from jaxtyping import Float32

WINDOW_SECONDS = 0.02
"""Seconds of the windows whose loudness is compared; sounds begin and end at their borders."""
FLOOR_SECONDS = 3.0
"""Seconds of the past from which the noise floor is estimated."""
FLOOR_SHARE = 0.2
"""Share of those windows at or below the noise floor: the pauses of speech."""
ASSUMED_SECONDS = 0.2
"""Seconds of silence assumed before a stream, so that it may begin with a word."""

Audio = Float32[np.ndarray, " samples"]


@dataclasses.dataclass(frozen=True)
class Gate:
    """Thresholds of a sound and of its end."""

    margin_db: float = 6.0
    """Decibels by which a sound exceeds the noise floor."""
    quietest_db: float = -50.0
    """Lowest level of a sound, in decibels relative to full scale."""
    shortest: float = 0.08
    """Seconds that a sound must stay loud; clicks are shorter."""
    longest: float = 2.0
    """Most seconds of a sound, a word or a few; longer ones are rejected unrecognized."""
    pause: float = 0.2
    """Seconds of quiet that end a sound."""
    around: float = 0.1
    """Seconds kept before and after the loud part: words begin and end softly."""

    def __post_init__(self):
        for name in ("shortest", "longest", "pause", "around"):
            if not 0 < getattr(self, name) < np.inf:
                raise ValueError(f"gate.{name} must be seconds above 0, not {getattr(self, name)}")
        if self.shortest >= self.longest:
            raise ValueError(f"gate.shortest, {self.shortest:g} s, must be below gate.longest")
        if self.around > self.pause:
            raise ValueError(f"gate.around, {self.around:g} s, must be at most gate.pause")
        if not (self.margin_db > 0 and np.isfinite(self.quietest_db)):
            raise ValueError("gate.margin_db must be above 0, and gate.quietest_db finite")


@dataclasses.dataclass(frozen=True)
class Sound:
    """A sound louder than the room."""

    start: float
    """Start of the loud part, in seconds since the stream began."""
    end: float
    """End of the loud part, likewise."""
    heard_from: float
    """Start of `audio`, likewise."""
    audio: Audio | None
    """Audio with `Gate.around` on both sides; None if the sound was too long."""


class Endpointer:
    """Finds sounds in streamed audio, however it is cut into chunks.

    Keeps at most the longest sound and its surroundings.
    """

    def __init__(self, gate: Gate, sample_rate: int):
        self._gate, self._rate = gate, sample_rate
        self._samples = round(WINDOW_SECONDS * sample_rate)  # per window
        self._shortest, self._longest, self._pause, self._around = (
            max(1, round(seconds / WINDOW_SECONDS))
            for seconds in (gate.shortest, gate.longest, gate.pause, gate.around)
        )
        assumed = [gate.quietest_db - gate.margin_db] * round(ASSUMED_SECONDS / WINDOW_SECONDS)
        self._levels = deque(assumed, maxlen=round(FLOOR_SECONDS / WINDOW_SECONDS))
        self._rest = np.zeros(0, np.float32)  # less than a window
        self._kept: deque[Audio] = deque()  # the last windows
        self._seen = 0  # windows
        self._loud = 0  # windows in a row that are loud, outside a sound
        self._start: int | None = None  # first window of the current sound
        self._end = 0  # the window after its last loud one
        self._too_long = False

    @property
    def longest_samples(self) -> int:
        """Largest number of samples of a sound's audio."""
        return (self._longest + 2 * self._around) * self._samples

    @property
    def settled(self) -> float:
        """Seconds of the stream before which no sound yet to be returned begins."""
        start = self._seen - self._loud if self._start is None else self._start
        return start * self._samples / self._rate

    def feed(self, audio: Audio) -> list[Sound]:
        """Take any number of further samples; return the sounds that have ended."""
        audio = np.concatenate([self._rest, audio])
        whole = len(audio) // self._samples * self._samples
        self._rest = audio[whole:].copy()
        windows = audio[:whole].reshape(-1, self._samples)
        return [sound for window in windows if (sound := self._step(window)) is not None]

    def finish(self) -> list[Sound]:
        """End the stream; return the sounds that ended with it."""
        missing = -len(self._rest) % self._samples
        found = self.feed(np.zeros(missing, np.float32))
        return found if self._start is None else [*found, self._close()]

    def _step(self, window: Audio) -> Sound | None:
        loud = self._is_loud(window)
        self._kept.append(window.copy())
        self._seen += 1
        if self._start is None:
            self._loud = self._loud + 1 if loud else 0
            if self._loud >= self._shortest:
                self._start, self._end = self._seen - self._loud, self._seen
                self._loud = 0
            else:
                self._keep(self._around + self._loud)
            return None
        if loud:
            self._end = self._seen
        if self._end - self._start > self._longest:
            self._too_long = True
        if self._too_long:
            self._keep(self._around)
        return self._close() if self._seen - self._end >= self._pause else None

    def _is_loud(self, window: Audio) -> bool:
        # The variance, since cheap microphones have a constant offset.
        level = 10 * np.log10(np.var(window, dtype=np.float64) + 1e-12)
        levels = np.sort(self._levels)
        floor = levels[int(FLOOR_SHARE * len(levels))]
        self._levels.append(level)
        return bool(level > max(floor + self._gate.margin_db, self._gate.quietest_db))

    def _keep(self, windows: int) -> None:
        while len(self._kept) > windows:
            self._kept.popleft()

    def _close(self) -> Sound:
        assert self._start is not None
        start, end, first = self._start, self._end, self._seen - len(self._kept)
        audio = None
        if not self._too_long:
            upto = min(end + self._around, self._seen)
            audio = np.concatenate([self._kept[n - first] for n in range(first, upto)])
        self._start, self._too_long = None, False
        self._keep(self._around)
        second = self._samples / self._rate
        return Sound(start * second, end * second, first * second, audio)
