"""What makes features: an encoder, a discriminator's layer, or signal processing alone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ganspeech.audio.pieces import AudioPieces
from ganspeech.data.features.acoustic import SAMPLE_RATE, Kind, acoustic_pieces, acoustic_settings
from ganspeech.data.features.settings import FeatureSettings
from ganspeech.process.errors import UsageError


class Source(NamedTuple):
    """What makes the features of recordings."""

    settings: FeatureSettings
    sample_rate: int
    """Rate in Hz of the audio that it takes."""
    pieces: Callable[[AudioPieces], Iterator[np.ndarray]]
    """Features of a recording, piece by piece."""
    longest: float
    """Seconds of a recording up to which every frame may depend on all of it."""


def of_kind(kind: Kind) -> Source:
    """MFCCs or log-mels, which are the same whatever the length."""
    return Source(
        acoustic_settings(kind),
        SAMPLE_RATE,
        lambda audio: acoustic_pieces(kind, audio),
        float("inf"),
    )


def of_encoder(folder: Path, layer: int | None, *, allow_labeled: bool) -> Source:
    """A layer of an encoder, by default the last.

    Raises UsageError for a layer that there is not, and ValueError for an encoder that was trained
    with transcripts unless that is allowed.
    """
    from ganspeech.interop.encoders.folder import read_encoder
    from ganspeech.models.encoder import SAMPLE_RATE as RATE
    from ganspeech.models.windows import LONGEST

    encoder = read_encoder(folder)
    chosen = encoder.network.layers if layer is None else layer
    with _of_flag():
        encoder.require_layer(chosen)
    if encoder.labeled and not allow_labeled:
        raise ValueError(
            f"{folder} was trained with transcripts or other labels, so nothing learned from its "
            "features is learned without labels; --allow-labeled makes them in spite of that"
        )
    settings = FeatureSettings(
        encoder=encoder.name,
        layer=chosen,
        rate=encoder.rate,
        width=encoder.network.width,
        labeled=encoder.labeled,
        fingerprint=encoder.fingerprint,
    )
    return Source(settings, RATE, lambda audio: encoder.pieces(audio, layer=chosen), LONGEST)


def of_run(folder: Path, layer: int | None) -> Source:
    """A layer of a run's discriminator, by default the last; UsageError for one that is not."""
    from ganspeech.models.discriminator_maps import DiscriminatorMaps
    from ganspeech.models.windows import LONGEST
    from ganspeech.runs.folder import load_run

    maps = DiscriminatorMaps.from_run(load_run(folder))
    chosen = maps.layers - 1 if layer is None else layer
    with _of_flag():
        maps.require_layer(chosen)
    settings = FeatureSettings(
        encoder=maps.name,
        layer=chosen,
        rate=maps.rate,
        width=maps.width(chosen),
        labeled=False,
        fingerprint=maps.fingerprint,
    )
    return Source(
        settings, maps.sample_rate, lambda audio: maps.pieces(audio, layer=chosen), LONGEST
    )


@contextmanager
def _of_flag() -> Iterator[None]:
    """Makes a ValueError about the layer one about its flag."""
    try:
        yield
    except ValueError as error:
        raise UsageError(f"--{error}") from None
