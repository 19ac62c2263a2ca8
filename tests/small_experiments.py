"""Every experiment made small enough to compile: the same classes, few channels, short audio."""

import dataclasses

from piper_files import NETWORK
from small import tiny

from ganspeech import experiments
from ganspeech.audio import AudioSpec
from ganspeech.config.experiment import Experiment
from ganspeech.generators.acoustic.fast_speech import FastSpeech
from ganspeech.generators.vits.network import VITS
from ganspeech.tasks.noisy_pairs import NoisyPairs
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.speech_enhancement import SpeechEnhancement
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.tasks.voices.text_to_mel import TextToMel
from ganspeech.tasks.voices.text_to_speech import TextToSpeech

SPEC = AudioSpec(sample_rate=8000, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=4000)


def small(name: str, precision: str = "float32") -> Experiment:
    """An experiment with few channels, short examples and at most one step of each kind."""
    experiment = experiments.load(name)
    rules = dataclasses.replace(experiment.rules, precision=precision, critic_steps=1)
    return dataclasses.replace(
        experiment,
        task=_short(experiment.task),
        generator=_generator(experiment.generator),
        discriminators=tuple(map(tiny, experiment.discriminators)),
        rules=rules,
    )


def _generator(generator):
    if isinstance(generator, FastSpeech):
        return FastSpeech(8, 8, 2, 1, predictor_width=8, decoder_width=8, blocks=1, mels=8)
    if not isinstance(generator, VITS):
        return tiny(generator)
    decoder = tiny(generator.decoder)
    speakers = 3 if generator.speaker_width else 0
    return dataclasses.replace(NETWORK, decoder=decoder, speaker_width=speakers)


def _short(task):
    match task:
        case Vocoding():
            return dataclasses.replace(task, spec=SPEC, segment_frames=16, stft_weight=0.0)
        case TextToSpeech():
            return dataclasses.replace(
                task,
                spec=SPEC,
                segment_frames=16,
                buckets=(0.2,),
                stft_weight=0.0,
                durations="",
                speakers=("LJ", "10") if task.speakers else (),
            )
        case TextToMel():
            return dataclasses.replace(task, spec=SPEC, segment_frames=16, buckets=(0.2,))
        case NoisyPairs() | Recognition():
            return dataclasses.replace(task, buckets=(0.5,))
        case SpeechEnhancement():
            return dataclasses.replace(task, seconds=0.3)
    return task
