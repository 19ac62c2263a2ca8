"""Checks of a VITS's sizes, before Flax finds out in words of its own."""

from typing import TYPE_CHECKING

from ganspeech.process.checks import require_least

if TYPE_CHECKING:
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
"""Fields of which there must be at least 1."""
SHARES = ("dropout", "duration_dropout")


def require_sizes(network: "VITS") -> None:
    """`ValueError`, naming the field as `generator.FIELD`, for a size that cannot work."""
    require_least(network, "generator", 1, *COUNTS)
    require_least(network, "generator", 0, "window", "speaker_width")
    for name in SHARES:
        if not 0 <= (share := getattr(network, name)) < 1:
            raise ValueError(f"generator.{name} must be from 0 to below 1, not {share}")
    if network.latent % 2:
        raise ValueError(f"generator.latent must be even, not {network.latent}")
    if network.width % network.heads:
        raise ValueError(
            f"generator.width is {network.width}, which generator.heads cannot share evenly: "
            f"there are {network.heads}"
        )
    if not network.duration_bound > 0:
        raise ValueError(f"generator.duration_bound must be above 0, not {network.duration_bound}")
