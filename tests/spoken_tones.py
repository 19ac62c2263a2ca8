"""A language of tones for tests of speaking: three letters, and a voice small enough for them."""

import dataclasses
from pathlib import Path

import numpy as np
import soundfile
from flax import linen

from ganspeech.audio import AudioSpec
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.labels.symbol_ends import line_of_ends
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.acoustic.fast_speech import FastSpeech
from ganspeech.generators.istftnet import ISTFTNet
from ganspeech.generators.vits.network import VITS
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.tasks.voices.text_to_mel import TextToMel
from ganspeech.tasks.voices.text_to_speech import TextToSpeech
from ganspeech.text.phonemes.front_ends import Plain
from ganspeech.text.spoken_text import SpokenText

RATE = 8000
SPEC = AudioSpec(sample_rate=RATE, n_fft=256, hop_length=64, win_length=256, n_mels=16, fmax=4000)
TEXT = SpokenText(
    front=Plain(), symbols=("_", "a", "b", "c", " "), blanks="none", first="", last=""
)
TASK = TextToSpeech(spec=SPEC, text=TEXT, segment_frames=16, buckets=(0.25, 0.5))
SMALL = VITS(
    width=16,
    hidden=16,
    layers=1,
    latent=8,
    flows=2,
    flow_layers=1,
    posterior_layers=2,
    stochastic=False,
    duration_width=16,
    decoder=ISTFTNet((4, 4), (8, 8), channels=32, resblock="2", kernels=(3,), dilations=((1, 2),)),
)
MEL_TASK = TextToMel(spec=SPEC, text=TEXT, segment_frames=16, buckets=(0.25, 0.5), vocoder="")
MEL_SMALL = FastSpeech(
    width=16,
    hidden=16,
    layers=1,
    prosody=2,
    predictor_width=16,
    decoder_width=16,
    blocks=2,
    mels=16,
)
PITCH = {"a": 300, "b": 900, "c": 2000}


def said(text: str, rng: np.random.Generator) -> np.ndarray:
    """A tone for each letter."""
    tones = []
    for letter in text:
        time = np.arange(int(RATE * rng.uniform(0.05, 0.1))) / RATE
        pitch = PITCH.get(letter, 0) * rng.uniform(0.95, 1.05)
        tones.append(np.sin(2 * np.pi * pitch * time) * np.hanning(len(time)))
    return 0.5 * np.concatenate(tones) + 0.001 * rng.normal(size=sum(map(len, tones)))


def write_durations(root: Path) -> Path:
    """File of where the symbols of the lines end, as if all tones of a line were as long."""
    path, lines = root / "durations.jsonl", []
    for line in (root / "metadata.csv").read_text().splitlines():
        id, text = line.split("|")
        if not text:
            continue
        seconds = soundfile.info(root / f"wavs/{id}.wav").duration
        ends = np.linspace(0, seconds, len(text) + 1)[1:]
        lines.append(line_of_ends(id, text, ends.tolist()))
    path.write_text("".join(lines))
    return path


def unplayed(root: Path, task: TextToSpeech | TextToMel, network: linen.Module) -> Experiment:
    """An experiment of one step on the lines of a folder, without discriminators."""
    return Experiment(
        corpus=LJSpeech(str(root), held_out=3),
        task=dataclasses.replace(task, buckets=(0.5,)),
        generator=network,
        discriminators=(),
        objective=LeastSquares(),
        rules=Rules(feature_matching=0.0),
        generator_optimizer=Optimizer(),
        discriminator_optimizer=Optimizer(),
        budget=Budget(steps=1),
    )


def texts(count: int) -> list[str]:
    return [("abc", "bca", "cab", "acbab", "ba cb")[n % 5] for n in range(count)]


def write_ljspeech(root: Path) -> None:
    """Twenty lines of three to five tones in LJSpeech's layout; and lines that are no use."""
    rng = np.random.default_rng(0)
    (root / "wavs").mkdir()
    lines = []
    for n, text in enumerate(texts(20)):
        soundfile.write(root / f"wavs/l{n:02d}.wav", said(text, rng), RATE)
        lines.append(f"l{n:02d}|{text}")
    for id, text, seconds in (
        ("a-long", "abc", 0.6),
        ("a-dense", "abc" * 20, 0.3),
        ("a-mute", "", 0.3),
        ("a-new", "abcd", 0.3),
        ("a-short", "a", 0.1),
    ):
        soundfile.write(root / f"wavs/{id}.wav", 0.1 * rng.normal(size=int(RATE * seconds)), RATE)
        lines.append(f"{id}|{text}")
    (root / "metadata.csv").write_text("\n".join(lines))
