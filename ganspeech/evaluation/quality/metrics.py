"""Metrics: plain functions on a reference and a degraded recording, each with its definition.

All take float32 `[samples]` in [-1, 1], of equal length unless a metric is `whole`, and the
rate in Hz, and return a float. `Undefined` says why a pair has no value. PESQ, the mel-cepstra,
pitch and DNSMOS work at 16 kHz whatever the rate, so that figures of different corpora can be
compared; the STFT distance works at the rate given and hears what lies above.
"""

import importlib.util
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from jaxtyping import Float

from ganspeech.audio.quality import RATE, Undefined, pesq_wb
from ganspeech.evaluation.quality.pitch import pitch

Audio = Float[np.ndarray, "samples"]
CEPSTRAL_HOP = 80
"""Samples at 16 kHz between two frames of mel-cepstra: 5 ms."""
DISTORTION = 10 / np.log(10) * np.sqrt(2)
"""dB in a Euclidean distance of mel-cepstra (Kubichek 1993)."""


def estoi(reference: Audio, degraded: Audio, rate: int) -> float:
    """Extended short-time objective intelligibility (Jensen & Taal 2016): up to 1."""
    from pystoi import stoi

    if not np.any(reference):
        raise Undefined("the reference is silent")
    with warnings.catch_warnings():
        # pystoi answers 1e-5 and a warning where it has less than 0.4 s of speech.
        warnings.simplefilter("error", RuntimeWarning)
        try:
            return float(stoi(reference, degraded, rate, extended=True))
        except RuntimeWarning:
            raise Undefined("less than 0.4 s of speech") from None


def log_mel_distance(reference: Audio, degraded: Audio, rate: int) -> float:
    """Mean absolute difference of natural log mel magnitudes, gain included.

    There are 80 bands (0 to 8 kHz, 25 ms windows every 5 ms). What lies 60 dB under the reference's
    loudest band counts as that level. It is what most vocoders are trained to make small.
    """
    ours, theirs = _log_mel_powers(reference, degraded, rate)
    return float(np.abs(ours - theirs).mean() / 2)


def mel_cepstral_distortion(reference: Audio, degraded: Audio, rate: int) -> float:
    """Mel-cepstral distortion (Kubichek 1993) in dB, over coefficients 1 to 24, frame by frame.

    The cepstra are cosine transforms of 80 log mel powers (0 to 8 kHz, 25 ms windows every 5 ms),
    scaled so that the distortion is the root mean square difference of the smoothed envelopes in
    dB, without gain. What lies 60 dB under the reference's loudest band counts as that level. The
    two are not warped in time: generated speech that keeps no timing is out of place here.
    """
    ours, theirs = mel_cepstra(reference, degraded, rate)
    return float(DISTORTION * np.linalg.norm(ours - theirs, axis=0).mean())


def mel_cepstra(
    reference: Audio, degraded: Audio, rate: int
) -> tuple[Float[np.ndarray, "24 frames"], Float[np.ndarray, "24 degraded_frames"]]:
    """Coefficients 1 to 24 of both, a frame each 5 ms; `DISTORTION` makes dB of their distance."""
    from scipy.fft import dct

    logs = _log_mel_powers(reference, degraded, rate)
    ours, theirs = (dct(log, axis=0)[1:25] / (2 * len(log)) for log in logs)
    return ours, theirs


def stft_distance(reference: Audio, degraded: Audio, rate: int) -> float:
    """Multi-resolution STFT distance (Yamamoto et al. 2020).

    Spectral convergence plus the mean absolute difference of log magnitudes, averaged over three
    resolutions (512, 1024 and 2048 points), at the rate of the recordings.
    """
    import librosa

    del rate
    if not np.any(reference):
        raise Undefined("the reference is silent")
    distances = []
    for n_fft, hop, window in ((512, 50, 240), (1024, 120, 600), (2048, 240, 1200)):
        ours, theirs = (
            librosa.stft(_padded(x, n_fft), n_fft=n_fft, hop_length=hop, win_length=window)
            for x in (reference, degraded)
        )
        ours, theirs = (np.sqrt(np.maximum(np.abs(x) ** 2, 1e-7)) for x in (ours, theirs))
        convergence = np.linalg.norm(ours - theirs) / np.linalg.norm(ours)
        distances.append(convergence + np.abs(np.log(ours) - np.log(theirs)).mean())
    return float(np.mean(distances))


def log_f0_rmse(reference: Audio, degraded: Audio, rate: int) -> float:
    """Root mean square difference of the natural log of F0, over frames voiced in both."""
    ours, theirs = pitch(reference, rate), pitch(degraded, rate)
    both = ours.voiced & theirs.voiced
    if not both.any():
        raise Undefined("no frame is voiced in both")
    difference = np.log(ours.frequency[both]) - np.log(theirs.frequency[both])
    return float(np.sqrt((difference**2).mean()))


def voicing_f1(reference: Audio, degraded: Audio, rate: int) -> float:
    """F1 of the voiced frames, the reference's decision being the truth (Morrison et al. 2022)."""
    ours, theirs = pitch(reference, rate).voiced, pitch(degraded, rate).voiced
    if not (ours.any() or theirs.any()):
        raise Undefined("no frame is voiced")
    return float(2 * (ours & theirs).sum() / (ours.sum() + theirs.sum()))


def periodicity_error(reference: Audio, degraded: Audio, rate: int) -> float:
    """Root mean square difference of periodicity, 0 to 1 (Morrison et al. 2022), by swift-f0."""
    ours, theirs = pitch(reference, rate).periodicity, pitch(degraded, rate).periodicity
    return float(np.sqrt(((ours - theirs) ** 2).mean()))


def dnsmos_overall(reference: Audio, degraded: Audio, rate: int) -> float:
    """DNSMOS P.835's overall quality, predicted without the reference (Reddy et al. 2022): 1 to 5.

    speechmos repeats audio to 9 s and averages windows that advance by 1 s.
    """
    del reference
    return _dnsmos(degraded, rate)["ovrl_mos"]


@dataclass(frozen=True)
class Metric:
    """A metric: its function, and its description in tables."""

    name: str
    """Key in files and code."""
    label: str
    unit: str
    higher_is_better: bool
    function: Callable[[Audio, Audio, int], float]
    packages: tuple[str, ...] = ()
    """Packages of the extras `eval` and `pesq` that it imports, named as on PyPI."""
    compares: bool = True
    """False: the reference is not used, so that recordings can be scored too."""
    digits: int = 2
    whole: bool = False
    """True: both recordings are heard to their own ends; False: the longer one is cut."""

    def missing_packages(self) -> list[str]:
        """The packages that are not installed."""
        return [
            name
            for name in self.packages
            if importlib.util.find_spec(name.replace("-", "_")) is None
        ]


PITCH = ("swift-f0",)
"""What tracks pitch."""
DNSMOS = Metric(
    "dnsmos", "DNSMOS overall", "MOS", True, dnsmos_overall, ("speechmos", "onnxruntime"), False
)
METRICS = (
    Metric("pesq", "PESQ-WB", "MOS", True, pesq_wb, ("pesq",)),
    Metric("estoi", "ESTOI", "", True, estoi, ("pystoi",), digits=3),
    Metric("mel", "Log-mel distance", "", False, log_mel_distance, digits=3),
    Metric("mcd", "Mel-cepstral distortion", "dB", False, mel_cepstral_distortion),
    Metric("stft", "Multi-resolution STFT distance", "", False, stft_distance, digits=3),
    Metric("f0", "log-F0 RMSE", "ln Hz", False, log_f0_rmse, PITCH, digits=3),
    Metric("vuv", "Voiced/unvoiced F1", "", True, voicing_f1, PITCH, digits=3),
    Metric("periodicity", "Periodicity error", "", False, periodicity_error, PITCH, digits=3),
    DNSMOS,
)


def chosen(metrics: Sequence[Metric], names: Sequence[str]) -> tuple[Metric, ...]:
    """Metrics of these names, in their own order; all if there are no names.

    Raises ValueError, naming all, for a name that none has.
    """
    known = {metric.name: metric for metric in metrics}
    for name in names:
        if name not in known:
            raise ValueError(f"no metric is called {name!r}; there are {', '.join(known)}")
    return tuple(metric for name, metric in known.items() if name in names or not names)


def _at_16k(audio: Audio, rate: int) -> Audio:
    return audio if rate == RATE else soxr.resample(audio, rate, RATE)


def _padded(audio: Audio, samples: int) -> Audio:
    return audio if len(audio) >= samples else np.pad(audio, (0, samples - len(audio)))


def _log_mel_powers(reference: Audio, degraded: Audio, rate: int) -> list[np.ndarray]:
    """Natural logs of mel powers `[mels, frames]` of both, from 60 dB under the loudest."""
    powers = [_mel_powers(_at_16k(audio, rate)) for audio in (reference, degraded)]
    floor = 1e-6 * powers[0].max()
    if floor == 0:
        raise Undefined("the reference is silent")
    return [np.log(np.maximum(power, floor)) for power in powers]


def _mel_powers(audio: Audio) -> Float[np.ndarray, "mels frames"]:
    import librosa

    return librosa.feature.melspectrogram(
        y=_padded(audio, 1024),
        sr=RATE,
        n_fft=1024,
        win_length=400,
        hop_length=CEPSTRAL_HOP,
        n_mels=80,
    )


def _dnsmos(audio: Audio, rate: int) -> dict[str, Any]:
    if not len(audio):
        raise Undefined("no audio")
    # The network was trained on, and speechmos insists on, samples within [-1, 1].
    return _dnsmos_model()(np.clip(_at_16k(audio, rate), -1.0, 1.0), RATE, False)


@cache
def _dnsmos_model() -> Any:
    """speechmos' model with a single thread: sentences run in parallel already."""
    import onnxruntime
    from speechmos import dnsmos

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    folder = Path(dnsmos.__file__).parent / "dnsmos_models"
    model = dnsmos.DNSMOS.__new__(dnsmos.DNSMOS)
    model.onnx_sess = onnxruntime.InferenceSession(folder / "sig_bak_ovr.onnx", options)
    model.p808_onnx_sess = onnxruntime.InferenceSession(folder / "model_v8.onnx", options)
    return model
