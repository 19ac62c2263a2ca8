"""Corpora on disk, prepared once and cut into batches."""

from ganspeech.data.corpus import Corpus, CorpusError, Problems, Utterance
from ganspeech.data.embedded import EmbeddedSpeech
from ganspeech.data.folder import AudioFolder
from ganspeech.data.librispeech import LibriSpeech
from ganspeech.data.ljspeech import LJSpeech
from ganspeech.data.mixture import Mixture
from ganspeech.data.mnist import MNIST
from ganspeech.data.pipeline import Batches, batches
from ganspeech.data.prepare import Prepared, Recording, prepare
from ganspeech.data.segments import segments
from ganspeech.data.speech_commands import SpeechCommands
from ganspeech.data.spoken_digits import SpokenDigits
from ganspeech.data.vctk import VCTK

CORPORA = (EmbeddedSpeech, LJSpeech, LibriSpeech, VCTK, AudioFolder, SpokenDigits, SpeechCommands)

__all__ = [
    "CORPORA",
    "MNIST",
    "VCTK",
    "AudioFolder",
    "Batches",
    "Corpus",
    "CorpusError",
    "EmbeddedSpeech",
    "LJSpeech",
    "LibriSpeech",
    "Mixture",
    "Prepared",
    "Problems",
    "Recording",
    "SpeechCommands",
    "SpokenDigits",
    "Utterance",
    "batches",
    "prepare",
    "segments",
]
