"""Synthetic speech with a known answer: phones of English sentences as noisy vectors."""

import dataclasses
import functools
from pathlib import Path

import numpy as np
from jaxtyping import Float32, Int32

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.readers.sentences import make_sentences
from ganspeech.data.unlabeled.assembled import segments_of
from ganspeech.data.unlabeled.kept import fingerprint
from ganspeech.data.unlabeled.phone_texts import Pronunciation, with_silence
from ganspeech.data.unlabeled.segmentation import Segmentation
from ganspeech.data.unlabeled.unpaired import SILENCE, Segments, Unpaired, UnpairedCorpus
from ganspeech.process.checks import require_least

SENTENCES = 0
"""Seed of the sentences and of their order."""
CLASS = 4
"""Phones of a class of similar ones."""
FRAMES = Segmentation(kind="none")
"""No segments but frames, in which a corpus is drawn."""


@dataclasses.dataclass(frozen=True)
class PhoneCodes(UnpairedCorpus):
    """Phones of sentences as code vectors with durations, speakers, coarticulation and noise.

    Each phone has a vector of its own, and lasts a frame or more; what is heard of it is mixed with
    its neighbors', turned and moved by the speaker, and noisy. Speech and text are of different
    sentences. Noise, too little speech or text, and text of another domain are the difficulties of
    Lin et al. 2022, "Analyzing the robustness of unsupervised speech recognition"; similar phones,
    speakers and coarticulation are those of any speech.
    """

    texts: str = ""
    """File of sentences, one a line, a share of them spoken; empty for generated sentences."""
    other_texts: str = ""
    """File of sentences to read, of another domain; empty for the rest of the same."""
    spoken: int = 1000
    """Number of sentences that are spoken."""
    read: int = 3000
    """Number of other sentences that are read; as many as there are, if fewer."""
    width: int = 32
    """Size of a code vector."""
    noise: float = 0.3
    """Standard deviation of the noise; vectors have a standard deviation of 1."""
    coarticulation: float = 0.2
    """Share of the neighbors in a phone's vector."""
    similarity: float = 0.0
    """Share in every vector that is common to a class of four phones."""
    speakers: int = 4
    """Number of speakers."""
    difference: float = 0.2
    """Standard deviation of what a speaker adds to vectors."""
    repeats: float = 0.3
    """Probability that a phone lasts one more frame, again and again."""
    segmentation: Segmentation = Segmentation(kind="none")
    """Segments of utterances; none: every frame is one."""
    pronunciation: Pronunciation = Pronunciation(front="espeak")
    """How sentences become phones, those that are spoken and those that are read."""
    held_out: int = 100
    """Number of the last utterances that are only scored."""
    seed: int = 0
    """Seed of the vectors, speakers and draws."""

    def __post_init__(self):
        require_least(self, "corpus", 0, "noise", "difference", "held_out")
        require_least(self, "corpus", 1, "spoken", "read", "width", "speakers")
        for name in ("coarticulation", "similarity", "repeats"):
            if not 0 <= getattr(self, name) < 1:
                value = getattr(self, name)
                raise ValueError(f"corpus.{name} must be from 0 to below 1, not {value}")

    def of_frames(self) -> "PhoneCodes":
        """The same corpus with each frame as a segment."""
        return dataclasses.replace(self, segmentation=self.segmentation.of_frames())

    def unpaired(self) -> Unpaired:
        """Draws the corpus; the same settings and texts give the same.

        Raises `CorpusError` for a file that is missing, for too few sentences, and as
        `Segmentation.fit` does.
        """
        drawn = _drawn(dataclasses.replace(self, segmentation=FRAMES))
        wanted = self.segmentation
        return drawn if wanted.of_frames() == wanted else _divided(drawn, wanted, self.seed)


@functools.lru_cache(maxsize=1)
def _drawn(corpus: PhoneCodes) -> Unpaired:
    rng, problems = np.random.default_rng(corpus.seed), Problems()
    spoken, read = (
        corpus.pronunciation.words(
            [(f"{name}-{index:05}", text) for index, text in enumerate(texts)], problems
        )
        for name, texts in zip(("spoken", "read"), _sentences(corpus))
    )
    phones = corpus.pronunciation.phones(spoken | read, problems)
    silence = corpus.pronunciation.silence
    said, texts = (
        [with_silence(words, phones, silence, rng) for words in side.values()]
        for side in (spoken, read)
    )
    codes = _codes(corpus, len(phones), rng)
    speakers = rng.normal(0, corpus.difference, (corpus.speakers, corpus.width))
    utterances = [
        _heard(corpus, f"spoken-{index:05}", one, codes, speakers[rng.integers(len(speakers))], rng)
        for index, one in enumerate(said)
    ]
    split = len(utterances) - corpus.held_out
    if split < 1:
        raise CorpusError(
            f"phone-codes: {len(utterances)} sentences are spoken, and corpus.held_out is "
            f"{corpus.held_out}: nothing is left to train on"
        )
    train, held_out = utterances[:split], utterances[split:]
    content = fingerprint(utterances, texts, phones)
    return Unpaired(train, held_out, texts, phones, content, problems)


def _sentences(corpus: PhoneCodes) -> tuple[list[str], list[str]]:
    """Sentences that are spoken, and others that are read."""
    if corpus.texts:
        own = _lines(corpus.texts, "texts")
    else:
        own = make_sentences(corpus.spoken + corpus.read, SENTENCES)
    if len(own) <= corpus.spoken and not corpus.other_texts:
        raise CorpusError(
            f"phone-codes: {corpus.texts} has {len(own)} sentences, of which corpus.spoken "
            f"{corpus.spoken} leave none to read"
        )
    # In another order than a book's, or speech and text would have other topics.
    order = np.random.default_rng(SENTENCES).permutation(len(own))
    own = [own[place] for place in order]
    others = _lines(corpus.other_texts, "other_texts") if corpus.other_texts else None
    read = own[corpus.spoken :] if others is None else others
    return own[: corpus.spoken], read[: corpus.read]


def _lines(file: str, name: str) -> list[str]:
    try:
        lines = Path(file).expanduser().read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"phone-codes: cannot read --corpus.{name} {file}: {error}") from None
    return list(dict.fromkeys(line.strip() for line in lines if line.strip()))


def _codes(
    corpus: PhoneCodes, phones: int, rng: np.random.Generator
) -> Float32[np.ndarray, "phones width"]:
    """A vector for each phone, with what a class of phones has in common."""
    own = rng.normal(0, 1, (phones, corpus.width))
    common = rng.normal(0, 1, (-(-phones // CLASS), corpus.width))[np.arange(phones) // CLASS]
    share = corpus.similarity
    return (np.sqrt(1 - share) * own + np.sqrt(share) * common).astype(np.float32)


def _heard(
    corpus: PhoneCodes,
    id: str,
    said: Int32[np.ndarray, " phones"],
    codes: Float32[np.ndarray, "inventory width"],
    speaker: Float32[np.ndarray, " width"],
    rng: np.random.Generator,
) -> Segments:
    """Frames of phones, silence among them, from one speaker."""
    own = codes[said]
    around = (np.roll(own, 1, axis=0) + np.roll(own, -1, axis=0)) / 2
    mixed = (1 - corpus.coarticulation) * own + corpus.coarticulation * around
    lengths = rng.geometric(1 - corpus.repeats, len(own))
    frames = mixed.repeat(lengths, axis=0)
    frames = (frames + speaker + rng.normal(0, corpus.noise, frames.shape)).astype(np.float32)
    return Segments(
        id,
        frames,
        phones=said[said != SILENCE],
        ends=np.arange(1, len(frames) + 1, dtype=np.int32),
        true_ends=np.cumsum(lengths, dtype=np.int32),
    )


def _divided(drawn: Unpaired, segmentation: Segmentation, seed: int) -> Unpaired:
    """The same utterances in segments of several frames."""
    problems = Problems()
    segmenter = segmentation.fit((one.features for one in drawn.train), seed)
    train, held_out = (
        segments_of(
            {one.id: one.features for one in part},
            segmenter,
            {one.id: one.phones for one in part},
            {one.id: one.true_ends for one in part if one.true_ends is not None},
            problems=problems,
        )
        for part in (drawn.train, drawn.held_out)
    )
    problems.tell("phone-codes")
    problems.add(drawn.problems)
    return dataclasses.replace(
        drawn,
        train=train,
        held_out=held_out,
        problems=problems,
        clusters=segmentation.clusters,
        fingerprint=fingerprint([*train, *held_out], drawn.texts, drawn.phones),
    )
