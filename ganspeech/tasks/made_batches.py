"""Made-up batches: what an experiment's update takes, without a corpus.

For looking at programs and timing them: shapes and ranges are those of training, and a batch of
padded utterances is one of the longest bucket, the largest that a run meets.
"""

from typing import Any

import numpy as np

from ganspeech.tasks.generation import Generation
from ganspeech.tasks.noisy_pairs import UNREAD, NoisyPairs
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.speech_enhancement import SpeechEnhancement
from ganspeech.tasks.text_to_speech import TextToSpeech
from ganspeech.tasks.trainable import AnyTrainable
from ganspeech.tasks.vocoding import Vocoding

SYMBOLS_PER_SECOND = 10
"""About as many letters or phonemes as a fast reader says."""


def made_batch(task: AnyTrainable, examples: int, seed: int = 0) -> dict[str, Any]:
    """Batch of noise for the task's `play`, `examples` long, as NumPy arrays.

    Utterances are as long as the longest bucket, and every one has as many symbols as fast speech.
    Raises ValueError for a task that is not one of the registry's.
    """
    rng = np.random.default_rng(seed)
    match task:
        case Vocoding():
            return {"audio": _noise(rng, examples, task.segment_samples)}
        case SpeechEnhancement():
            return _enhancement(task, rng, examples)
        case Generation():
            labels = rng.integers(max(task.classes, 1), size=examples).astype(np.int32)
            return {"values": _noise(rng, examples, *task.view.shape), "label": labels}
        case NoisyPairs():
            return _utterances(task, rng, examples, symbols=1, labels=len(UNREAD))
        case Recognition():
            return _utterances(task, rng, examples, symbols=task.symbols)
        case TextToSpeech():
            return _utterances(task, rng, examples, symbols=task.text.size)
    raise ValueError(f"there are no made-up batches of {type(task).__name__}")


def _noise(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return (0.1 * rng.standard_normal(shape)).astype(np.float32)


def _enhancement(
    task: SpeechEnhancement, rng: np.random.Generator, examples: int
) -> dict[str, Any]:
    shape = (examples, task.segment_samples)
    clean = _noise(rng, *shape)
    batch = {"audio": clean + _noise(rng, *shape), "clean": clean}
    if task.rate_every:
        rating = rng.random(examples).astype(np.float32)
        batch |= {"rated_audio": batch["audio"], "rated_clean": clean, "rating": rating}
    return batch


def _utterances(
    task: NoisyPairs | Recognition | TextToSpeech,
    rng: np.random.Generator,
    examples: int,
    *,
    symbols: int,
    labels: int | None = None,
) -> dict[str, Any]:
    """Batch as `data.buckets.bucketed` makes it."""
    seconds = max(task.buckets)
    shape = (examples, round(seconds * task.spec.sample_rate))
    labels = labels or max(1, int(SYMBOLS_PER_SECOND * seconds))
    clean = _noise(rng, *shape)
    return {
        "audio": clean + _noise(rng, *shape),
        "clean": clean,
        "samples": np.full(examples, shape[1], np.int32),
        # Symbol 0 is CTC's blank.
        "labels": rng.integers(min(1, symbols - 1), symbols, (examples, labels), np.int32),
        "label_lengths": np.full(examples, labels, np.int32),
        "speaker": np.zeros(examples, np.int32),
    }
