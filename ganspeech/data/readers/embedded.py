"""Corpus without a download: synthetic sentences spoken by several espeak-ng voices."""

import json
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import espeakng_loader
import numpy as np
from jaxtyping import Float32
from tqdm import tqdm

from ganspeech.data.corpus import Corpus, CorpusError, Problems
from ganspeech.data.readers import espeak
from ganspeech.data.readers.made import MadeSound, made_once
from ganspeech.data.readers.sentences import make_sentences
from ganspeech.data.utterances import Utterances

# Incremented whenever sentences or the way they are spoken change, so that no old cache is used.
VERSION = 1
PITCHES = (40, 50, 60)
SPEEDS = (145, 160, 175)


@dataclass(frozen=True)
class EmbeddedSpeech(Corpus):
    """Exactly transcribed, repeatable synthetic speech at 22,050 Hz, made once in the cache.

    The voices take turns, so those held out are the same voices with other sentences. Pitch and
    speed vary from sentence to sentence. It is meant for demonstrations and tests: quick to make
    and to learn, and no measure of natural speech.
    """

    sentences: int = 272
    """Number of spoken sentences (about 4.3 seconds each)."""
    voices: tuple[str, ...] = (
        "en-us+m1",
        "en-us+f1",
        "en-us+m3",
        "en-us+aunty",
        "en-us+m7",
        "en-us+Annie",
        "en-us+quincy",
        "en-us+belinda",
    )
    """espeak-ng voices, LANGUAGE+VARIANT; they are the speakers' names."""
    seed: int = 0
    """Seed of sentences, pitches and speeds."""
    held_out: int = 24
    """Number of the last utterances that are kept from training."""

    def utterances(self, problems: Problems | None = None) -> Utterances:
        """All utterances sorted by id, spoken now if the cache lacks them.

        Raises `CorpusError` for an unknown voice, or when the cache cannot be written.
        """
        if self.sentences < 1 or not self.voices:
            raise CorpusError("EmbeddedSpeech needs at least one sentence and one voice")
        key = [VERSION, library_version(), self.sentences, self.voices, self.seed]
        return made_once("embedded", key, self._speak, problems)

    def _speak(self) -> Iterator[MadeSound]:
        rng = random.Random(self.seed)
        texts = make_sentences(self.sentences, self.seed)
        lines = [
            (self.voices[i % len(self.voices)], text, rng.choice(PITCHES), rng.choice(SPEEDS))
            for i, text in enumerate(texts)
        ]
        for i, (audio, rate) in enumerate(said(lines)):
            voice, text, _, _ = lines[i]
            yield MadeSound(f"{i:05d}", text, voice, audio, rate)


def said(
    lines: Sequence[tuple[str, str, int, int]],
) -> Iterable[tuple[Float32[np.ndarray, " samples"], int]]:
    """What `say` returns, with a progress bar."""
    return tqdm(say(lines), "speaking", len(lines), leave=False, disable=None)


def library_version() -> str:
    """Version of espeak-ng's package, on which all that it says depends."""
    return version("espeakng-loader")


def say(
    lines: Sequence[tuple[str, str, int, int]],
) -> Iterator[tuple[Float32[np.ndarray, " samples"], int]]:
    """Speaks `(voice, text, pitch 0..99, words a minute)`: float32 `[samples]` and rate in Hz.

    One fresh espeak-ng process speaks all lines in order. Raises `CorpusError` for an unknown
    voice, and when espeak-ng does not run.
    """
    request = {
        "library": espeakng_loader.get_library_path(),
        "data": espeakng_loader.get_data_path(),
        "lines": [list(line) for line in lines],
    }
    # -I and -S: no site packages, no environment; the program is all standard library.
    command = [sys.executable, "-I", "-S", espeak.__file__]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(json.dumps(request).encode())
        process.stdin.close()
        for voice, text, _, _ in lines:
            header = json.loads(process.stdout.readline() or '{"error": "espeak-ng ended early"}')
            if "error" in header:
                raise CorpusError(f"cannot speak {text!r} as {voice!r}: {header['error']}")
            pcm = np.frombuffer(process.stdout.read(header["bytes"]), np.int16)
            yield pcm.astype(np.float32) / 32767.0, header["rate"]
