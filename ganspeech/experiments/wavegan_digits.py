"""WaveGAN: a second of audio, a spoken digit, from noise.

WGAN-GP with five critic steps, phase shuffle of 2, Adam(1e-4, 0.5, 0.9), batches of 64, noise from
[-1, 1]; the paper's 200,000 steps. Needs a GPU at this size.

Paper: Donahue et al. 2019, "Adversarial audio synthesis", https://arxiv.org/abs/1802.04208.
Data: Free Spoken Digit Dataset, the last 300 takes held out; Speech Commands, the paper's, by
`--corpus speech-commands --corpus.root DIR`.
Command: `python train.py wavegan_digits --corpus.root FSDD`
Score: not trained here at this size; at an eighth of the width, 2.7 processor minutes, inception
score 2.23 [1.70, 2.76] (real words 9.66, noise 1.00).
"""

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.discriminators.wavegan import WaveGANDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.wavegan import WaveGANGenerator
from ganspeech.losses.adversarial import Wasserstein
from ganspeech.tasks.generation import Generation
from ganspeech.tasks.representations import Waveform

experiment = Experiment(
    corpus=SpokenDigits(),
    task=Generation(view=Waveform(), prior="uniform"),
    generator=WaveGANGenerator(),
    discriminators=(WaveGANDiscriminator(),),
    objective=Wasserstein(gradient_penalty=10.0),
    rules=Rules(feature_matching=0.0, critic_steps=5, ema=0.999),
    generator_optimizer=Optimizer(learning_rate=1e-4, b1=0.5, b2=0.9),
    discriminator_optimizer=Optimizer(learning_rate=1e-4, b1=0.5, b2=0.9),
    budget=Budget(steps=200_000, batch_size=64),
)
