"""MNIST in the file of Keras (LeCun et al. 1998), for textbook GANs."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8

from ganspeech.data.corpus import Corpus, CorpusError, Problems, Utterance
from ganspeech.process.arrays import read_arrays
from ganspeech.process.damage import damage

KEYS = ("x_train", "y_train", "x_test", "y_test")


@dataclass(frozen=True)
class MNIST(Corpus):
    """Handwritten digits, 28 x 28; `x_test` is held out."""

    root: str = ""
    """File mnist.npz, or its folder."""
    images: int = 10_000
    """Number of the first images of `x_train` to train on; 0: all."""
    held_out: int = 0
    """Number of the first images of `x_test` to hold out; 0: all."""

    def utterances(self, problems: Problems | None = None) -> Sequence[Utterance]:
        """Raises `CorpusError`, since there are none."""
        raise CorpusError("mnist holds pictures, not recordings: use it with the task generation")

    def pictures(
        self,
    ) -> tuple[
        tuple[UInt8[np.ndarray, "train 28 28"], Int[np.ndarray, " train"]],
        tuple[UInt8[np.ndarray, "test 28 28"], Int[np.ndarray, " test"]],
    ]:
        """Pictures (0 to 255, white on black) and digits: those to train on, those held out.

        Raises `CorpusError` when the file is missing, damaged, or holds something else.
        """
        path = Path(self.root).expanduser()
        path = path / "mnist.npz" if path.is_dir() else path
        if not self.root or not path.is_file():
            raise CorpusError(f"mnist: no file {str(path)!r}; name mnist.npz with --corpus.root")
        arrays = _read(path)
        for part in ("train", "test"):
            _check(path, part, arrays[f"x_{part}"], arrays[f"y_{part}"])
        train, test = slice(self.images or None), slice(self.held_out or None)
        return (
            (arrays["x_train"][train], arrays["y_train"][train]),
            (arrays["x_test"][test], arrays["y_test"][test]),
        )


def _read(path: Path) -> dict[str, np.ndarray]:
    with damage(CorpusError, f"mnist: cannot read {path} as Keras' mnist.npz"):
        file = read_arrays(path)
        if missing := [key for key in KEYS if key not in file]:
            raise CorpusError(
                f"mnist: {path} lacks {', '.join(missing)}; it has "
                f"{', '.join(file) or 'nothing'}, and Keras' mnist.npz has {', '.join(KEYS)}"
            )
        return {key: file[key] for key in KEYS}


def _check(path: Path, part: str, pictures: np.ndarray, digits: np.ndarray) -> None:
    if pictures.dtype != np.uint8 or pictures.shape[1:] != (28, 28) or not len(pictures):
        raise CorpusError(
            f"mnist: x_{part} of {path} must be uint8 [pictures, 28, 28], "
            f"not {pictures.dtype} {list(pictures.shape)}"
        )
    if digits.shape != pictures.shape[:1] or not np.isin(digits, range(10)).all():
        raise CorpusError(f"mnist: y_{part} of {path} must be a digit 0 to 9 for each picture")
