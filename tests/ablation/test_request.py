"""Rows from a command line: what can be said, and what each mistake is told."""

import pytest

from ganspeech import experiments
from ganspeech.ablation.members import members_of
from ganspeech.ablation.request import read
from ganspeech.generators.hifigan import HIFIGAN_V2, HIFIGAN_V3
from ganspeech.losses.adversarial import Hinge, Wasserstein
from ganspeech.process.errors import UsageError


def asked(*arguments):
    return read(["vocoder_demo", *arguments])


def test_all_combinations_the_first_of_each_being_the_base():
    found = asked(
        "--vary", "objective=hinge,wasserstein", "--vary=rules.critic-steps=1,5", "--seeds", "3",
        "--budget.steps", "7", "--seed", "4",
    )  # fmt: skip
    said = [(row.experiment.objective, row.experiment.rules.critic_steps) for row in found.rows]
    assert said == [(Hinge(), 1), (Hinge(), 5), (Wasserstein(), 1), (Wasserstein(), 5)]
    assert {row.experiment.budget.steps for row in found.rows} == {7}
    assert {row.experiment.seed for row in found.rows} == {4} and found.settings.seeds == 3
    assert found.rows[1].name == "objective=hinge, rules.critic-steps=5"
    assert found.rows[1].folder == "objective=hinge,rules.critic-steps=5"
    assert found.rows[1].label == "hinge, 5"
    assert str(found.folder) == "runs/vocoder_demo-ablation"


def test_values_are_read_as_their_fields_are():
    rows = asked(
        "--vary", "generator=hifigan-v2,hifigan-v3", "--vary", "generator.channels=16,32",
        "--vary", "task.spec.fmax=7000,7.5e3",
    ).rows  # fmt: skip
    assert [type(row.experiment.generator) for row in rows[::4]] == [
        type(HIFIGAN_V2),
        type(HIFIGAN_V3),
    ]
    assert [row.experiment.generator.channels for row in rows[:4]] == [16, 16, 32, 32]
    assert [row.experiment.task.spec.fmax for row in rows[:2]] == [7000.0, 7500.0]
    named = asked("--vary", "generator_optimizer.schedule=constant,cosine").rows
    assert named[0].experiment.generator_optimizer.schedule == "constant"


def test_several_discriminators_and_none():
    rows = asked("--vary", "discriminators=multi-period+multi-scale,none").rows
    assert [len(row.experiment.discriminators) for row in rows] == [2, 0]
    periods = asked("--vary", "discriminators=multi-period", "--vary",
                    "discriminators.0.periods=2,2 3 5").rows  # fmt: skip
    assert [row.experiment.discriminators[0].periods for row in periods] == [(2,), (2, 3, 5)]


def test_linked_settings_are_named_rows():
    rows = asked(
        "--row", "ours: --objective hinge",
        "--row", "WGAN-GP: --objective wasserstein --rules.critic-steps 5", "--rules.r1", "2",
    ).rows  # fmt: skip
    assert [(row.name, row.experiment.rules.critic_steps) for row in rows] == [
        ("ours", 1),
        ("WGAN-GP", 5),
    ]
    assert rows[1].experiment.objective == Wasserstein() and rows[1].experiment.rules.r1 == 2


def test_switches_need_no_value():
    settings = asked("--population", "--seeds", "2", "--retry", "False").settings
    assert (settings.population, settings.seeds, settings.retry) == (True, 2, False)
    assert asked("--retry").settings.retry


def test_without_rows_there_is_one():
    assert [row.name for row in asked("--seeds", "2").rows] == ["vocoder_demo"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--vary", "rules.r2=0,1"], "row 'rules.r2=0' has no such field; .* 'rules.r1'"),
        (["--vary", "rules=0,1"], "no such field"),
        (["--vary", "discriminators.5.channels=4"], "'discriminators.1.channels'"),
        (["--vary", "generator=hifigan-v2,vocos", "--vary", "generator.channels=8,16"],
         "row 'generator=vocos, generator.channels=8' has no such field"),
        (["--vary", "rules.r1=0,abc"], "row 'rules.r1=abc': .*--rules.r1: could not convert"),
        (["--vary", "rules.precision=float32,float16"], "invalid choice 'float16'"),
        (["--vary", "budget.batch-size=4,0"], "row 'budget.batch-size=0': .* at least 1, not 0"),
        (["--vary", "objective=hinge,hing"], "nothing is called 'hing'; the nearest is 'hinge'"),
        (["--vary", "rules.r1="], "rules.r1=: write FIELD=V1,V2"),
        (["--vary", "rules.r1"], "rules.r1: write FIELD=V1,V2"),
        (["--vary"], "--vary needs a value"),
        (["--vary", "--seeds", "3"], "--vary needs a value"),
        (["--vary", "rules.r1=0,1", "--vary", "rules.r1=2"], "rules.r1 is given twice"),
        (["--vary", "rules.critic-steps=1", "--vary", "rules.critic_steps=2"], "is given twice"),
        (["--vary", "rules.r1=0,1,0"], "the value '0' is given twice"),
        (["--vary", "seed=0,1"], "use --seeds for their number"),
        (["--vary", "rules.r1=0,1", "--row", "a: --rules.r1 1"], "exclude each other"),
        (["--row", "a: --rules.r1 1", "--row", "a: --rules.r1 2"], "two rows are called 'a'"),
        (["--row", "a: --rules.rr1 1"], "row 'a': .*--rules.rr1, 1 .the nearest is --rules.r1"),
        (["--row", "a: --seeds 4"], "row 'a': flags of the runner"),
        (["--row", "a: --seed 4"], "row 'a': all rows have the same seeds"),
        (["--row", "rules.r1 1"], "write \"NAME: --flags of train.py\""),
        (["--row", "a: --start 'x"], "a: --start 'x: No closing quotation"),
        (["--row", "a b: ", "--row", "a?b: "], "row 'a b' and another would share a folder"),
    ],
)  # fmt: skip
def test_misuse_is_one_line_that_names_it(arguments, told):
    with pytest.raises(UsageError, match=f"^.*{told}") as error:
        asked(*arguments)
    assert "\n" not in str(error.value) and "full helptext" not in str(error.value)


def test_an_experiment_must_be_named():
    with pytest.raises(UsageError, match="name an experiment"):
        read(["--vary", "rules.r1=0,1"])
    with pytest.raises(UsageError, match="the nearest is 'vocoder_demo'"):
        read(["vocoder_dem"])


def test_help_and_ordinary_misuse_are_those_of_train(capsys):
    with pytest.raises(SystemExit) as left:
        asked("--help")
    text = capsys.readouterr().out
    assert left.value.code == 0
    for expected in ("--vary FIELD=V1,V2", "--seeds", "--population", "--generator.width"):
        assert expected in text
    with pytest.raises(UsageError, match=r"--budgit\.steps.*the nearest is --budget\.steps"):
        asked("--budgit.steps", "3")


def test_start_may_name_the_run_of_the_members_own_seed():
    rows = asked("--seeds", "2", "--seed", "3", "--start", "runs/first/seed-{seed}")
    starts = [member.experiment.start for member in members_of(rows)]
    assert starts == ["runs/first/seed-3", "runs/first/seed-4"]


def test_so_may_a_file_that_the_task_reads():
    flags = "--task.transcripts", "heard/seed-{seed}.txt", "--recognizer", "ears"
    rows = read(["recognition_digits", "--seeds", "2", *flags])
    tasks = [member.experiment.task for member in members_of(rows)]
    assert [task.transcripts for task in tasks] == ["heard/seed-0.txt", "heard/seed-1.txt"]
    assert rows.settings.recognizer == "ears" and rows.settings.vocoder is None


def test_a_row_may_be_of_another_experiment():
    rows = asked("--row", "ours: --rules.r1 1", "--row", "theirs: vocoder_vocos --rules.r1 2").rows
    assert [row.experiment.rules.r1 for row in rows] == [1, 2]
    assert rows[1].experiment.generator == experiments.load("vocoder_vocos").generator
    with pytest.raises(UsageError, match=r"row 'theirs': no experiment is called 'vocoder_vocs'"):
        asked("--row", "ours: ", "--row", "theirs: vocoder_vocs")
