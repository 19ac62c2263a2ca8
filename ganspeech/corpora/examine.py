"""One recording examined: cut, measured, its texts found. All of it is kept in its journal."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from jaxtyping import Float32

from ganspeech.audio import AudioFileError, read_audio, resample
from ganspeech.audio.quality import Undefined
from ganspeech.corpora import kept
from ganspeech.corpora.clips import Clip, Fault, Origin
from ganspeech.corpora.journal import Journal
from ganspeech.corpora.sound.activity import FRAME, RATE, Span, spans, speech_probabilities
from ganspeech.corpora.sound.cutting import MARGIN, clips_of, with_margins
from ganspeech.corpora.sound.duplicates import envelope
from ganspeech.corpora.sound.measures import clipped_samples, measure
from ganspeech.corpora.sound.speakers import speaker_of
from ganspeech.corpora.sources import Source
from ganspeech.corpora.texts.judges import Judge
from ganspeech.corpora.texts.mismatch import misheard, others_like
from ganspeech.corpora.texts.transcripts import Transcript, divided

SHORTEST_SPEECH = 0.3
"""Seconds of speech below which a recording has none."""

Audio = Float32[np.ndarray, " samples"]


@dataclass(frozen=True)
class Cutting:
    """Seconds of the shortest and the longest clip."""

    shortest: float = 1.0
    longest: float = 12.0


class Examination:
    """Examines recordings, one after the other."""

    def __init__(
        self,
        cutting: Cutting,
        judge: Judge | None,
        tick: Callable[[float], object],
        *,
        hidden: bool = False,
    ):
        """`tick` is told of seconds of recordings that are done; `hidden` shows no bars."""
        self._cutting, self._judge, self._tick, self._hidden = cutting, judge, tick, hidden

    def clips(
        self, source: Source, said: str, others: Sequence[str], journal: Journal
    ) -> list[Clip] | Fault:
        """Clips of a recording in which `said` is said, or what is wrong with it as a whole.

        `others` are texts of other recordings; those of its own clips are added.
        """
        try:
            audio, rate = read_audio(source.path, note=lambda fault: None)
        except AudioFileError as error:
            return Fault(source, str(error))
        if not np.any(audio):
            return Fault(source, "silent")
        heard_at = resample(audio, rate, RATE)
        found = self._cut(heard_at, source, bool(said), journal)
        if not found:
            return Fault(source, "no speech")
        probabilities, places = found
        clipped = clipped_samples(audio)
        clips, audios = [], []
        for n, (begin, end) in enumerate(places):
            piece = heard_at[round(begin * RATE) : round(end * RATE)]
            share = float(clipped[round(begin * rate) : round(end * rate)].mean())
            frames = probabilities[int(begin / FRAME) : max(int(end / FRAME), 1)]
            name = source.name if len(places) == 1 else f"{source.name}_{n + 1:04d}"
            clips.append(_measured(name, source, (begin, end), piece, share, frames, journal))
            audios.append(piece)
            self._tick(end - begin)
        if self._judge is not None:
            clips = self._texted(clips, audios, said, others, self._judge, journal)
        elif said and len(clips) == 1:
            clips = [clips[0].with_text(said, "given")]
        return clips

    def _cut(
        self, audio: Audio, source: Source, has_text: bool, journal: Journal
    ) -> tuple[np.ndarray, list[Span]] | None:
        """Probabilities of speech and places of clips; None without speech.

        A recording with a text that is short enough stays one clip: nothing needs to be aligned.
        """
        probabilities = journal.recall(
            "speech",
            lambda: [
                round(100 * float(p))
                for p in speech_probabilities(audio, name=source.id, hidden=self._hidden)
            ],
            kept.probabilities,
        )
        speech = spans(probabilities)
        if sum(end - begin for begin, end in speech) < SHORTEST_SPEECH:
            return None
        shortest, longest = self._cutting.shortest, self._cutting.longest
        whole = (speech[0][0], speech[-1][1])
        if has_text and whole[1] - whole[0] + 2 * MARGIN <= longest:
            cut = [whole]
        else:
            cut = clips_of(speech, shortest, longest)
        return probabilities, with_margins(cut, len(audio) / RATE)

    def _texted(
        self,
        clips: list[Clip],
        audios: Sequence[Audio],
        said: str,
        others: Sequence[str],
        judge: Judge,
        journal: Journal,
    ) -> list[Clip]:
        transcript = Transcript.of(said)
        whole = len(clips) == 1
        heard = [
            ""
            if whole and said and not judge.writes
            else journal.recall(
                f"heard {n}", lambda audio=audio: judge.hear(audio, transcript.words), kept.heard
            )
            for n, audio in enumerate(audios)
        ]
        origin: Origin = "heard" if not said else "given" if whole else "aligned"
        if origin == "heard":
            texts = heard if judge.writes else [""] * len(clips)
        elif whole:
            texts = [said]
        else:

            def total(n: int, text: str) -> float:
                return judge.fit(audios[n], heard[n], text).total

            def junction(n: int, words: Sequence[str]) -> int | None:
                return judge.junction((audios[n], audios[n + 1]), (heard[n], heard[n + 1]), words)

            texts = journal.recall(
                "parts",
                lambda: divided(transcript, heard, total, junction),
                lambda parts: [transcript.text(part) for part in kept.parts(parts, len(clips))],
            )
        clips = [clip.with_text(text, origin) for clip, text in zip(clips, texts)]
        if origin == "heard":
            return clips
        pool = [text for text in (*others, *(clip.text for clip in clips)) if text]
        judged = []
        for n, (clip, audio) in enumerate(zip(clips, audios)):

            def fits(clip: Clip = clip, audio: Audio = audio, got: str = heard[n]) -> list[float]:
                compared = [clip.text, *others_like(clip.text, pool)]
                return [round(judge.fit(audio, got, text).misfit, 4) for text in compared]

            if clip.text:
                misfit, theirs = journal.recall(f"fits {n}", fits, kept.fits)
                clip = replace(clip, misfit=misfit, others=theirs)
                if origin == "aligned":
                    clip = replace(clip, misheard=misheard(clip.text, heard[n]))
            judged.append(clip)
        return judged


def _measured(
    name: str,
    source: Source,
    place: Span,
    piece: Audio,
    clipped: float,
    frames: np.ndarray,
    journal: Journal,
) -> Clip:
    def find() -> dict:
        try:
            speaker = speaker_of(piece)
        except Undefined:
            speaker = None
        return {
            "measures": asdict(measure(piece, RATE, clipped, frames)),
            "speaker": None if speaker is None else [round(float(x), 4) for x in speaker],
            "envelope": [round(float(x), 1) for x in envelope(piece, RATE)],
        }

    sound = journal.recall(f"clip {name}", find, kept.sound)
    return Clip(
        name, source, *place, sound.measures, speaker=sound.speaker, envelope=sound.envelope
    )
