"""Voice conversion by a `Voice`: recordings of any length as another of its speakers.

Recordings are converted in windows of one length, so that one program is compiled and memory is
bounded. They overlap by the reach of the network, which is measured, so that the whole is what one
window of all of it would give.
"""

import dataclasses
import functools
from collections.abc import Iterable, Iterator

import jax
import numpy as np
from jaxtyping import Array, Float

from ganspeech.audio import AudioSpec
from ganspeech.audio.pieces import Audio, magnitude_pieces
from ganspeech.game.contract import Tree
from ganspeech.generators.vits.conversion import convert
from ganspeech.generators.vits.network import VITS
from ganspeech.models.speakers import Speaker, Weights, weights_of
from ganspeech.models.stream import Reach, reach_within
from ganspeech.models.voice_settings import NOISES, require_within
from ganspeech.tasks.voices.padded_speech import Speaking

WINDOWS = (512, 1024, 2048)
"""Lengths of windows in frames; the first is taken of which at least half is not overlap."""


class ConvertsSpeech:
    """Part of a `Voice` that converts recordings; whether it can depends on its network."""

    network: Speaking
    spec: AudioSpec
    speakers: tuple[str, ...]
    variables: Tree
    ready: Tree

    def convert(
        self,
        audio: Audio,
        *,
        speaker: Speaker,
        source: Speaker = None,
        noise: float = 0.0,
        seed: int = 0,
    ) -> Audio:
        """Converts a recording to the voice of `speaker` (Kim et al. 2021).

        `audio` is float32 `[samples]` in [-1, 1] at `spec.sample_rate`; so is the result, of equal
        length. `speaker` and `source`, who speaks in it, are as in `say`. A `source` of None is
        nobody in particular: the mean of all speakers stands for one whom the voice does not know.
        (With the target in its place, the flow back would only undo the flow, and nothing but the
        decoder would change the voice.) `noise` is the deviation of a draw of the posterior, which
        `seed` varies. Raises ValueError for a voice without a posterior encoder or without several
        speakers, for an unknown one, and for audio that is empty or not finite.
        """
        pieces = self.convert_pieces(
            [audio], speaker=speaker, source=source, noise=noise, seed=seed
        )
        return np.concatenate([*pieces])

    def convert_pieces(
        self,
        pieces: Iterable[Audio],
        *,
        speaker: Speaker,
        source: Speaker = None,
        noise: float = 0.0,
        seed: int = 0,
    ) -> Iterator[Audio]:
        """Converts one recording that comes in pieces of any length, in bounded memory.

        Together the pieces returned are what `convert` returns for all of it.
        """
        self.require_converts()
        require_within("noise", noise, NOISES)
        if not isinstance(seed, int | np.integer) or seed < 0:
            raise ValueError(f"seed must be an integer of at least 0, not {seed!r}")
        target = weights_of(speaker, self.speakers)
        assert target is not None  # it has speakers
        ours = np.full_like(target, 1 / len(self.speakers))
        if source is not None:
            known = weights_of(source, self.speakers)
            assert known is not None
            ours = known
        return self._converted_pieces(pieces, ours, target, noise, seed)

    def require_converts(self) -> None:
        """Raises ValueError, with the reason, for a voice that cannot convert recordings."""
        if len(self.speakers) < 2:
            raise ValueError("the voice has a single speaker, so that it cannot convert to another")
        if "posterior_encoder" not in self.variables["params"]:
            raise ValueError(
                "the voice has no posterior encoder, by which recordings become latent frames: "
                "files of Piper never have one (train.py tts_posterior learns one), and `ganspeech "
                "export` keeps it only with --for-conversion"
            )

    def _converted_pieces(
        self, pieces: Iterable[Audio], ours: Weights, target: Weights, noise: float, seed: int
    ) -> Iterator[Audio]:
        reach, window = self._window
        hop, rng = self.spec.hop_length, np.random.default_rng(seed)
        recording = _Recording(pieces, hop)
        linear = np.zeros((0, self.spec.bins), np.float32)
        drawn = np.zeros((0, self.network.latent), np.float32)
        start = made = 0  # the first frame that is kept, and the first whose audio is not out
        for piece in magnitude_pieces(recording, self.spec, frames=window):
            linear = np.concatenate([linear, piece])
            more = rng.standard_normal((len(piece), drawn.shape[1]), np.float32)
            drawn = np.concatenate([drawn, np.float32(noise) * more])
            # One frame more than a window, since centered frames are one more than hops.
            while len(linear) > window:
                audio = self._convert_window(linear[:window], drawn[:window], ours, target)
                upto = start + window - reach.future
                yield audio[(made - start) * hop : (upto - start) * hop]
                following = max(0, upto - reach.past) // reach.period * reach.period
                linear, drawn = linear[following - start :], drawn[following - start :]
                start, made = following, upto
        left = -(-recording.samples // hop) - start
        audio = self._convert_window(linear[:left], drawn[:left], ours, target)
        yield audio[(made - start) * hop : recording.samples - start * hop]

    def _convert_window(
        self, linear: np.ndarray, drawn: np.ndarray, ours: Weights, target: Weights
    ) -> Audio:
        """Audio of at most a window of frames, clipped."""
        frames, length = len(linear), self._window[1]
        linear, drawn = (np.pad(x, ((0, length - frames), (0, 0)))[None] for x in (linear, drawn))
        made = self._generate(linear, frames, ours, target, drawn)
        audio = made[0, : frames * self.spec.hop_length]
        if not np.isfinite(audio).all():
            raise ValueError("the voice made NaN or infinite samples: its weights are damaged")
        return np.clip(audio, -1.0, 1.0)

    def _generate(
        self, linear: np.ndarray, frames: int, ours: Weights, target: Weights, drawn: np.ndarray
    ) -> Float[np.ndarray, "1 samples"]:
        lengths = np.array([frames], np.int32)
        settings = (linear, lengths, ours, target, drawn)
        return np.asarray(_converted(self.network, self.ready, *settings, self.spec))

    @functools.cached_property
    def _window(self) -> tuple[Reach, int]:
        """Reach of the network in frames, and the length of windows; measured on first use."""
        one = np.eye(1, len(self.speakers), dtype=np.float32)
        for window in WINDOWS:
            noise = np.random.default_rng(0).uniform(size=(1, window + 1, self.spec.bins))
            drawn = np.zeros((1, window, self.network.latent), np.float32)

            def generate(linear: np.ndarray, drawn: np.ndarray = drawn) -> np.ndarray:
                return self._generate(linear, linear.shape[1], one, one, drawn)

            reach = reach_within(generate, noise.astype(np.float32), self.spec)
            if reach and 2 * (reach.past + reach.future + reach.period) <= window:
                # At least one frame of the future, so that the last window is never empty.
                return dataclasses.replace(reach, future=max(reach.future, 1)), window
        name = type(self.network.decoder).__name__
        raise ValueError(
            f"a {name} cannot convert in pieces: each of {WINDOWS[-1]} frames depends on all others"
        )


class _Recording:
    """Pieces of a recording, counted, checked, and padded with zeros to whole hops."""

    def __init__(self, pieces: Iterable[Audio], hop: int):
        self._pieces, self._hop = pieces, hop
        self.samples = 0
        """Samples of the recording that have come, without padding."""

    def __iter__(self) -> Iterator[Audio]:
        for piece in self._pieces:
            piece = np.asarray(piece, np.float32)
            if piece.ndim != 1:
                raise ValueError(f"audio must be [samples], not {[*piece.shape]}")
            if not np.isfinite(piece).all():
                raise ValueError("the audio has NaN or infinite samples")
            self.samples += len(piece)
            yield piece
        yield np.zeros(-self.samples % self._hop, np.float32)


@functools.partial(jax.jit, static_argnums=(0, 7))
def _converted(
    network: VITS,
    variables: Tree,
    linear: Float[Array, "1 frames bins"],
    lengths: Array,
    source: Weights,
    target: Weights,
    noise: Float[Array, "1 frames latent"],
    spec: AudioSpec,
) -> Float[Array, "1 samples"]:
    return network.apply(  # type: ignore[return-value]
        variables, linear, lengths, source, target, noise, spec, method=convert
    )
