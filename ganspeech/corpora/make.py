"""The maker: raw recordings, and their texts if there are any, become a corpus."""

import math
from dataclasses import dataclass
from pathlib import Path

from ganspeech.corpora.collect import collect, own_folder, work_of
from ganspeech.corpora.examine import Cutting
from ganspeech.corpora.report import report_of, tell_before
from ganspeech.corpora.selection import Limits
from ganspeech.corpora.sound.activity import require_detector
from ganspeech.corpora.sources import sources_in
from ganspeech.corpora.texts.judges import judge
from ganspeech.corpora.texts.tables import Texts, texts_for
from ganspeech.corpora.writing import write_corpus
from ganspeech.process.errors import UsageError

LEAST_RATE = 8000
"""Hz of the lowest rate of clips: that of telephones."""


@dataclass(frozen=True)
class Request:
    """What `ganspeech corpus` is asked for; its help says what each means."""

    recordings: Path
    out: Path
    texts: Path | None = None
    recognizer: str = "pocketsphinx"
    shortest: float = 1.0
    longest: float = 12.0
    rate: int = 22050
    snr: float = 12.0
    dnsmos: float = 2.0

    def __post_init__(self):
        for flag in ("shortest", "longest", "snr", "dnsmos"):
            if not math.isfinite(getattr(self, flag)):
                raise UsageError(f"--{flag} must be a number, not {getattr(self, flag)}")
        if self.rate < LEAST_RATE:
            raise UsageError(f"--rate must be at least {LEAST_RATE} Hz, not {self.rate}")
        if not 0 < self.shortest < self.longest:
            raise UsageError(
                f"--shortest must be above 0 and below --longest, not {self.shortest:g} and "
                f"{self.longest:g}"
            )


def corpus_of(request: Request, *, quiet: bool = False) -> int:
    """Makes a corpus; returns the exit status, 1 where recordings could not be used.

    Raises ValueError, naming file or folder, for recordings and texts that are none, a folder of
    others, a package that is missing, texts that are not those of the recordings, and where no clip
    is left.
    """
    require_detector()
    sources = sources_in(request.recordings)
    texts = Texts() if request.texts is None else texts_for(request.texts, sources)
    cutting = Cutting(request.shortest, request.longest)
    judging = judge(request.recognizer)
    with own_folder(request.out, request.recordings):
        tell_before(sources, texts, work_of(sources, texts, cutting, judging), quiet=quiet)
        made = collect(
            request.out,
            sources,
            texts,
            cutting=cutting,
            limits=Limits(request.snr, request.dnsmos),
            judge=judging,
            hidden=quiet,
        )
        write_corpus(request.out, made.selection, made.faults, request.rate, hidden=quiet)
        return report_of(request.out, made, sources, request.rate, quiet=quiet)
