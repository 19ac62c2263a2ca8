"""`ganspeech blend`: a page of the path between two speakers of a voice."""

from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.evaluation.blend import blend_page, path
from ganspeech.evaluation.pages.output import require_page, write
from ganspeech.load import load_voice
from ganspeech.process.environment import keep_programs
from ganspeech.process.errors import UsageError

TEXT = "The north wind and the sun argued about which of them was the stronger."


def blend(
    voice: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="VOICE")],
    page: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="PAGE.html")],
    speakers: tuple[str, str],
    text: str = TEXT,
    seed: int = 0,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Makes a page of the path from one speaker of a voice to another.

    A text is said by each alone, and by blends of a quarter, a half and three quarters, with
    spectrograms, mean F0, and the similarity to either speaker.

    Example: ganspeech blend runs/tts_speakers blend.html --speakers LJ 9611

    Args:
        voice: A voice with several speakers, as `ganspeech say` takes it.
        page: The HTML page to write.
        speakers: Names of the two speakers.
        text: What is said.
        seed: Random seed, the same for all.
        overwrite: Replace a page that exists.
        quiet: Print nothing but faults.
    """
    require_page(page, overwrite=overwrite)
    keep_programs()
    model = load_voice(voice)
    if len(model.speakers) < 2:
        raise ValueError(f"{voice} has a single speaker: there is nobody to blend with")
    for name in speakers:
        try:
            model.settings(seed=seed, speaker={name: 1.0})
        except ValueError as error:
            raise UsageError(str(error)) from None
    if speakers[0] == speakers[1]:
        raise UsageError(f"--speakers names {speakers[0]!r} twice")
    steps = path(model, speakers, text, seed)
    write(page, blend_page(steps, speakers, text, model.sample_rate), quiet=quiet)
    return 0
