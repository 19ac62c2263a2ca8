"""Checks of a VITS's sizes, with clearer errors than Flax's."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jaxtyping import Array, Float

from ganspeech.process.checks import require_least

if TYPE_CHECKING:
    from ganspeech.generators.acoustic.fast_speech import FastSpeech
    from ganspeech.generators.vits.network import VITS

COUNTS = (
    "width",
    "hidden",
    "heads",
    "layers",
    "kernel",
    "latent",
    "flows",
    "flow_layers",
    "flow_kernel",
    "posterior_layers",
    "posterior_kernel",
    "dilation_rate",
    "duration_width",
    "duration_kernel",
    "duration_flows",
    "duration_layers",
    "duration_bins",
)
"""Fields that must be at least 1."""
SHARES = ("dropout", "duration_dropout")
"""Fields that must be from 0 to below 1."""


def require_sizes(network: "VITS") -> None:
    """Raise `ValueError`, naming `generator.FIELD`, for an impossible size."""
    require_encoder(network, COUNTS, SHARES)
    if network.latent % 2:
        raise ValueError(f"generator.latent must be even, not {network.latent}")
    if not network.duration_bound > 0:
        raise ValueError(f"generator.duration_bound must be above 0, not {network.duration_bound}")


def require_speakers(width: int, speakers: Float[Array, "batch speakers"] | None) -> None:
    """Raise `ValueError` unless speakers are given if and only if their embedding has a width."""
    if (speakers is None) != (width == 0):
        which = "no speaker was" if speakers is None else "a speaker was"
        raise ValueError(
            f"--generator.speaker-width is {width}, but {which} given; it must be 0 if and only if "
            "there are no speakers"
        )


def require_encoder(
    network: "VITS | FastSpeech", counts: Sequence[str], shares: Sequence[str]
) -> None:
    """Raise `ValueError`, as above, for sizes of any network with a text encoder.

    `counts` are fields that must be at least 1, `shares` those from 0 to below 1.
    """
    require_least(network, "generator", 1, *counts)
    require_least(network, "generator", 0, "window", "speaker_width")
    for name in shares:
        if not 0 <= (share := getattr(network, name)) < 1:
            raise ValueError(f"generator.{name} must be from 0 to below 1, not {share}")
    if network.width % network.heads:
        raise ValueError(
            f"generator.width, {network.width}, must be a multiple of heads, {network.heads}"
        )
