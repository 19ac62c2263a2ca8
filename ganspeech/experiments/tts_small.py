"""A small voice of one speaker, which begins with how another hears and sounds.

Paper: Kim et al. 2021. The posterior encoder of `tts_posterior` stays as it is, its decoder goes on
learning, and a third of the medium size learns to read.
Command: `python train.py tts_small --corpus.root ../shared/data/kathleen --start
runs/tts_posterior`.
"""

from ganspeech.audio import HIFIGAN_22K
from ganspeech.data import LJSpeech
from ganspeech.discriminators.multi_period import MULTI_PERIOD_SMALL
from ganspeech.discriminators.multi_resolution import MULTI_RESOLUTION_SMALL
from ganspeech.experiment import Budget, Experiment
from ganspeech.game import Rules
from ganspeech.generators.vits import VITS_SMALL
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.optimizer import Optimizer
from ganspeech.tasks.text_to_speech import TextToSpeech

experiment = Experiment(
    corpus=LJSpeech(root="kathleen", held_out=40),
    task=TextToSpeech(
        spec=HIFIGAN_22K,
        segment_frames=24,
        buckets=(3.0, 4.5),
        start_parts=("posterior_encoder", "decoder"),
    ),
    generator=VITS_SMALL,
    discriminators=(MULTI_PERIOD_SMALL, MULTI_RESOLUTION_SMALL),
    objective=LeastSquares(),
    rules=Rules(
        adversarial=2.0,
        feature_matching=4.0,
        adversary_from=400,
        ema=0.998,
        frozen=("posterior_encoder",),
    ),
    generator_optimizer=Optimizer(
        learning_rate=5e-4, b1=0.8, b2=0.99, clip=1000.0, warmup=200, schedule="cosine", final=0.05
    ),
    discriminator_optimizer=Optimizer(learning_rate=3e-4, b1=0.8, b2=0.99),
    budget=Budget(steps=2500, batch_size=8, sample_every=500, save_every=250),
)
