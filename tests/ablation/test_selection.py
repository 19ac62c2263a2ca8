"""Selection without labels: the member of the least score that has not collapsed."""

import math

import pytest

from ganspeech.ablation import members as results
from ganspeech.ablation.members import members_of
from ganspeech.ablation.request import read
from ganspeech.ablation.selection import candidates_of, rank_correlation, section, selected, told
from ganspeech.evaluation.request import Measure, Outcome

COLORS = {"rules.r1=0": "--system-0", "rules.r1=1": "--system-1"}


@pytest.fixture
def members(tmp_path):
    run = ["--run", str(tmp_path)]
    return members_of(read(["vocoder_demo", "--vary", "rules.r1=0,1", "--seeds", "2", *run]))


def write(members, scores):
    """Results of members: unsupervised score, phones used and, if known, phone errors."""
    for member, values in zip(members, scores):
        measures = {
            name: Measure(name, "", 1, False, value)
            for name, value in zip(("unsupervised", "phones_used", "per"), values)
        }
        results.write_result(member.folder, Outcome(measures))


def test_the_least_score_is_selected_unless_it_has_collapsed(members):
    # The third has failed.
    write(members[:2], [(3.0, 90.0, 50.0), (1.0, 20.0, 95.0)])
    results.write_result(members[2].folder, None, "it broke")
    write(members[3:], [(2.0, 80.0, 60.0)])
    candidates = candidates_of(members)
    assert [one.collapsed for one in candidates] == [False, True, False]
    assert selected(candidates).label == "rules.r1=1, seed 1"
    # Ranks 3 1 2 of the score, and 1 3 2 of the errors.
    assert rank_correlation(candidates) == pytest.approx(-1.0)
    assert told(candidates) == [
        "Selected without labels: rules.r1=1, seed 1: 2.00 nats, PER 60.0 %.",
        "The best by labels, which nobody would have: rules.r1=0, seed 0: 3.00 nats, PER 50.0 %.",
        "Spearman's rank correlation of both scores is -1.00 over 3 members.",
    ]
    html = section(members, COLORS)
    assert "Selected without labels: rules.r1=1, seed 1: 2.00 nats, PER 60.0 %" in html
    assert "nobody would have: rules.r1=0, seed 0: 3.00 nats, PER 50.0 %" in html
    assert "is -1.00 over 3 members" in html and html.count("<circle") == 3
    assert ">selected</text>" in html and ">best</text>" in html


def test_without_labels_the_selected_member_is_still_named(members):
    write(members, [(3.0, 90.0), (2.5, 80.0)])
    html = section(members, COLORS)
    assert "Selected without labels: rules.r1=0, seed 1: 2.50 nats." in html
    assert "best by labels" not in html and "<svg" not in html
    assert math.isnan(rank_correlation(candidates_of(members)))


def test_where_all_have_collapsed_none_is_selected(members):
    write(members, [(3.0, 10.0, 99.0)] * 4)
    assert "none is selected" in section(members, COLORS)


def test_ablations_of_other_tasks_have_no_such_section(members):
    results.write_result(members[0].folder, Outcome({"pesq": Measure("PESQ", "", 2, True, 3.0)}))
    assert section(members, COLORS) == ""
