"""`ganspeech corpus`: raw recordings, with texts or without, to a corpus for training."""

from pathlib import Path
from typing import Annotated

import tyro


def corpus(
    recordings: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="RECORDINGS")],
    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    texts: Annotated[Path | None, tyro.conf.arg(metavar="FILE|DIR")] = None,
    recognizer: Annotated[str, tyro.conf.arg(metavar="NAME|DIR")] = "pocketsphinx",
    shortest: float = 1.0,
    longest: float = 12.0,
    rate: int = 22050,
    snr: float = 12.0,
    dnsmos: float = 2.0,
    quiet: bool = False,
) -> int:
    """Makes a corpus of raw recordings: cuts, measures, matches texts, leaves out what is bad.

    OUT gets LJSpeech's layout (wavs/, metadata.csv), clips.json with all that was measured, and
    report.html: what was left out and why, histograms, the most doubtful clips to hear. Recordings
    are never changed. A stopped call goes on where it was when it is repeated.

    Example: ganspeech corpus recordings corpus --texts transcripts

    Args:
        recordings: A folder of recordings at any depth, or one of any length.
        out: A folder for the corpus: a new one, or one of this command.
        texts: What is said: metadata.csv or lines ID TEXT, a folder with ID.txt for each
            recording, or the transcript of one long recording.
        recognizer: What compares texts with recordings: pocketsphinx (US English), the folder of a
            Whisper, which also transcribes what has no text, a recognizer of ours, or none.
        shortest: Seconds of the shortest clip.
        longest: Seconds of the longest clip.
        rate: Hz of the clips.
        snr: Least dB between speech and the noise around it.
        dnsmos: Least overall quality by DNSMOS, 1 to 5.
        quiet: Print nothing but faults.
    """
    from ganspeech.corpora.make import Request, corpus_of

    return corpus_of(
        Request(recordings, out, texts, recognizer, shortest, longest, rate, snr, dnsmos),
        quiet=quiet,
    )
