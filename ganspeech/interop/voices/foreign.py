"""Import of other projects' voices from a file or a folder."""

from pathlib import Path

from ganspeech.formats.tensors import ForeignFileError
from ganspeech.interop.voices.mms import CONFIG, read_mms
from ganspeech.interop.voices.piper import read_piper
from ganspeech.models.voice import Voice


def import_voice(source: str | Path) -> Voice:
    """Reads a voice from Piper's ONNX file or a folder of Hugging Face's VITS.

    Raises ForeignFileError, naming the file, if it is neither or cannot be used.
    """
    path = Path(source)
    if path.is_dir():
        if not is_foreign_voice(path):
            raise ForeignFileError(f"{path} is no folder of a voice: it has no {CONFIG}")
        return read_mms(path)
    return read_piper(path)


def is_foreign_voice(path: Path) -> bool:
    """Returns whether a path looks like a voice of another project, valid or not."""
    return path.suffix.lower() == ".onnx" or (path / CONFIG).is_file()
