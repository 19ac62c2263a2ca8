"""Parts of a network that stay as they are."""

import pytest

from ganspeech.game.frozen import merge_frozen, split_frozen

PARAMS = {"text": {"kernel": 1}, "flow": {"kernel": 2}, "decoder": {"kernel": 3}}


def test_what_is_taken_apart_is_put_together():
    trained, still = split_frozen(PARAMS, ("flow", "text"))
    assert set(trained) == {"decoder"} and set(still) == {"flow", "text"}
    assert merge_frozen(trained, still) == PARAMS


def test_without_frozen_parts_parameters_of_any_kind_are_all_trained():
    for params in (PARAMS, (PARAMS, PARAMS), ()):
        trained, still = split_frozen(params, ())
        assert trained is params and merge_frozen(trained, still) is params


def test_impossible_parts_are_named():
    with pytest.raises(ValueError, match=r"no part 'flaw'; it has text, flow, decoder"):
        split_frozen(PARAMS, ("flaw",))
    with pytest.raises(ValueError, match="nothing is left to train"):
        split_frozen(PARAMS, ("text", "flow", "decoder"))
