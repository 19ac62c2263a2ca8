"""Phones of people never heard, from accented sentences and those of a native speaker.

As `recognition_speechocean`, with another corpus beside it and other throats in training. The
lexicon has the words of both: speechocean762's own, and after it CMU's, which PocketSphinx brings.

Paper: Gulati et al. 2020, https://arxiv.org/abs/2005.08100, cut to a corpus of under three hours.
Data: speechocean762's training part, its last 10 speakers (200 sentences of adults) held out, and
one speaker in LJSpeech's layout, all to learn from.
Command: `python train.py recognition_phones --corpus.parts.0.root SPEECHOCEAN/train
--corpus.parts.1.root DIR --task.vocabulary.lexicon lexicon.txt`
"""

import dataclasses

from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.mixture import Mixture
from ganspeech.experiments import recognition_speechocean

TASK = dataclasses.replace(recognition_speechocean.TASK, throat=0.15)

experiment = dataclasses.replace(
    recognition_speechocean.experiment,
    corpus=Mixture(parts=(LibriSpeech(held_out_speakers=10), LJSpeech(held_out=0))),
    task=TASK,
)
