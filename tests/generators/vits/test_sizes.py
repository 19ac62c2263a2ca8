"""Sizes that make no VITS are named as the flags name them."""

import dataclasses

import pytest

from ganspeech.config.registry import TEXT_GENERATORS
from ganspeech.generators.vits.network import VITS
from ganspeech.generators.vits.sizes import COUNTS, require_sizes


@pytest.mark.parametrize(
    "sizes, told",
    [
        ({"latent": 191}, "latent must be even, not 191"),
        ({"heads": 5}, "width, 192, must be a multiple of heads, 5"),
        ({"dropout": 1.0}, "dropout must be from 0 to below 1, not 1.0"),
        ({"duration_dropout": -0.1}, "duration_dropout must be from 0 to below 1, not -0.1"),
        ({"window": -1}, "window must be at least 0, not -1"),
        ({"duration_bound": 0.0}, "duration_bound must be above 0, not 0.0"),
        *(({name: 0}, f"{name} must be at least 1, not 0") for name in COUNTS),
    ],
)
def test_impossible_sizes_are_named(sizes, told):
    with pytest.raises(ValueError) as caught:
        require_sizes(VITS(**sizes))
    assert str(caught.value) == f"generator.{told}"


def test_those_of_the_menu_are_possible():
    for network in TEXT_GENERATORS.values():
        if isinstance(network, VITS):
            require_sizes(dataclasses.replace(network, speaker_width=0))
