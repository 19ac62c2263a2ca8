"""A published model as a model file of ours."""

import dataclasses
import difflib
import json
import re
from pathlib import Path

from ganspeech.audio import PRESETS
from ganspeech.formats.tensors import ForeignFileError
from ganspeech.interop.published.catalog import PIPER, PIPER_VOICES, PublishedModel
from ganspeech.interop.published.hub import MissingFile, download, fetch
from ganspeech.interop.vocoders.foreign import import_vocoder
from ganspeech.interop.voices.foreign import import_voice
from ganspeech.models.vocoder import Vocoder
from ganspeech.models.voice import Voice
from ganspeech.process.messages import printable
from ganspeech.process.writing import require_writable

_LICENSE = re.compile(r"^\W*License:\s*(.+)$", re.MULTILINE | re.IGNORECASE)


def obtain_model(
    model: PublishedModel, folder: Path, endpoint: str | None = None
) -> Vocoder | Voice:
    """Downloads a model and writes it to `folder`/`model.file`, which says where it is from.

    Raises ForeignFileError, in one line, if it cannot be had or used, and UnwritableError for a
    folder that cannot be written.
    """
    target = folder / model.file
    require_writable(target, folder)
    try:
        path, commit = download(model, endpoint)
    except MissingFile as error:
        raise ForeignFileError(_nearest(model, endpoint) or str(error)) from None
    license = _license(model, commit, endpoint)
    about = f"From {model.repository} at {commit}. License: {license}."
    imported: Vocoder | Voice
    if model.kind == "vocoder":
        imported = import_vocoder(path, PRESETS[model.spec])
    else:
        imported = import_voice(path if path.suffix == ".onnx" else path.parent)
    made = dataclasses.replace(imported, about=f"{imported.about} {about}")
    made.save(target)
    return made


def _license(model: PublishedModel, commit: str, endpoint: str | None) -> str:
    """License of a model, and that of its recordings if its card names one."""
    if not model.card:
        return model.license
    card = fetch(model, model.card, commit, endpoint).read_text("utf-8", errors="replace")
    found = _LICENSE.search(card)
    recordings = printable(found[1].strip(), 200) if found else f"see {model.card} there"
    return f"{model.license}; of the recordings: {recordings}"


def _nearest(model: PublishedModel, endpoint: str | None) -> str:
    """Message with the nearest name to a voice that Piper does not have; empty for others."""
    if not model.name.startswith(PIPER):
        return ""
    listed = json.loads(fetch(model, "voices.json", model.revision, endpoint).read_text("utf-8"))
    near = difflib.get_close_matches(model.name.removeprefix(PIPER), listed, n=1, cutoff=0.0)
    nearest = f"; the nearest is '{PIPER}{near[0]}'" if near else ""
    return f"Piper has no voice {model.name!r}{nearest}; {PIPER_VOICES} lists them"
