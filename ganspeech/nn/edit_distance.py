"""Edit distance on the device, of many pairs of sequences at once."""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Int


def edit_distances(
    first: Int[Array, "batch time"],
    first_lengths: Int[Array, " batch"],
    second: Int[Array, "batch other"],
    second_lengths: Int[Array, " batch"],
) -> Int[Array, " batch"]:
    """Fewest substitutions, deletions and insertions between sequences (Levenshtein 1966).

    What is beyond the lengths is padding.
    """
    places = jnp.arange(second.shape[1] + 1)[None]
    rows = jnp.repeat(places, len(first), axis=0)

    def next_row(rows: Array, turn: tuple[Array, Array]) -> tuple[Array, None]:
        place, symbols = turn
        changed = rows[:, :-1] + (second != symbols[:, None])
        deleted = rows + 1
        best = deleted.at[:, 1:].min(changed)
        # Insertions go along the row: the least of all entries before, and one for each step.
        best = lax.cummin(best - places, axis=1) + places
        return jnp.where((place < first_lengths)[:, None], best, rows), None

    rows, _ = lax.scan(next_row, rows, (jnp.arange(first.shape[1]), first.T))
    return jnp.take_along_axis(rows, second_lengths[:, None], axis=1)[:, 0]
