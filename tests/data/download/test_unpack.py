"""Unpacking: all or nothing, and nothing outside the folder."""

import os
import re
import stat
import tarfile

import pytest
from tiny_archives import member_of, packed, tar_of, zip_of

from ganspeech.data.corpus import CorpusError
from ganspeech.data.download import unpack as unpacking
from ganspeech.data.download.published import Archive
from ganspeech.data.download.unpack import unpack

FILES = {"c/one.txt": b"1", "c/d/two.txt": b"2", "LICENSE": b"yes"}


@pytest.fixture
def folder(tmp_path):
    """The target folder, in a folder that must stay as it is."""
    (tmp_path / "target/downloads").mkdir(parents=True)
    return tmp_path / "target"


def unpack_bytes(content, folder, name="a.tar.gz", holds="c", flat=False):
    archive = Archive(f"https://example.org/{name}", 0, "md5:0", holds, 0, flat=flat)
    path = folder / "downloads" / name
    path.write_bytes(content)
    unpack(archive, path, folder, folder / "downloads")


def tree(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("name", ["a.tar.gz", "a.tar.bz2", "a.zip"])
def test_archives_of_every_kind(folder, name):
    unpack_bytes(packed(name, FILES), folder, name)
    assert tree(folder) == ["LICENSE", "c/d/two.txt", "c/one.txt", f"downloads/{name}"]
    assert (folder / "c/d/two.txt").read_bytes() == b"2"


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
def test_an_archive_without_a_folder_of_its_own(folder, name):
    unpack_bytes(packed(name, {"./one.txt": b"1"}), folder, name, "e/f", flat=True)
    assert tree(folder) == [f"downloads/{name}", "e/f/one.txt"]


def test_a_file_that_is_no_archive(folder):
    unpack_bytes(b"numbers", folder, "a.npz", "a.npz")
    assert (folder / "a.npz").read_bytes() == b"numbers"


def test_files_that_are_there_stay(folder):
    (folder / "LICENSE").write_bytes(b"mine")
    (folder / "downloads/a.tar.gz.unpacking/c").mkdir(parents=True)  # of an interrupted one
    (folder / "downloads/a.tar.gz.unpacking/c/half.txt").write_bytes(b"")
    unpack_bytes(packed("a.tar.gz", FILES), folder)
    assert (folder / "LICENSE").read_bytes() == b"mine"
    assert tree(folder) == ["LICENSE", "c/d/two.txt", "c/one.txt", "downloads/a.tar.gz"]


GOOD = (member_of("c/one.txt", size=1), b"1")
EVIL = {
    "a path out": ("../out.txt", tarfile.REGTYPE, "", "path out of the folder"),
    "a path out later": ("c/../../out.txt", tarfile.REGTYPE, "", "path out of the folder"),
    "absolute": ("/tmp/ganspeech-out.txt", tarfile.REGTYPE, "", "absolute path"),
    "Windows": ("C:\\out.txt", tarfile.REGTYPE, "", "absolute path"),
    "symbolic link": ("c/link", tarfile.SYMTYPE, "../..", "is a link"),
    "absolute link": ("c/link", tarfile.SYMTYPE, "/etc/passwd", "is a link"),
    "hard link": ("c/link", tarfile.LNKTYPE, "../../secret", "is a link"),
    "device": ("c/disk", tarfile.BLKTYPE, "", "is a device"),
    "pipe": ("c/pipe", tarfile.FIFOTYPE, "", "is a device"),
}


@pytest.mark.parametrize("kind", EVIL)
def test_evil_tar_archives_are_refused_by_name(folder, kind):
    name, type, link, told = EVIL[kind]
    content = tar_of([GOOD, (member_of(name, type, link), b"")])
    with pytest.raises(CorpusError) as error:
        unpack_bytes(content, folder)
    assert told in str(error.value) and repr(name)[1:-1] in str(error.value)
    assert os.listdir(folder.parent) == ["target"] and tree(folder) == ["downloads/a.tar.gz"]
    assert not os.path.exists("/tmp/ganspeech-out.txt")


@pytest.mark.parametrize("name", ["../out.txt", "/tmp/ganspeech-out.txt", "c/../../out.txt"])
def test_evil_zip_archives_are_refused_by_name(folder, name):
    with pytest.raises(CorpusError, match=r"is not unpacked: .*out.txt' in it is a"):
        unpack_bytes(zip_of({"c/one.txt": b"1", name: b""}), folder, "a.zip")
    assert os.listdir(folder.parent) == ["target"] and tree(folder) == ["downloads/a.zip"]


def test_a_link_in_a_zip_archive(folder):
    evil = zip_of({"c/link": b"/etc/passwd"}, stat.S_IFLNK | 0o777)
    with pytest.raises(CorpusError, match="'c/link' in it is a link or a device"):
        unpack_bytes(evil, folder, "a.zip")
    assert tree(folder) == ["downloads/a.zip"]


@pytest.mark.parametrize(
    "name, cut", [("a.tar.gz", 40), ("a.tar.gz", 5), ("a.tar.bz2", 40), ("a.zip", 40)]
)
def test_damaged_archives(folder, name, cut):
    with pytest.raises(CorpusError, match=f"{name}") as error:
        unpack_bytes(packed(name, FILES)[:cut], folder, name)
    assert "\n" not in str(error.value) and tree(folder) == [f"downloads/{name}"]


def test_an_archive_of_something_else(folder):
    with pytest.raises(CorpusError, match=r"a\.zip does not hold x/y"):
        unpack_bytes(zip_of(FILES), folder, "a.zip", "x/y")
    assert tree(folder) == ["downloads/a.zip"]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_is_interrupted_is_unpacked_again(folder, monkeypatch, error):
    def fails(*_):
        raise error

    wanted = CorpusError if isinstance(error, OSError) else KeyboardInterrupt
    with monkeypatch.context() as patched:
        patched.setattr(unpacking, "_install", fails)
        with pytest.raises(wanted):
            unpack_bytes(packed("a.tar.gz", FILES), folder)
    assert tree(folder) == ["downloads/a.tar.gz"]
    unpack_bytes(packed("a.tar.gz", FILES), folder)
    assert "c/one.txt" in tree(folder)


# Damaged where they are made: an archive holds the time, and names of tests must not.
DAMAGED = {
    "a.tar.bz2 in its end": ("a.tar.bz2", lambda whole: whole[:-20] + b"damaged"),
    "a.tar.gz in its middle": ("a.tar.gz", lambda whole: whole[:40] + b"damaged"),
    "a.tar.bz2 cut short": ("a.tar.bz2", lambda whole: whole[:2]),
    "a.tar.gz empty": ("a.tar.gz", lambda whole: b""),
    "a.zip cut short": ("a.zip", lambda whole: whole[:2]),
}


@pytest.mark.parametrize("name, damaged", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_told_from_a_full_disk(folder, name, damaged):
    with pytest.raises(CorpusError, match=rf"{re.escape(name)} is damaged: \S.*; delete it"):
        unpack_bytes(damaged(packed(name, FILES)), folder, name)
