"""Vocoders in live use, on one core: how fast frames become audio that come one at a time.

    python benchmarks/streaming.py primed-16k runs/vocoder_real_time

Each vocoder is fed random log-mels (what they hold changes no time), frame by frame, or `--frames`
at a time, and they take turns. Printed are the multiple of real time, median and 5th to 95th
percentile over rounds, and how long a frame waits on an infinitely fast machine. Compilation is
apart.
"""

import argparse
import os


def main():
    """Read the flags, bind the process to one core, measure and print."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("vocoders", nargs="+", help="shipped vocoders, model files, run folders")
    parser.add_argument("--frames", type=int, default=1, help="frames that come at once (1)")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each vocoder (9)")
    parser.add_argument("--seconds", type=float, default=2.0, help="audio of a turn (2)")
    options = parser.parse_args()
    # Before JAX is loaded, which counts the processors to size its thread pools.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    measure(options)


def measure(options):
    """Time all vocoders in turns and print a line for each."""
    from rounds import in_turns, spread

    from ganspeech import load_vocoder

    vocoders = {name: load_vocoder(name) for name in options.vocoders}
    ways = {
        name: fed(vocoder, options.frames, options.seconds) for name, vocoder in vocoders.items()
    }
    for way in ways.values():
        way()
    seconds = in_turns(ways, options.rounds)
    print(f"times real time on one core, {options.frames} frames at a time:")
    for name, vocoder in vocoders.items():
        latency = 1000 * vocoder.foresight.latency(vocoder.spec)
        speed = spread(options.seconds / seconds[name], 1)
        print(f"  {name:24} {speed:24} a frame waits {latency:.0f} ms")


def fed(vocoder, frames, seconds):
    """A function that streams so many seconds of audio, in chunks of so many frames."""
    import numpy as np

    spec = vocoder.spec
    count = round(seconds * spec.sample_rate / spec.hop_length)
    noise = np.random.default_rng(0).uniform(size=(count, spec.n_mels))
    mel = (spec.silence * noise).astype(np.float32)

    def way():
        stream = vocoder.stream(frames)
        for start in range(0, count, frames):
            stream.feed(mel[start : start + frames])
        stream.finish()

    return way


if __name__ == "__main__":
    main()
