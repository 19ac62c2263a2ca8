import importlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ganspeech.evaluation.quality.metrics import METRICS, Metric
from ganspeech.evaluation.quality.scores import RECORDING, score

CHEAP = tuple(m for m in METRICS if m.name in ("mcd", "stft"))


def quick(reference, systems, metrics=CHEAP, **more):
    return score(reference, systems, 16000, metrics=metrics, workers=1, progress=False, **more)


def test_every_metric_of_every_system(small):
    reference, systems = small
    scores = quick(reference, systems, METRICS)
    assert scores.sentences == ("s0", "s1", "s2") and scores.compared == ("clean", "harsh")
    assert scores.failures == () and scores.problems == ()
    assert len(scores.metrics) + len(scores.missing) == len(METRICS)
    for metric in scores.metrics:
        clean, harsh = scores.of("clean", metric), scores.of("harsh", metric)
        assert np.isfinite(clean).all() and np.isfinite(harsh).all()
        if metric.name not in ("f0", "vuv"):
            assert (clean > harsh).all() == metric.higher_is_better
        if RECORDING in scores.systems:
            assert np.isfinite(scores.of(RECORDING, metric)).all() == (not metric.compares)


def test_a_missing_package_says_how_to_install_it(small):
    absent = Metric("x", "Ex", "", True, np.mean, ("no_such_package",))
    scores = quick(*small, (absent, *CHEAP))
    assert scores.metrics == CHEAP
    assert scores.missing == ("Ex is left out: pip install no_such_package",)


def test_no_failure_is_lost(small):
    reference, systems = small
    broken = {
        "gap": {s: audio for s, audio in systems["clean"].items() if s != "s1"},
        "nan": systems["clean"] | {"s2": np.full(5000, np.nan, np.float32)},
    }
    scores = quick(reference, broken)
    found = {(f.system, f.sentence, f.metric) for f in scores.failures}
    assert found == {("gap", "s1", "all"), ("nan", "s2", "mcd"), ("nan", "s2", "stft")}
    assert np.isnan(scores.of("gap", CHEAP[0])).tolist() == [False, True, False]
    assert np.isnan(scores.of("nan", CHEAP[1])).tolist() == [False, False, True]
    assert len(scores.problems) == 1 and "nan: s2 has 5000 samples" in scores.problems[0]


def test_lengths_are_trimmed_to_the_shorter(small):
    reference, systems = small
    longer = {"longer": {s: np.pad(a, (0, 300)) for s, a in systems["clean"].items()}}
    scores = quick(reference, longer)
    assert scores.problems == ()
    np.testing.assert_array_equal(scores.values[0], quick(reference, systems).values[0])


def test_nothing_to_score(small):
    with pytest.raises(ValueError, match="nothing to score"):
        quick(small[0], {"other": {"t": np.zeros(10)}})
    with pytest.raises(ValueError, match=r"in any system: voice: a: it has no language$"):
        quick(small[0], {"voice": {}}, problems=("voice: a: it has no language", "more"))
    with pytest.raises(ValueError, match="recording"):
        quick(small[0], {"recording": small[0]})


def test_processes_agree_and_one_that_dies_is_named(small, tmp_path, monkeypatch):
    (tmp_path / "deadly_metric.py").write_text(
        "import os\n"
        "def deadly(reference, degraded, rate):\n"
        "    if len(degraded) == 777:\n"
        "        os._exit(3)\n"
        "    return 1.0\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    deadly = Metric("d", "D", "", True, importlib.import_module("deadly_metric").deadly)
    reference, systems = small
    systems = systems | {"clean": systems["clean"] | {"s0": systems["clean"]["s0"][:777]}}
    metrics = (*CHEAP, deadly)
    scores = score(reference, systems, 16000, metrics=metrics, workers=2, progress=False)
    assert {(f.system, f.sentence, f.metric) for f in scores.failures} == {
        ("clean", "s0", "all"),
        ("harsh", "s0", "all"),
    }
    alone = quick(reference, small[1])
    np.testing.assert_allclose(scores.values[:, 1:, :2], alone.values[:, 1:], rtol=1e-6)
    assert np.isnan(scores.values[:, 0]).all()


@pytest.mark.skipif(sys.platform == "win32", reason="sessions of processes are Unix")
def test_processes_end_when_the_one_that_started_them_is_killed(tmp_path):
    script = tmp_path / "program.py"
    script.write_text(
        "import time\n"
        "from ganspeech.evaluation.quality.scores import _pool\n"
        "if __name__ == '__main__':\n"
        "    with _pool(2) as pool:\n"
        "        print(pool.submit(abs, -1).result(), flush=True)\n"
        "        time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
    ) as process:
        assert process.stdout.readline() == "1\n"
        process.kill()
        # The pipe ends when the last process that holds it has ended.
        assert process.communicate(timeout=30)[0] == ""
