"""Batches of utterances of similar length, padded to few lengths, under random conditions."""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32

from ganspeech.audio.files import resample
from ganspeech.data.feed import Feed
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises, apply_conditions
from ganspeech.data.pipeline import Batches, batches, counted, shuffled
from ganspeech.data.transcribed import LabeledRecording

Wave = Float32[np.ndarray, " samples"]


def bucketed(
    lines: Sequence[LabeledRecording],
    feed: Feed,
    *,
    buckets: Sequence[float],
    sample_rate: int,
    conditions: Conditions,
    noises: Noises,
) -> Batches:
    """Endless batches, each of one bucket, with conditions drawn for every example.

    - `audio` float32 `[batch, samples]`: under the conditions, zero-padded to the bucket;
    - `clean` float32 `[batch, samples]`: the same without room and noise, at the same level;
    - `samples` int32 `[batch]`: length of the utterance and the silence around it;
    - `labels` int32 `[batch, labels]`: zero-padded to the longest of the bucket;
    - `label_lengths` int32 `[batch]`;
    - `speaker` int32 `[batch]`: `LabeledRecording.speaker`.

    `shapes` lists all shapes. `buckets` are seconds; `feed.together` consecutive batches, counted
    from the first, share a bucket. Every speed of an utterance is equally frequent; where its
    labels or the longest bucket rule a speed out, its own is used instead.

    Every bucket has batches in proportion to its utterances, spread evenly, and a bucket's
    utterances are reshuffled each time all were used. The order of buckets does not depend on the
    seed, so that runs of several seeds can be trained as one. All else of example i depends on the
    lines, the other arguments, the seed and i alone. Raises ValueError, naming an invalid argument.
    """
    if not lines:
        raise ValueError("lines is empty: there is nothing to train on")
    if conditions.noisy and not noises.seen:
        raise ValueError("conditions.noisy is above 0, but there are no noises to train with")
    if feed.start % feed.batch_size:
        raise ValueError(f"start={feed.start} must be a multiple of batch_size={feed.batch_size}")
    turn = feed.batch_size * feed.together
    hear = _Hear(lines, buckets, sample_rate, conditions, noises, turn, feed.seed)
    return batches(counted(feed.seed).random_map(hear), feed)


def bucket_of(samples: int, buckets: Sequence[float], sample_rate: int) -> int:
    """Samples of the shortest of `buckets` (seconds) that holds `samples`.

    Raises ValueError when none does.
    """
    lengths = [round(seconds * sample_rate) for seconds in buckets]
    if samples > max(lengths):
        raise ValueError(
            f"{samples / sample_rate:.2f} s are longer than the longest bucket, {max(buckets):g} s"
        )
    return min(length for length in lengths if samples <= length)


def shapes(
    lines: Sequence[LabeledRecording],
    buckets: Sequence[float],
    sample_rate: int,
    speeds: Sequence[float] = (1.0,),
) -> list[tuple[int, int]]:
    """Shapes of batches, `(samples, labels)`, shortest first; each is compiled."""
    pools = _pools(lines, buckets, sample_rate, speeds)
    return [(samples, _most_labels(pool)) for samples, pool in pools.items()]


Pool = list[tuple[LabeledRecording, float]]
"""Utterances with their speeds."""


def _pools(
    lines: Sequence[LabeledRecording],
    buckets: Sequence[float],
    sample_rate: int,
    speeds: Sequence[float],
) -> dict[int, Pool]:
    """Pools that each bucket's batches are drawn from, by the bucket's samples, shortest first."""
    longest = round(max(buckets) * sample_rate)
    pools: dict[int, Pool] = defaultdict(list)
    for line in lines:
        for requested in speeds:
            allowed = line.least_samples <= _samples(line, requested) <= longest
            speed = requested if allowed else 1.0
            pools[bucket_of(_samples(line, speed), buckets, sample_rate)].append((line, speed))
    return dict(sorted(pools.items()))


def _samples(line: LabeledRecording, speed: float) -> int:
    return round(line.recording.samples / speed)


def _most_labels(pool: Pool) -> int:
    return max(len(line.labels) for line, _ in pool)


class _Turns:
    """Schedule of buckets, which take turns in proportion to their sizes, spread evenly."""

    def __init__(self, sizes: Sequence[int]):
        # Each bucket's turns lie at random in as many equal parts of the cycle, so that at any time
        # it is within one turn of its share, without a rhythm.
        rng = np.random.default_rng(0)
        times = np.concatenate([(np.arange(size) + rng.random(size)) / size for size in sizes])
        order = np.argsort(times, kind="stable")
        self._sizes = list(sizes)
        self._bucket = np.repeat(np.arange(len(sizes)), sizes)[order]
        self._rank = np.concatenate([np.arange(size) for size in sizes])[order]

    def __getitem__(self, turn: int) -> tuple[int, int]:
        """Bucket of a turn, and the number of its earlier turns."""
        cycle, place = divmod(turn, len(self._bucket))
        bucket = int(self._bucket[place])
        return bucket, cycle * self._sizes[bucket] + int(self._rank[place])


class _Hear:
    """Makes the example for a place in the endless sequence; sent to the worker processes."""

    def __init__(
        self,
        lines: Sequence[LabeledRecording],
        buckets: Sequence[float],
        sample_rate: int,
        conditions: Conditions,
        noises: Noises,
        turn: int,
        seed: int,
    ):
        pools = _pools(lines, buckets, sample_rate, conditions.speeds)
        self._pools, self._lengths = list(pools.values()), list(pools)
        self._most_labels = [_most_labels(pool) for pool in self._pools]
        self._turns = _Turns([len(pool) for pool in self._pools])
        self._turn = turn
        self._orders = [shuffled(len(pool), seed) for pool in self._pools]
        self._sample_rate, self._conditions = sample_rate, conditions
        self._noises = noises

    def __call__(self, place: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        turn, within = divmod(place, self._turn)
        bucket, before = self._turns[turn]
        line, speed = self._pools[bucket][self._orders[bucket][before * self._turn + within]]
        speech = self._in_silence(_at_speed(line, speed, self._sample_rate), bucket, rng)
        audio, clean = apply_conditions(
            speech, self._conditions, self._noises, self._sample_rate, rng
        )
        return {
            "audio": _padded(audio, self._lengths[bucket]),
            "clean": _padded(clean, self._lengths[bucket]),
            "samples": np.asarray(len(clean), np.int32),
            "labels": _padded(np.asarray(line.labels, np.int32), self._most_labels[bucket]),
            "label_lengths": np.asarray(len(line.labels), np.int32),
            "speaker": np.asarray(line.speaker, np.int32),
        }

    def _in_silence(self, speech: Wave, bucket: int, rng: np.random.Generator) -> Wave:
        if not self._conditions.silence:
            return speech
        most = self._conditions.silence * self._sample_rate
        before, after = (int(rng.uniform(0, most)) for _ in range(2))
        room = self._lengths[bucket] - len(speech)
        before = min(before, room)
        after = min(after, room - before)
        return np.concatenate([np.zeros(before, np.float32), speech, np.zeros(after, np.float32)])


def _at_speed(line: LabeledRecording, speed: float, sample_rate: int) -> Wave:
    audio = line.recording.audio()
    if speed == 1:
        return audio
    samples = _samples(line, speed)
    return _padded(resample(audio, round(sample_rate * speed), sample_rate)[:samples], samples)


def _padded(values: np.ndarray, length: int) -> np.ndarray:
    padded = np.zeros(length, values.dtype)  # several times faster than np.pad
    padded[: len(values)] = values
    return padded
