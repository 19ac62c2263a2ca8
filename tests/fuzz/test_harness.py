"""The harness itself: inputs are the same for the same seed, and each kind of fault is seen."""

import pytest
from fuzz.catalog import EVERY, READERS
from fuzz.harness import Job, faults_of
from fuzz.reader import draw
from fuzz.readers.broken import BROKEN, SLOWLY_BROKEN


def test_inputs_are_the_same_for_the_same_seed():
    reader = READERS["spec"]
    files = reader.files()
    drawn = [draw(reader, files, "spec", seed, 7) for seed in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert draw(reader, files, "spec", 0, 0).content == files["spec.json"][0]


def test_each_kind_of_fault_is_seen(tmp_path):
    jobs = [Job(name, 0, 0, reader.inputs) for name, reader in BROKEN.items()]
    faults = faults_of(jobs, tmp_path)
    for name, seed_and_number, what in (
        ("leaks", "seed 0, input 0", "leaks KeyError"),
        ("names nothing", "seed 0, input 0", "says a line that does not name the file"),
        ("crashes", "seed 0, input 1", "ends the process with -11"),
        ("runs code", "seed 0, input 0", "ran code of the file"),
        ("starts a program", "seed 0, input 0", "does os.system"),
        ("chatters", "seed 0, input 0", "lets native code speak"),
    ):
        (fault,) = [fault for fault in faults if fault.startswith(f"broken: {name}")]
        assert seed_and_number in fault and what in fault
        assert fault.endswith("file.bin") and (tmp_path / "faults").is_dir()
    assert len(faults) == 6


@pytest.mark.slow
def test_time_and_memory_are_limited(tmp_path):
    jobs = [Job(name, 0, 0, EVERY[name].inputs) for name in SLOWLY_BROKEN]
    hung, took = faults_of(jobs, tmp_path)
    assert "hangs, seed 0, input 1" in hung and "Timeout (0:00:20)!" in hung
    assert "takes memory, seed 0, input 0" in took and "more than 2 GB" in took
