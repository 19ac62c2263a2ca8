"""Log-mel extraction by librosa and by ganspeech: the same clips, the same cores, in one run.

    python benchmarks/features.py --recordings RECORDINGS

Four ways take turns, and each round gives ratios of neighboring times, so that a busy machine
slows all of them: librosa clip by clip (as it is used), librosa in one thread a core, ganspeech's
extraction of whole clips in as many threads (nothing padded), and the jitted `log_mel` of
training, on batches of eight clips of nearly equal length padded to multiples of 16,384 samples.
Only real audio is counted. Compilation is timed apart. The process is bound to --cores processors.
"""

import argparse
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BATCH, MULTIPLE = 8, 16384
PAUSE = 0.3


def main():
    """Read the flags, bind the process to its cores, measure and print."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--recordings", type=Path, help="folder of audio; default: synthetic clips")
    parser.add_argument("--clips", type=int, default=64, help="clips to use (64)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each way (15)")
    parser.add_argument("--cores", type=int, default=2, help="processors to use (2)")
    options = parser.parse_args()
    # Before numerical libraries are loaded, which count the processors to size their thread pools.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(options.cores)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    measure(options)


def measure(options):
    """Time every way in turns and print medians, spreads and the largest difference."""
    import jax
    import librosa
    import numpy as np

    from ganspeech.audio import HIFIGAN_22K as spec
    from ganspeech.audio import log_mel, read_audio
    from ganspeech.audio.extract import extract_log_mels

    if options.recordings:
        paths = sorted(p for p in options.recordings.iterdir() if p.is_file())[: options.clips]
        clips = [read_audio(path, spec.sample_rate)[0] for path in paths]
    else:
        rng = np.random.default_rng(0)
        lengths = rng.integers(1 * spec.sample_rate, 8 * spec.sample_rate, options.clips)
        clips = [rng.uniform(-0.5, 0.5, n).astype(np.float32) for n in lengths]
    seconds = sum(map(len, clips)) / spec.sample_rate

    def librosa_one(clip):
        mel = librosa.feature.melspectrogram(
            y=np.pad(clip, spec.pads(), mode="reflect"), sr=spec.sample_rate, n_fft=spec.n_fft,
            hop_length=spec.hop_length, power=spec.power, n_mels=spec.n_mels, fmin=spec.fmin,
            fmax=spec.fmax, center=False,
        )  # fmt: skip
        return np.log(np.maximum(mel, spec.log_floor)).T

    batches = []
    by_length = sorted(clips, key=len)
    for group in (by_length[i : i + BATCH] for i in range(0, len(clips), BATCH)):
        batch = np.zeros((BATCH, -(-len(group[-1]) // MULTIPLE) * MULTIPLE), np.float32)
        for row, clip in zip(batch, group):
            row[: len(clip)] = clip
        batches.append(batch)
    jitted = jax.jit(lambda audio: log_mel(audio, spec))
    pool = ThreadPoolExecutor(options.cores)
    ways = {
        "librosa": lambda: [librosa_one(clip) for clip in clips],
        "librosa, threads": lambda: list(pool.map(librosa_one, clips)),
        "ganspeech extract": lambda: list(extract_log_mels(clips, spec, threads=options.cores)),
        "ganspeech log_mel": lambda: jax.block_until_ready([jitted(batch) for batch in batches]),
    }
    first = {name: timed(way) for name, way in ways.items()}
    rounds = [{name: timed(way) for name, way in ways.items()} for _ in range(options.rounds)]

    versions = f"librosa {librosa.__version__}, JAX {jax.__version__}"
    print(f"{len(clips)} clips, {seconds:.1f} s of audio, {options.cores} cores, {versions}")
    print(f"medians of {options.rounds} rounds; in brackets the 5th and 95th percentiles")
    print(f"{'':18} {'first call':>10} {'median':>9} {'x real time':>12} {'x librosa':>10}")
    for name in ways:
        median = np.median([times[name] for times in rounds])
        low, middle, high = np.percentile(
            [times["librosa"] / times[name] for times in rounds], [5, 50, 95]
        )
        print(f"{name:18} {first[name]:8.2f} s {1e3 * median:6.1f} ms {seconds / median:12,.0f} "
              f"{middle:10.1f} ({low:.1f} to {high:.1f})")  # fmt: skip
    pairs = zip(ways["librosa"](), ways["ganspeech extract"]())
    print(f"largest difference of log-mels: {max(np.abs(a - b).max() for a, b in pairs):.1e}")


def timed(way):
    """Seconds that one call takes, after a pause.

    Threads of BLAS go on spinning for a while after librosa's call, in the time of whoever is next.
    """
    time.sleep(PAUSE)
    start = time.perf_counter()
    way()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
