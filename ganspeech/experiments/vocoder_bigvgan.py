"""BigVGAN after its paper, on 24 kHz speech of many speakers: for an accelerator.

The base model is `--generator bigvgan-base`; the second version `--generator bigvgan-v2
--discriminators multi-period sub-band-cqt --task.segment-frames 256`, less its multi-scale mel
loss.

Paper: Lee et al. 2023, "BigVGAN: a universal neural vocoder with large-scale training",
https://arxiv.org/abs/2206.04658.
Data: many speakers in LibriTTS's layout.
Command: `python train.py vocoder_bigvgan --corpus.root DIR`
Score: not trained here. Published: PESQ 4.03 after 1 M steps.
Departures: the learning rate falls by the step, not by the epoch; gradients of all
discriminators are clipped together; moving averages of the generator.
"""

from ganspeech.audio import AudioSpec
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.discriminators.multi_resolution import MultiResolutionDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.bigvgan import BIGVGAN
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.tasks.vocoding import Vocoding

# The paper sums its losses over 8 sub-discriminators with 40 feature maps; ours are means, so its
# weights 1, 2 and 45 are 8, 2 x 40 and 45 here. Its rate falls by a thousandth in each of the 90
# epochs of LibriTTS that a million steps are.
OPTIMIZER = Optimizer(
    learning_rate=1e-4,
    b1=0.8,
    b2=0.99,
    weight_decay=0.01,
    clip=1000.0,
    schedule="exponential",
    final=0.914,
)

experiment = Experiment(
    corpus=LibriSpeech(),
    task=Vocoding(
        spec=AudioSpec(sample_rate=24000, n_mels=100, fmax=12000.0),
        segment_frames=32,
        mel_weight=45.0,
    ),
    generator=BIGVGAN,
    discriminators=(MultiPeriodDiscriminator(), MultiResolutionDiscriminator()),
    objective=LeastSquares(),
    rules=Rules(adversarial=8.0, feature_matching=80.0),
    generator_optimizer=OPTIMIZER,
    discriminator_optimizer=OPTIMIZER,
    budget=Budget(steps=1_000_000, batch_size=32, save_every=5000, sample_every=5000),
    workers=4,
)
