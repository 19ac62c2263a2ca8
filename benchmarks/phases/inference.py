"""How many times faster than real time vocoders and a voice are, beside PyTorch."""

import argparse
import time

import numpy as np
from rounds import in_turns
from vocoder import prepare_inference

from phases.common import Work

TEXTS = (
    "The boat leaves at nine.",
    "She had a good look at the map before she chose the longer way home.",
    "Nobody knew how old the tree was, but the house had been built around it.",
)
VOCODERS = ("hifigan-v1", "hifigan-v2", "hifigan-v3", "vocos")


def main() -> None:
    """Times what is shipped first, then each vocoder with random weights."""
    work = Work.from_flags("inference", __doc__)
    time_voice(work)
    for precision in ("float32",) if work.small else ("float32", "bfloat16"):
        for name in VOCODERS[-1:] if work.small else VOCODERS:
            for batch in (1, 2) if work.small else (1, 32):
                time_vocoder(work, name, batch, precision)


def time_vocoder(work: Work, name: str, batch: int, precision: str) -> None:
    """Writes the speed of a vocoder in both libraries, in turns, and their first calls."""
    import torch

    # What JAX does by default on GPUs.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    options = argparse.Namespace(small=work.small, precision=precision, torch_compile=False)
    options.seconds = 0.5 if work.small else 4.0
    pair = prepare_inference(name, options, batch)
    seconds = in_turns(pair.ways, 3 if work.small else 12)
    what = f"{name}, {precision}, {batch} x {options.seconds:g} s"
    for way, times in seconds.items():
        note = f"first call {pair.first[way]:.2f} s"
        work.spread(f"{what}, {way}: times real time", pair.audio_seconds / times, note=note)
    ratio = seconds["PyTorch"] / seconds["ganspeech"]
    work.spread(f"{what}: speed against PyTorch", ratio, note=pair.check)


def time_voice(work: Work) -> None:
    """Writes the speed of the shipped voice with the shipped decoder, and its first call."""
    from ganspeech import load_voice

    began = time.perf_counter()
    voice = load_voice("kathleen-16k")
    work.row("voice kathleen-16k: loading", time.perf_counter() - began, "s")
    texts = TEXTS[:1] if work.small else TEXTS
    began = time.perf_counter()
    audio = voice.say(texts[0])
    work.row("voice kathleen-16k: first sentence", time.perf_counter() - began, "s")
    for text in texts:
        voice.say(text)
    times, ratios = [], []
    for _ in range(2 if work.small else 8):
        for text in texts:
            began = time.perf_counter()
            audio = voice.say(text)
            times.append(time.perf_counter() - began)
            ratios.append(len(audio) / voice.spec.sample_rate / times[-1])
    work.spread("voice kathleen-16k: times real time, batch 1", ratios)
    work.spread("voice kathleen-16k: a sentence", np.asarray(times) * 1e3, "ms")


if __name__ == "__main__":
    main()
