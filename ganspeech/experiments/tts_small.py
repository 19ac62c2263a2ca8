"""A small voice of one speaker, which learns to read for the ear and the mouth of a larger one.

Paper: Kim et al. 2021. The posterior encoder and the decoder of a fine-tuned voice stay as they
are, and a third of its size learns the prior of what the one hears: no audio is made, so that a
step is short. There is no game left to play; the decoder has played it.
Command: `python train.py tts_small --corpus.root ../shared/data/kathleen --start
runs/tts_finetune`.
"""

from ganspeech.audio import HIFIGAN_22K
from ganspeech.data import LJSpeech
from ganspeech.experiment import Budget, Experiment
from ganspeech.game import Rules
from ganspeech.generators.vits import VITS_SMALL
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.optimizer import Optimizer
from ganspeech.tasks.text_to_speech import TextToSpeech

KEPT = ("posterior_encoder", "decoder")

experiment = Experiment(
    corpus=LJSpeech(root="kathleen", held_out=40),
    task=TextToSpeech(
        spec=HIFIGAN_22K, segment_frames=24, buckets=(3.0, 4.5), mel_weight=0.0, start_parts=KEPT
    ),
    generator=VITS_SMALL,
    discriminators=(),
    objective=LeastSquares(),
    rules=Rules(feature_matching=0.0, ema=0.998, frozen=KEPT),
    generator_optimizer=Optimizer(
        learning_rate=1e-3, b1=0.8, b2=0.99, clip=1000.0, warmup=200, schedule="cosine", final=0.02
    ),
    discriminator_optimizer=Optimizer(),
    budget=Budget(steps=4000, batch_size=8, sample_every=1000, save_every=250),
    start="runs/tts_finetune",
)
