"""Vocos after its paper, on 24 kHz speech of many speakers: for an accelerator.

Paper: Siuzdak 2023, "Vocos: closing the gap between time-domain and Fourier-based neural vocoders",
https://arxiv.org/abs/2306.00814.
Data: many speakers in LibriTTS's layout.
Command: `python train.py vocoder_vocos --corpus.root DIR`
Score: not trained here yet. Published: UTMOS 3.73 (recordings 4.06), PESQ 3.70 after 1 M steps.
Departures: UnivNet's multi-resolution discriminator, all sub-discriminators weighing alike, feature
maps averaged instead of summed, moving averages of the generator.
"""

from ganspeech.audio import VOCOS_24K
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.discriminators.multi_resolution import MultiResolutionDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.vocos import VOCOS
from ganspeech.losses.adversarial import Hinge
from ganspeech.tasks.vocoding import Vocoding

experiment = Experiment(
    corpus=LibriSpeech(),
    task=Vocoding(spec=VOCOS_24K, segment_frames=64, mel_weight=45.0),
    generator=VOCOS,
    discriminators=(MultiPeriodDiscriminator(), MultiResolutionDiscriminator()),
    objective=Hinge(),
    rules=Rules(adversarial=1.0, feature_matching=5.0),
    generator_optimizer=Optimizer(learning_rate=5e-4, b1=0.9, b2=0.999, schedule="cosine"),
    discriminator_optimizer=Optimizer(learning_rate=5e-4, b1=0.9, b2=0.999, schedule="cosine"),
    budget=Budget(steps=1_000_000, batch_size=16, save_every=5000, sample_every=5000),
    workers=4,
)
