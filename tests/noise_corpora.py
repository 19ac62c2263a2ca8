"""Corpora of noise with transcripts, and experiments of small recognizers of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile

from ganspeech.config.experiment import Experiment
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.tasks.recognition import Recognition


def write_noises(folder: Path, texts: Sequence[str]) -> Path:
    """Recordings s0, s1, … in LJSpeech's layout, a second of the same noise for each text."""
    (folder / "wavs").mkdir()
    lines = [f"s{n}|{text}" for n, text in enumerate(texts)]
    (folder / "metadata.csv").write_text("\n".join(lines) + "\n")
    noise = np.random.default_rng(0).normal(size=16000) * 0.1
    for n in range(len(texts)):
        soundfile.write(folder / "wavs" / f"s{n}.wav", noise, 16000)
    return folder


def recognition_of(corpus: Path, task: Recognition) -> Experiment:
    """Experiment of a small recognizer; the last sentence is held out."""
    return Experiment(
        corpus=LJSpeech(str(corpus), held_out=1),
        task=task,
        generator=ConvolutionalRecognizer(width=8, blocks=1),
        discriminators=(),
        objective=LeastSquares(),
        rules=Rules(feature_matching=0.0),
        generator_optimizer=Optimizer(),
        discriminator_optimizer=Optimizer(),
    )
