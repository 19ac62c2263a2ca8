"""VITS after its paper, on one speaker's 22.05 kHz speech: for an accelerator.

`--generator vits-istft` has a faster decoder. Several speakers by `--corpus vctk --corpus.root DIR
--task.speakers p225 p226 ... --generator.speaker-width 256`.

Paper: Kim et al. 2021, "Conditional variational autoencoder with adversarial learning for
end-to-end text-to-speech", https://arxiv.org/abs/2106.06103.
Data: one speaker in LJSpeech's layout, the last 150 utterances held out.
Command: `python train.py tts_vits --corpus.root DIR`
Score: not trained here yet. Published: mean opinion 4.43 (recordings 4.46) after 800,000 steps.
Departures: phonemes by gruut, HiFi-GAN's own scale discriminator, moving averages of the
generator.
"""

from ganspeech.audio import HIFIGAN_22K
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.discriminators.multi_scale import MultiScaleDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.vits.network import VITS_PAPER
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.tasks.voices.text_to_speech import TextToSpeech

OPTIMIZER = Optimizer(
    learning_rate=2e-4, b1=0.8, b2=0.99, weight_decay=0.01, schedule="exponential", final=0.6
)

# The paper sums its losses over 6 sub-discriminators, here with 32 feature maps (and their logits);
# ours are means, so its weights 1 and 2 are 6 and 2 x 32.
experiment = Experiment(
    corpus=LJSpeech(held_out=150),
    task=TextToSpeech(spec=HIFIGAN_22K),
    generator=VITS_PAPER,
    discriminators=(MultiPeriodDiscriminator(), MultiScaleDiscriminator(scales=1)),
    objective=LeastSquares(),
    rules=Rules(adversarial=6.0, feature_matching=64.0),
    generator_optimizer=OPTIMIZER,
    discriminator_optimizer=OPTIMIZER,
    budget=Budget(steps=800_000, batch_size=64, save_every=5000, sample_every=5000),
    workers=4,
)
"""Experiment of the paper."""
