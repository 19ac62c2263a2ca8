"""Notebooks, executed, as pages with their pictures and players.

An executed notebook is kept in build/notebooks/ under a hash of what it depends on, its own text
and the package, so that building the site again does not train again. The tests execute every
notebook at a tiny size and keep it there, too, and continuous integration builds its site from
those.
"""

import base64
import hashlib
import os
import re
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import soundfile

from website.links import ROOT, player

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Jupyter's own deprecations
    import nbclient
    import nbformat

ORDER = (
    "gan_basics",
    "vocoder",
    "recognition",
    "recognition_without_labels",
    "text_to_speech",
    "inside_a_discriminator",
)
"""Notebooks as they are read."""
KEPT = ROOT / "build" / "notebooks"
TINY = {
    "GANSPEECH_NOTEBOOK_STEPS": "3",
    "GANSPEECH_NOTEBOOK_WIDTH": "8",
    # Nearly all of the time is compilation, and the programs hardly run.
    "XLA_FLAGS": "--xla_backend_optimization_level=0",
}
MINUTES = 40
"""Longest time of one cell."""
WIDE = 900
"""Pixels of a picture, from which on it is scrolled on a narrow screen and not made tiny."""
_SOUND = re.compile(r'src="data:audio/wav;base64,([^"]+)"')


def path_of(name: str) -> Path:
    """File of a notebook in the repository."""
    return ROOT / "notebooks" / f"{name}.ipynb"


def kept(name: str, tiny: bool) -> Path:
    """File of an executed notebook, named after all that decides what is in it."""
    digest = hashlib.sha256(path_of(name).read_bytes())
    for path in sorted((ROOT / "ganspeech").rglob("*.py")):
        digest.update(path.read_bytes())
    return KEPT / f"{name}-{'tiny' if tiny else 'full'}-{digest.hexdigest()[:16]}.ipynb"


def read(name: str) -> Any:
    """A notebook as it is committed, without outputs."""
    return _read(path_of(name))


def execute(name: str, tiny: bool) -> Any:
    """A notebook with its outputs, which are kept; raises nbclient's error if a cell fails."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notebook = read(name)
        resources = {"metadata": {"path": str(ROOT)}}
        client = nbclient.NotebookClient(
            notebook, timeout=60 * MINUTES, kernel_name="python3", resources=resources
        )
        # Several runs of a notebook are often the same program.
        cache = {"GANSPEECH_CACHE": folder, "JAX_COMPILATION_CACHE_DIR": f"{folder}/programs"}
        places = cache | {"TMPDIR": folder, "PYTHONPATH": str(ROOT)}
        client.execute(env=os.environ | places | {"JAX_PLATFORMS": "cpu"} | (TINY if tiny else {}))
        path = kept(name, tiny)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        nbformat.write(notebook, unfinished)
        unfinished.replace(path)
    return notebook


def pages(tiny: bool) -> dict[str, str | bytes]:
    """Pages of all notebooks, their list, and the files that they show, by path."""
    made: dict[str, str | bytes] = {}
    listed = []
    for name in ORDER:
        path = kept(name, tiny)
        notebook = _read(path) if path.is_file() else execute(name, tiny)
        made |= laid_out(name, notebook)
        title, _, about = notebook.cells[0].source.removeprefix("# ").partition("\n\n")
        first = " ".join(about.split("\n\n")[0].split()).partition("This notebook")[0]
        listed.append(f"[{title}]({name}.md)\n:   {first}\n")
    about = "Notebooks, executed when this site was built. `make notebooks` opens them."
    if tiny:
        about += " **Here their trainings were cut to three steps, as a check that they run.**"
    made["tutorials/index.md"] = f"# Tutorials\n\n{about}\n\n" + "\n".join(listed)
    return made


def _read(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nbformat.read(path, as_version=4)


def laid_out(name: str, notebook: Any) -> dict[str, str | bytes]:
    """A page, and the pictures and sounds in it."""
    files: dict[str, str | bytes] = {}
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        else:
            parts.append(f"```python\n{cell.source}\n```")
            parts += _outputs(cell.outputs, name, files)
    return files | {f"tutorials/{name}.md": "\n\n".join(parts)}


def _outputs(outputs: Any, name: str, files: dict[str, str | bytes]) -> Iterator[str]:
    """Markdown of a cell's outputs; their bytes go into `files`. Progress bars are left out."""
    printed = ""
    for output in outputs:
        if output.output_type == "stream":
            printed += output.text if output.name == "stdout" else ""
            continue
        if printed.strip():
            yield _text(printed)
        printed = ""
        data = output.get("data", {})
        if "image/png" in data:
            file = f"{name}-{len(files)}.png"
            png = files[f"tutorials/{file}"] = base64.b64decode(data["image/png"])
            wide = "{ .wide }" if int.from_bytes(png[16:20]) > WIDE else ""
            yield f"![What the cell above draws]({file}){wide}"
        elif sound := _SOUND.search(data.get("text/html", "")):
            file = f"{name}-{len(files)}.flac"
            files[f"tutorials/{file}"] = _flac(base64.b64decode(sound[1]))
            yield player("", file)
        elif "<table" in data.get("text/html", ""):
            yield data["text/html"].replace("\n", " ")
        elif "text/plain" in data:
            yield _text(data["text/plain"])
    if printed.strip():
        yield _text(printed)


def _text(printed: str) -> str:
    return f"```text\n{printed.rstrip()}\n```"


def _flac(wave: bytes) -> bytes:
    """The same sound at half the size."""
    with tempfile.TemporaryDirectory() as folder:
        wav, flac = Path(folder, "a.wav"), Path(folder, "a.flac")
        wav.write_bytes(wave)
        samples, rate = soundfile.read(wav, dtype="int16")
        soundfile.write(flac, samples, rate)
        return flac.read_bytes()
