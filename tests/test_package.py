"""The product: what a wheel and a source distribution hold, and that the wheel works by itself."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

import ganspeech

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (
    "ganspeech",
    "pyproject.toml",
    "MANIFEST.in",
    "README.md",
    "LICENSE",
    "train.py",
    "eval.py",
)
BUILD = "from setuptools import build_meta as b; b.build_wheel({out!r}); b.build_sdist({out!r})"


@pytest.fixture(scope="module")
def dist(tmp_path_factory):
    """A folder with both distributions, built without the network."""
    home = tmp_path_factory.mktemp("package")
    tree, out = home / "tree", home / "dist"
    tree.mkdir()
    out.mkdir()
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tree / name)
    command = [sys.executable, "-W", "ignore", "-c", BUILD.format(out=str(out))]
    subprocess.run(command, cwd=tree, check=True, capture_output=True)
    return out


def test_an_editable_installation_is_a_path(tmp_path):
    """A finder would come after the current folder, where a clone is called ganspeech, too."""
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "ganspeech").mkdir()
    (tmp_path / "ganspeech" / "__init__.py").touch()
    build = "from setuptools import build_meta as b; b.build_editable('out')"
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-W", "ignore", "-c", build]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    (wheel,) = (tmp_path / "out").glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (path,) = (name for name in archive.namelist() if name.endswith(".pth"))
        assert archive.read(path).decode().strip() == str(tmp_path)


def in_the_package():
    """Files that an installation has to have."""
    folders = {p for p in (ROOT / "ganspeech").rglob("*") if "__pycache__" not in p.parts}
    return {p.relative_to(ROOT).as_posix() for p in folders if p.is_file()}


def test_the_wheel_holds_the_package_and_nothing_else(dist):
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == in_the_package()
    assert wheel.stat().st_size < 25e6


def test_the_source_distribution_holds_what_builds_and_explains_it(dist):
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert in_the_package() | {"README.md", "LICENSE", "pyproject.toml", "train.py"} <= held


def test_the_wheel_speaks_and_vocodes_outside_the_checkout(dist, tmp_path):
    (wheel,) = dist.glob("*.whl")
    home, work = tmp_path / "environment", tmp_path / "elsewhere"
    work.mkdir()
    venv.create(home, with_pip=False)
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    where = json.loads(
        subprocess.run(
            [python, "-c", "import json, sysconfig; print(json.dumps(sysconfig.get_paths()))"],
            check=True,
            capture_output=True,
        ).stdout
    )["purelib"]
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index"]
    subprocess.run([*pip, "-q", wheel], check=True, capture_output=True)
    # What it depends on comes from here, where the editable installation is not among it: only
    # folders that Python itself takes for site-packages have their .pth files read.
    (Path(where) / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"])
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}

    def run(*command):
        done = subprocess.run(
            command, cwd=work, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert where in run(python, "-c", "import ganspeech; print(ganspeech.__file__)")
    program = scripts / "ganspeech"
    run(program, "say", "Hello.", "-o", "hello.wav")
    run(program, "vocode", "hello.wav", "again.wav")
    for name in ("hello.wav", "again.wav"):
        audio, rate = soundfile.read(work / name)
        assert rate == 16000 and len(audio) > rate // 4 and np.abs(audio).max() > 0.05


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    cited = (ROOT / "CITATION.cff").read_text()
    assert project["version"] == ganspeech.__version__
    assert f"\nversion: {ganspeech.__version__}\n" in cited
