"""Members of a population: what they leave, and that company changes nothing."""

import dataclasses
import json
import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import jax
import numpy as np
import pytest

from ganspeech import experiments
from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.discriminators.phone_sequences import PhoneDiscriminator
from ganspeech.runs import folder as runs
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.tasks.unlabeled.unpaired_recognition import UnpairedRecognition
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.training import population
from ganspeech.training.loop import train
from ganspeech.training.member import TrainingError
from ganspeech.training.parallel import check_way
from ganspeech.training.population import PopulationError, apart, train_population

ROOT = Path(__file__).resolve().parents[2]
TOGETHER = ROOT / "tests" / "training" / "play_together.py"
TIMING = ("minutes", "core_minutes", "steps_per_second")


@pytest.fixture
def shortest(tiny):
    """Three steps of plain training: it compiles in a second."""
    budget = dataclasses.replace(tiny.budget, steps=3, log_every=1, save_every=2)
    return dataclasses.replace(tiny, discriminators=(), budget=budget)


def seeded(experiment, *seeds):
    return [dataclasses.replace(experiment, seed=seed) for seed in seeds]


def folders(root, *seeds):
    return [root / f"seed{seed}" for seed in seeds]


def lines(folder):
    found = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    return [{k: v for k, v in line.items() if k not in TIMING} for line in found]


def steps(folder):
    return Checkpoints(folder / "checkpoints").steps()


def state(folder, experiment):
    return Checkpoints(folder / "checkpoints").restore(runs.abstract_state(experiment))[0]


def assert_close(ours, theirs):
    jax.tree.map(lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5), ours, theirs)


@pytest.mark.slow
def test_games_with_batch_statistics_go_as_if_alone_in_every_way_on_every_number_of_devices():
    """Three updates with several critic steps, in this process and in one with two devices.

    Members differ in weights of losses and step sizes, too.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
    }
    command = [sys.executable, str(TOGETHER), "vmap", "one-per-device"]
    two = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    runpy.run_path(str(TOGETHER))["compare"](["vmap", "in-turn"])
    output, _ = two.communicate(timeout=240)
    assert two.returncode == 0, output


def test_members_leave_ordinary_runs_that_go_on_alone(shortest, tmp_path, capsys):
    seeds = (3, 4)
    together, alone = folders(tmp_path / "together", *seeds), folders(tmp_path / "alone", *seeds)
    experiments = seeded(shortest, *seeds)
    assert train_population(experiments, together) == 0
    said = capsys.readouterr().err
    assert re.search(r"2 members in one program, member-steps a second: vmap \S+ \(compiled", said)
    assert re.search(r"one-per-device not tried \(2 members cannot.*\); using (vmap|in-turn)", said)
    for experiment, ours, theirs in zip(experiments, together, alone):
        train(experiment, theirs)
        assert steps(ours) == steps(theirs) == [2, 3]
        assert_close(state(ours, experiment), state(theirs, experiment))
        for a, b in zip(lines(ours), lines(theirs), strict=True):
            assert a == pytest.approx(b, rel=1e-4)
        run = runs.load_run(ours)
        assert run.experiment == experiment and run.step == 3
    longer = dataclasses.replace(shortest.budget, steps=4)
    assert train(dataclasses.replace(experiments[0], budget=longer), together[0]) == 0
    assert steps(together[0]) == [3, 4]
    # The data and the first parameters are each member's own.
    assert lines(together[0])[0]["generator/mel"] != lines(together[1])[0]["generator/mel"]


def test_a_population_goes_on_from_the_newest_checkpoint_of_all(shortest, tmp_path, capsys):
    experiments, found = seeded(shortest, 0, 1), folders(tmp_path / "found", 0, 1)
    whole = folders(tmp_path / "whole", 0, 1)
    train_population(experiments, whole, "vmap")
    one = [
        dataclasses.replace(e, budget=dataclasses.replace(e.budget, steps=steps, save_every=1))
        for e, steps in zip(experiments, (1, 2))
    ]
    for experiment, folder in zip(one, found):
        train(experiment, folder)
    capsys.readouterr()
    assert train_population(experiments, found, "vmap") == 0
    assert f"{found[1]}: resuming at step 1" in capsys.readouterr().err
    for experiment, ours, theirs in zip(experiments, found, whole):
        assert steps(ours)[-1] == 3
        assert_close(state(ours, experiment), state(theirs, experiment))
        assert [line["step"] for line in lines(ours)] == [1, 2, 3]
    # Those that have had their steps are left alone, and the rest may be one.
    experiments.append(dataclasses.replace(shortest, seed=2))
    assert train_population(experiments, [*found, tmp_path / "found" / "seed2"], "vmap") == 0
    assert "resuming" not in capsys.readouterr().err
    assert steps(tmp_path / "found" / "seed2") == [2, 3]


@pytest.fixture
def unpaired(tmp_path):
    """A tiny game of phones, three steps long."""
    pronunciation = Pronunciation(str(tmp_path / "words.dict"))
    words = {"bee": "B IY", "tea": "T IY", "duh": "D AH", "deed": "D IY D"}
    lines = "".join(f"{word.upper()} {phones}\n" for word, phones in words.items())
    (tmp_path / "words.dict").write_text(lines)
    rng = np.random.default_rng(0)
    sentences = {" ".join(rng.choice(list(words), 6)) for _ in range(200)}
    (tmp_path / "texts.txt").write_text("\n".join(sorted(sentences)))
    texts = str(tmp_path / "texts.txt")
    game = experiments.load("unpaired_codes")
    return dataclasses.replace(
        game,
        corpus=PhoneCodes(texts, spoken=30, width=4, pronunciation=pronunciation, held_out=4),
        task=UnpairedRecognition(width=4, phones=6, longest=32),
        discriminators=(PhoneDiscriminator(width=4),),
        budget=dataclasses.replace(
            game.budget, steps=3, batch_size=4, log_every=1, save_every=3, sample_every=0
        ),
    )


def test_members_with_other_weights_and_rates_leave_runs_of_their_own(unpaired, tmp_path, capsys):
    slow = dataclasses.replace(unpaired.generator_optimizer, learning_rate=1e-4)
    other = dataclasses.replace(
        unpaired,
        seed=1,
        rules=dataclasses.replace(unpaired.rules, gradient_penalty=0.5),
        task=dataclasses.replace(unpaired.task, smoothness=3.0),
        generator_optimizer=slow,
    )
    members = [unpaired, other]
    together, alone = folders(tmp_path / "together", 0, 1), folders(tmp_path / "alone", 0, 1)
    assert train_population(members, together, "vmap") == 0
    for experiment, ours, theirs in zip(members, together, alone):
        train(experiment, theirs)
        assert_close(state(ours, experiment), state(theirs, experiment))
        for a, b in zip(lines(ours), lines(theirs), strict=True):
            assert a == pytest.approx(b, rel=1e-3, abs=1e-6)
        assert runs.load_run(ours).experiment == experiment


def test_members_that_differ_in_what_shapes_or_data_depend_on_are_apart(unpaired):
    critic = dataclasses.replace(unpaired.rules, critic_steps=2)
    noisy = dataclasses.replace(unpaired.corpus, noise=0.5)
    wide = (PhoneDiscriminator(width=8),)
    assert apart(unpaired, dataclasses.replace(unpaired, seed=5)) == []
    for name, changes in (
        ("rules.critic_steps", {"rules": critic}),
        ("corpus.noise", {"corpus": noisy}),
        ("discriminators.0.width", {"discriminators": wide}),
        ("task.longest", {"task": dataclasses.replace(unpaired.task, longest=16)}),
    ):
        assert apart(unpaired, dataclasses.replace(unpaired, **changes)) == [name]
    lighter = dataclasses.replace(unpaired.rules, gradient_penalty=0.1, critic_steps=2)
    both = dataclasses.replace(unpaired, rules=lighter)
    with pytest.raises(ValueError, match=r"learning rates, but .* in rules\.critic_steps"):
        train_population([unpaired, both], [Path("a"), Path("b")])


@dataclasses.dataclass(frozen=True)
class PoisonedForOne(Vocoding):
    """Vocoding in which the member of seed 7 gets no numbers after its second update."""

    def batches(self, prepared, feed):
        for number, batch in enumerate(super().batches(prepared, feed)):
            bad = number >= 2 and feed.seed == 7
            yield {"audio": batch["audio"] * np.float32(np.nan if bad else 1.0)}


def test_a_member_that_fails_is_named_and_the_others_go_on(shortest, tmp_path, capsys):
    task = PoisonedForOne(shortest.task.spec, shortest.task.segment_frames)
    experiments = seeded(dataclasses.replace(shortest, task=task), 7, 8)
    bad, good = folders(tmp_path, 7, 8)
    for _ in range(2):  # the second time there is nothing to do, and the failure is told again
        with pytest.raises(
            PopulationError, match=r"1 of 2 members stopped: .*seed7: .* is nan"
        ) as e:
            train_population(experiments, [bad, good], "in-turn")
        assert isinstance(e.value, TrainingError) and list(e.value.errors) == [bad]
    assert "is nan at step 3; the last good checkpoint is" in (bad / "error.txt").read_text()
    assert f"{bad} stopped: " in capsys.readouterr().err
    assert steps(bad) == [2] and steps(good) == [2, 3]
    assert [line["step"] for line in lines(bad)] == [1, 2]
    assert not (good / "error.txt").exists()


def test_what_cannot_train_together_is_named(shortest, tmp_path, monkeypatch):
    one, two = seeded(shortest, 0, 1)
    with pytest.raises(ValueError, match=r"b differs from .*a in generator\.width"):
        wider = dataclasses.replace(two, generator=dataclasses.replace(two.generator, width=16))
        train_population([one, wider], [tmp_path / "a", tmp_path / "b"])
    with pytest.raises(ValueError, match="a folder of its own"):
        train_population([one, two], [tmp_path / "a", tmp_path / "a"])
    with pytest.raises(ValueError, match="2 members need as many folders, not 1"):
        train_population([one, two], [tmp_path / "a"])
    with pytest.raises(ValueError, match=r"3 members cannot be shared evenly.* 1 devices"):
        check_way("one-per-device", 3, 4, 1)
    uneven = dataclasses.replace(one, rules=dataclasses.replace(one.rules, accumulate=3))
    with pytest.raises(ValueError, match=r"batch_size 4 does not divide"):
        train_population(seeded(uneven, 0, 1), [tmp_path / "a", tmp_path / "b"])


def test_what_would_take_too_long_to_compile_is_not_tried(shortest, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(population, "PATIENCE", 1e-3)
    train_population(seeded(shortest, 0, 1), folders(tmp_path, 0, 1))
    said = capsys.readouterr().err
    assert re.search(r"in-turn not tried \(would take about \d+ s to compile\)", said)
    assert "; using vmap" in said
