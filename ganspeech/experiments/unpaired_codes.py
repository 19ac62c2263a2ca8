"""Synthetic speech read without labels: a task with a known answer.

Phones of English sentences are noisy vectors; the generator learns which vector is which phone from
the order of phones in other sentences alone.

Paper: Baevski et al. 2021, "Unsupervised speech recognition", https://arxiv.org/abs/2105.11084, at
a small size; Wang et al. 2023, "Unsupervised speech recognition with n-skipgram and positional
unigram matching", https://arxiv.org/abs/2310.02382, whose distance leads the game out of the maze
of wrong readings. Not every seed arrives: train a population.
Data: generated.
Command: `python train.py unpaired_codes`; of all, `ganspeech ablate unpaired_codes --population
True --seeds 8`
"""

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.discriminators.phone_sequences import PhoneDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.phone_generator import PhoneGenerator
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition

experiment = Experiment(
    corpus=PhoneCodes(),
    task=UnpairedRecognition(
        width=32, phones=47, longest=48, smoothness=0.0, diversity=0.0, skipgram_weight=2.0
    ),
    generator=PhoneGenerator(kernel=1),
    discriminators=(PhoneDiscriminator(width=48, kernel=4),),
    objective=NonSaturating(),
    rules=Rules(adversarial=0.3, feature_matching=0.0, gradient_penalty=1.5, ema=0.0),
    generator_optimizer=Optimizer(learning_rate=1e-2, b1=0.5, b2=0.98),
    discriminator_optimizer=Optimizer(learning_rate=5e-4, b1=0.5, b2=0.98, weight_decay=1e-4),
    budget=Budget(steps=1500, batch_size=64, sample_every=500, save_every=500),
)
