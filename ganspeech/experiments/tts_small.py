"""A small VITS for a CPU, on half an hour of one speaker.

Paper: Kim et al. 2021, with the inverse STFT of Kawamura et al. 2023 in its decoder, deterministic
durations, and small discriminators that join late.
Command: `python train.py tts_small --corpus.root ../shared/data/kathleen`, a folder in LJSpeech's
layout.
"""

from ganspeech.audio import SPEECH_16K
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
    task=TextToSpeech(spec=SPEECH_16K, segment_frames=24, buckets=(3.0, 4.5)),
    generator=VITS_SMALL,
    discriminators=(MULTI_PERIOD_SMALL, MULTI_RESOLUTION_SMALL),
    objective=LeastSquares(),
    rules=Rules(adversarial=2.0, feature_matching=4.0, adversary_from=4000, ema=0.998),
    generator_optimizer=Optimizer(
        learning_rate=1e-3, b1=0.8, b2=0.99, clip=1000.0, warmup=200, schedule="cosine", final=0.05
    ),
    discriminator_optimizer=Optimizer(learning_rate=3e-4, b1=0.8, b2=0.99),
    budget=Budget(steps=6000, batch_size=8, sample_every=1000, save_every=500),
)
"""About an hour of one core."""
