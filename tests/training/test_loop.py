"""Runs in this process: what they leave, how they go on, and when they refuse to."""

import dataclasses
import errno
import json
import os
import signal
import socket
import threading
import time
from collections import namedtuple

import jax
import numpy as np
import pytest

from ganspeech import load
from ganspeech.audio import SpecMismatch, log_mel
from ganspeech.process.locks import LockedError, locked
from ganspeech.runs import folder as runs
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import load_run
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.training import logging, loop
from ganspeech.training.member import TrainingError


def lines(folder):
    return [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]


def with_budget(experiment, **changes):
    return dataclasses.replace(experiment, budget=dataclasses.replace(experiment.budget, **changes))


def test_a_run_leaves_lines_checkpoints_and_samples_and_can_be_used(tiny, tmp_path, capsys):
    tiny = with_budget(tiny, sample_every=12)
    assert loop.train(tiny, tmp_path / "run") == 0
    found = lines(tmp_path / "run")
    assert [line["step"] for line in found] == [2, 4, 6, 8, 10, 12]
    assert [line["examples"] for line in found] == [8, 16, 24, 32, 40, 48]
    for line in found:
        assert line["minutes"] >= line["core_minutes"] / 3 > 0
        assert line["steps_per_second"] >= 0
        # The warm-up is four steps long.
        assert ("generator/adversarial" in line) == (line["step"] > 4)
    assert found[-1]["generator/mel"] < found[0]["generator/mel"]
    assert Checkpoints(tmp_path / "run" / "checkpoints").steps() == [10, 12]
    events = list((tmp_path / "run" / "tensorboard").iterdir())
    assert sum(path.stat().st_size for path in events) > 10_000  # audio and a picture are in it

    voc = load(tmp_path / "run")
    assert voc.about == "Step 12 of the run run." and voc.generator == tiny.generator
    audio = np.random.default_rng(0).normal(size=(2, 320)).astype(np.float32) * 0.1
    mel = np.asarray(log_mel(audio, voc.spec))
    both = voc(mel, spec=voc.spec)
    assert both.shape == (2, 320) and np.isfinite(both).all()
    np.testing.assert_allclose(voc(mel[1], spec=voc.spec), both[1], atol=1e-6)
    with pytest.raises(SpecMismatch, match="hop_length"):
        voc(mel, spec=dataclasses.replace(voc.spec, hop_length=32))
    with pytest.raises(ValueError, match=r"\[frames, 8\]"):
        voc(mel[..., :4], spec=voc.spec)
    # What is used are the moving averages, not the last parameters.
    state, _ = Checkpoints(tmp_path / "run" / "checkpoints").restore(runs.abstract_state(tiny))
    jax.tree.map(np.testing.assert_array_equal, voc.variables["params"], state.ema[0])
    judges = runs.load_run(tmp_path / "run").discriminators
    jax.tree.map(np.testing.assert_array_equal, judges, state.discriminator.variables)

    capsys.readouterr()
    assert loop.train(tiny, tmp_path / "run") == 0
    assert "already at step 12 of 12" in capsys.readouterr().err


def test_a_resumed_run_is_the_run_never_stopped(tiny, tmp_path):
    tiny = with_budget(tiny, log_every=3)
    loop.train(tiny, tmp_path / "whole")
    loop.train(with_budget(tiny, steps=5), tmp_path / "parts")  # between two lines
    with open(tmp_path / "parts" / "metrics.jsonl", "a") as file:
        file.write('{"step": 6, "generator/mel": 0.0}\n{"step": 9, "gener')
    loop.train(tiny, tmp_path / "parts")
    like = runs.abstract_state(tiny)
    states = [
        Checkpoints(tmp_path / n / "checkpoints").restore(like)[0] for n in ("whole", "parts")
    ]
    jax.tree.map(np.testing.assert_array_equal, *states)
    timing = ("minutes", "core_minutes", "steps_per_second")
    whole, parts = (
        [{k: v for k, v in line.items() if k not in timing} for line in lines(tmp_path / name)]
        for name in ("whole", "parts")
    )
    assert whole == parts


def test_several_updates_a_dispatch_are_the_same_game(tiny, tmp_path):
    # Without a game, because on CPU several updates are written out and compiled one by one.
    alone = with_budget(dataclasses.replace(tiny, discriminators=()), steps=3, log_every=1)
    loop.train(alone, tmp_path / "one")
    loop.train(with_budget(alone, updates_per_dispatch=2), tmp_path / "two")
    assert Checkpoints(tmp_path / "two" / "checkpoints").steps() == [3]
    one, two = lines(tmp_path / "one"), lines(tmp_path / "two")
    assert [line["step"] for line in two] == [1, 2, 3]
    for ours, theirs in zip(one, two):
        assert ours["generator/mel"] == pytest.approx(theirs["generator/mel"], rel=1e-4)


def test_a_dispatch_ends_where_the_warm_up_does(tiny, tmp_path):
    warm = dataclasses.replace(tiny, rules=dataclasses.replace(tiny.rules, adversary_from=1))
    loop.train(with_budget(warm, steps=3, log_every=1, updates_per_dispatch=2), tmp_path / "run")
    played = ["discriminator/adversarial" in line for line in lines(tmp_path / "run")]
    assert played == [False, True, True]


def test_metrics_are_read_one_dispatch_late(tiny, tmp_path, monkeypatch):
    # So the next update and the copy of its batch are queued while the device computes.
    events = []

    def noting(name, method):
        def call(self, *arguments, **options):
            events.append(name)
            return method(self, *arguments, **options)

        return call

    monkeypatch.setattr(loop.Alone, "__call__", noting("update", loop.Alone.__call__))
    monkeypatch.setattr(loop.Training, "_record", noting("record", loop.Training._record))
    loop.train(with_budget(tiny, steps=4), tmp_path / "run")
    assert events == ["update", *["update", "record"] * 3, "record"]


def test_nothing_to_minimize_is_one_clear_line(tiny, tmp_path):
    idle = dataclasses.replace(tiny.task, mel_weight=0.0, stft_weight=0.0)
    aimless = dataclasses.replace(tiny, task=idle, discriminators=())
    with pytest.raises(ValueError, match="the generator has nothing to minimize"):
        loop.train(aimless, tmp_path / "run")


def test_a_changed_setting_is_refused_by_name(tiny, tmp_path):
    folder = tmp_path / "run"
    loop.train(with_budget(tiny, steps=2, save_every=2), folder)
    faster = dataclasses.replace(tiny.generator_optimizer, learning_rate=1e-3)
    changed = dataclasses.replace(tiny, generator_optimizer=faster, seed=3)
    with pytest.raises(
        ValueError, match=r"generator_optimizer\.learning_rate was 0\.0002.*seed was"
    ):
        loop.train(changed, folder)
    with pytest.raises(ValueError, match=r"discriminators was \(MultiPeriod"):
        loop.train(dataclasses.replace(tiny, discriminators=()), folder)
    cosine = dataclasses.replace(tiny.generator_optimizer, schedule="cosine")
    with pytest.raises(ValueError, match=r"schedule was.*budget\.steps was 2 and is 12"):
        loop.train(dataclasses.replace(tiny, generator_optimizer=cosine), folder)
    other = dataclasses.replace(tiny, corpus=dataclasses.replace(tiny.corpus, held_out=2))
    with pytest.raises(ValueError, match=r"corpus\.held_out"):
        loop.train(other, folder)
    assert Checkpoints(folder / "checkpoints").steps() == [2]


@dataclasses.dataclass(frozen=True)
class Poisoned(Vocoding):
    """Vocoding with a loss that stops being a number at the seventh update."""

    def batches(self, prepared, feed):
        for number, batch in enumerate(super().batches(prepared, feed)):
            yield {"audio": batch["audio"] * (np.nan if number == 6 else 1.0)}


def test_a_loss_that_is_not_finite_stops_the_run_and_is_never_saved(tiny, tmp_path):
    task = Poisoned(tiny.task.spec, tiny.task.segment_frames)
    poisoned = with_budget(dataclasses.replace(tiny, task=task), save_every=3, log_every=1)
    with pytest.raises(TrainingError, match=r"is nan at step 7; the last good.*000000006"):
        loop.train(poisoned, tmp_path / "run")
    assert Checkpoints(tmp_path / "run" / "checkpoints").steps() == [3, 6]
    assert [line["step"] for line in lines(tmp_path / "run")] == list(range(1, 7))


def test_minutes_end_a_run_and_count_over_resumed_parts(tiny, tmp_path, capsys):
    endless = with_budget(tiny, steps=10**6, minutes=0.02, save_every=10**6)
    assert loop.train(endless, tmp_path / "run") == 0
    (step,) = Checkpoints(tmp_path / "run" / "checkpoints").steps()
    assert 1 <= step < 10**5
    told = f"step {step}, "
    assert told in (error := capsys.readouterr().err)
    assert "minutes of training of 0.02; a higher --budget.minutes goes on\n" in error
    assert loop.train(endless, tmp_path / "run") == 0  # its time is over: one more dispatch
    assert Checkpoints(tmp_path / "run" / "checkpoints").steps()[-1] <= step + 1


def test_a_run_that_ends_before_the_game_says_so(tiny, tmp_path, capsys):
    rules = dataclasses.replace(tiny.rules, adversary_from=5000)
    short = with_budget(dataclasses.replace(tiny, rules=rules), steps=2)
    assert loop.train(short, tmp_path / "run") == 0
    told = "there is no game in 2 steps: discriminators play after step 5,000 (rules."
    assert told in capsys.readouterr().err
    assert load_run(tmp_path / "run").experiment.without_game(5000) and not tiny.without_game(5)
    assert not dataclasses.replace(short, discriminators=()).without_game(2)


def test_sigterm_saves_and_says_how_to_go_on(tiny, tmp_path, capsys):
    endless = with_budget(tiny, steps=10**6, save_every=10**6)
    metrics = tmp_path / "run" / "metrics.jsonl"

    def stop():
        while not (metrics.exists() and metrics.stat().st_size):
            time.sleep(0.02)
        signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=stop)
    thread.start()
    assert loop.train(endless, tmp_path / "run") == 128 + signal.SIGTERM
    thread.join()
    assert signal.getsignal(signal.SIGTERM) is before
    (step,) = Checkpoints(tmp_path / "run" / "checkpoints").steps()
    assert f"stopped and saved at step {step}" in capsys.readouterr().err


def test_a_batch_that_does_not_divide_is_one_clear_line(tiny, tmp_path):
    uneven = dataclasses.replace(tiny, rules=dataclasses.replace(tiny.rules, accumulate=3))
    with pytest.raises(
        ValueError, match=r"batch_size 4 does not divide.*accumulate 3.*multiple of 3"
    ):
        loop.train(uneven, tmp_path / "run")


def test_a_folder_that_another_process_trains_in_is_refused(tiny, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    with locked(run / ".lock", "it"), pytest.raises(LockedError) as caught:
        loop.train(tiny, run)
    assert str(caught.value) == (
        f"{run} is in use by process {os.getpid()} on {socket.gethostname()}"
    )
    assert [path.name for path in run.iterdir()] == [".lock"]
    assert loop.train(tiny, run) == 0


def test_a_full_disk_is_told_of_and_keeps_what_is_written(tiny, tmp_path, monkeypatch):
    free = iter([2**30] * 3 + [0] * 9)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(logging.shutil, "disk_usage", lambda _: usage(0, 0, next(free)))
    with pytest.raises(OSError) as caught:
        loop.train(tiny, tmp_path / "run")
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == str(tmp_path / "run/metrics.jsonl")
    assert [line["step"] for line in lines(tmp_path / "run")] == [2, 4, 6]


def test_a_batch_that_does_not_fit_is_told_with_the_remedies(tiny, tmp_path, monkeypatch):
    def exhausted(*_, **__):
        raise jax.errors.JaxRuntimeError("RESOURCE_EXHAUSTED: Out of memory on 4294967296 bytes.")

    monkeypatch.setattr(loop.Alone, "__call__", exhausted)
    with pytest.raises(TrainingError) as caught:
        loop.train(tiny, tmp_path / "run")
    assert str(caught.value) == (
        "a batch of 4 does not fit the device's memory (4.0 GiB were asked for at once): lower "
        "--budget.batch-size, or compute it in parts by --rules.accumulate 2 or more"
    )
