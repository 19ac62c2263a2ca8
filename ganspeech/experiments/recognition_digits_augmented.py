"""Spoken digits, clean, in noise that a GAN draws over their features while the recognizer learns.

Compare it with the noise that the GAN learned from, in `recognition_digits --task.conditions.noisy
0.8`, and with an untrained network's, without `--start`.

Paper: Hu et al. 2018, see `noise_maker_digits`.
Data: Free Spoken Digit Dataset, the last 300 takes held out; RUN, a run of `noise_maker_digits`.
Command: `python train.py recognition_digits_augmented --corpus.root FSDD --start RUN`
Time: 1.9 minutes of one core.
Score: word error rate 3.3 % [0.0, 6.9] clean, 16.7 [13.6, 19.8] in unseen noises at 0 dB, three
seeds (multi-condition training 2.4 and 9.0); `benchmarks/recognition.py`, recorded noises.
"""

import dataclasses

from ganspeech.experiments import noise_maker_digits, recognition_digits
from ganspeech.recognizers.front import Fronted, MadeNoisy

experiment = dataclasses.replace(
    recognition_digits.experiment,
    generator=Fronted(
        MadeNoisy(noise_maker_digits.experiment.generator, share=0.8),
        recognition_digits.experiment.generator,
    ),
)
