"""Log-mels of many recordings on the host, without padding or compilation per length.

A folder holds clips of any length, and XLA would compile once for each, or compute padding. Here
numba compiles one kernel that takes 64 neighboring frames at a time, side by side in the
processor's vectors, from samples to mel bands without leaving the cache. Training computes its
features on the device by `ganspeech.audio.log_mel`, with the same result.
"""

import functools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
from jaxtyping import Float

from ganspeech.audio.mel import mel_filterbank
from ganspeech.audio.spec import AudioSpec
from ganspeech.audio.stft import hann_window, require_length

LANES = 64
"""Frames computed side by side. Fewer, and LLVM unrolls the inner loops and uses no vectors."""

Kernel = Callable[..., None]
_compile = numba.njit(nogil=True, fastmath={"contract", "nsz"})
u = np.uintp


def extract_log_mels(
    clips: Iterable[Float[np.ndarray, " samples"]], spec: AudioSpec, *, threads: int = 1
) -> Iterator[Float[np.ndarray, "frames mels"]]:
    """Yield the log-mel, as `log_mel` computes it, of each clip in order.

    All clips are read at once; the first call for an n_fft compiles for some seconds. Raises
    `ValueError` when `spec.n_fft` is not a power of two or a clip is too short for the spec.
    """
    if spec.n_fft & (spec.n_fft - 1) or spec.n_fft < 8:
        raise ValueError(f"extraction needs n_fft to be a power of two >= 8, not {spec.n_fft}")
    kernel, tables = _kernel(spec.n_fft), _tables(spec)
    with ThreadPoolExecutor(threads) as pool:
        yield from pool.map(lambda clip: _extract(clip, spec, kernel, tables), clips)


def _extract(clip: np.ndarray, spec: AudioSpec, kernel: Kernel, tables: tuple) -> np.ndarray:
    require_length(len(clip), spec)
    padded = _padded(clip, spec)
    mel = np.empty((spec.frames(len(clip)), spec.n_mels), np.float32)
    kernel(padded, spec.hop_length, spec.power, mel, *tables)
    np.maximum(mel, np.float32(spec.log_floor), out=mel)
    return (np.log if spec.log_base == "e" else np.log10)(mel, out=mel)


def _padded(clip: np.ndarray, spec: AudioSpec) -> np.ndarray:
    """`np.pad` of a clip that is long enough, with less Python overhead."""
    before, after = spec.pads()
    padded = np.zeros(before + len(clip) + after, np.float32)
    padded[before : before + len(clip)] = clip
    if spec.pad_mode == "reflect":
        padded[:before] = clip[before:0:-1]
        padded[len(padded) - after :] = clip[-2 : -after - 2 : -1]
    return padded


def _tables(spec: AudioSpec) -> tuple:
    """Window, the transform's roots of unity, and each mel band's first and last bin."""
    angle = -2 * np.pi * np.arange(spec.n_fft) / spec.n_fft
    filters = np.array(mel_filterbank(spec))
    bins = np.arange(spec.bins)[:, None]
    first = np.where(filters > 0, bins, spec.bins).min(axis=0)
    end = np.where(filters > 0, bins + 1, 0).max(axis=0)
    cosines, sines = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
    return hann_window(spec), cosines, sines, filters, first, end


@functools.lru_cache(maxsize=8)
def _kernel(n_fft: int) -> Kernel:
    """Compile samples to mel bands for one n_fft.

    All indices into the work space are constants or unsigned sums: otherwise LLVM must assume that
    reads and writes overlap, or that an index counts from the end, and does not vectorize.
    """
    half = n_fft // 2
    transform, result = _transform(half, half)
    lanes, points = u(LANES), u(half * LANES)
    real, imag = u(result) * u(2) * points, (u(result) * u(2) + u(1)) * points

    @_compile
    def load_frames(tile, window, space):
        """Windowed even samples become real parts, odd ones imaginary parts."""
        row, column = u(0), u(0)
        hop = u(tile.shape[0])
        for n in range(u(n_fft)):
            place = (n & u(1)) * points + (n >> u(1)) * lanes
            for lane in range(lanes):
                space[place + lane] = tile[row, column + lane] * window[n]
            row += u(1)
            if row == hop:
                row, column = u(0), column + u(1)

    @_compile
    def take_magnitudes(space, cosines, sines, power, magnitudes):
        """Disentangle the real transform's bins from the half-size one's; raise magnitudes."""
        for k in range(u(len(magnitudes))):
            near, far = k % u(half) * lanes, (u(half) - k) % u(half) * lanes
            c, s = cosines[k], sines[k]
            for lane in range(lanes):
                near_re, near_im = space[real + near + lane], space[imag + near + lane]
                far_re, far_im = space[real + far + lane], space[imag + far + lane]
                sum_re, sum_im = near_re + far_re, near_im - far_im
                gap_re, gap_im = near_re - far_re, near_im + far_im
                x = sum_re + gap_im * c + gap_re * s
                y = sum_im + gap_im * s - gap_re * c
                magnitudes[k, lane] = np.float32(0.25) * (x * x + y * y)
            if power == 1:
                for lane in range(lanes):
                    magnitudes[k, lane] = np.sqrt(magnitudes[k, lane])
            elif power != 2:
                for lane in range(lanes):
                    magnitudes[k, lane] = magnitudes[k, lane] ** np.float32(power / 2)

    @_compile
    def mel_bands(padded, hop, power, mel, window, cosines, sines, filters, first, end):
        tile = np.zeros((hop, LANES + (n_fft - 1) // hop), np.float32)
        space = np.empty(4 * half * LANES, np.float32)
        magnitudes = np.zeros((max(end.max(), 1), LANES), np.float32)
        for start in range(0, len(mel), LANES):
            _transpose_blocks(padded, start * hop, tile)
            load_frames(tile, window, space)
            transform(space, cosines, sines)
            take_magnitudes(space, cosines, sines, power, magnitudes)
            _apply_filters(magnitudes, filters, first, end, mel[start : start + LANES])

    return mel_bands


def _transform(size: int, half: int) -> tuple[Kernel, int]:
    """Compile Stockham's steps up to transforms of `size`; return also the result's buffer.

    Radix 4, after one step of radix 2 where the size needs it (Van Loan 1992).
    """
    if size == 1:
        return _compile(lambda space, cosines, sines: None), 0
    if size == 2:
        return _radix_2(half), 1
    before, source = _transform(size // 4, half)
    return _radix_4(size, half, before, source), 1 - source


def _radix_2(half: int) -> Kernel:
    run = u(half // 2 * LANES)
    from_re, from_im, to_re, to_im = (u(place * half * LANES) for place in range(4))

    @_compile
    def radix_2(space, cosines, sines):
        for i in range(run):
            a_re, a_im = space[from_re + i], space[from_im + i]
            b_re, b_im = space[from_re + run + i], space[from_im + run + i]
            space[to_re + i] = a_re + b_re
            space[to_im + i] = a_im + b_im
            space[to_re + run + i] = a_re - b_re
            space[to_im + run + i] = a_im - b_im

    return radix_2


def _radix_4(size: int, half: int, before: Kernel, source: int) -> Kernel:
    parts, turn = u(size // 4), u(2 * half // size)
    run = u(half // size * LANES)
    step = parts * run
    from_re, from_im = (u((2 * source + part) * half * LANES) for part in range(2))
    to_re, to_im = (u((2 - 2 * source + part) * half * LANES) for part in range(2))

    @_compile
    def radix_4(space, cosines, sines):
        before(space, cosines, sines)
        for p in range(parts):
            c1, s1 = cosines[p * turn], sines[p * turn]
            c2, s2 = cosines[u(2) * p * turn], sines[u(2) * p * turn]
            c3, s3 = cosines[u(3) * p * turn], sines[u(3) * p * turn]
            re, im = from_re + u(4) * p * run, from_im + u(4) * p * run
            out_re, out_im = to_re + p * run, to_im + p * run
            for i in range(run):
                a_re, a_im = space[re + i], space[im + i]
                x, y = space[re + run + i], space[im + run + i]
                b_re, b_im = x * c1 - y * s1, x * s1 + y * c1
                x, y = space[re + u(2) * run + i], space[im + u(2) * run + i]
                c_re, c_im = x * c2 - y * s2, x * s2 + y * c2
                x, y = space[re + u(3) * run + i], space[im + u(3) * run + i]
                d_re, d_im = x * c3 - y * s3, x * s3 + y * c3
                even_re, even_im = a_re + c_re, a_im + c_im
                left_re, left_im = a_re - c_re, a_im - c_im
                odd_re, odd_im = b_re + d_re, b_im + d_im
                right_re, right_im = b_im - d_im, d_re - b_re
                space[out_re + i] = even_re + odd_re
                space[out_im + i] = even_im + odd_im
                space[out_re + step + i] = left_re + right_re
                space[out_im + step + i] = left_im + right_im
                space[out_re + u(2) * step + i] = even_re - odd_re
                space[out_im + u(2) * step + i] = even_im - odd_im
                space[out_re + u(3) * step + i] = left_re - right_re
                space[out_im + u(3) * step + i] = left_im - right_im

    return radix_4


@_compile
def _transpose_blocks(padded, start, tile):
    """`tile[i, block] = padded[start + block * hop + i]`: a lane's neighbor is a hop later."""
    hop, blocks = tile.shape
    for block in range(blocks):
        samples = padded[start + block * hop : start + (block + 1) * hop]
        for i in range(len(samples)):
            tile[i, block] = samples[i]


@_compile
def _apply_filters(magnitudes, filters, first, end, mel):
    bands = np.empty(LANES, np.float32)
    for m in range(len(first)):
        bands[:] = 0
        for k in range(first[m], end[m]):
            weight = filters[k, m]
            for lane in range(LANES):
                bands[lane] += weight * magnitudes[k, lane]
        for lane in range(len(mel)):
            mel[lane, m] = bands[lane]
