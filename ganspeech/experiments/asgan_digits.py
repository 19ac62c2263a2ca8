"""AudioStyleGAN: log-mels of a spoken digit from a style, for a vocoder to speak.

A word is 64 frames of 80 bands, the features of the shipped vocoders: `eval.py quality --vocoder
primed-16k` lets one speak them. Since 2,400 words are few, the discriminator sees them under
adaptive augmentation; the paper's own form of it, which skips updates, is left out. Both players
know which digit it is; `--task.classes 0` leaves that out, as the paper does. Small enough for a
CPU.

Paper: Baas and Kamper 2022, https://arxiv.org/abs/2210.05271; Karras et al. 2020,
https://arxiv.org/abs/2006.06676, for the augmentation.
Data: Free Spoken Digit Dataset, the last 300 takes held out.
Command: `python train.py asgan_digits --corpus.root FSDD`
"""

import dataclasses

from ganspeech.audio import SPEECH_16K
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.discriminators.asgan import ASGANDiscriminator
from ganspeech.game.augmentation import ADAPTIVE_SPECTROGRAM
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.asgan import ASGANGenerator
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.spectrogram_representations import LogMelPatch

experiment = Experiment(
    corpus=SpokenDigits(),
    task=Generation(view=LogMelPatch(spec=SPEECH_16K, frames=64), latent=128, classes=10),
    generator=ASGANGenerator(),
    discriminators=(ASGANDiscriminator(),),
    objective=NonSaturating(),
    rules=Rules(feature_matching=0.0, r1=0.01, ema=0.999),
    generator_optimizer=Optimizer(learning_rate=5e-4, b1=0.0, b2=0.99),
    discriminator_optimizer=Optimizer(learning_rate=1e-3, b1=0.0, b2=0.99),
    augmentation=dataclasses.replace(ADAPTIVE_SPECTROGRAM, adapt_over=200_000),
    budget=Budget(steps=9000, batch_size=32, sample_every=1500, save_every=500, keep=18),
)
