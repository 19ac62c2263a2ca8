"""The runner: nothing done twice, nothing lost, failures kept as rows."""

import fcntl
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ganspeech.ablation import runner
from ganspeech.ablation.request import read
from ganspeech.commands.cli import main
from ganspeech.process.locks import locked
from ganspeech.runs.checkpoints import Checkpoints

ROOT = Path(__file__).resolve().parents[2]
PRETENDS = """
import json, os, sys
from pathlib import Path
job = json.loads(sys.argv[1])
for folder in map(Path, job["folders"]):
    with open(folder / "starts", "a") as file:
        file.write("x")
    if "r1=1" in str(folder) and not (folder.parent / "mended").exists():
        os.kill(os.getpid(), 9)
    seed = int(folder.name[5:])
    measure = {"label": "Score", "unit": "", "digits": 2, "higher_is_better": True, "value": seed}
    outcome = {"metrics": {"score": measure}, "units": {}, "references": {}}
    (folder / "result.json").write_text(json.dumps({"outcome": outcome, "reason": ""}))
"""
"""A member that trains nothing, and is killed in the row of `rules.r1=1` until that is mended."""

TRAINS = """
import sys
from ganspeech.ablation import work
from ganspeech.evaluation.request import Measure, Outcome
work.outcome_of = lambda *_: Outcome({"score": Measure("Score", "", 2, True, 1.0)})
sys.exit(work.main(sys.argv[1]))
"""
"""A member that trains in earnest and has a score for nothing."""


RUNS = """
import sys
from ganspeech.ablation import runner
from ganspeech.commands.cli import main
runner.WORKER = ("-c", sys.argv[1])
sys.exit(main(sys.argv[2:]))
"""
"""The command, with members that pretend."""


@pytest.fixture
def pretending(monkeypatch):
    monkeypatch.setattr(runner, "WORKER", ("-c", PRETENDS))


def starts(folder, row, seed):
    file = folder / row / f"seed-{seed}" / "starts"
    return len(file.read_text()) if file.exists() else 0


def test_failures_are_rows_and_only_retry_repeats_them(pretending, arguments, capsys):
    command = ["ablate", *arguments, "--vary", "rules.r1=0,1", "--seeds", "2"]
    folder = read(command[1:]).folder
    assert main(command) == 0
    text = capsys.readouterr().out
    assert "0.50 [-5.85 … 6.85]" in text and "2 of 2 failed" in text
    assert "rules.r1=1, seed 1: its process was killed, possibly out of memory" in text
    assert main(command) == 0
    rows = "rules.r1=0", "rules.r1=1"
    assert [starts(folder, row, seed) for row in rows for seed in (0, 1)] == [1, 1, 1, 1]
    (folder / "rules.r1=1" / "mended").touch()
    assert main([*command, "--retry"]) == 0
    assert starts(folder, "rules.r1=0", 0) == 1 and starts(folder, "rules.r1=1", 0) == 2
    # A further seed and a further row are added to what is there.
    assert main(["ablate", *arguments, "--vary", "rules.r1=0,1,2", "--seeds", "3"]) == 0
    assert starts(folder, "rules.r1=0", 0) == 1 and starts(folder, "rules.r1=2", 2) == 1
    record = json.loads((folder / "ablation.json").read_text())
    assert len(record["members"]) == 9 and record["base"] == "rules.r1=0"


def test_an_ablation_in_which_all_fail_has_failed(pretending, arguments, capsys):
    assert main(["ablate", *arguments, "--vary", "rules.r1=1"]) == 1
    assert "1 of 1 failed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--budget.steps", "9"], "rules.r1=0 was started with other settings: budget.steps was 6"),
        (["--rules.adversarial", "2"], "rules.adversarial was 1.0 and is 2.0"),
        (["--sentences", "2"], "was started with --sentences 1, not 2"),
        (["--collapsed", "stop", "--population"], "was started with --collapsed keep, not stop"),
        (["--population", "True"], "was started with --population False, not True"),
    ],
)
def test_other_settings_are_refused_by_name(pretending, arguments, capsys, more, told):
    command = ["ablate", *arguments, "--vary", "rules.r1=0"]
    assert main([*command, "--budget.log-every", "3"]) == 0
    capsys.readouterr()
    assert main([*command, *more]) == 1
    error = capsys.readouterr().err.strip()
    assert told in error and "another folder with --run" in error and "\n" not in error


def test_a_folder_has_one_runner(pretending, arguments, capsys):
    folder = read(arguments).folder
    folder.mkdir()
    with locked(folder / ".lock", "it"):
        assert main(["ablate", *arguments]) == 1
    assert f"is in use by process {os.getpid()} on" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--vary", "discriminators=none,multi-resolution"],
         "row 'discriminators=multi-resolution' cannot be built: audio of 256 samples is too sh"),
        (["--vary", "rules.accumulate=1,3"], "row 'rules.accumulate=3' cannot be built: budget.ba"),
        (["--vary", "corpus.root=ROOT,/nowhere"], "/nowhere"),
    ],
)  # fmt: skip
def test_nothing_is_trained_before_all_rows_can_be(
    pretending, arguments, corpus_root, capsys, more, told
):
    more = [argument.replace("ROOT", str(corpus_root)) for argument in more]
    assert main(["ablate", *arguments, *more]) == 1
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert told in error
    assert not list(read([*arguments, *more]).folder.glob("*"))


def test_real_members_are_trained_scored_and_shown(arguments, capsys):
    """A row that learns, and one whose rate of learning ends in NaN."""
    page = Path(arguments[-1]) / "pages" / "mine.html"
    varied = "generator_optimizer.learning-rate=1e-3,1e30"
    assert main(["ablate", *arguments, "--vary", varied, "--page", str(page)]) == 0
    text = capsys.readouterr().out
    folder = read(arguments).folder
    assert "Multi-resolution STFT distance" in text and "(griffin-lim)" in text
    failure = re.search(r"learning-rate=1e30, seed 0: (\w+/\w+ is (nan|inf) at step \d)", text)
    assert failure

    record = json.loads((folder / "ablation.json").read_text())
    good, bad = record["members"]
    assert (good["status"], bad["status"]) == ("finished", "failed")
    assert good["training"]["step"] == 6 and good["training"]["memory"]["host_mib"] > 10
    assert 0 < good["training"]["core_minutes"] < 5 and bad["reason"].startswith(failure[1])
    assert set(record["versions"]) == {
        "python", "ganspeech", "jax", "jaxlib", "flax", "optax", "numpy", "librosa",
    }  # fmt: skip
    assert record["devices"][0]["kind"] == "cpu" and record["devices"][0]["count"] >= 1
    assert record["command"].startswith("ganspeech ablate vocoder_demo --corpus folder")
    row = record["rows"][good["row"]]
    assert row["generator_parameters"] > 100 and row["discriminator_parameters"] == 0
    assert row["experiment"]["generator_optimizer"]["learning_rate"] == 1e-3
    assert row["fingerprint"] == good["training"]["fingerprint"]
    assert record["code"] is None or re.fullmatch("[0-9a-f]{40}", record["code"]["commit"])

    html = page.read_text()
    for expected in ("griffin-lim", failure[1], "1e30", "generator/mel", 'href="../', "log.txt"):
        assert expected in html
    assert not (folder / "index.html").exists() and "NaN" not in (folder / "table.json").read_text()


@pytest.mark.slow
def test_a_stopped_ablation_leaves_nothing_running_and_goes_on(arguments, monkeypatch):
    more = ["--budget.steps", "600", "--budget.log-every", "1", "--budget.save-every", "100000"]
    varied = ["--vary", "rules.r1=0", *more]
    member = read([*arguments, *varied]).folder / "rules.r1=0" / "seed-0"
    command = [sys.executable, "-m", "ganspeech", "ablate", *arguments, *varied]

    def start():
        return subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def wait_for_lines(process, count):
        lines = member / "metrics.jsonl"
        while not (lines.exists() and lines.read_text().count("\n") >= count):
            assert process.poll() is None, process.communicate()[0]
            time.sleep(0.01)

    process = start()
    wait_for_lines(process, 1)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 143, output
    assert "stopped; 0 of 1 members are done; the same command resumes it" in output
    assert "1 of 1 unfinished" in output and "Traceback" not in output
    (stopped,) = Checkpoints(member / "checkpoints").steps()
    assert 0 < stopped < 600 and not (member / "result.json").exists()

    # Killed outright, the runner takes its member with it, which saves before it goes.
    process = start()
    wait_for_lines(process, stopped + 1)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 60
    with open(member.parents[1] / ".lock") as lock:
        while time.monotonic() < deadline:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.05)
        else:
            pytest.fail("the member goes on without its runner")

    monkeypatch.setattr(runner, "WORKER", ("-c", TRAINS))
    assert main(["ablate", *arguments, *varied]) == 0
    assert (member / "log.txt").read_text().count("resuming at step") == 2
    assert json.loads((member / "trained.json").read_text())["step"] == 600


def test_rows_of_other_weights_share_a_program_with_their_neighbors(pretending, arguments):
    rows = [
        *("--row", "plain: --rules.r1 0", "--row", "light: --rules.adversarial 0.5"),
        *("--row", "wide: --generator.width 16", "--row", "slow: --generator-optimizer.b1 0.1"),
        *("--row", "slower: --generator-optimizer.b1 0.1 --rules.r1 2"),
    ]
    assert main(["ablate", *arguments, *rows, "--seeds", "2", "--population"]) == 0
    folder = read([*arguments, *rows]).folder
    jobs = {path.parent.relative_to(folder).as_posix() for path in folder.glob("*/*/log.txt")}
    assert jobs == {"plain/seed-0", "wide/seed-0", "slow/seed-0"}
    rows = "plain", "light", "wide", "slow", "slower"
    assert {starts(folder, row, seed) for row in rows for seed in (0, 1)} == {1}


def test_without_a_population_each_member_has_a_process(pretending, arguments):
    command = ["ablate", *arguments, "--vary", "rules.adversarial=1,2", "--seeds", "2"]
    assert main(command) == 0
    assert len(list(read(command[1:]).folder.glob("*/*/log.txt"))) == 4


@pytest.mark.slow
def test_members_of_a_row_train_in_one_program(arguments, monkeypatch):
    monkeypatch.setattr(runner, "WORKER", ("-c", TRAINS))
    assert main(["ablate", *arguments, "--population", "--seeds", "2"]) == 0
    folder = read(arguments).folder
    members = json.loads((folder / "ablation.json").read_text())["members"]
    assert [member["training"]["step"] for member in members] == [6, 6]
    assert len(list(folder.glob("*/seed-*/log.txt"))) == 1
    assert "one program" in (folder / "index.html").read_text()


@pytest.mark.slow
def test_the_runner_leaves_devices_to_its_members(arguments):
    command = ["ablate", *arguments, "--vary", "rules.r1=0,2", "--seeds", "2"]
    done = subprocess.run(
        [sys.executable, "-c", RUNS, PRETENDS, *command],
        capture_output=True,
        text=True,
        env={**os.environ, "JAX_PLATFORMS": "no_device"},
    )
    assert done.returncode == 0, done.stderr
    assert "failed" not in done.stdout


def test_rows_whose_checkpoints_cannot_be_scored_are_refused_at_once(arguments, capsys):
    command = ["ablate", *arguments, "--vary", "rules.r1=0,1"]
    assert main([*command, "--budget.keep-best", "mos"]) == 1
    assert "budget.keep_best: runs of " in capsys.readouterr().err
    assert main([*command, "--population", "--budget.keep-best", "mel"]) == 1
    assert "no --population" in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags, told",
    [
        (["--recognizer", "nothing"], "no recognizer 'nothing'"),
        (["--vocoder", "primed-16k"], "--vocoder does not go with "),
    ],
)
def test_what_cannot_score_is_refused_before_anything_is_trained(arguments, flags, told, capsys):
    command = ["ablate", *arguments, *flags]
    assert main(command) == 1
    assert told in capsys.readouterr().err
    assert not read(command[1:]).folder.exists()
