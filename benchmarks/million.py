"""Times and memory of preparing and reading a corpus of a million utterances.

`python benchmarks/million.py [--utterances N] [--folder DIR] [--keep]` makes utterances of a
quarter of a second in DIR, and runs each part in a process of its own: preparing them, finding them
again, one epoch of the shuffled order, segments (by a thread and by two reader processes), labels,
and padded batches of their buckets. A table on standard output has wall and processor seconds, and
the peak of resident memory: of the process, and of the largest of its children.
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np

RATE, BATCH, LENGTH = 8000, 256, 2400
BUCKETS = (0.15, 0.25, 0.4)
PER_FOLDER, SPEAKERS = 1000, 100
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "zero")


def write_corpus(root: Path, count: int) -> None:
    """Noise of 0.1 to 0.3 seconds, with transcripts, in LibriSpeech's layout."""
    rng = np.random.default_rng(0)
    noise = rng.integers(-9000, 9000, 100_000, dtype=np.int16)
    for first in range(0, count, PER_FOLDER):
        chapter = first // PER_FOLDER
        speaker = f"{chapter % SPEAKERS:03d}"
        folder = root / speaker / f"{chapter:05d}"
        folder.mkdir(parents=True)
        lines = []
        for number in range(first, min(first + PER_FOLDER, count)):
            id = f"{speaker}-{chapter:05d}-{number:07d}"
            start, samples = rng.integers(50_000), rng.integers(800, 2400)
            with wave.open(str(folder / f"{id}.wav"), "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                file.writeframes(noise[start : start + samples].tobytes())
            lines.append(f"{id} {' '.join(WORDS[n] for n in rng.integers(0, 10, 2))}\n")
        (folder / f"{speaker}-{chapter:05d}.trans.txt").write_text("".join(lines))


def prepared(root: Path):
    """The corpus in its cache."""
    from ganspeech.data.prepare import prepare
    from ganspeech.data.readers.librispeech import LibriSpeech

    corpus = LibriSpeech(str(root / "corpus"), held_out=100)
    return prepare(corpus, RATE, minimum_seconds=0.1, cache=root / "cache", progress=False)


def shuffle(root: Path) -> int:
    """One epoch of the order alone."""
    from ganspeech.data.pipeline import shuffled

    count = len(prepared(root).train)
    order = shuffled(count, 0)
    seen = np.zeros(count, bool)
    for place in range(count):
        seen[order[place]] = True
    assert seen.all()
    return count


def segments(root: Path, workers: int = 0) -> int:
    """One epoch of segments, in batches."""
    from ganspeech.data.feed import Feed
    from ganspeech.data.segments import segments

    train = prepared(root).train
    count = int((-(-train.column("samples") // LENGTH)).sum())
    batches = segments(train, Feed(BATCH, workers=workers), length=LENGTH)
    for _ in range(count // BATCH):
        next(batches)
    batches.close()
    return count


def segments_by_workers(root: Path) -> int:
    """One epoch of segments, cut by two reader processes."""
    return segments(root, workers=2)


def lines(root: Path):
    """The recordings with their labels."""
    from ganspeech.data.labels.transcribed import transcribed
    from ganspeech.text.vocabulary import Characters

    return transcribed(
        prepared(root),
        Characters(),
        buckets=BUCKETS,
        sample_rate=RATE,
        frames_of=lambda samples: samples // 40,
    )


def padded(root: Path) -> int:
    """Labels, and one epoch of padded batches."""
    from ganspeech.data.buckets import bucketed
    from ganspeech.data.feed import Feed
    from ganspeech.data.noise.conditions import Conditions
    from ganspeech.data.noise.noises import Noises

    train = lines(root).train
    batches = bucketed(
        train,
        Feed(BATCH),
        buckets=BUCKETS,
        sample_rate=RATE,
        conditions=Conditions(),
        noises=Noises({}, {}),
    )
    for _ in range(len(train) // BATCH):
        next(batches)
    batches.close()
    return len(train)


PARTS: dict[str, Callable[[Path], int]] = {
    "prepare": lambda root: len(prepared(root).train),
    "find again": lambda root: len(prepared(root).train),
    "find again, one epoch of the order": shuffle,
    "find again, one epoch of segments": segments,
    "the same by two reader processes": segments_by_workers,
    "find again, labels": lambda root: len(lines(root).train),
    "find again, labels, one epoch of padded batches": padded,
}


def measure(name: str, root: Path) -> None:
    """Runs one part and prints what it took."""
    start = time.monotonic()
    count = PARTS[name](root)
    took = time.monotonic() - start
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    # Kilobytes on Linux, bytes on macOS.
    unit = 1e6 if sys.platform == "darwin" else 1e3
    cores = sum(usage.ru_utime + usage.ru_stime for usage in (own, children))
    print(
        json.dumps(
            {
                "part": name,
                "count": count,
                "seconds": round(took, 1),
                "core_seconds": round(cores, 1),
                "megabytes": round(own.ru_maxrss / unit),
                "child_megabytes": round(children.ru_maxrss / unit),
            }
        )
    )


def main() -> None:
    """Measures all parts, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--utterances", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/million"))
    parser.add_argument("--keep", action="store_true", help="keep the corpus and its cache")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    settings = parser.parse_args()
    root = settings.folder
    if settings.part:
        return measure(settings.part, root)
    if not (root / "corpus").is_dir():
        write_corpus(root / "corpus", settings.utterances)
    print("| part | items | seconds | core seconds | peak MB | peak MB of a reader process |")
    print("|---|---:|---:|---:|---:|---:|", flush=True)
    for name in PARTS:
        command = [sys.executable, __file__, "--folder", str(root), "--part", name]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{name}: {done.stderr}")
        found = json.loads(done.stdout.splitlines()[-1])
        print("| " + " | ".join(map(str, found.values())) + " |", flush=True)
    if not settings.keep:
        shutil.rmtree(root)
    return None


if __name__ == "__main__":
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    main()
