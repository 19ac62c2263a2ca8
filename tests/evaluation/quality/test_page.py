import dataclasses
import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from ganspeech.evaluation.pages.figures import Curve, curves, nice_ticks
from ganspeech.evaluation.quality import table
from ganspeech.evaluation.quality.material import Material
from ganspeech.evaluation.quality.metrics import METRICS
from ganspeech.evaluation.quality.page import render
from ganspeech.evaluation.quality.scores import Facts, Scores, score

CHEAP = tuple(m for m in METRICS if m.name in ("mcd", "stft"))


@pytest.fixture(scope="module")
def scored(small):
    reference, systems = small
    systems = {"<clean>": systems["clean"], "harsh": dict(systems["harsh"])}
    del systems["harsh"]["s1"]
    facts = {"<clean>": Facts(1_234_567, 2.5, {"s0": 10.0, "s1": 12.0, "s2": 30.0})}
    material = Material("A <title>", 16000, reference, systems, facts, {"s0": "Hello & bye."})
    scores = score(
        reference, systems, 16000, facts=facts, metrics=CHEAP, workers=1, progress=False,
        problems=("harsh: s1 is missing",),
    )  # fmt: skip
    return scores, material


def test_text_has_every_system_metric_and_problem(scored):
    text = table.as_text(scored[0])
    for part in (
        "<clean>",
        "Mel-cepstral distortion, dB (lower)",
        "<clean> - harsh",
        "12.0 [10.0, 30.0]",
        "1.23 M",
        "(1 missing)",
        "harsh: s1: all: no audio",
    ):
        assert part in text, part


def distortions(count):
    """Scores of two systems, the first 1 dB better on each sentence, and their audio."""
    sentences = tuple(f"s{i}" for i in range(count))
    theirs = np.arange(count) + 5.0
    scores = Scores(
        rate=16000, sentences=sentences, systems=("a", "b"), metrics=CHEAP[:1],
        values=np.stack([theirs - 1.0, theirs])[..., None],
        facts={"a": Facts(real_time={"s0": 12.0})}, failures=(), problems=(), missing=(),
    )  # fmt: skip
    audio = {s: np.full(4096, 0.1, np.float32) for s in sentences}
    return scores, Material("t", 16000, audio, {"a": audio, "b": audio})


def test_enough_sentences_tell_better_from_worse():
    scores, material = distortions(6)
    line = table.as_text(scores).splitlines()[-1]
    assert line.startswith(CHEAP[0].label)
    assert "+ -1.00 [-1.00, -1.00] p 0.0" in line  # less distortion is better
    page = render(scores, material, sentences=1)
    assert "<td>better</td>" in page and 'class="best"' in page and "whisker" in page


def test_one_sentence_makes_nothing_certain():
    scores, material = distortions(1)
    text = table.as_text(scores)
    assert "= -1.00 (too few sentences)" in text and "nan" not in text
    assert "12.0 " in text and "12.0 [" not in text and "[-" not in text
    content = json.loads(json.dumps(table.as_json(scores), allow_nan=False))
    assert content["systems"]["a"]["metrics"]["mcd"] == {
        "value": 4.0, "low": None, "high": None, "count": 1,
    }  # fmt: skip
    (difference,) = content["differences"]
    assert difference["value"] == -1.0 and difference["count"] == 1
    assert difference["low"] is difference["high"] is difference["p"] is None
    page = render(scores, material)
    assert '<tr class="not">' in page and "<td>too few sentences</td>" in page
    assert 'class="best"' not in page and "<td>better</td>" not in page
    assert 'class="whisker"' not in page and 'class="mean"' in page
    assert not re.search(r"\bnan\b", re.sub(r'"data:[^"]*"', "", page))


def test_wide_tables_go_on_below(small):
    reference, systems = small
    many = {f"system-{i}": systems["clean"] for i in range(7)}
    text = table.as_text(score(reference, many, 16000, metrics=CHEAP, workers=1, progress=False))
    assert max(map(len, text.splitlines())) <= 120 and "system-5 - system-6" in text


def test_json_is_strict_and_whole(scored):
    content = json.loads(json.dumps(table.as_json(scored[0], "t"), allow_nan=False))
    mine = content["systems"]["<clean>"]
    assert mine["parameters"] == 1_234_567 and mine["times_real_time"]["value"] == 12.0
    assert mine["metrics"]["mcd"]["low"] <= mine["metrics"]["mcd"]["value"]
    assert content["systems"]["harsh"]["sentences"]["s1"]["mcd"] is None
    assert content["systems"]["harsh"]["metrics"]["mcd"]["count"] == 2
    assert content["differences"][0]["count"] == 2 and content["failures"][0]["sentence"] == "s1"


class Tags(HTMLParser):
    VOID = ("meta", "img", "br")

    def __init__(self):
        super().__init__()
        self.open, self.seen, self.sources = [], [], []

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        self.sources += [value for name, value in attributes if name in ("src", "href")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.seen.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_is_whole_and_needs_nothing_else(scored):
    loss = Curve("Losses", {"generator": ([0, 1, 2, 3], [3.0, np.nan, 2.0, 1.0])})
    scores, material = scored
    page = render(scores, dataclasses.replace(material, curves=(loss,)))
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert tags.seen.count("audio") == tags.seen.count("img") == 3 + 3 + 2
    assert all(source.startswith(("data:", "#")) for source in tags.sources)
    outside = set(re.findall(r"https?://[^\"' ]+", page))
    assert outside <= {"http://www.w3.org/2000/svg"}
    assert "A &lt;title&gt;" in page and "<clean>" not in page and "Hello &amp; bye." in page
    assert "Losses" in page and "harsh: s1 is missing" in page and "no audio" in page
    assert len(page) < 1_500_000


def test_page_shows_the_best_and_the_worst_sentence(scored):
    page = render(*scored, sentences=2)
    values = scored[0].of("<clean>", CHEAP[0])
    best, worst = (scored[0].sentences[i] for i in (values.argmin(), values.argmax()))
    titles = re.findall(r"<h3>.*?(s\d)", page)
    assert titles == [best, worst]


@pytest.mark.parametrize("low, high", [(0, 1), (2.3, 4.1), (-3, 250), (5, 5), (0, 0), (1e-6, 3e-6)])
def test_ticks_are_few_and_enclose(low, high):
    ticks = nice_ticks(low, high)
    assert ticks[0] <= low + 1e-12 and ticks[-1] >= high - 1e-12 and 2 <= len(ticks) <= 7


def test_curves_leave_gaps_and_nothing_draws_nothing():
    svg = curves(Curve("x", {"a": ([0, 1, 2, 3, 4], [1, 2, np.nan, 3, 4])}), ["--c"])
    path = re.search(r'class="curve"[^>]* d="([^"]+)"', svg).group(1)
    assert path.count("M") == 2 and path.count("L") == 2
    assert curves(Curve("x", {"a": ([0], [np.nan])}), ["--c"]) == ""
