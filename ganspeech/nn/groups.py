"""Rows in groups: large intermediate arrays exist for one group at a time."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax import lax

Rows = object
"""Nested containers of arrays with one leading axis of rows; None has no rows."""


def in_groups(function: Callable, rows: Rows, most: int) -> jax.Array:
    """`function(rows)`, which must treat rows independently, on at most `most` of them at a time.

    Beyond `most` it runs in a loop, and its intermediate arrays are computed again for gradients
    rather than kept. Equal but for rounding.
    """
    count = len(jax.tree.leaves(rows)[0])
    if count <= most:
        return function(rows)
    groups = -(-count // most)
    size = -(-count // groups)

    def grouped(x: jax.Array) -> jax.Array:
        # The last group is filled with rows whose results are left out.
        filled = jnp.concatenate([x, x[: groups * size - count]])
        return filled.reshape(groups, size, *x.shape[1:])

    once_more = jax.checkpoint(function, prevent_cse=False)
    results = lax.map(once_more, jax.tree.map(grouped, rows))
    return results.reshape(-1, *results.shape[2:])[:count]
