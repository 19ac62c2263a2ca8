"""Pairs of training steps at toy size: equal networks, finite losses, the same losses."""

import numpy as np
import pytest

torch = pytest.importorskip(
    "torch", reason="what is compared with needs the extra: pip install -e .[parity]"
)
pytest.importorskip("transformers", reason="VITS's peer needs the extra: pip install -e .[parity]")
pytestmark = [
    pytest.mark.usefixtures("one_thread"),
    # PyTorch's own: a context variable's old spelling, and its weight norm's.
    pytest.mark.filterwarnings("ignore::DeprecationWarning:torch.*"),
    pytest.mark.filterwarnings("ignore::FutureWarning:torch.*"),
    # And its compiler's, which looks at every tensor.
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning"),
]

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import ours  # noqa: E402
import steps  # noqa: E402
from flax import linen  # noqa: E402
from peers import counts, vits_parts, vits_training, wavegan  # noqa: E402

from ganspeech.discriminators.wavegan import WaveGANDiscriminator  # noqa: E402
from ganspeech.experiments.wavegan_digits import experiment  # noqa: E402
from ganspeech.generators.wavegan import WaveGANGenerator  # noqa: E402
from ganspeech.losses.penalties import gradient_penalty  # noqa: E402
from ganspeech.nn.axis import AXIS  # noqa: E402
from ganspeech.nn.flows.monotonic_alignment import monotonic_alignment  # noqa: E402
from ganspeech.tasks.voices.text_to_speech import TextToSpeech  # noqa: E402

QUICK = {("hifigan-v1", "bfloat16"), ("wavegan", "float32")}
PAIRS = [
    pytest.param(name, precision, marks=() if (name, precision) in QUICK else pytest.mark.slow)
    for name in steps.MODELS
    for precision in ("float32", "bfloat16")
]


@pytest.mark.parametrize("name, precision", PAIRS)
def test_both_sides_have_equal_networks_and_step(name, precision):
    step = steps.step_of(name, precision, True, "cpu")
    theirs, own = step.parameters
    assert theirs == own > 1000
    assert step.work > 1e6 and step.audio_seconds > 0
    for _ in range(2):
        losses, metrics = step.theirs(), step.ours()
    assert losses.keys() <= metrics.keys()
    for found in (losses, step.compiled()):
        assert all(np.isfinite(loss.item()) for loss in found.values())
    assert all(np.isfinite(metric).all() for metric in metrics.values())


def test_vits_has_the_same_losses_of_the_same_weights(monkeypatch):
    network, task = steps.VITS_SMALL, TextToSpeech(segment_frames=8)
    batch = steps.spoken(task, 2, 16, 8)
    torch.manual_seed(0)
    model = vits_training.model_of(network, task.text.size, task.spec.bins).eval()
    params = jax.tree.map(jnp.asarray, vits_training.params_of(network, model))
    for name in ("rand", "randn"):
        monkeypatch.setattr(torch, name, lambda *shape, **_: torch.zeros(shape))
    monkeypatch.setattr(torch, "randn_like", torch.zeros_like)
    player = vits_training.VitsTraining(model, task, "float32")
    with torch.no_grad():
        wanted = player({name: torch.from_numpy(array) for name, array in batch.items()})

    # Without a stream of draws noise is zero, and segments begin with the recording.
    monkeypatch.setattr(linen.Module, "has_rng", lambda self, name: False)

    def play(batch):
        keys = jax.random.split(jax.random.key(0), 2)
        played = task.play(network, {"params": params}, batch, keys)
        return played.real, played.fake, played.terms

    whole = jax.tree.map(lambda leaf: leaf[None], batch)
    real, fake, terms = jax.jit(jax.vmap(play, axis_name=AXIS))(whole)
    np.testing.assert_array_equal(real[0], wanted.real)
    np.testing.assert_allclose(fake[0], wanted.fake, atol=1e-5)
    assert terms.keys() == wanted.terms.keys()
    for name, term in wanted.terms.items():
        assert float(terms[name][0]) == pytest.approx(term.item(), rel=1e-4), name


def test_alignment_on_the_host_is_ours():
    rng = np.random.default_rng(0)
    scores = rng.normal(size=(4, 7, 19)).astype(np.float32)
    lengths, frame_lengths = np.array([7, 1, 4, 7]), np.array([19, 8, 4, 12])
    path = vits_parts.align(*map(torch.from_numpy, (scores, lengths, frame_lengths)))
    np.testing.assert_array_equal(path, monotonic_alignment(scores, lengths, frame_lengths))


def test_wavegan_is_the_same_of_the_same_weights():
    torch.manual_seed(0)
    generator, critic = wavegan.Generator(2), wavegan.Critic(2, phase_shuffle=0)
    params = wavegan.generator_params(generator), wavegan.critic_params(critic)
    noise = np.random.default_rng(0).uniform(-1, 1, (3, 100)).astype(np.float32)
    with torch.no_grad():
        audio = generator(torch.from_numpy(noise))
        scores = critic(audio)
    made = WaveGANGenerator(2).apply({"params": params[0]}, noise)
    np.testing.assert_allclose(made, audio, atol=1e-5)

    def judge(audio):
        return [WaveGANDiscriminator(2).apply({"params": params[1]}, audio)[0][-1]]

    np.testing.assert_allclose(judge(made)[0], scores, atol=1e-5)
    # Between equal examples there is one point.
    keys = jax.random.split(jax.random.key(0), 3)
    wanted = wavegan.gradient_penalty(critic, audio, audio).item()
    assert float(gradient_penalty(judge, made, made, keys)) == pytest.approx(wanted, rel=1e-4)


def test_phases_are_shuffled_by_whole_steps_within_reach():
    torch.manual_seed(0)
    x = torch.arange(10.0).expand(50, 2, -1)
    moved = wavegan.shuffled(x, 2)
    shifts = moved[:, 0, 5] - 5
    assert set(shifts.tolist()) == {-2, -1, 0, 1, 2}
    assert (moved[:, :, 2:8] == x[:, :, 2:8] + shifts[:, None, None]).all()


def test_lengths_of_weight_normalization_are_not_counted():
    layer = torch.nn.Conv1d(3, 5, 2)
    plain = counts.parameters_of(layer)
    assert plain == 3 * 5 * 2 + 5
    assert counts.parameters_of(torch.nn.utils.parametrizations.weight_norm(layer)) == plain
    params = {"a": {"kernel": jnp.zeros((2, 3, 5)), "gain": jnp.zeros(5), "bias": jnp.zeros(5)}}
    # A gain that is no length of a kernel is a parameter.
    assert ours.parameters_of(params, {"gain": jnp.zeros(7)}) == plain + 7


def test_parameters_of_another_network_are_refused():
    params = {"start": {"kernel": jnp.zeros((1, 1))}}
    with pytest.raises(ValueError, match="not of the game's networks"):
        ours.state_of(experiment, params, ())
