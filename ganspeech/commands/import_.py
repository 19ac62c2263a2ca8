"""`python -m ganspeech import`: another project's vocoder to a model file."""

import sys
from pathlib import Path
from typing import Annotated

import tyro

from ganspeech.audio import PRESETS, AudioSpec
from ganspeech.flags import UsageError
from ganspeech.interop.foreign import import_vocoder
from ganspeech.interop.model import save_model

SUFFIX = ".safetensors"


def import_(
    source: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="FILE")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    spec: Annotated[str | None, tyro.conf.arg(metavar="NAME|FILE")] = None,
    config: Annotated[Path | None, tyro.conf.arg(metavar="FILE")] = None,
    float16: bool = False,
    overwrite: bool = False,
) -> int:
    """Makes a model file of another project's vocoder.

    HiFi-GAN, Vocos and others, from safetensors or files of PyTorch, of which nothing is run.
    Example: python -m ganspeech import generator_v1 voice.safetensors --spec hifigan_22k

    Args:
        source: The weights.
        target: The model file (.safetensors).
        spec: The log-mels it was trained with: a preset's name or a JSON file. Required.
        config: Its settings as JSON or YAML; config.json or config.yaml beside it if not given.
        float16: Store the weights in half the space.
        overwrite: Replace a file that exists.
    """
    if spec is None:
        raise UsageError(
            "foreign weights do not say which mels they want; "
            f"give --spec NAME ({', '.join(PRESETS)}) or a JSON file"
        )
    if target.suffix != SUFFIX:
        raise UsageError(f"{target} must end in {SUFFIX}")
    if target.exists() and not overwrite:
        raise ValueError(f"{target} exists; --overwrite replaces it")
    model = import_vocoder(source, read_spec(spec), config)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_model(target, model, "float16" if float16 else "float32")
    print(f"{target}: {model.about}", file=sys.stderr)
    return 0


def read_spec(name: str) -> AudioSpec:
    """The audio spec of a preset's name or of a JSON file; ValueError names the file."""
    if name in PRESETS:
        return PRESETS[name]
    if not name.endswith(".json"):
        raise UsageError(f"--spec {name}: neither a JSON file nor one of {', '.join(PRESETS)}")
    try:
        return AudioSpec.from_json(Path(name).read_text("utf-8"))
    except FileNotFoundError:
        raise ValueError(f"no such file: {name}") from None
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
