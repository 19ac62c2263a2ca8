"""A language of tones for tests of hearing: two words, and a recognizer that knows them."""

import functools

import jax
import numpy as np

from ganspeech.audio import AudioSpec
from ganspeech.models.recognizer import Recognizer
from ganspeech.recognizers.convolutional import ConvolutionalRecognizer
from ganspeech.tasks.features import Features
from ganspeech.tasks.recognition import Recognition, recognize_batch
from ganspeech.text.vocabulary import Words

RATE = 8000
SPEC = AudioSpec(
    sample_rate=RATE, n_fft=128, hop_length=80, win_length=128, n_mels=8, fmax=4000,
    power=2.0, padding="center", pad_mode="constant",
)  # fmt: skip
TASK = Recognition(Features(SPEC), Words(("low", "high")), stride=4, buckets=(0.5, 1.0))
HERTZ = {"low": 500.0, "high": 2500.0}


def word(name: str, seconds: float = 0.3) -> np.ndarray:
    """A word, float32 `[samples]`: a tone without clicks at its ends."""
    times = np.arange(round(RATE * seconds)) / RATE
    fade = np.clip(np.minimum(times, times[::-1]) / 0.02, 0, 1)
    return (0.3 * fade * np.sin(2 * np.pi * HERTZ[name] * times)).astype(np.float32)


def room(seconds: float, seed: int = 0) -> np.ndarray:
    """The noise of a room, below the floor of the features."""
    size = round(RATE * seconds)
    return (1e-4 * np.random.default_rng(seed).normal(size=size)).astype(np.float32)


@functools.cache
def recognizer_of_tones() -> Recognizer:
    """A random network whose last layer has learned to tell the words, by logistic regression."""
    network = ConvolutionalRecognizer(width=64, blocks=1, kernel=3)
    variables = jax.jit(lambda key: network.init(key, *TASK.example()))(jax.random.key(0))
    audio, samples, labels = np.zeros((48, RATE), np.float32), [], np.zeros((48, RATE), int)
    for seed, names in enumerate([("low",), ("high",), ("low", "high"), ("high", "low")] * 12):
        end = 0
        for name in names:
            sounds = (room(0.06 + 0.01 * (seed % 7), seed), word(name, 0.2 + 0.01 * (seed % 11)))
            for sound, label in zip(sounds, (0, TASK.vocabulary.symbols.index(name))):
                audio[seed, end : end + len(sound)] = sound
                labels[seed, end : end + len(sound)] = label
                end += len(sound)
        audio[seed, end:] = room(1, seed)[end:]
        samples.append(end + RATE // 10)
    _, heard = recognize_batch(TASK, network, variables, audio, np.array(samples))
    steps = labels[:, 120 :: TASK.stride * SPEC.hop_length]
    valid = np.arange(steps.shape[1]) < np.asarray(heard.lengths)[:, None]
    seen = np.asarray(heard.representation)[:, : steps.shape[1]][valid]
    params = dict(jax.device_get(variables["params"]))
    params["symbols"] = _regressed(seen, np.eye(3)[steps[valid]])
    return Recognizer(network, {"params": params}, TASK, "Learned two tones.")


def _regressed(seen: np.ndarray, wanted: np.ndarray) -> dict[str, np.ndarray]:
    """Weights of a softmax layer, by gradient descent with momentum."""
    seen = np.append(seen, np.ones((len(seen), 1)), axis=1)
    kernel, speed = np.zeros((2, seen.shape[1], wanted.shape[1]))
    for _ in range(3000):
        odds = np.exp(seen @ kernel)
        error = wanted - odds / odds.sum(axis=1, keepdims=True)
        speed = 0.9 * speed + 0.3 * seen.T @ error / len(seen)
        kernel = kernel + speed
    return {"kernel": kernel[:-1].astype("f4"), "bias": kernel[-1].astype("f4")}
