"""Rewards of a division of speech: how what is read in it compares with what was read before.

Tseng et al. 2024, "REBORN: Reinforcement-learned boundary segmentation with iterative training for
unsupervised ASR", section 3.1, but with the logarithm of the perplexity.
"""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from ganspeech.nn.edit_distance import edit_distances
from ganspeech.recognizers.phone_language import surprise


class Transcripts(NamedTuple):
    """Phones that were read in utterances."""

    phones: Int[Array, "batch time"]
    """Without silence and repetitions, but for the padding."""
    lengths: Int[Array, " batch"]


class Rewards(NamedTuple):
    """Rewards of each utterance; higher is better."""

    likelihood: Float[Array, " batch"]
    """By how many nats a phone is likelier than before, in the language of the text."""
    edits: Float[Array, " batch"]
    """Minus the edits from what was read before, relative to its length: nothing else is read."""
    length: Float[Array, " batch"]
    """1 for as many phones as before, less for more or fewer."""


def rewards(
    language: Float[Array, "phones *phones"], found: Transcripts, before: Transcripts
) -> Rewards:
    """Rewards of what is `found`, under a table of `language_table`.

    An utterance in which nothing was read before counts as one of a phone.
    """
    least = jnp.maximum(before.lengths, 1)
    return Rewards(
        surprise(language, *before) - surprise(language, *found),
        -edit_distances(*found, *before) / least,
        1 - jnp.abs(found.lengths - before.lengths) / least,
    )
