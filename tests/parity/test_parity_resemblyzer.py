"""Speaker embeddings beside Resemblyzer's own code in PyTorch."""

import importlib.util
import sys
from types import ModuleType

import numpy as np
import pytest

from ganspeech.evaluation.quality.speakers import RATE, _starts, embed

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("resemblyzer") is None or importlib.util.find_spec("torch") is None,
    reason="needs Resemblyzer and PyTorch",
)


@pytest.fixture(scope="module")
def encoder():
    """Resemblyzer's encoder; its voice detector, which its import wants, is not used."""
    filters = ModuleType("scipy.ndimage.morphology")
    filters.binary_dilation = None
    stubs = {"webrtcvad": ModuleType("webrtcvad"), "scipy.ndimage.morphology": filters}
    with pytest.MonkeyPatch.context() as patch:
        for name, module in stubs.items():
            patch.setitem(sys.modules, name, module)
        from resemblyzer import VoiceEncoder

        return VoiceEncoder("cpu", verbose=False)


@pytest.mark.parametrize("seconds", [0.5, 1.6, 2.3, 5.0])
def test_embeddings_are_those_of_resemblyzer(encoder, seconds):
    rng, time = np.random.default_rng(0), np.arange(int(seconds * RATE)) / RATE
    buzz = sum(np.sin(2 * np.pi * 130 * n * time) / n for n in range(1, 20))
    speech = 0.05 * buzz * (1.2 + np.sin(9 * time)) + 0.01 * rng.standard_normal(len(time))
    speech = speech.astype(np.float32)
    theirs, _, slices = encoder.embed_utterance(speech, return_partials=True)
    assert [s.start // 160 for s in slices] == _starts(len(speech))
    np.testing.assert_allclose(embed(speech), theirs, atol=1e-5)
