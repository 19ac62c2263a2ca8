"""Workers: their errors, their end, and that of the process that started them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from counted_examples import Make

from ganspeech.data.corpus import CorpusError
from ganspeech.data.feed import Feed
from ganspeech.data.pipeline import batches, counted
from ganspeech.data.workers import WorkerError


def made(make: Make, workers: int):
    return batches(counted(0).random_map(make), Feed(1, workers=workers))


def test_elements_come_in_order_whole_and_may_be_written_to():
    source = made(Make(), 2)
    elements = [next(source) for _ in range(5)]
    source.close()
    assert [element["audio"].tolist() for element in elements] == [[[n] * 3] for n in range(5)]
    assert elements[0]["none"].shape == (1, 0, 2)
    elements[0]["audio"][:] = 7


def test_an_error_of_a_worker_is_raised_here_and_tells_where_it_was():
    source = made(Make(fault=True), 2)
    assert [next(source)["audio"][0, 0] for _ in range(2)] == [0, 1]
    with pytest.raises(CorpusError, match="a recording is gone") as error:
        next(source)
    assert "in __call__" in error.value.__notes__[-1]
    source.close()


def test_a_killed_worker_is_told_of():
    source = made(Make(100_000), 1)
    next(source)
    ((process, _),) = source._held[0]._workers
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match=r"ended with status -9.*--workers"):
        [next(source) for _ in range(100)]
    source.close()


def test_closing_does_not_wait_for_workers_whose_pipes_are_full():
    source = made(Make(1_000_000), 2)
    next(source)
    processes = [process for process, _ in source._held[0]._workers]
    began = time.monotonic()
    source.close()
    assert time.monotonic() - began < 5
    assert [process.exitcode for process in processes] == [-signal.SIGKILL] * 2


@pytest.mark.skipif(sys.platform == "win32", reason="sessions of processes are Unix")
def test_workers_end_when_the_process_that_started_them_is_killed(tmp_path):
    script = tmp_path / "program.py"
    script.write_text(
        "import time\n"
        "from counted_examples import Make\n"
        "from ganspeech.data.feed import Feed\n"
        "from ganspeech.data.pipeline import batches, counted\n"
        "if __name__ == '__main__':\n"
        "    source = batches(counted(0).random_map(Make(100_000)), Feed(1, workers=2))\n"
        "    print(next(source)['audio'].shape, flush=True)\n"
        "    time.sleep(60)\n"
    )
    folders = [str(path) for path in Path(__file__).parents[1:3]]
    with subprocess.Popen(
        [sys.executable, script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={"PYTHONPATH": os.pathsep.join(folders)},
    ) as process:
        assert process.stdout.readline() == "(1, 100000)\n"
        process.kill()
        # The pipes end when the last process that holds them has ended.
        assert process.communicate(timeout=30) == ("", "")
