"""A reader of phones behind a policy that divides speech into the segments it reads.

The reader's weights, and a model of the text that judges what it reads, lie in the collection
`frozen`, which no optimizer sees; `--start RUN` makes them, of a run that reads without labels.
"""

from typing import Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from flax import linen
from jaxtyping import Array, Bool, Float, Int, Key

from ganspeech.generators.phone_generator import PhoneGenerator, PhoneLogits
from ganspeech.nn.masked import valid_places
from ganspeech.nn.runs import means_of_runs
from ganspeech.recognizers.boundary_policy import BoundaryPolicy, likely_starts

Variables = Any
Frames = Float[Array, "batch time width"]
Lengths = Int[Array, " batch"]


class DividedReader(linen.Module):
    """Segments where the policy has them begin, each read by its mean."""

    policy: BoundaryPolicy = BoundaryPolicy()
    """Learns where segments begin."""
    reader: PhoneGenerator = PhoneGenerator()
    """Reads them; it never learns."""
    order: Literal[2, 3, 4] = 3
    """Phones of the longest n-grams of the text, of which there is a table: its size is the number
    of phones to this power."""

    @linen.compact
    def __call__(self, x: Frames, lengths: Lengths, phones: int) -> PhoneLogits:
        """Scores of phones in the most likely segments of frames."""

        def first(key: Key[Array, ""]) -> Variables:
            return self.reader.clone(parent=None).init(key, x[:1], lengths[:1], phones)

        if self.is_initializing():
            key = self.make_rng("params")
            # A name of its own, since the reader's is that of the part.
            self.variable("frozen", "weights", lambda: first(key))
            self.variable("frozen", "language", jnp.zeros, (phones,) * self.order)
        starts = likely_starts(self.policy(x, lengths), lengths)
        return self.read(self.get_variable("frozen", "weights"), x, starts, lengths, phones)

    def read(
        self,
        reader: Variables,
        x: Frames,
        starts: Bool[Array, "batch time"],
        lengths: Lengths,
        phones: int,
    ) -> PhoneLogits:
        """Scores of phones in segments that begin at `starts`; `reader` has its variables."""
        segments, count = means_of_runs(x, starts, valid_places(lengths, x.shape[1]))
        network = self.reader.clone(parent=None)
        return PhoneLogits(*network.apply(reader, segments, count, phones))

    def chances(
        self, variables: Variables, x: Frames, lengths: Lengths
    ) -> Float[Array, "batch time"]:
        """The policy's logits at every frame, of all `variables`."""
        found: Any = self.policy.apply({"params": variables["params"]["policy"]}, x, lengths)
        return found

    def with_reader(
        self, variables: Variables, reader: Variables, language: Float[np.ndarray, "..."]
    ) -> Variables:
        """Replace the reader's variables and the table of n-grams among all `variables`."""
        kept = {"weights": jax.tree.map(jnp.asarray, reader), "language": jnp.asarray(language)}
        return {**variables, "frozen": kept}
