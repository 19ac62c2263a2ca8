"""Examples that tell their place, for tests whose processes import them."""

import numpy as np

from ganspeech.data.corpus import CorpusError


class Make:
    """Makes examples of some size; the third is at fault if it shall be."""

    def __init__(self, size: int = 3, *, fault: bool = False):
        self.size, self.fault = size, fault

    def __call__(self, place, rng):
        if self.fault and place == 2:
            raise CorpusError("a recording is gone")
        return {"audio": np.full(self.size, place, np.float32), "none": np.zeros((0, 2))}
