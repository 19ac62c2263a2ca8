"""Recordings without their transcripts, beside texts of other recordings."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from operator import attrgetter

import numpy as np
from tqdm import tqdm

from ganspeech.data.corpus import Corpus, CorpusError, Problems
from ganspeech.data.prepare import prepare
from ganspeech.data.readers.embedded import EmbeddedSpeech
from ganspeech.data.recordings import Recording
from ganspeech.data.unlabeled.assembled import assembled, content_of, sentences_of
from ganspeech.data.unlabeled.frames import Frames, SpeechFrames, normalized
from ganspeech.data.unlabeled.kept import kept
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.data.unlabeled.segmentation import Segmentation
from ganspeech.data.unlabeled.unpaired import Unpaired, UnpairedCorpus
from ganspeech.process.checks import require_share
from ganspeech.text.english.normalization import normalized as plain

SHORTEST_SECONDS = 0.1


@dataclass(frozen=True)
class UnpairedSpeech(UnpairedCorpus):
    """A corpus of recordings and transcripts, taken apart.

    Of the utterances to train on, some are heard, and the transcripts of the others are read. No
    sentence is both heard and read, nor held out and read. Transcripts of what is heard serve for
    scores alone.
    """

    recordings: Corpus = EmbeddedSpeech()
    """Corpus that is taken apart; it says what is held out."""
    heard: float = 0.5
    """Share of the utterances to train on whose speech is heard; 1 needs other texts."""
    texts: str = ""
    """File of further sentences, one a line; empty: none."""
    frames: SpeechFrames = SpeechFrames()
    """Features of frames."""
    segmentation: Segmentation = Segmentation(clusters=16)
    """Segments of utterances; MFCCs need few clusters, or phones fall apart."""
    pronunciation: Pronunciation = Pronunciation()
    """Phones of sentences."""
    seed: int = 0
    """Seed of the parting, of clusters and of silence in texts."""

    def __post_init__(self):
        require_share(self, "corpus", "heard")
        if not self.heard:
            raise ValueError("corpus.heard must be above 0: some speech must be heard")
        if self.heard == 1 and not self.texts:
            raise ValueError("corpus.heard is 1, which leaves no texts: name others with texts")

    @property
    def held_out(self) -> int:  # type: ignore[override]
        """Number of utterances that the recordings hold out."""
        return self.recordings.held_out

    def of_frames(self) -> "UnpairedSpeech":
        """The same corpus with each frame as a segment."""
        return replace(self, segmentation=self.segmentation.of_frames())

    def unpaired(self) -> Unpaired:
        """Makes features and phones, or finds them in the cache.

        All features are in memory while they are made. Raises `CorpusError` as `prepare` does, for
        too few sentences, and when nothing is left to hear.
        """
        prepared = prepare(
            self.recordings, self.frames.sample_rate, minimum_seconds=SHORTEST_SECONDS
        )
        settings = {k: v for k, v in asdict(self).items() if k not in ("recordings", "texts")}
        key = [
            settings,
            prepared.fingerprint,
            [one.id for one in prepared.held_out],
            [content_of(path) for path in self._files() if path],
        ]
        data = kept(
            type(self).__name__, key, lambda: self._apart(prepared.train, prepared.held_out)
        )
        data.problems.tell(type(self).__name__)
        return data

    def _files(self) -> tuple[str, ...]:
        return self.texts, self.pronunciation.lexicon, self.segmentation.boundaries

    def _apart(self, train: Sequence[Recording], held_out: Sequence[Recording]) -> Unpaired:
        problems = Problems()
        heard, read = parted(train, self.heard, self.seed, [one.text for one in held_out])
        texts = [(f"the text of {one.id}", one.text) for one in read]
        features = self._features([*heard, *held_out], problems)
        ours, apart = (
            {one.id: features[one.id] for one in part if one.id in features}
            for part in (heard, held_out)
        )
        if not ours:
            raise CorpusError(f"no speech in {len(heard)} recordings")
        return assembled(
            ours,
            apart,
            [*texts, *(sentences_of(self.texts) if self.texts else ())],
            {one.id: one.text for one in (*heard, *held_out)},
            segmentation=self.segmentation,
            pronunciation=self.pronunciation,
            seed=self.seed,
            problems=problems,
        )

    def _features(self, recordings: Sequence[Recording], problems: Problems) -> dict[str, Frames]:
        found = {}
        for one in tqdm(recordings, "features", delay=5, leave=False):
            frames = self.frames(one.audio())
            if len(frames):
                found[one.id] = frames
            else:
                problems.skip("recordings without speech", one.id)
        return normalized(found, {one.id: one.speaker for one in recordings})


def parted(
    recordings: Sequence[Recording], share: float, seed: int, unread: Sequence[str]
) -> tuple[list[Recording], list[Recording]]:
    """Splits recordings into those that are heard and those that are read, by their sentences.

    At least a `share` is heard, and all without a transcript. Of those that are read each has a
    sentence of its own, none of `unread`.
    """
    by_text: defaultdict[str, list[Recording]] = defaultdict(list)
    heard: list[Recording] = []
    for one in recordings:
        text = plain(one.text)
        if text:
            by_text[text].append(one)
        else:
            heard.append(one)
    texts = list(by_text)
    order = np.random.default_rng(seed).permutation(len(texts))
    apart = {plain(text) for text in unread}
    read = []
    for n in order:
        same = by_text[texts[n]]
        if len(heard) < share * len(recordings):
            heard += same
        elif texts[n] not in apart:
            read.append(same[0])
    by_id = attrgetter("id")
    return sorted(heard, key=by_id), sorted(read, key=by_id)
