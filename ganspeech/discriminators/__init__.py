"""Discriminators: examples in, feature maps out, logits last; one file per paper."""

from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.discriminators.multi_resolution import MultiResolutionDiscriminator
from ganspeech.discriminators.multi_scale import MultiScaleDiscriminator
from ganspeech.discriminators.sub_band_cqt import SubBandCQTDiscriminator

DISCRIMINATORS = (
    MultiPeriodDiscriminator,
    MultiScaleDiscriminator,
    MultiResolutionDiscriminator,
    SubBandCQTDiscriminator,
)
"""Every discriminator of vocoders' waveforms, for tests to walk; flags name those of
`ganspeech.menus`."""
