"""Every notebook in notebooks/ runs from top to bottom, here at a tiny size."""

import os
import warnings
from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient", reason="pip install -e '.[dev]' runs the notebooks too")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Jupyter's own deprecations
    import nbformat

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TINY = {
    "GANSPEECH_NOTEBOOK_STEPS": "3",
    "GANSPEECH_NOTEBOOK_WIDTH": "8",
    "JAX_PLATFORMS": "cpu",
    # Nearly all of the time is compilation, and the programs hardly run.
    "XLA_FLAGS": "--xla_backend_optimization_level=0",
    "PYTHONPATH": str(ROOT),
}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_is_committed_without_outputs(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code), "clear the outputs"
    environment = os.environ | TINY | {"GANSPEECH_CACHE": str(tmp_path), "TMPDIR": str(tmp_path)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        client = nbclient.NotebookClient(
            notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": ROOT}}
        )
        client.execute(env=environment)
    shown = {kind for cell in code for output in cell.outputs for kind in output.get("data", {})}
    assert {"text/html", "image/png"} <= shown  # something to hear, something to see
