"""Damaged files and command lines: read, or one line that says what is wrong; nothing else."""

import os

import pytest
from fuzz.catalog import READERS
from fuzz.harness import Job, faults_of

SEED = int(os.environ.get("FUZZ_SEED", "0"))
"""Another seed makes other inputs; a fault says its own."""
SLOW = ("gruut", "run", "line", "command", "foreign", "phonemes", "spoken", "model")
"""Parts of the names of readers that take a second for an input, or to begin."""
QUICK = [name for name in READERS if not any(part in name for part in SLOW)]
FEW = range(100, 109)
"""Numbers of the inputs of each quick reader in the ordinary tests."""


def test_there_are_ten_thousand_inputs():
    assert sum(reader.inputs for reader in READERS.values()) >= 10_000


def test_a_few_inputs(tmp_path):
    jobs = [Job(name, SEED, FEW.start, FEW.stop) for name in QUICK]
    assert faults_of(jobs, tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_all_inputs(name, tmp_path):
    faults = faults_of([Job(name, SEED, 0, READERS[name].inputs)], tmp_path)
    assert not faults, "\n".join(faults)
