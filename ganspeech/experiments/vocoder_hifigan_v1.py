"""HiFi-GAN V1 after its paper, on 22.05 kHz speech: for an accelerator.

V2 and V3 are `--generator hifigan-v2` and `--generator hifigan-v3`.

Paper: Kong et al. 2020, "HiFi-GAN: generative adversarial networks for efficient and high fidelity
speech synthesis", https://arxiv.org/abs/2010.05646.
Data: one speaker in LJSpeech's layout, the last 150 utterances held out.
Command: `python train.py vocoder_hifigan_v1 --corpus.root DIR`
Score: not trained here yet. Published: mean opinion 4.36 (recordings 4.45) after 2.5 M steps.
Departures: weight instead of spectral normalization on the first scale, a mel loss up to
8 kHz, moving averages of the generator.
"""

from ganspeech.audio import HIFIGAN_22K
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.discriminators.multi_scale import MultiScaleDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.hifigan import HIFIGAN_V1
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.tasks.vocoding import Vocoding

# The paper sums its losses over 8 sub-discriminators with 46 feature maps (and their logits); ours
# are means, so its weights 1, 2 and 45 are 8, 2 x 46 and 45 here.
experiment = Experiment(
    corpus=LJSpeech(held_out=150),
    task=Vocoding(spec=HIFIGAN_22K, segment_frames=32, mel_weight=45.0),
    generator=HIFIGAN_V1,
    discriminators=(MultiPeriodDiscriminator(), MultiScaleDiscriminator()),
    objective=LeastSquares(),
    rules=Rules(adversarial=8.0, feature_matching=92.0),
    generator_optimizer=Optimizer(
        learning_rate=2e-4, b1=0.8, b2=0.99, weight_decay=0.01, schedule="exponential", final=0.05
    ),
    discriminator_optimizer=Optimizer(
        learning_rate=2e-4, b1=0.8, b2=0.99, weight_decay=0.01, schedule="exponential", final=0.05
    ),
    budget=Budget(steps=2_500_000, batch_size=16, save_every=5000, sample_every=5000),
    workers=4,
)
