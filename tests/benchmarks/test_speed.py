"""The benchmark of vocoders at toy size: both sides compute the same, and the table is printed."""

import re
from itertools import chain

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="what is compared with needs the extra: pip install -e .[parity]"
)
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    # PyTorch's own: a context variable's old spelling, and its weight norm's.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:torch.*"),
    pytest.mark.filterwarnings("ignore::FutureWarning:torch.*"),
]

import vocoder  # noqa: E402
from contenders import contender  # noqa: E402
from peers import discriminators as judges  # noqa: E402
from peers.weights import discriminator_params  # noqa: E402
from rounds import in_turns  # noqa: E402

from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator  # noqa: E402
from ganspeech.discriminators.multi_resolution import MultiResolutionDiscriminator  # noqa: E402
from ganspeech.discriminators.multi_scale import MultiScaleDiscriminator  # noqa: E402

NARROW = {"channels": 4, "max_channels": 16}
DISCRIMINATORS = {
    "periods": (judges.MultiPeriod(**NARROW), MultiPeriodDiscriminator(**NARROW)),
    "scales": (
        judges.MultiScale(channels=8, max_channels=32),
        MultiScaleDiscriminator(channels=8, max_channels=32),
    ),
    "resolutions": (
        judges.MultiResolution(channels=4),
        MultiResolutionDiscriminator(channels=4),
    ),
}


@pytest.mark.parametrize("name", ["hifigan-v3", "vocos"])
def test_the_same_audio_and_a_line_for_each_way(name, capsys):
    arguments = f"--inference --small --rounds 2 --seconds 0.2 --cores 1 --models {name}"
    vocoder.main(arguments.split())
    printed = capsys.readouterr().out
    assert float(re.search(r"largest difference (\S+)", printed)[1]) < 1e-4
    assert "  PyTorch " in printed and "  ganspeech " in printed
    assert "speed against PyTorch: " in printed and "% of the machine's" in printed


@pytest.mark.parametrize("kind", DISCRIMINATORS)
def test_discriminators_give_the_same_maps(kind):
    peer, ours = DISCRIMINATORS[kind]
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, (2, 4097)).astype(np.float32)
    with torch.no_grad():
        wanted = peer(torch.from_numpy(audio))
    got = ours.apply({"params": discriminator_params(peer)}, audio)
    assert [len(maps) for maps in got] == [len(maps) for maps in wanted]
    for a, b in zip(chain(*got), chain(*wanted), strict=True):
        # Periods lie first in ours and last there; otherwise channels move.
        b = b.numpy()
        b = b.transpose(0, 3, 2, 1) if kind == "periods" else np.moveaxis(b, 1, -1)
        np.testing.assert_allclose(a, b, atol=1e-4 * np.abs(b).max())


@pytest.mark.parametrize("name", ["hifigan-v3", "vocos", "bigvgan-base"])
def test_the_first_step_has_the_same_losses(name):
    one = contender(name, "cpu", small=True, same_padding=True)
    audio = np.random.default_rng(0).uniform(-0.5, 0.5, (1, 2048)).astype(np.float32)
    theirs, ours = one.theirs("float32"), one.ours(audio, "float32")
    wanted, got = theirs.update({"audio": torch.from_numpy(audio)}), ours()
    assert wanted.keys() <= got.keys()
    for loss, value in wanted.items():
        assert float(got[loss][-1]) == pytest.approx(float(value), rel=1e-4), loss


def test_ways_take_turns_in_random_order():
    calls = []
    seconds = in_turns({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, 8)
    pairs = ["".join(calls[n : n + 2]) for n in range(0, 16, 2)]
    assert set(pairs) == {"ab", "ba"}
    assert seconds["a"].shape == (8,)


def test_says_what_is_missing(capsys):
    with pytest.raises(SystemExit):
        vocoder.main([])
    assert "--inference" in capsys.readouterr().err
