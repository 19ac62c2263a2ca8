"""The compilation cache: on by default, replaced where damaged, and no need where it cannot be."""

import os
import subprocess
import sys

PROGRAM = """
from ganspeech.process import environment
environment.prepare()
import jax
print(jax.config.jax_compilation_cache_dir)
print(jax.jit(lambda x: x + 1, inline=False)(1.0))
"""


def run(cache, program=PROGRAM):
    """Lines on standard output and on standard error of a process that compiles a program."""
    kept = {k: v for k, v in os.environ.items() if k != "JAX_COMPILATION_CACHE_DIR"}
    at_once = {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=kept | at_once | {"GANSPEECH_CACHE": str(cache)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines(), done.stderr.splitlines()


def test_damaged_entries_are_replaced_with_one_line_each(tmp_path):
    out, err = run(tmp_path)
    assert out == [str(tmp_path / "xla"), "2.0"] and not err
    (entry,) = (tmp_path / "xla").glob("jit__lambda-*-cache")
    whole = entry.read_bytes()
    entry.write_bytes(whole[: len(whole) // 2])
    out, err = run(tmp_path)
    assert out[1] == "2.0" and len(err) == 1
    assert err[0].startswith("jit__lambda is compiled again, since it is damaged in the comp")
    assert len(entry.read_bytes()) > len(whole) // 2
    assert run(tmp_path) == ([str(tmp_path / "xla"), "2.0"], [])


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    out, err = run(tmp_path / "file")
    assert out == ["None", "2.0"]
    hint = "every start recompiles; set GANSPEECH_CACHE to a writable folder"
    problem = f"cannot write {tmp_path / 'file' / 'xla'}: {tmp_path / 'file'} is not a folder"
    assert err == [f"{problem}; {hint}"]


def test_programs_that_cannot_be_written_are_one_line(tmp_path):
    folder = str(tmp_path / "xla")
    gone = f"import os, jax.numpy as jnp; jnp.zeros(3); os.rename({folder!r}, {folder + '.gone'!r})"
    out, err = run(tmp_path, f"{PROGRAM}{gone}\nprint(jnp.ones(2).sum())")
    assert out[1:] == ["2.0", "2.0"] and len(err) == 1
    assert "is not kept in the compilation cache: " in err[0]
