"""Speaker similarity: cosine of GE2E speaker embeddings (Wan et al. 2018).

The weights are those in the package Resemblyzer, three LSTMs trained on thousands of speakers. They
are read and run here with NumPy, so that scoring needs neither PyTorch nor the package's own code.
"""

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
import soxr
from jaxtyping import Float
from scipy.special import expit

from ganspeech.audio.files import read_audio
from ganspeech.audio.quality import Undefined
from ganspeech.evaluation.quality.metrics import Audio, Metric
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.formats.torch_files import read_state_dict

PACKAGE = "resemblyzer"
RATE = 16000
MELS, WIDTH, LAYERS = 40, 256, 3
N_FFT, HOP = 400, 160
PARTIAL = 160
"""Frames of the parts of an utterance that are embedded, 1.6 s; the mean of all is taken."""
ADVANCE = round(RATE / 1.3 / HOP)
"""Frames from one part to the next: 1.3 parts a second."""
COVERED = 0.75
"""Least share of a last part that is not padding."""
LOUDNESS = -30.0
"""Level in dB relative to full scale that quieter speech is brought to."""
DEPTH = 40.0
"""dB below the loudest window under which a window is silent."""
WINDOW, AROUND = 480, 3
"""Samples of a window, and windows kept on either side of a louder one: pauses keep 0.2 s."""

Embedding = Float[np.ndarray, "256"]


def speaker_similarity(reference: Audio, spoken: Audio, rate: int) -> float:
    """Cosine of both GE2E speaker embeddings (Wan et al. 2018): up to 1, seldom below 0.4."""
    return float(embedding(reference, rate) @ embedding(spoken, rate))


SIMILARITY = Metric(
    "similarity",
    "Speaker similarity",
    "",
    True,
    speaker_similarity,
    (PACKAGE,),
    digits=3,
    whole=True,
)


@dataclass(frozen=True)
class SimilarityTo:
    """Cosine of the GE2E speaker embedding and a speaker's, the mean over recordings."""

    recordings: tuple[Path, ...]
    """Audio files of the speaker."""

    def __call__(self, reference: Audio, spoken: Audio, rate: int) -> float:
        """The metric; the reference is not used."""
        del reference
        return float(speaker_embedding(self.recordings) @ embedding(spoken, rate))


@lru_cache(maxsize=8)
def speaker_embedding(recordings: tuple[Path, ...]) -> Embedding:
    """Mean embedding of audio files by one speaker, of length 1; silent ones are left out."""
    found = []
    for path in recordings:
        try:
            found.append(embedding(*read_audio(path, note=lambda fault: None)))
        except Undefined:
            continue
    if not found:
        raise ValueError(f"no speech in {recordings[0].parent}")
    return _unit(np.mean(found, axis=0))


def embedding(audio: Audio, rate: int) -> Embedding:
    """Embedding of an utterance, not negative and of length 1.

    Silence is cut out by its level; Resemblyzer does so by WebRTC's voice detector. The last
    embeddings are kept, since all systems share the reference's. `Undefined` for silence.
    """
    return _embedded(np.ascontiguousarray(audio, np.float32).tobytes(), rate)


@lru_cache(maxsize=16)
def _embedded(samples: bytes, rate: int) -> Embedding:
    audio = soxr.resample(np.frombuffer(samples, np.float32), rate, RATE)
    return embed(speech_of(audio))


def speech_of(audio: Audio) -> Audio:
    """Speech at 16 kHz without long silences, not quieter than `LOUDNESS`; `Undefined` if none."""
    from scipy.ndimage import binary_dilation

    power = np.mean(audio**2) if len(audio) else 0.0
    if power < 1e-12:
        raise Undefined("no audio but silence")
    audio = audio * max(1.0, 10 ** (LOUDNESS / 20) / np.sqrt(power))
    padded = np.pad(audio, (0, -len(audio) % WINDOW)).reshape(-1, WINDOW)
    levels = np.mean(padded**2, axis=1)
    loud = levels > 10 ** (-DEPTH / 10) * levels.max()
    kept = binary_dilation(loud, np.ones(2 * AROUND + 1))
    return padded[kept].ravel().astype(np.float32)


def embed(speech: Audio) -> Embedding:
    """Embedding of speech at 16 kHz, silence and all: the mean over its parts, of length 1."""
    import librosa

    starts = _starts(len(speech))
    needed = (starts[-1] + PARTIAL) * HOP
    speech = np.pad(speech, (0, max(0, needed - len(speech))))
    mel = librosa.feature.melspectrogram(
        y=speech, sr=RATE, n_fft=N_FFT, hop_length=HOP, n_mels=MELS
    ).T.astype(np.float32)
    parts = _lstm(np.stack([mel[start : start + PARTIAL] for start in starts]), _weights())
    return _unit(np.mean(parts, axis=0))


def _starts(samples: int) -> list[int]:
    """First frames of the parts of an utterance."""
    frames = -(-(samples + 1) // HOP)
    starts = list(range(0, max(1, frames - PARTIAL + ADVANCE + 1), ADVANCE))
    covered = (samples - starts[-1] * HOP) / (PARTIAL * HOP)
    return starts[:-1] if covered < COVERED and len(starts) > 1 else starts


def _lstm(
    x: Float[np.ndarray, "parts frames mels"], weights: Mapping[str, np.ndarray]
) -> Float[np.ndarray, "parts 256"]:
    """Embeddings of parts, each of length 1: the last layer's last output, projected."""
    for layer in range(LAYERS):
        enter, recur = (weights[f"lstm.weight_{kind}_l{layer}"].T for kind in ("ih", "hh"))
        bias = weights[f"lstm.bias_ih_l{layer}"] + weights[f"lstm.bias_hh_l{layer}"]
        gates_of_input = x @ enter + bias
        hidden = cell = np.zeros((len(x), WIDTH), np.float32)
        outputs = np.empty((*x.shape[:2], WIDTH), np.float32)
        for frame in range(x.shape[1]):
            gates = gates_of_input[:, frame] + hidden @ recur
            take, keep, new, show = np.split(gates, 4, axis=1)
            cell = expit(keep) * cell + expit(take) * np.tanh(new)
            hidden = outputs[:, frame] = expit(show) * np.tanh(cell)
        x = outputs
    raw = np.maximum(x[:, -1] @ weights["linear.weight"].T + weights["linear.bias"], 0)
    return raw / np.linalg.norm(raw, axis=1, keepdims=True)


@cache
def _weights() -> dict[str, np.ndarray]:
    """Weights of the installed package; raises ForeignFileError for a file of other ones."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(f"speaker similarity needs its package: pip install {PACKAGE}")
    path = Path(spec.submodule_search_locations[0]) / "pretrained.pt"
    weights = read_state_dict(path)
    for layer in range(LAYERS):
        inputs = MELS if layer == 0 else WIDTH
        for kind, columns in (("ih", inputs), ("hh", WIDTH)):
            name, shape = f"lstm.weight_{kind}_l{layer}", (4 * WIDTH, columns)
            if name not in weights or weights[name].shape != shape:
                raise ForeignFileError(f"{path} has no {name} of shape {shape}")
    return weights


def _unit(x: Embedding) -> Embedding:
    return x / np.linalg.norm(x)
