"""The process that scores checkpoints: its answers, and its end, however it comes."""

import dataclasses
import json
import os
import signal

import numpy as np
import pytest
import soundfile
from made_runs import make_run, positive_state

from ganspeech.audio import AudioSpec
from ganspeech.commands import eval as command
from ganspeech.config.experiment import Budget
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.evaluation.judging import process
from ganspeech.evaluation.judging.criteria import request_of
from ganspeech.evaluation.judging.process import JudgeProcess
from ganspeech.evaluation.judging.worker import scored
from ganspeech.evaluation.scorers import scorer_of
from ganspeech.experiments.vocoder_demo import experiment as demo
from ganspeech.generators.vocos import Vocos
from ganspeech.runs.best import Criterion, Score, Scores, write_scores
from ganspeech.runs.folder import load_run
from ganspeech.tasks.vocoding import Vocoding

RATE = 8000
SPEC = AudioSpec(sample_rate=RATE, n_fft=64, hop_length=16, win_length=64, n_mels=8, fmax=RATE / 2)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run with five checkpoints of random parameters."""
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
    return make_run(folder, experiment, range(1, 6), state=positive_state), experiment


def answer(judge):
    score = None
    while score is None:
        score = judge.answer(1.0)
    return score


def test_scores_are_those_of_eval(run):
    folder, experiment = run
    criterion = Criterion("mel", 1, "")
    found = scored(folder, 1, criterion)
    assert found.label == "Log-mel distance" and not found.higher_is_better
    run = load_run(folder, 1)
    outcome = scorer_of(run).outcome(run, request_of(experiment, criterion))
    assert outcome.metrics["mel"].value == pytest.approx(found.value)


def test_the_process_ends_with_whoever_started_it(run):
    folder, experiment = run
    judge = JudgeProcess(experiment, folder)
    try:
        # One that is not there: to score in this process would compile once more, at low priority.
        judge.ask(7)
        missing = answer(judge)
        assert missing.value is None and "there is no checkpoint of step 7" in missing.reason
        judge._process.stdin.close()  # as when the training is killed
        assert judge._process.wait(10) == 0
    finally:
        judge.close()


STAND_IN = """
import json, sys
for line in sys.stdin:
    if int(line) != 2:
        print(json.dumps({"step": int(line), "value": 1.0}), flush=True)
"""


def test_what_a_killed_process_was_at_has_no_score_and_another_has_the_rest(run, monkeypatch):
    folder, experiment = run
    monkeypatch.setattr(process, "WORKER", ("-c", STAND_IN))
    judge = JudgeProcess(experiment, folder)
    try:
        for step in (1, 2):
            judge.ask(step)
        assert answer(judge) == Score(1, 1.0)
        os.kill(judge._process.pid, signal.SIGKILL)  # as where memory is short
        judge.ask(3)
        killed = answer(judge)
        assert killed.step == 2 and "killed by signal 9" in killed.reason
        assert answer(judge) == Score(3, 1.0)
    finally:
        judge.close()


def test_every_checkpoint_is_scored_afterwards(run, capsys, tmp_path):
    folder, _ = run
    (folder / "checkpoints" / "000000003" / "about.json").write_text("{")
    write_scores(
        folder, Scores(Criterion("mel", 1, ""), "Log-mel distance", False, 3, {1: 2.0, 2: 3.0})
    )
    page, file = tmp_path / "page.html", tmp_path / "scores.json"
    flags = ["--checkpoints", "all", "--metrics", "mel", "mcd", "--sentences", "1"]
    flags += ["--workers", "1", "--json", str(file), "--page", str(page)]
    assert command.main(["quality", "--run", f"{folder}@best", *flags]) == 0
    found = json.loads(file.read_text())["checkpoints"]
    mel = found["metrics"]["mel"]
    assert found["steps"] == [1, 2, 4, 5]
    assert mel["best"] == found["steps"][int(np.argmin(mel["values"]))]
    ours, theirs = mel["values"], found["metrics"]["mcd"]["values"]
    ranks = [np.argsort(np.argsort(values)) for values in (ours, theirs)]
    agreed = found["rank_correlations"]["mel"]
    assert agreed["mel"] == pytest.approx(1.0)
    assert agreed["mcd"] == pytest.approx(np.corrcoef(*ranks)[0, 1])
    printed, html = capsys.readouterr(), page.read_text()
    assert "000000003 is damaged" in printed.err and "it is not scored" in printed.err
    text = printed.out
    assert (
        "Every checkpoint that is kept" in text
        and "Step 1 was chosen by mel of 1 sentence," in text
    )
    assert "<h2>Checkpoints</h2>" in html and "Log-mel distance, 2.000 at best, step 1" in html
