"""`ganspeech export`: a trained model as one file, a vocoder for other programs, too."""

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Literal

import tyro

from ganspeech.commands.shared.files import naming
from ganspeech.commands.shared.reports import report_written
from ganspeech.formats.torch_writer import write_state_dict
from ganspeech.interop.export import piper
from ganspeech.interop.export.onnx import save_onnx
from ganspeech.interop.export.stablehlo import description_path, save_stablehlo
from ganspeech.interop.vocoders import hifigan
from ganspeech.load import load
from ganspeech.models.files import Precision, weights_as
from ganspeech.models.recognizer import Recognizer
from ganspeech.models.vocoder import Vocoder
from ganspeech.models.voice import Voice
from ganspeech.models.voice_variables import converting_part
from ganspeech.process.errors import UsageError
from ganspeech.process.writing import require_writable, write_whole

Model = Vocoder | Voice | Recognizer
Format = Literal["hifigan", "safetensors", "stablehlo", "onnx"]

FORMAT_OF: dict[str, Format] = {
    ".safetensors": "safetensors",
    ".stablehlo": "stablehlo",
    ".onnx": "onnx",
    ".pth": "hifigan",
    ".pt": "hifigan",
}
"""Default format by suffix."""

FORMATS: dict[type, tuple[Format, ...]] = {
    Vocoder: ("safetensors", "onnx", "stablehlo", "hifigan"),
    Voice: ("safetensors", "onnx"),
    Recognizer: ("safetensors",),
}
"""Formats of each kind of model."""


def export(
    source: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="MODEL")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    format: Format | None = None,
    float16: bool = False,
    for_conversion: bool = False,
    threshold: float | None = None,
    overwrite: bool = False,
    quiet: bool = False,
) -> int:
    """Writes what a run has trained as one file; vocoders and voices for other programs, too.

    safetensors is ganspeech's own, for a vocoder, a voice or a recognizer. onnx runs in ONNX
    runtimes: a vocoder, with its audio spec in the metadata; a voice of espeak-ng's phonemes as
    Piper, Home Assistant, NVDA and sherpa-onnx speak it, with Piper's config in OUT.json and
    sherpa-onnx's table in OUT.tokens.txt. Vocoders can be more: stablehlo runs in JAX without
    ganspeech, with its audio spec in OUT.json; hifigan is a checkpoint of the authors' PyTorch
    code, with the config.json that it looks for.

    Example: ganspeech export runs/vocoder_demo vocoder.onnx
    Example: ganspeech export runs/tts_small en_US-mine-medium.onnx
    Example: ganspeech export runs/tts_finetune voice.safetensors --float16
    Example: ganspeech export runs/tts_speakers voices.safetensors --for-conversion

    Args:
        source: A run folder, a file of ganspeech (.safetensors), or a shipped model's name.
            Weights of a voice that only training needs are left out.
        target: The file to write.
        format: The format; by default that of the suffix: .safetensors .stablehlo .onnx .pth.
        float16: Store the weights in half the space; they are loaded as float32.
        for_conversion: Keep a voice's posterior encoder, which `ganspeech convert` needs.
        threshold: The confidence, 0 to 1, below which `ganspeech listen` rejects a sound, kept with
            a recognizer: `eval.py recognition` of a run with other sounds tells it.
        overwrite: Replace files that exist.
        quiet: Print nothing but faults.
    """
    chosen = format or FORMAT_OF.get(target.suffix.lower())
    if chosen is None:
        raise UsageError(
            f"{target}: unknown suffix; give --format, or one of {' '.join(FORMAT_OF)}"
        )
    _require_free([target], overwrite)
    require_writable(target, target.parent)
    model = model_of(source, for_conversion=for_conversion)
    if threshold is not None:
        model = _with_threshold(model, threshold, source)
    if chosen not in FORMATS[type(model)]:
        raise UsageError(
            f"{source} is a {type(model).__name__.lower()}, which can be "
            f"{' or '.join(FORMATS[type(model)])}, not {chosen}"
        )
    written = files_of(target, model, chosen)
    _require_free(written, overwrite)
    write(target, model, chosen, "float16" if float16 else "float32")
    for path in written:
        report_written(path, f"{path.stat().st_size:,} bytes", quiet=quiet)
    return 0


def _with_threshold(model: Model, threshold: float, source: str) -> Recognizer:
    if not isinstance(model, Recognizer):
        raise UsageError(f"--threshold is for recognizers; {source} is a {type(model).__name__}")
    if not 0 <= threshold <= 1:
        raise UsageError(f"--threshold must be 0 to 1, not {threshold:g}")
    return dataclasses.replace(model, threshold=threshold)


def _require_free(paths: list[Path], overwrite: bool) -> None:
    for path in paths:
        if path.is_dir():
            raise UsageError(f"{path} is a folder: name a file")
        if path.exists() and not overwrite:
            raise ValueError(f"{path} exists; --overwrite replaces it")


def files_of(target: Path, model: Model, format: Format) -> list[Path]:
    """All files written, the model itself last."""
    beside: list[Path] = []
    if format == "hifigan":
        beside = [target.with_name("config.json")]
    elif format == "stablehlo":
        beside = [description_path(target)]
    elif isinstance(model, Voice) and format == "onnx":
        beside = [*piper.files_beside(target)]
    return [*beside, target]


def model_of(source: str, *, for_conversion: bool = False) -> Model:
    """Model of a run, of a model file, or shipped.

    Voices are without the weights that only training needs, or `for_conversion` with a posterior
    encoder; raises ValueError for what cannot convert.
    """
    model = load(source)
    if not isinstance(model, Voice):
        if for_conversion:
            kind = type(model).__name__.lower()
            raise UsageError(f"--for-conversion is for voices, and {source} is a {kind}")
        return model
    if not for_conversion:
        return model.without_training()
    with naming(Path(source)):
        model.require_converts()
    return dataclasses.replace(model, variables=converting_part(model))


def write(target: Path, model: Model, format: Format, dtype: Precision) -> None:
    """Writes a model in one of the formats; raises ValueError if it cannot."""
    if isinstance(model, Voice) and format == "onnx":
        piper.save_piper(target, model, dtype)
    elif format == "safetensors" or not isinstance(model, Vocoder):
        model.save(target, dtype)
    elif format == "stablehlo":
        save_stablehlo(target, model, dtype)
    elif format == "onnx":
        save_onnx(target, model, dtype)
    else:
        tensors, config = hifigan.write(model)
        write_whole(target.with_name("config.json"), (json.dumps(config, indent=2) + "\n").encode())
        write_state_dict(target, weights_as(tensors, dtype), wrap="generator")
