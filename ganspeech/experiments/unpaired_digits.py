"""Connected digits read without labels, in real speech: MFCC, and the digits of other strings.

Paper: Baevski et al. 2021, "Unsupervised speech recognition", https://arxiv.org/abs/2105.11084, at
a small size and without an encoder; Wang et al. 2023, https://arxiv.org/abs/2310.02382, for the
distance of pairs of phones.
Data: Free Spoken Digit Dataset, strings of three to seven digits; half of them heard, the digits of
the others read, 200 strings of other takes held out.
Command: `python train.py unpaired_digits --corpus.recordings.root FSDD`; of all, `ganspeech ablate`
with `--population True --seeds 8`
Time: 5 minutes of two CPU cores, for all eight.
Score: none of eight members learned to read: phone error rates of 109 to 121 %, the selected one
119.7 %, where random phones at the text's frequencies have 98.3 %; 200 held-out strings, 1,500
steps.
"""

import dataclasses

from ganspeech.data.readers.connected_digits import ConnectedDigits
from ganspeech.data.readers.unpaired_speech import UnpairedSpeech
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.experiments import unpaired_codes
from ganspeech.generators.phone_generator import PHONES
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition

experiment = dataclasses.replace(
    unpaired_codes.experiment,
    corpus=UnpairedSpeech(
        recordings=ConnectedDigits(), pronunciation=Pronunciation(front="espeak", silence=1.0)
    ),
    task=UnpairedRecognition(
        width=39, phones=22, longest=64, smoothness=0.0, diversity=0.0, skipgram_weight=2.0
    ),
    generator=PHONES,
)
