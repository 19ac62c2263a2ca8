"""The shipped voice: a FastSpeech 2 with a game on its mels, which a shipped vocoder speaks.

Another voice tells where the symbols of the recordings end; the game begins once the mels are right
but too smooth.

Paper: Yang et al. 2021, https://arxiv.org/abs/2106.15153, and Ren et al. 2021,
https://arxiv.org/abs/2006.04558.
Data: one speaker in LJSpeech's layout, the last 60 sentences held out, and FILE of `ganspeech align
VOICE DIR FILE`; measured on "kathleen" (CC0, 71 minutes), aligned by a `tts_small` of it.
Command: `python train.py tts_mel --corpus.root DIR --task.durations FILE`
"""

from ganspeech.audio import SPEECH_16K
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.discriminators.feature_patch import FeaturePatchDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.acoustic.fast_speech import FastSpeech
from ganspeech.losses.adversarial import Hinge
from ganspeech.tasks.voices.text_to_mel import TextToMel
from ganspeech.text.spoken_text import ESPEAK

experiment = Experiment(
    corpus=LJSpeech(held_out=60),
    task=TextToMel(spec=SPEECH_16K, text=ESPEAK, segment_frames=64, buckets=(3.0, 4.5, 6.0)),
    generator=FastSpeech(),
    discriminators=(FeaturePatchDiscriminator(widths=(32, 64, 128)),),
    objective=Hinge(),
    # An average over so few steps would still hold the first weights.
    rules=Rules(adversary_from=1500, ema=0.0),
    generator_optimizer=Optimizer(
        learning_rate=1e-3, b1=0.9, b2=0.98, clip=10.0, warmup=200, schedule="cosine", final=0.02
    ),
    discriminator_optimizer=Optimizer(learning_rate=2e-4, clip=10.0, schedule="cosine", final=0.1),
    budget=Budget(steps=2800, batch_size=12, sample_every=1000, save_every=250),
)
"""A voice of one speaker."""
