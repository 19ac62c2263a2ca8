"""Audio and spectrograms as data URIs, small enough to live inside a page."""

import base64
import io
from typing import TYPE_CHECKING

import numpy as np
import soundfile
from jaxtyping import Float, UInt8

from ganspeech.audio.writing import pcm16
from ganspeech.evaluation.quality.metrics import Audio

if TYPE_CHECKING:
    from PIL import Image

BANDS = 112
SECONDS_A_COLUMN = 0.008
RANGE_DB = 75.0


def audio_uri(audio: Audio, rate: int) -> str:
    """FLAC of 16 bits: lossless, so that the page adds no artifact, and every browser plays it."""
    buffer = io.BytesIO()
    soundfile.write(buffer, pcm16(audio), rate, format="FLAC", subtype="PCM_16")
    return _uri("audio/flac", buffer.getvalue())


def loudest(audio: Audio, rate: int) -> float:
    """Level of the loudest band in dB: spectrograms of one sentence share it as their top."""
    return float(_levels(audio, rate).max())


def spectrogram_uri(audio: Audio, rate: int, top_db: float) -> str:
    """A PNG of mel bands from 0 Hz to half the rate, 75 dB deep under `top_db`."""
    shade = np.clip((_levels(audio, rate) - top_db) / RANGE_DB + 1.0, 0.0, 1.0)
    return picture_uri(shade[::-1], "magma")


def picture_uri(picture: Float[np.ndarray, "height width"], palette: str = "gray") -> str:
    """A PNG of values in [0, 1], row 0 at the top, in one of matplotlib's palettes."""
    from matplotlib import colormaps
    from PIL import Image

    indices: UInt8[np.ndarray, "height width"] = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
    image = Image.fromarray(indices)
    image.putpalette(colormaps[palette](np.arange(256), bytes=True)[:, :3].tobytes())
    return _png(image)


def color_uri(picture: UInt8[np.ndarray, "height width 3"]) -> str:
    """A PNG of bytes of red, green and blue."""
    from PIL import Image

    return _png(Image.fromarray(picture))


def _levels(audio: Audio, rate: int) -> Float[np.ndarray, "bands columns"]:
    import librosa

    n_fft = 2 ** int(np.ceil(np.log2(0.06 * rate)))
    power = librosa.feature.melspectrogram(
        y=np.pad(audio, (0, max(0, n_fft - len(audio)))),
        sr=rate,
        n_fft=n_fft,
        win_length=int(0.03 * rate),
        hop_length=int(SECONDS_A_COLUMN * rate),
        n_mels=BANDS,
    )
    return 10 * np.log10(np.maximum(power, 1e-10))


def _png(image: "Image.Image") -> str:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return _uri("image/png", buffer.getvalue())


def _uri(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
