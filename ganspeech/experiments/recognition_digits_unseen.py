"""Spoken digits of people never heard, from a recognizer that knows the phones of others.

Five speakers do not tell what people differ in; a few dozen who say something else do. So the
recognizer is that of `recognition_phones_telephone`, which goes on with the phones of the digits,
and decodes to the likeliest of them. Without `--start` it is the same network from fresh weights.

Paper: transfer between tasks as in Yosinski et al. 2014, https://arxiv.org/abs/1411.1792; in the
manner of QuartzNet (Kriman et al. 2020), https://arxiv.org/abs/1910.10261, for CTC.
Data: Free Spoken Digit Dataset without the speaker who is named; all takes of theirs held out.
Command: `python train.py recognition_digits_unseen --corpus.root FSDD --corpus.unseen-speaker lucas
--task.conditions.noises NOISES --start RUN`
"""

import dataclasses

from ganspeech.data.noise.conditions import Conditions
from ganspeech.experiments import recognition_digits, recognition_phones_telephone
from ganspeech.tasks.recognition import Recognition
from ganspeech.text.spelled_words import SpelledWords

OPTIMIZER = dataclasses.replace(recognition_digits.OPTIMIZER, learning_rate=1e-3)

experiment = dataclasses.replace(
    recognition_digits.experiment,
    task=Recognition(
        features=recognition_phones_telephone.TELEPHONE,
        vocabulary=SpelledWords(),
        buckets=(0.5, 0.75, 2.5),
        conditions=Conditions(noisy=0.6, reverberant=0.4, speeds=(0.85, 1.0, 1.15)),
        throat=0.25,
    ),
    # Masks have no weights, so they may differ from those of sentences.
    generator=recognition_phones_telephone.NETWORK.clone(masks=recognition_digits.MASKS),
    generator_optimizer=OPTIMIZER,
    budget=dataclasses.replace(recognition_digits.experiment.budget, steps=600),
)
