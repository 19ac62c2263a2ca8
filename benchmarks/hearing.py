"""A recognizer beside PocketSphinx: how many seconds of speech each hears in a second.

    python benchmarks/hearing.py SPEECHOCEAN/train --model RUN

Both hear the same recordings one after another, as a user would have them heard, and ganspeech also
all of them at once, which it does in batches. They take turns within one process, in an order drawn
for each round; what is compiled has been compiled before, and is timed apart. PocketSphinx searches
a lexicon of 130,000 words with a language model, ours takes the best path: this is about speed
alone.
"""

import argparse
import os
from pathlib import Path

FEWEST = 5
"""Recordings that a figure is worth something with."""


def main(arguments: list[str] | None = None) -> None:
    """Read the flags, bind the process to its cores, measure and print."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("recordings", type=Path, help="a folder of recordings, at any depth")
    parser.add_argument("--model", default="digits-16k", help="as for transcribe (digits-16k)")
    parser.add_argument("--count", type=int, default=20, help="recordings, evenly drawn (20)")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each way (9)")
    parser.add_argument("--cores", type=int, default=2, help="processors to use (2)")
    options = parser.parse_args(arguments)
    # Before numerical libraries are loaded, which count the processors to size their thread pools.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])

    import jax
    import numpy as np
    from rounds import in_turns, spread, timed

    from ganspeech.audio import read_audio, resample
    from ganspeech.audio.files import AUDIO_SUFFIXES
    from ganspeech.evaluation.recognition.pocketsphinx import RATE, pocketsphinx
    from ganspeech.load import load_recognizer

    paths = sorted(p for p in options.recordings.rglob("*") if p.suffix in AUDIO_SUFFIXES)
    if len(paths) < FEWEST:
        parser.error(f"{options.recordings} has {len(paths)} recordings; give {FEWEST} or more")
    chosen = paths[:: max(len(paths) // options.count, 1)][: options.count]
    hear, peer = load_recognizer(options.model), pocketsphinx()
    audio = [np.asarray(read_audio(path, hear.sample_rate)[0]) for path in chosen]
    theirs = [resample(one, hear.sample_rate, RATE) for one in audio]
    seconds = sum(map(len, audio)) / hear.sample_rate
    ways = {
        "PocketSphinx": lambda: peer(theirs),
        "ganspeech, one by one": lambda: [hear([one]) for one in audio],
        "ganspeech, together": lambda: hear(audio),
    }
    print(
        f"{len(audio)} recordings, {seconds:.1f} s, {options.cores} cores, "
        f"JAX {jax.__version__}; {options.model}, {hear.parameters:,} parameters; "
        f"medians of {options.rounds} rounds, in brackets the 5th and 95th percentiles"
    )
    compiling = {name: timed(way) for name, way in ways.items()}
    found = in_turns(ways, options.rounds)
    for name, times in found.items():
        print(
            f"  {name:22} {spread(seconds / times, 1)} times real time; "
            f"{spread(found['PocketSphinx'] / times, 1)} times PocketSphinx; "
            f"first call {compiling[name]:.1f} s"
        )


if __name__ == "__main__":
    main()
