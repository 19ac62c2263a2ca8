"""Experiments by name, as JSON and as flags."""

import dataclasses
import json

import pytest
import tyro

from ganspeech import experiments
from ganspeech.commands.train import TrainSettings
from ganspeech.config import flags, serialize
from ganspeech.config.experiment import Budget, Experiment
from ganspeech.config.registry import MENUS
from ganspeech.discriminators.multi_period import MultiPeriodDiscriminator
from ganspeech.game.rules import Game, Rules
from ganspeech.generators.hifigan import HIFIGAN_V2
from ganspeech.losses.adversarial import Hinge, Wasserstein
from ganspeech.process.errors import guard
from ganspeech.tasks.features import Features
from ganspeech.tasks.recognition import Recognition
from ganspeech.tasks.vocoding import Vocoding
from ganspeech.text.vocabulary import Words


def parse(*arguments):
    """The demo, changed by flags as train.py reads them."""
    experiment, rest = flags.swap_parts(experiments.load("vocoder_demo"), arguments)
    return flags.parse(TrainSettings(experiment), rest, prog="train.py", description="").experiment


@pytest.mark.parametrize("name", experiments.names())
def test_every_experiment_is_described_and_survives_json(name):
    experiment = experiments.load(name)
    assert experiments.describe(name)
    assert hash(experiment) == hash(experiments.load(name))
    text = serialize.dumps(experiment)
    assert serialize.loads(text) == experiment
    assert "parent" not in text


def test_an_unknown_name_names_the_nearest():
    with pytest.raises(ValueError, match="'vocoder_dmo'; the nearest is 'vocoder_demo'"):
        experiments.load("vocoder_dmo")


@pytest.mark.parametrize("kind", MENUS)
def test_menus_hold_parts_that_survive_json_and_fit_the_game(kind):
    outer = kind.partition(".")[0]
    assert outer in {field.name for field in dataclasses.fields(Experiment)}
    for part in MENUS[kind].values():
        assert serialize.loads(serialize.dumps(part)) == part


@pytest.mark.parametrize(
    "part",
    {type(part): part for menu in MENUS.values() for part in menu.values()}.values(),
    ids=lambda part: type(part).__name__,
)
def test_every_flag_of_a_part_is_documented(part, capsys):
    with pytest.raises(SystemExit):
        tyro.cli(type(part), default=part, args=["--help"])
    help = capsys.readouterr().out
    for field in serialize.fields_of(part):
        flag = f"--{field.name.replace('_', '-')} "
        # Help follows on the flag's line or the next; without it only the default stands there.
        text = " ".join(help.split(flag)[-1].replace("│", " ").split())
        assert not text.split("(default:")[0].isupper(), f"{flag}has no help: {text[:80]}"


def test_json_is_plain():
    as_json = json.loads(serialize.dumps(Budget(steps=5)))
    assert as_json["class"] == "Budget" and as_json["steps"] == 5


def test_flags_change_fields_and_parts():
    changed = parse(
        "--generator", "hifigan-v2", "--generator.channels", "64", "--objective=hinge",
        "--discriminators", "multi-period", "multi-scale", "--discriminators.0.channels", "4",
        "--budget.steps", "7", "--rules.precision", "bfloat16", "--seed", "3",
    )  # fmt: skip
    assert changed.generator == dataclasses.replace(HIFIGAN_V2, channels=64)
    assert changed.objective == Hinge()
    assert len(changed.discriminators) == 2
    assert changed.discriminators[0] == MultiPeriodDiscriminator(channels=4)
    assert (changed.budget.steps, changed.rules.precision, changed.seed) == (7, "bfloat16", 3)
    unchanged = {field.name for field in dataclasses.fields(Game)} - {"generator", "discriminators"}
    for name in unchanged - {"objective", "rules"}:
        assert getattr(changed, name) == getattr(experiments.load("vocoder_demo"), name)


def test_fields_of_an_objective_are_flags():
    changed = parse("--objective", "wasserstein", "--objective.gradient-penalty", "3")
    assert changed.objective == Wasserstein(gradient_penalty=3.0)


def test_no_discriminators_is_none():
    assert parse("--discriminators", "none").discriminators == ()


@pytest.mark.parametrize("name, vocabulary", MENUS["task.vocabulary"].items())
def test_a_part_of_a_part_is_swapped_by_its_name(name, vocabulary):
    # Whatever comes first: a task has no vocabulary before it is there.
    for order in (slice(None), slice(None, None, -1)):
        swaps = [("--task", "recognition"), (f"--task.vocabulary={name}",)][order]
        task = parse(*(word for swap in swaps for word in swap), "--task.stride", "2").task
        assert task == Recognition(vocabulary=vocabulary, stride=2)


def test_fields_of_a_part_of_a_part_are_flags():
    words = ("--task.vocabulary", "words", "--task.vocabulary.entries", "yes", "no")
    task = parse("--task", "recognition", *words, "--task.features.kind", "mfcc").task
    assert task == Recognition(Features(kind="mfcc"), Words(("yes", "no")))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--task.vocabulary", "words"], "--task.vocabulary: Vocoding has no vocabulary"),
        (["--task", "recognition", "--task.vocabulary", "word"], "the nearest is 'words'"),
        (["--generator", "hifigan_v1"], "the nearest is 'hifigan-v1'"),
        (["--generator"], "needs one name"),
        (["--discriminators"], "needs names, or 'none'"),
        (["--corpus", "ljspeech", "vctk"], "needs one name"),
    ],
)
def test_parts_that_do_not_exist_are_misuse(arguments, told):
    with pytest.raises(flags.UsageError, match=told):
        parse(*arguments)


@pytest.mark.parametrize(
    "make, message",
    [
        (lambda: Budget(keep=0), r"budget\.keep must be at least 1, not 0"),
        (lambda: Budget(minutes=-1), r"budget\.minutes must be at least 0, not -1"),
        (lambda: Rules(accumulate=0), r"rules\.accumulate must be at least 1, not 0"),
        (lambda: Rules(r1=-1), r"rules\.r1 must be at least 0, not -1"),
        (lambda: Rules(ema=1.0), r"rules\.ema must be from 0 to below 1, not 1"),
        (lambda: Vocoding(segment_frames=0), r"task\.segment_frames must be at least 1, not 0"),
    ],
)
def test_impossible_settings_name_their_flag(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_entry_points_end_in_one_line(capsys, tmp_path):
    def interrupted():
        raise KeyboardInterrupt

    assert guard(interrupted) == 130
    assert guard(lambda: (tmp_path / "absent").read_text()) == 1
    stopped, unreadable = capsys.readouterr().err.splitlines()
    assert stopped.startswith("interrupted")
    assert unreadable == f"error: {tmp_path / 'absent'}: No such file or directory"
