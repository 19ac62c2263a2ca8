"""What the features of a folder were made by, in the file `features.json` beside them."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from ganspeech.data.corpus import CorpusError
from ganspeech.process.damage import damage
from ganspeech.process.messages import printable
from ganspeech.process.writing import write_whole

SETTINGS = "features.json"
FORMAT = "ganspeech-features-1"


@dataclasses.dataclass(frozen=True)
class FeatureSettings:
    """What all features of a folder have in common."""

    encoder: str
    """What made them: the name of an encoder or of a run, or mfcc or logmel."""
    layer: int | None
    """Layer of a network, as it counts; None for features that have none."""
    rate: float
    """Frames in a second."""
    width: int
    """Numbers in a frame."""
    labeled: bool | None
    """Whether what made them was trained with transcripts or other labels; None: nobody said."""
    fingerprint: str
    """Digest of all that decides what is made of audio."""

    def require_same(self, other: "FeatureSettings", folder: Path) -> None:
        """Raises CorpusError, naming the fields in which a folder's settings are `other`.

        Names of encoders are compared by what they stand for, the fingerprint.
        """
        ours, theirs = dataclasses.asdict(self), dataclasses.asdict(other)
        fields = [name for name in ours if name != "encoder" and ours[name] != theirs[name]]
        if fields and ours["encoder"] != theirs["encoder"]:
            fields = ["encoder", *fields]
        if fields:
            differing = ", ".join(f"{name} {theirs[name]}, not {ours[name]}" for name in fields)
            raise CorpusError(
                f"{folder} was made with other settings: {differing}. Name another folder"
            )


def write_settings(folder: Path, settings: FeatureSettings) -> None:
    """Writes the settings of a folder, which is made, whole or not at all."""
    content = {"format": FORMAT} | dataclasses.asdict(settings)
    write_whole(folder / SETTINGS, (json.dumps(content, indent=2) + "\n").encode())


def read_settings(folder: Path) -> FeatureSettings:
    """Settings of a folder; raises CorpusError, naming the file and the field."""
    path = folder / SETTINGS
    with damage(CorpusError, f"{path} is no JSON"):
        values = json.loads(path.read_text("utf-8"))
    if not isinstance(values, dict) or values.pop("format", None) != FORMAT:
        raise CorpusError(f"{path}: format must be {FORMAT!r}, of an object")
    return _settings(values, path)


def _settings(values: dict[str, Any], path: Path) -> FeatureSettings:
    known = [field.name for field in dataclasses.fields(FeatureSettings)]
    for problem, names in (
        ("unknown", values.keys() - known),
        ("missing", set(known) - values.keys()),
    ):
        if names:
            raise CorpusError(f"{path}: {problem} fields: {printable(', '.join(sorted(names)))}")
    rules = {
        "encoder": (isinstance(values["encoder"], str), "a text"),
        "layer": (_whole(values["layer"], 0) or values["layer"] is None, "a whole number or null"),
        "rate": (_positive(values["rate"]), "a number above 0"),
        "width": (_whole(values["width"], 1), "a whole number from 1"),
        "labeled": (values["labeled"] in (True, False, None), "true, false or null"),
        "fingerprint": (isinstance(values["fingerprint"], str), "a text"),
    }
    for name, (good, rule) in rules.items():
        if not good:
            raise CorpusError(f"{path}: {name} must be {rule}, not {printable(repr(values[name]))}")
    return FeatureSettings(**values)


def _whole(value: Any, least: int) -> bool:
    return type(value) is int and value >= least


def _positive(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value > 0
