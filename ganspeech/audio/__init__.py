"""Audio: the spec, transforms in jnp, and files."""

from ganspeech.audio.decoding import AudioFileError
from ganspeech.audio.feature_files import load_features, save_features
from ganspeech.audio.files import AUDIO_SUFFIXES, read_audio, resample
from ganspeech.audio.mel import log_mel, mel_filterbank, mel_spectrogram
from ganspeech.audio.mfcc import deltas, mfcc, power_to_db
from ganspeech.audio.phases.griffin_lim import (
    griffin_lim,
    magnitude_from_log_mel,
    prime_phase,
)
from ganspeech.audio.spec import (
    BIGVGAN_24K,
    BIGVGAN_44K,
    HIFIGAN_22K,
    PRESETS,
    RECOGNITION_16K,
    SPEECH_16K,
    SPEECHT5_16K,
    VOCOS_24K,
    AudioSpec,
    SpecMismatch,
)
from ganspeech.audio.stft import istft, magnitude, stft
from ganspeech.audio.writing import AudioWriter, write_audio

__all__ = [
    "AUDIO_SUFFIXES",
    "BIGVGAN_24K",
    "BIGVGAN_44K",
    "HIFIGAN_22K",
    "PRESETS",
    "RECOGNITION_16K",
    "SPEECHT5_16K",
    "SPEECH_16K",
    "VOCOS_24K",
    "AudioFileError",
    "AudioSpec",
    "AudioWriter",
    "SpecMismatch",
    "deltas",
    "griffin_lim",
    "istft",
    "load_features",
    "log_mel",
    "magnitude",
    "magnitude_from_log_mel",
    "mel_filterbank",
    "mel_spectrogram",
    "mfcc",
    "power_to_db",
    "prime_phase",
    "read_audio",
    "resample",
    "save_features",
    "stft",
    "write_audio",
]
