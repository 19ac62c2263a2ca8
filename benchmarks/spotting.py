"""Spoken digits in a stream among other sounds: how many are found, and what else is taken for one.

    python benchmarks/spotting.py FSDD SPEECH NOISES --model digits-16k RUN

FSDD is the folder of the Free Spoken Digit Dataset, whose last takes are said; SPEECH one in
LibriSpeech's layout, from whose last ten speakers pieces of half a second are cut; NOISES one of
noises, of which the last five are heard. Words and pieces come in a random order, up to 12 dB below
full scale, with pauses between, and every model listens as `ganspeech listen` does, with its own
threshold. Prints a table: of the digits, found and taken for another; of the pieces, taken for a
digit; and digits that were heard where nothing was.
"""

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float32

from ganspeech import load_recognizer
from ganspeech.data.corpus import Corpus
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.noises import within_full_scale
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.other_sounds import OtherSounds
from ganspeech.data.readers.spoken_digits import SpokenDigits
from ganspeech.evaluation.pages.choice import at_even_places
from ganspeech.evaluation.recognition.conditions import unseen_noises
from ganspeech.models.recognizer import Recognizer
from ganspeech.models.spotter import REJECTED, Spotted, Spotter

DIGITS, PIECES = 120, 60
"""Digits that are said, and pieces of other speech among them."""
PIECE_SECONDS = 0.5
PAUSES = 0.5, 1.0
"""Shortest and longest pause, in seconds."""
QUIETEST_DB = -12.0
ROOM_DB = -66.0
"""Level of a quiet room's white noise."""
NEAR = 0.1
"""Seconds by which a digit may be heard before its sound begins or after it ends."""
CHUNK = 1600

Audio = Float32[np.ndarray, " samples"]


@dataclasses.dataclass(frozen=True)
class Said:
    """What is said in a stream, and when, in seconds."""

    word: str
    """A digit, or nothing: another sound."""
    start: float
    end: float


@dataclasses.dataclass(frozen=True)
class Counts:
    """What became of digits and of other sounds."""

    found: int
    mistaken: int
    taken: int
    from_nothing: int


def main(arguments: Sequence[str] | None = None) -> None:
    """Reads the flags, makes the streams, listens and prints."""
    raw = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=raw)
    parser.add_argument("digits", type=Path, help="folder of the Free Spoken Digit Dataset")
    parser.add_argument("speech", type=Path, help="folder of speech in LibriSpeech's layout")
    parser.add_argument("noises", type=Path, help="folder of noises")
    parser.add_argument("--model", nargs="+", default=["digits-16k"], help="as for listen")
    parser.add_argument("--snr", nargs="*", type=float, default=[15.0, 5.0], help="dB (15 5)")
    options = parser.parse_args(arguments)
    print(f"{DIGITS} digits, {PIECES} pieces of other speech; counts\n")
    print("| model | threshold | | found | taken for another | pieces taken | from nothing |")
    print("|---|---:|---|---:|---:|---:|---:|")
    for name in options.model:
        recognizer = load_recognizer(name)
        rate = recognizer.sample_rate
        noises = [*unseen_noises(Conditions(noises=str(options.noises)), rate).values()]
        audio, said = stream(*sounds(options.digits, options.speech, rate), rate)
        for snr in (None, *options.snr):
            heard = audio if snr is None else in_noise(audio, said, noises, snr, rate)
            found = dataclasses.astuple(counted(said, listened(recognizer, heard)))
            where = "quiet" if snr is None else f"{snr:g} dB"
            cells = " | ".join(map(str, found))
            print(f"| {name} | {recognizer.threshold:g} | {where} | {cells} |", flush=True)


def sounds(digits: Path, speech: Path, rate: int) -> tuple[list[Audio], list[str]]:
    """Held-out digits and pieces of speech, in turn, and the words they are."""
    pieces = OtherSounds(
        LibriSpeech(str(speech), held_out_speakers=10),
        pieces=1,
        held_out=PIECES,
        seconds=(PIECE_SECONDS, PIECE_SECONDS),
    )
    words = _held_out(SpokenDigits(str(digits)), DIGITS, rate)
    others = [(audio, "") for audio, _ in _held_out(pieces, PIECES, rate)]
    audio, said = zip(*words, *others)
    return list(audio), list(said)


def _held_out(corpus: Corpus, count: int, rate: int) -> list[tuple[Audio, str]]:
    recordings = prepare(corpus, rate, minimum_seconds=0.1).held_out
    if len(recordings) < count:
        raise SystemExit(f"{corpus} holds {len(recordings)} out, and {count} are needed")
    return [(one.audio(), one.text) for one in at_even_places(recordings, count)]


def stream(clips: Sequence[Audio], words: Sequence[str], rate: int) -> tuple[Audio, list[Said]]:
    """Clips in a random order with pauses between them in a quiet room, and when each is said."""
    rng = np.random.default_rng(0)
    parts, said, samples = [], [], 0
    for place in rng.permutation(len(clips)):
        pause = np.zeros(int(rate * rng.uniform(*PAUSES)), np.float32)
        clip = clips[place] * np.float32(10 ** (rng.uniform(QUIETEST_DB, 0) / 20))
        start = samples + len(pause)
        samples = start + len(clip)
        said.append(Said(words[place], start / rate, samples / rate))
        parts += [pause, clip]
    audio = np.concatenate([*parts, np.zeros(rate, np.float32)])
    room = rng.normal(scale=10 ** (ROOM_DB / 20), size=len(audio))
    return (audio + room).astype(np.float32), said


def in_noise(
    audio: Audio, said: Sequence[Said], noises: Sequence[Audio], snr_db: float, rate: int
) -> Audio:
    """The stream in one noise after another, at so many decibels below what is said."""
    length = -(-len(audio) // len(noises))
    noise = np.concatenate([np.resize(one / np.std(one), length) for one in noises])[: len(audio)]
    spoken = [audio[int(one.start * rate) : int(one.end * rate)] for one in said]
    level = np.std(np.concatenate(spoken)) * 10 ** (-snr_db / 20)
    return within_full_scale((audio + level * noise).astype(np.float32))[0]


def listened(recognizer: Recognizer, audio: Audio) -> list[Spotted]:
    """What a spotter with the model's own threshold hears in a stream."""
    spotter = Spotter(recognizer)
    chunks = (audio[start : start + CHUNK] for start in range(0, len(audio), CHUNK))
    return [word for chunk in chunks for word in spotter.feed(chunk)] + spotter.finish()


def counted(said: Sequence[Said], heard: Sequence[Spotted]) -> Counts:
    """What became of everything that was said."""
    words = [one for one in heard if one.word != REJECTED]
    middles = np.array([(one.start + one.end) / 2 for one in words])
    found = mistaken = taken = 0
    used = np.zeros(len(words), bool)
    for one in said:
        here = (middles > one.start - NEAR) & (middles < one.end + NEAR)
        used |= here
        names = {words[place].word for place in np.flatnonzero(here)}
        if not one.word:
            taken += bool(names)
        elif one.word in names:
            found += 1
        else:
            mistaken += bool(names)
    return Counts(found, mistaken, taken, int((~used).sum()))


if __name__ == "__main__":
    main()
