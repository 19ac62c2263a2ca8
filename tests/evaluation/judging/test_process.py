"""The process that scores checkpoints: its answers, and its end, however it comes."""

import dataclasses
import json
import os
import signal

import jax
import numpy as np
import pytest
import soundfile

from ganspeech.audio import AudioSpec
from ganspeech.commands import eval as command
from ganspeech.config.experiment import Budget
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.evaluation.judging.criteria import request_of
from ganspeech.evaluation.judging.process import JudgeProcess
from ganspeech.evaluation.scorers import scorer_of
from ganspeech.experiments.vocoder_demo import experiment as demo
from ganspeech.generators.vocos import Vocos
from ganspeech.runs.best import Criterion, Scores, write_scores
from ganspeech.runs.checkpoints import Checkpoints
from ganspeech.runs.folder import abstract_state, load_run, spec_digest, write_experiment
from ganspeech.tasks.vocoding import Vocoding

RATE = 8000
SPEC = AudioSpec(sample_rate=RATE, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=RATE / 2)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run with four checkpoints of random parameters."""
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "cache"))
    rng = np.random.default_rng(0)
    for number in range(4):
        tone = np.sin(2 * np.pi * (100 + 50 * number) * np.arange(RATE // 2) / RATE)
        tone += 0.05 * rng.normal(size=RATE // 2)
        (tmp_path / "tones").mkdir(exist_ok=True)
        soundfile.write(tmp_path / "tones" / f"{number}.wav", 0.3 * tone, RATE)
    experiment = dataclasses.replace(
        demo,
        corpus=AudioFolder(str(tmp_path / "tones"), held_out=2),
        task=Vocoding(spec=SPEC, segment_frames=16, stft_weight=0.0),
        generator=Vocos(width=8, blocks=1),
        discriminators=(),
        budget=Budget(keep_best="mel", best_sentences=1),
    )
    folder = tmp_path / "run"
    write_experiment(folder, experiment)
    checkpoints = Checkpoints(folder / "checkpoints", keep=9)
    for step in range(1, 5):
        state = jax.tree.map(
            lambda x: (0.1 * np.abs(rng.normal(size=x.shape))).astype(x.dtype),
            abstract_state(experiment),
        )
        checkpoints.save(step, state, {"audio_spec": spec_digest(experiment)})
    checkpoints.wait()
    return folder, experiment


def answer(judge):
    score = None
    while score is None:
        score = judge.answer(1.0)
    return score


def test_a_process_scores_as_eval_does_and_outlives_nothing(run):
    folder, experiment = run
    judge = JudgeProcess(experiment, folder)
    try:
        for step in (1, 7):
            judge.ask(step)
        first, missing = answer(judge), answer(judge)
        assert missing.value is None and "there is no checkpoint of step 7" in missing.reason
        assert first.label == "Log-mel distance" and not first.higher_is_better
        run = load_run(folder, 1)
        outcome = scorer_of(run).outcome(run, request_of(experiment, Criterion("mel", 1, "")))
        assert outcome.metrics["mel"].value == pytest.approx(first.value)
        # Killed, as where memory is short: that checkpoint has no score, and the next is asked for.
        judge.ask(2)
        os.kill(judge._process.pid, signal.SIGKILL)
        judge.ask(7)
        killed, last = answer(judge), answer(judge)
        assert killed.step == 2 and "killed by signal 9" in killed.reason and last.step == 7
        judge._process.stdin.close()  # as when the training is killed
        assert judge._process.wait(10) == 0
    finally:
        judge.close()


def test_every_checkpoint_is_scored_afterwards(run, capsys, tmp_path):
    folder, _ = run
    write_scores(
        folder, Scores(Criterion("mel", 1, ""), "Log-mel distance", False, 3, {1: 2.0, 2: 3.0})
    )
    page, file = tmp_path / "page.html", tmp_path / "scores.json"
    flags = ["--checkpoints", "all", "--metrics", "mel", "mcd", "--sentences", "1"]
    flags += ["--workers", "1", "--json", str(file), "--page", str(page)]
    assert command.main(["quality", "--run", f"{folder}@best", *flags]) == 0
    found = json.loads(file.read_text())["checkpoints"]
    mel = found["metrics"]["mel"]
    assert found["steps"] == [1, 2, 3, 4]
    assert mel["best"] == found["steps"][int(np.argmin(mel["values"]))]
    ours, theirs = mel["values"], found["metrics"]["mcd"]["values"]
    ranks = [np.argsort(np.argsort(values)) for values in (ours, theirs)]
    agreed = found["rank_correlations"]["mel"]
    assert agreed["mel"] == pytest.approx(1.0)
    assert agreed["mcd"] == pytest.approx(np.corrcoef(*ranks)[0, 1])
    text, html = capsys.readouterr().out, page.read_text()
    assert (
        "Every checkpoint that is kept" in text
        and "Step 1 was chosen by mel of 1 sentence," in text
    )
    assert "<h2>Checkpoints</h2>" in html and "Log-mel distance, 2.000 at best, step 1" in html
