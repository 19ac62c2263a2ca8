"""Agreement and speed of pitch trackers: swift-f0, torchcrepe and pYIN on the same recordings.

    pip install torchcrepe
    python benchmarks/pitch.py --recordings RECORDINGS --sentences 60

For each pair of trackers, over all frames of 16 ms: F1 of their voicing decisions, and, where both
hear a voice, the share of frames that differ by more than 50 cents and by more than 20 % (gross
errors), and the median difference. torchcrepe is its full network, decoded by Viterbi, voiced
above a periodicity of 0.21, its own default; its times are of both cores, the others' of one.
"""

import argparse
import itertools
import random
import time
from pathlib import Path

import numpy as np

RATE, HOP, FMIN, FMAX = 16000, 256, 65.0, 500.0
VOICED = 0.21


def main():
    """Read the flags, track the pitch by all, print a table of pairs and one of times."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--recordings", type=Path, nargs="+", required=True, help="folders")
    parser.add_argument("--sentences", type=int, default=60, help="recordings to use (60)")
    options = parser.parse_args()

    from ganspeech.audio import read_audio

    suffixes = (".wav", ".flac", ".ogg")
    paths = [
        path
        for folder in options.recordings
        for path in sorted(folder.rglob("*"))
        if path.suffix in suffixes
    ]
    random.Random(0).shuffle(paths)
    clips = [read_audio(path, RATE)[0] for path in paths[: options.sentences]]
    trackers = {"swift-f0": swift_f0, "torchcrepe": crepe, "pYIN": pyin}
    tracks = {name: [] for name in trackers}
    seconds = dict.fromkeys(trackers, 0.0)
    for track in trackers.values():  # loads what is slow to load
        track(clips[0])
    for clip in clips:
        for name, track in trackers.items():
            start = time.perf_counter()
            tracks[name].append(track(clip))
            seconds[name] += time.perf_counter() - start
    length = sum(map(len, clips)) / RATE
    print(f"{len(clips)} recordings, {length:.0f} s")
    for name, took in seconds.items():
        print(f"{name:11} {took:7.1f} s, {length / took:6.1f} x real time")
    print("pair                    voicing F1   > 50 cents   gross   median cents")
    for one, other in itertools.combinations(trackers, 2):
        print(f"{one + ', ' + other:24}" + agreement(tracks[one], tracks[other]))


def agreement(ours, theirs):
    """The figures of one pair, as a line."""
    both, cents = 0, []
    voiced = 0
    for a, b in zip(ours, theirs):
        frames = min(len(a), len(b))
        a, b = a[:frames], b[:frames]
        common = ~np.isnan(a) & ~np.isnan(b)
        both += common.sum()
        voiced += (~np.isnan(a)).sum() + (~np.isnan(b)).sum()
        cents.append(np.abs(1200 * np.log2(a[common] / b[common])))
    cents = np.concatenate(cents)
    gross = (cents > 1200 * np.log2(1.2)).mean()
    f1, fine, median = 2 * both / voiced, (cents > 50).mean(), np.median(cents)
    return f"{f1:10.3f} {fine:11.1%} {gross:8.1%} {median:12.1f}"


def swift_f0(clip):
    """F0 in Hz, NaN where unvoiced."""
    from ganspeech.evaluation.quality.pitch import pitch

    return pitch(clip, RATE).frequency


def pyin(clip):
    """F0 in Hz, NaN where unvoiced, as librosa has it."""
    import librosa

    return librosa.pyin(clip, sr=RATE, fmin=FMIN, fmax=FMAX, frame_length=1024, hop_length=HOP)[0]


def crepe(clip):
    """F0 in Hz, NaN where unvoiced."""
    import torch
    import torchcrepe

    frequency, periodicity = torchcrepe.predict(
        torch.from_numpy(clip)[None],
        RATE,
        HOP,
        FMIN,
        FMAX,
        "full",
        batch_size=1024,
        return_periodicity=True,
    )
    return np.where(periodicity[0].numpy() > VOICED, frequency[0].numpy(), np.nan)


if __name__ == "__main__":
    main()
