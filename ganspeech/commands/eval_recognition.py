"""`eval.py recognition`: what was recognised of what was said."""

import json as json_module
from collections.abc import Sequence
from pathlib import Path

from ganspeech.evaluation.pages.output import require_targets, write
from ganspeech.evaluation.recognition import page as recognition_page
from ganspeech.evaluation.recognition import table as recognition_table
from ganspeech.evaluation.recognition.accuracy import Recognised
from ganspeech.evaluation.recognition.conditions import SNRS
from ganspeech.evaluation.recognition.folder import recognize_folder
from ganspeech.evaluation.recognition.page import Exhibit
from ganspeech.evaluation.recognition.systems import Decoding, recognize_run
from ganspeech.evaluation.recognition.texts import from_files
from ganspeech.process.errors import UsageError

BEAM, WEIGHT = 16, 0.5
"""Of a search, unless told otherwise."""
DECODING = ("beam", "arpa", "weight", "bonus")
MODES = {
    "run": ("snr", "clean", "noises", "sentences", *DECODING),
    "model": ("audio", "reference", "speakers", *DECODING),
    "hypothesis": ("reference", "speakers", "phones", "verbatim"),
}
"""What is recognised, and the flags that go with it."""


def recognition(
    run: Path | None = None,
    snr: tuple[float, ...] = (),
    clean: bool = False,
    noises: Path | None = None,
    sentences: int | None = None,
    model: str | None = None,
    audio: Path | None = None,
    beam: int | None = None,
    arpa: Path | None = None,
    weight: float | None = None,
    bonus: float | None = None,
    reference: Path | None = None,
    hypothesis: tuple[str, ...] = (),
    speakers: Path | None = None,
    phones: bool = False,
    verbatim: bool = False,
    json: Path | None = None,
    page: Path | None = None,
) -> None:
    """Word, character and phone error rates: of a run, of a folder of audio, or of plain texts.

    A run hears the lines that its corpus holds out, clean and in noises that it was not trained on.

    Example: python eval.py recognition --run runs/digits --snr 10 5 0 --page errors.html

    Args:
        run: A run's folder.
        snr: With --run: how far speech is above the noise, in dB; 10 5 0 if not given.
        clean: With --run: no noise at all.
        noises: With --run: a folder of noises, in place of those that the run kept from training.
        sentences: With --run: only so many of the held-out lines.
        model: A run's folder or a model file, to hear --audio with.
        audio: A folder of audio; without --reference with ID.txt or LibriSpeech's *.trans.txt.
        beam: Prefixes that a search keeps, 16 if only --arpa is given; without both, the best path.
        arpa: A language model for the search, as an ARPA file.
        weight: Of the language model; 0.5 if not given.
        bonus: For every word that the search writes; 0 if not given.
        reference: A text file of what was said, ID TEXT a line.
        hypothesis: Text files of what was heard, each FILE or NAME=FILE, to compare.
        speakers: A text file of who says it, ID SPEAKER a line: intervals are then over speakers.
        phones: The texts are phones, parted by spaces.
        verbatim: Compare texts as they are, case and punctuation too.
        json: Write everything here, each utterance's errors too.
        page: Write an HTML page with the errors aligned, and audio to hear, here.
    """
    flags: dict[str, object] = {
        "run": run,
        "snr": snr,
        "clean": clean,
        "noises": noises,
        "sentences": sentences,
        "model": model,
        "audio": audio,
        "beam": beam,
        "arpa": arpa,
        "weight": weight,
        "bonus": bonus,
        "reference": reference,
        "hypothesis": hypothesis,
        "speakers": speakers,
        "phones": phones,
        "verbatim": verbatim,
    }
    mode = _mode({name for name, value in flags.items() if value not in (None, False, ())})
    for name, number, least in (("sentences", sentences, 1), ("beam", beam, 1)):
        if number is not None and number < least:
            raise UsageError(f"--{name} must be at least {least}, not {number}")
    require_targets(json, page)
    decoding = Decoding(
        beam=beam or (BEAM if arpa else 0),
        arpa=arpa,
        weight=WEIGHT if weight is None else weight,
        bonus=bonus or 0.0,
    )
    exhibit = Exhibit()
    if mode == "run":
        assert run is not None
        snrs = () if clean else snr or SNRS
        recognised, exhibit = recognize_run(
            run, snrs=snrs, noises=noises, decoding=decoding, sentences=sentences
        )
    elif mode == "model":
        assert model is not None and audio is not None
        recognised, exhibit = recognize_folder(
            model, audio, reference=reference, speakers=speakers, decoding=decoding
        )
    else:
        assert reference is not None
        files = _named_files(hypothesis)
        recognised = from_files(
            reference, files, speakers=speakers, phones=phones, verbatim=verbatim
        )
    _show(recognised, exhibit, json, page)


def _mode(given: set[str]) -> str:
    modes = given & MODES.keys()
    if len(modes) != 1:
        raise UsageError(
            "give --run DIR, or --model MODEL with --audio DIR, or --reference FILE with "
            "--hypothesis FILE"
        )
    mode = modes.pop()
    for name in sorted(given - {mode}):
        if name not in MODES[mode]:
            raise UsageError(f"--{name} does not go with --{mode}")
    if mode == "model" and "audio" not in given:
        raise UsageError("--model needs --audio DIR")
    if mode == "hypothesis" and "reference" not in given:
        raise UsageError("--hypothesis needs --reference FILE")
    if {"weight", "bonus"} & given and not {"arpa", "beam"} & given:
        raise UsageError("--weight and --bonus need --arpa or --beam")
    if {"clean", "snr"} <= given or {"clean", "noises"} <= given:
        raise UsageError("--clean goes without --snr and --noises")
    return mode


def _show(recognised: Recognised, exhibit: Exhibit, json: Path | None, page: Path | None) -> None:
    print(recognition_table.as_text(recognised))
    if json is not None:
        content = recognition_table.as_json(recognised)
        write(json, json_module.dumps(content, indent=2, allow_nan=False) + "\n")
    if page is not None:
        write(page, recognition_page.render(recognised, exhibit))


def _named_files(hypotheses: Sequence[str]) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for item in hypotheses:
        name, equals, path = item.partition("=")
        if not equals or Path(item).is_file():
            name, path = Path(item).stem, item
        if not name or not path:
            raise UsageError(f"--hypothesis {item}: write FILE or NAME=FILE")
        if name in files:
            raise UsageError(f"--hypothesis {item}: two are called {name!r}; write NAME=FILE")
        files[name] = Path(path)
    return files
