"""Synthetic speech read without labels: a task with a known answer.

Phones of English sentences are noisy vectors; the generator learns which vector is which phone from
the order of phones in other sentences alone.

Paper: Baevski et al. 2021, "Unsupervised speech recognition", https://arxiv.org/abs/2105.11084,
with smaller batches and a smaller discriminator.
Data: generated.
Command: `python train.py unpaired_codes`
Score: None yet: not trained to the end here.
"""

from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.discriminators.phone_sequences import PhoneDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.generators.phone_generator import PHONES
from ganspeech.losses.adversarial import NonSaturating
from ganspeech.tasks.unpaired_recognition import UnpairedRecognition

experiment = Experiment(
    corpus=PhoneCodes(),
    task=UnpairedRecognition(width=32, phones=47, longest=128),
    generator=PHONES,
    discriminators=(PhoneDiscriminator(width=128),),
    objective=NonSaturating(),
    rules=Rules(feature_matching=0.0, gradient_penalty=1.5, ema=0.0),
    generator_optimizer=Optimizer(learning_rate=4e-4, b1=0.5, b2=0.98),
    discriminator_optimizer=Optimizer(learning_rate=5e-4, b1=0.5, b2=0.98, weight_decay=1e-4),
    budget=Budget(steps=4000, batch_size=64, sample_every=1000, save_every=500),
)
