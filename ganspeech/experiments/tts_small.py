"""Small VITS with a phase-primed decoder, from an hour of recordings.

Its decoder starts from a phase estimate (`ganspeech.generators.primed_decoder`); the game begins
once the voice can be understood. It reads phonemes of espeak-ng, so that Piper can speak it.

Paper: Kim et al. 2021, https://arxiv.org/abs/2106.06103, at a small size and 16 kHz; the decoder is
ours.
Data: one speaker in LJSpeech's layout, the last 60 sentences held out; measured on "kathleen" (CC0,
71 minutes).
Command: `python train.py tts_small --corpus.root DIR`
Time: 108 minutes on two busy CPU cores, 144 processor minutes.
Score: word error rate by PocketSphinx 27.5 % (recordings 28.7 [22.4, 35.1]); 57 held-out sentences,
7,475 steps, seed 0, noise 0.4, durations scaled by 1.3. `tts_mel` is ahead of it.
"""

from ganspeech.audio import SPEECH_16K
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.discriminators.multi_period import MULTI_PERIOD_SMALL
from ganspeech.discriminators.multi_resolution import MULTI_RESOLUTION_SMALL
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.vits.network import VITS_SMALL
from ganspeech.losses.adversarial import Hinge
from ganspeech.tasks.voices.text_to_speech import TextToSpeech
from ganspeech.text.spoken_text import ESPEAK

experiment = Experiment(
    corpus=LJSpeech(held_out=60),
    task=TextToSpeech(
        spec=SPEECH_16K,
        text=ESPEAK,
        segment_frames=40,
        buckets=(3.0, 4.5),
        mel_weight=30.0,
        stft_weight=15.0,
    ),
    generator=VITS_SMALL,
    discriminators=(MULTI_PERIOD_SMALL, MULTI_RESOLUTION_SMALL),
    objective=Hinge(),
    rules=Rules(adversary_from=6500, ema=0.999),
    generator_optimizer=Optimizer(
        learning_rate=1e-3, b1=0.8, b2=0.99, clip=100.0, warmup=200, schedule="cosine", final=0.02
    ),
    discriminator_optimizer=Optimizer(learning_rate=5e-4, clip=10.0, schedule="cosine", final=0.02),
    budget=Budget(steps=8500, batch_size=8, sample_every=2000, save_every=500),
)
