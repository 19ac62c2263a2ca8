"""Every notebook in notebooks/ runs from top to bottom, here at a tiny size.

Executed notebooks stay in build/notebooks/, where `make docs NOTEBOOKS=tiny` finds them.
"""

import re

import pytest

pytest.importorskip("nbclient", reason="pip install -e '.[dev]' runs the notebooks too")

from website import links, notebooks


def test_all_notebooks_are_known():
    names = {path.stem for path in (notebooks.ROOT / "notebooks").glob("*.ipynb")}
    assert names == set(notebooks.ORDER)


@pytest.mark.parametrize("name", notebooks.ORDER)
def test_a_notebook_runs_and_is_committed_without_outputs(name):
    code = [cell for cell in notebooks.read(name).cells if cell.cell_type == "code"]
    assert not any(cell.outputs or cell.execution_count for cell in code), "clear the outputs"
    executed = notebooks.execute(name, tiny=True)
    assert notebooks.kept(name, tiny=True).is_file()
    pages = notebooks.laid_out(name, executed)
    # Something to hear, something to see.
    assert {".md", ".png", ".flac"} == {path[path.rindex(".") :] for path in pages}
    page = f"tutorials/{name}.md"
    shown = links.rewritten(pages[page], page)
    assert "```text" in shown and "<audio" in shown
    pictures = re.findall(r"!\[What the cell above draws\]\((\S+)\)", shown)
    assert pictures and all(f"tutorials/{picture}" in pages for picture in pictures)
