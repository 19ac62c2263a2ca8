"""Batches of utterances of similar length, padded to few lengths, under random conditions."""

import dataclasses
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float32, Int

from ganspeech.audio.files import resample
from ganspeech.data.feed import Feed
from ganspeech.data.labels.labeled import LabeledRecording, LabeledRecordings, heard
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import Noises, apply_conditions
from ganspeech.data.pipeline import Batches, batches, counted, shuffled
from ganspeech.data.recordings import Recording, Sound

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
    - `speaker` int32 `[batch]`: `LabeledRecording.speaker`;
    - `ends` int32 `[batch, labels]`, in lists that know them: ends of the labels in ticks, at the
      recordings' own speed and without silence before them.

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
    return [(pool.samples, pool.most_labels) for pool in pools]


@dataclasses.dataclass(frozen=True)
class _Pool:
    """Utterances with their speeds, from which the batches of a bucket are drawn."""

    samples: int
    """Length of the bucket."""
    most_labels: int
    lines: Int[np.ndarray, " utterances"]
    """Index of each one's line."""
    speeds: Int[np.ndarray, " utterances"]
    """Index of each one's speed; after the last speed, its own."""


def _pools(
    lines: Sequence[LabeledRecording],
    buckets: Sequence[float],
    sample_rate: int,
    speeds: Sequence[float],
) -> list[_Pool]:
    """Pools of all buckets that have utterances, shortest first."""
    samples, least, labels = _numbers(lines)
    longest = round(max(buckets) * sample_rate)
    if len(samples) and samples.max() > longest:
        bucket_of(int(samples.max()), buckets, sample_rate)  # raises
    ends = np.unique([round(seconds * sample_rate) for seconds in buckets])
    used = np.full((len(samples), len(speeds)), len(speeds), np.min_scalar_type(len(speeds)))
    own = np.searchsorted(ends, samples).astype(np.min_scalar_type(len(ends)))
    place = np.repeat(own[:, None], len(speeds), axis=1)
    for column, speed in enumerate(speeds):
        faster = np.rint(samples / speed)
        allowed = (least <= faster) & (faster <= longest)
        used[allowed, column] = column
        place[allowed, column] = np.searchsorted(ends, faster[allowed])
    pools = []
    for number, end in enumerate(ends.tolist()):
        chosen, columns = np.nonzero(place == number)
        if len(chosen):
            most, chosen_lines = int(labels[chosen].max()), chosen.astype(np.uint32)
            pools.append(_Pool(end, most, chosen_lines, used[chosen, columns]))
    return pools


def _numbers(lines: Sequence[LabeledRecording]) -> tuple[Int[np.ndarray, " lines"], ...]:
    """Samples, least samples and number of labels of every line."""
    if isinstance(lines, LabeledRecordings):
        return lines.samples, lines.column("least"), lines.column("count")
    rows = [(line.recording.samples, line.least_samples, len(line.labels)) for line in lines]
    samples, least, labels = np.asarray(rows, np.int64).reshape(-1, 3).T
    return samples, least, labels


class _Turns:
    """Schedule of buckets, which take turns in proportion to their sizes, spread evenly."""

    def __init__(self, sizes: Sequence[int]):
        # Each bucket's turns lie at random in as many equal parts of the cycle, so that at any time
        # it is within one turn of its share, without a rhythm.
        rng = np.random.default_rng(0)
        times = np.concatenate([(np.arange(size) + rng.random(size)) / size for size in sizes])
        order = np.argsort(times, kind="stable")
        self._sizes = list(sizes)
        self._bucket = np.repeat(np.arange(len(sizes), dtype=np.uint16), sizes)[order]
        self._rank = np.concatenate([np.arange(size, dtype=np.uint32) for size in sizes])[order]

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
        self._lines, self._speeds = lines, (*conditions.speeds, 1.0)
        self._pools = _pools(lines, buckets, sample_rate, conditions.speeds)
        self._turns = _Turns([len(pool.lines) for pool in self._pools])
        self._turn = turn
        self._orders = [shuffled(len(pool.lines), seed) for pool in self._pools]
        self._sample_rate, self._conditions = sample_rate, conditions
        self._noises = noises

    def __call__(self, place: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
        turn, within = divmod(place, self._turn)
        bucket, before = self._turns[turn]
        pool = self._pools[bucket]
        which = self._orders[bucket][before * self._turn + within]
        line, speed = heard(self._lines, int(pool.lines[which])), self._speeds[pool.speeds[which]]
        speech = _at_speed(line.sound, speed, self._sample_rate)
        speech = self._in_silence(speech, pool.samples, rng)
        audio, clean = apply_conditions(
            speech, self._conditions, self._noises, self._sample_rate, rng
        )
        padded = _padded(clean, pool.samples)
        ends = {"ends": _padded(line.ends, pool.most_labels)} if len(line.ends) else {}
        return ends | {
            "audio": padded if audio is clean else _padded(audio, pool.samples),
            "clean": padded,
            "samples": np.asarray(len(clean), np.int32),
            "labels": _padded(line.labels, pool.most_labels),
            "label_lengths": np.asarray(len(line.labels), np.int32),
            "speaker": np.asarray(line.speaker, np.int32),
        }

    def _in_silence(self, speech: Wave, length: int, rng: np.random.Generator) -> Wave:
        if not self._conditions.silence:
            return speech
        most = self._conditions.silence * self._sample_rate
        before, after = (int(rng.uniform(0, most)) for _ in range(2))
        room = length - len(speech)
        before = min(before, room)
        after = min(after, room - before)
        return np.concatenate([np.zeros(before, np.float32), speech, np.zeros(after, np.float32)])


def _at_speed(sound: Sound | Recording, speed: float, sample_rate: int) -> Wave:
    audio = sound.audio()
    if speed == 1:
        return audio
    samples = round(sound.samples / speed)
    return _padded(resample(audio, round(sample_rate * speed), sample_rate)[:samples], samples)


def _padded(values: np.ndarray, length: int) -> np.ndarray:
    padded = np.zeros(length, values.dtype)  # several times faster than np.pad
    padded[: len(values)] = values
    return padded
