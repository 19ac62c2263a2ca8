"""Pages of the site that are made from the program say what the program says."""

import base64
import dataclasses
import importlib.util
import io
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile
from website import commands, drawing, formulas, links, notebooks, parts, rooms
from website import experiments as recipes

from ganspeech import experiments
from ganspeech.commands import cli
from ganspeech.config.registry import CLASSES
from ganspeech.config.serialize import fields_of

TESTS = Path(__file__).resolve().parents[1]
HELP = """usage: ganspeech paint [-h] [OPTIONS] IN

Paints *a* picture.

Example: ganspeech paint a.wav --color red

╭─ positional arguments ──────────╮
│ IN             A file. (required) │
╰─────────────────────────────────╯
╭─ options ───────────────────────╮
│ Colors and the like.            │
│ ─────────────────────────────── │
│ --color {red,green,             │
│ blue}                           │
│       Color of `it`; <b>        │
│       none. (default: red)      │
│ --size INT     Size. (default: ) │
╰─────────────────────────────────╯
"""


def test_help_is_laid_out():
    shown = commands.laid_out(HELP, 2)
    assert "```console\nganspeech paint a.wav --color red\n```" in shown
    assert "Paints \\*a\\* picture." in shown and "## Options\n\nColors and the like." in shown
    assert "`IN`\n:   A file. (required)" in shown
    assert "`--color {red,green,blue}`\n:   Color of `it`; &lt;b&gt; none. Default: `red`." in shown
    assert "`--size INT`\n:   Size. Default: none." in shown


def test_every_flag_is_on_its_commands_page():
    pages = commands.pages()
    for name in cli.COMMANDS:
        text = commands.help_of([name])
        flags = set(re.findall(r"^│ (--[\w.-]+)", text, re.MULTILINE))
        assert flags <= set(re.findall(r"`(--[\w.-]+)", pages[f"commands/{name}.md"])), name
        assert "╮╭" not in text and "│" not in pages[f"commands/{name}.md"]


@pytest.mark.parametrize("name", sorted(CLASSES.keys() - {"Experiment"}))
def test_every_field_of_a_part_has_a_text(name):
    kind = CLASSES[name].kind
    # A spec's own fields say what it is.
    silent = {field.name for field in fields_of(kind)} - parts.field_docs(kind).keys()
    assert silent <= {"spec"}


def test_ready_made_parts_show_their_values():
    page = parts.pages()["parts/generator.md"]
    assert "Default: `512` (`hifigan-v1`), `128` (`hifigan-v2`), `256` (`hifigan-v3`)." in page
    assert parts._shown(dataclasses.MISSING) == ""


def test_the_table_of_experiments_is_current():
    table = recipes.TABLE.read_text()
    assert recipes.with_table(table) == table, "make experiments"


@pytest.mark.parametrize("name", experiments.names())
def test_an_experiments_docstring_says_all(name):
    found = recipes.recipe(name)
    assert {"Paper", "Data", "Command", "Score"} <= found.labeled.keys()
    assert found.labeled["Command"].strip("`").startswith(f"python train.py {name}")
    assert "Time" in found.labeled or re.match("Not trained|None yet", found.labeled["Score"])
    assert recipes.cited(found.labeled["Paper"])
    assert not any("|" in text for text in (found.summary, *found.labeled.values()))


def test_links_lead_to_pages_players_or_nowhere():
    text = "[a](docs/train.md#x) [b](ganspeech/shipped/primed-16k.md) [c](LICENSE) [d](https://e.f)"
    shown = "[a](train.md#x) [b](models/primed-16k.md) c [d](https://e.f)"
    assert links.rewritten(text, "index.md") == shown
    assert links.rewritten("| `ID\\|text` |", "train.md") == "| `ID|text` |"
    code = "`a[b](c)`\n\n```python\nmenus[name](docs)\n```"
    assert links.rewritten(code, "index.md") == code
    assert links.rewritten("[rules](../CONTRIBUTING.md)", "train.md") == "[rules](contributing.md)"
    assert links.rewritten("[all](../../docs/measured.md)", "models/primed-16k.md") == (
        "[all](../measured.md)"
    )
    assert '<audio controls preload="metadata" src="sounds/map.ogg" aria-label="hear"' in (
        links.rewritten("[hear](docs/sounds/map.ogg)", "index.md")
    )


def test_the_map_has_the_floors_that_the_layout_has():
    spec = importlib.util.spec_from_file_location("layout", TESTS / "test_layout.py")
    layout = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(layout)
    floors = [set(floor) for floor in rooms.floors(rooms.uses())]
    assert floors == [floor for floor in layout.FLOORS if floor != {"__main__"}]


def test_arrows_that_follow_from_others_are_not_drawn():
    edges = {"roof": {"wall", "ground"}, "wall": {"ground"}, "ground": set()}
    assert rooms.direct(edges) == {"roof": {"wall"}, "wall": {"ground"}, "ground": set()}
    drawn = drawing.drawn(edges, {"wall": "wall.html"})
    assert drawn.count('class="use"') == 2 and '<a href="wall.html">' in drawn
    heights = [float(y) for y in re.findall(r'<rect x="\S+" y="(\S+)"', drawn)]
    assert heights == sorted(heights)  # from the roof down


def test_outputs_of_a_notebook_are_shown():
    v4 = notebooks.nbformat.v4
    png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (1200).to_bytes(4) + (400).to_bytes(4)
    wave = io.BytesIO()
    soundfile.write(wave, np.zeros(800), 16000, format="WAV")
    sound = base64.b64encode(wave.getvalue()).decode()
    outputs = [
        v4.new_output("stream", name="stdout", text="a line\n"),
        v4.new_output("stream", name="stderr", text="50%|#####"),
        v4.new_output("display_data", {"text/html": "<table><tr><td>1\n</table>"}),
        v4.new_output("display_data", {"image/png": base64.b64encode(png).decode()}),
        v4.new_output(
            "execute_result", {"text/html": f'<audio><source src="data:audio/wav;base64,{sound}"/>'}
        ),
        v4.new_output("execute_result", {"text/plain": "42"}),
    ]
    cells = [v4.new_markdown_cell("# Title"), v4.new_code_cell("1 + 1", outputs=outputs)]
    pages = notebooks.laid_out("it", v4.new_notebook(cells=cells))
    assert pages["tutorials/it.md"].split("\n\n") == [
        "# Title",
        "```python\n1 + 1\n```",
        "```text\na line\n```",
        "<table><tr><td>1 </table>",
        "![What the cell above draws](it-0.png){ .wide }",
        links.player("", "it-1.flac"),
        "```text\n42\n```",
    ]
    assert pages["tutorials/it-0.png"] == png
    samples, rate = soundfile.read(io.BytesIO(pages["tutorials/it-1.flac"]))
    assert rate == 16000 and len(samples) == 800


def test_formulas_of_the_notebooks_need_no_script():
    for name in notebooks.ORDER:
        for cell in notebooks.read(name).cells:
            if cell.cell_type == "markdown":
                for display, inline in re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", cell.source, re.S):
                    assert "\\" not in formulas.mathml(display or inline, bool(display))


def test_a_minimum_stands_above_what_it_is_over():
    marked = r'<div class="arithmatex">\[\min_G \log p\]</div><span class="arithmatex">\(x\)</span>'
    shown = formulas.set_in(marked)
    assert "<munder><mo>min</mo><mi>G</mi></munder>" in shown
    assert "arithmatex" not in shown and shown.count("<math") == 2
