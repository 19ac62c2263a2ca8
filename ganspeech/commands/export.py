"""`python -m ganspeech export`: a trained model as one file, a vocoder for other programs, too."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import tyro

from ganspeech.audio.files import require_writable, write_whole
from ganspeech.generators.vits.network import VITS
from ganspeech.interop.export.onnx import save_onnx
from ganspeech.interop.export.stablehlo import description_path, save_stablehlo
from ganspeech.interop.formats.torch_writer import write_state_dict
from ganspeech.interop.vocoders import hifigan
from ganspeech.models import vocoder as inference
from ganspeech.models.recognizer_file import RecognizerModel, read_recognizer, save_recognizer
from ganspeech.models.vocoder_file import Model, save_model
from ganspeech.models.voice_file import VoiceModel, for_speaking, read_voice, write_voice
from ganspeech.models.weights import kind_of, weights_as
from ganspeech.process.errors import UsageError
from ganspeech.runs.folder import load_run
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.text_to_speech import TextToSpeech

Format = Literal["hifigan", "safetensors", "stablehlo", "onnx"]

FORMAT_OF: dict[str, Format] = {
    ".safetensors": "safetensors",
    ".stablehlo": "stablehlo",
    ".onnx": "onnx",
    ".pth": "hifigan",
    ".pt": "hifigan",
}
"""What a suffix means where no format is given."""


def export(
    source: Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="MODEL")],
    target: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")],
    format: Format | None = None,
    float16: bool = False,
    overwrite: bool = False,
) -> int:
    """Writes what a run has trained as one file; a vocoder for other programs, too.

    safetensors is ganspeech's own, for a vocoder, a voice or a recogniser. Vocoders can be more:
    stablehlo runs in JAX without ganspeech, its audio spec in OUT.json beside it; onnx runs in ONNX
    runtimes, its audio spec among the metadata; hifigan is a checkpoint of the authors' PyTorch
    code, with the config.json that this code looks for beside it.

    Example: python -m ganspeech export runs/vocoder_demo vocoder.onnx
    Example: python -m ganspeech export runs/tts_finetune voice.safetensors --float16

    Args:
        source: A run folder, a file of ganspeech (.safetensors), or a shipped vocoder's name. Of a
            voice what only training needs is left out.
        target: The file to write.
        format: What to write; follows from the suffixes .safetensors .stablehlo .onnx .pth.
        float16: Store the weights in half the space; they are used in float32 all the same.
        overwrite: Replace files that exist.
    """
    chosen = format or FORMAT_OF.get(target.suffix.lower())
    if chosen is None:
        raise UsageError(
            f"{target}: the suffix says no format; give --format, or one of {' '.join(FORMAT_OF)}"
        )
    for path in files_of(target, chosen):
        if path.is_dir():
            raise UsageError(f"{path} is a folder: name a file")
        if path.exists() and not overwrite:
            raise ValueError(f"{path} exists; --overwrite replaces it")
    require_writable(target, target.parent)
    model = model_of(source)
    if chosen != "safetensors" and not isinstance(model, Model):
        raise UsageError(f"{source} is no vocoder, and becomes a .safetensors file alone")
    write(target, model, chosen, "float16" if float16 else "float32")
    print(*(f"{p}: {p.stat().st_size:,} bytes" for p in files_of(target, chosen)), sep="\n",
          file=sys.stderr)  # fmt: skip
    return 0


def files_of(target: Path, format: Format) -> list[Path]:
    """All files that are written, the vocoder's own last."""
    beside = {"hifigan": [target.with_name("config.json")], "stablehlo": [description_path(target)]}
    return [*beside.get(format, []), target]


def model_of(source: str) -> Model | RecognizerModel | VoiceModel:
    """What is written of a run, of a model file, or of a shipped vocoder."""
    if not Path(source).is_dir():
        kind = kind_of(source)
        if kind == "voice":
            return for_speaking(read_voice(source))
        if kind == "recognizer":
            return read_recognizer(source)
        return _of_vocoder(inference.load(source))
    run = load_run(source)
    task, network = run.experiment.task, run.experiment.generator
    about = f"Step {run.step} of the run {run.folder.resolve().name}."
    if isinstance(task, TextToSpeech) and isinstance(network, VITS):
        voice = VoiceModel(network, run.variables, task.text, task.spec, task.speakers, about=about)
        return for_speaking(voice)
    if isinstance(task, Recognition):
        return RecognizerModel(network, run.variables, task, about)
    return _of_vocoder(inference.of_run(run))


def _of_vocoder(vocoder: inference.Vocoder) -> Model:
    return Model(vocoder.generator, vocoder.variables, vocoder.spec, vocoder.about)


def write(
    target: Path,
    model: Model | RecognizerModel | VoiceModel,
    format: Format,
    dtype: Literal["float16", "float32"],
) -> None:
    """Writes a model in one of the formats; ``ValueError`` where it cannot be."""
    if isinstance(model, VoiceModel):
        write_voice(target, model, dtype)
    elif isinstance(model, RecognizerModel):
        save_recognizer(target, model, dtype)
    elif format == "safetensors":
        save_model(target, model, dtype)
    elif format == "stablehlo":
        save_stablehlo(target, model, dtype)
    elif format == "onnx":
        save_onnx(target, model, dtype)
    else:
        tensors, config = hifigan.write(model)
        write_whole(target.with_name("config.json"), (json.dumps(config, indent=2) + "\n").encode())
        write_state_dict(target, weights_as(tensors, dtype), wrap="generator")
