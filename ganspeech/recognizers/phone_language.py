"""N-gram models of phones as tables, which a device reads where a transcript is made.

A table has an axis for each phone of an n-gram, of all phones of the inventory. No transcript has
silence, so that its index stands for both ends of a sentence.
"""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from ganspeech.recognizers.fusion import LOG_10
from ganspeech.recognizers.language_model import END, START, UNKNOWN, NGram
from ganspeech.text.vocabulary import BLANK


def language_table(model: NGram, phones: Sequence[str]) -> Float[np.ndarray, "phones *phones"]:
    """Natural logarithms of the probabilities of the last phone of every n-gram of phones.

    `model` is one of `phone_model`, of the names of `phones`. The table has as many axes as the
    model's order, hence `phones ** order` numbers.
    """
    number = {START: BLANK} | {name: n for n, name in enumerate(phones) if n != BLANK}
    names = [END, *phones[1:]]
    first = model.followers[()]
    table = np.array([first.get(name, first[UNKNOWN]) for name in names])
    listed = dict.fromkeys([*model.followers, *model.backoffs])
    contexts = [context for context in listed if set(context) <= number.keys()]
    for length in range(1, model.order):
        # The shorter context, unless the longer one is listed.
        table = np.broadcast_to(table, (len(phones), *table.shape)).copy()
        for context in contexts:
            if len(context) == length:
                place = tuple(number[name] for name in context)
                table[place] += model.backoffs.get(context, 0.0)
                for name, value in model.followers.get(context, {}).items():
                    if name == END or name in number:
                        table[(*place, BLANK if name == END else number[name])] = value
    return (table * LOG_10).astype(np.float32)


def surprise(
    table: Float[Array, "phones *phones"],
    transcripts: Int[Array, "batch time"],
    lengths: Int[Array, " batch"],
) -> Float[Array, " batch"]:
    """Negative log-likelihood of a phone in each transcript, in nats; the end counts as one.

    Transcripts are without silence, but for the padding beyond their lengths.
    """
    # One place more, for the end.
    whole = jnp.pad(transcripts, ((0, 0), (table.ndim - 1, 1)))
    count = transcripts.shape[1] + 1
    grams = tuple(whole[:, first : first + count] for first in range(table.ndim))
    inside = jnp.arange(count)[None] <= lengths[:, None]
    return -jnp.where(inside, table[grams], 0).sum(1) / (lengths + 1)
