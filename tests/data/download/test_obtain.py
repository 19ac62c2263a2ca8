"""A whole corpus: space, order, what is kept and deleted, and the commands."""

import hashlib
import os
import shutil
from collections import namedtuple

import pytest
from loopback import serving
from tiny_archives import packed

from ganspeech.data.corpus import CorpusError
from ganspeech.data.download import obtain as obtaining
from ganspeech.data.download.obtain import obtain
from ganspeech.data.download.published import Archive, Part, PublishedCorpus
from ganspeech.process.locks import locked
from ganspeech.process.writing import UnwritableError

NAMES = ("train-a", "train-b", "test")
FILES = {
    f"/{name}.tar.gz": packed("x.tar.gz", {f"Top/{name}/1.txt": b"1", "Top/README": b"r"})
    for name in NAMES
}


def corpus_at(url, unpacked=0):
    parts = {}
    for name in NAMES:
        content = FILES[f"/{name}.tar.gz"]
        checksum = f"md5:{hashlib.md5(content).hexdigest()}"
        archive = Archive(f"{url}/{name}.tar.gz", len(content), checksum, f"Top/{name}", unpacked)
        parts[name] = Part((archive,), 1.0, ("use {root} in {dir}",))
    return PublishedCorpus("t", "l", "https://example.org", parts, shared="Top")


def test_parts_come_one_after_the_other_and_once(tmp_path, capsys):
    folder = tmp_path / "a folder"
    with serving(dict(FILES)) as served:
        corpus = corpus_at(served.url)
        assert obtain(corpus, ["train-a"], folder) == [f"use '{folder}/Top/train-a' in '{folder}'"]
        assert (folder / "Top/README").read_bytes() == b"r"
        both = f"use '{folder}/Top' in '{folder}'"
        assert obtain(corpus, ["train-a", "train-b"], folder) == [both]
        assert f"{folder}/Top/train-a is there already" in capsys.readouterr().err
        # What is to be tested on must not be trained on.
        assert obtain(corpus, NAMES, folder) == [
            f"use '{folder}/Top/{name}' in '{folder}'" for name in NAMES
        ]
    assert [path for path, _ in served.asked] == [f"/{name}.tar.gz" for name in NAMES]
    assert not (folder / "downloads").exists()


def test_the_parts_before_a_failure_stay(tmp_path):
    with serving({**FILES, "/train-b.tar.gz": b"wrong"}) as served:
        with pytest.raises(CorpusError, match="MD5 is not the published one"):
            obtain(corpus_at(served.url), NAMES, tmp_path)
        assert (tmp_path / "Top/train-a/1.txt").is_file()
        assert not (tmp_path / "Top/train-b").exists()
        served.files.update(FILES)
        (tmp_path / "downloads/tmpabcd1234").touch()  # of a process that was killed
        obtain(corpus_at(served.url), NAMES, tmp_path)
    assert not (tmp_path / "downloads").exists()
    assert all((tmp_path / f"Top/{name}/1.txt").is_file() for name in NAMES)


def test_an_archive_of_ones_own_is_used_and_kept(tmp_path):
    (tmp_path / "train-a.tar.gz").write_bytes(FILES["/train-a.tar.gz"])
    with serving({}) as served:
        obtain(corpus_at(served.url), ["train-a"], tmp_path)
    assert not served.asked and (tmp_path / "train-a.tar.gz").is_file()
    assert (tmp_path / "Top/train-a/1.txt").is_file()


@pytest.mark.parametrize("free, enough", [(2_000_600, True), (2_000_000, False)])
def test_space_is_looked_at_first(tmp_path, monkeypatch, free, enough):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(0, 0, free))
    with serving(dict(FILES)) as served:
        corpus = corpus_at(served.url, unpacked=1_000_000)
        if enough:
            obtain(corpus, ["train-a", "test"], tmp_path / "new")
        else:
            with pytest.raises(CorpusError) as error:
                obtain(corpus, ["train-a", "test"], tmp_path / "new")
            assert "new: 2.0 MB are needed, for archives and their content, and 2.0 MB are " in str(
                error.value
            )
            assert not served.asked and not (tmp_path / "new").exists()


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableError, match="file/below"):
        obtain(corpus_at("http://127.0.0.1:1"), ["test"], tmp_path / "file/below")


def test_two_at_once(tmp_path):
    (tmp_path / "downloads").mkdir()
    with (
        locked(tmp_path / "downloads/.lock", "it"),
        pytest.raises(CorpusError, match=f"{tmp_path} is in use by process {os.getpid()} on"),
    ):
        obtain(corpus_at("http://127.0.0.1:1"), ["test"], tmp_path)


def test_catalog_is_complete():
    from ganspeech.data.download.catalog import CORPORA

    for corpus in CORPORA.values():
        assert corpus.license and corpus.page.startswith("https://")
        for part in corpus.parts.values():
            for archive in part.archives:
                algorithm, _, digest = archive.checksum.partition(":")
                assert len(digest) == 2 * hashlib.new(algorithm).digest_size
                assert int(digest, 16) and archive.url.startswith("https://")
                assert archive.size > 1e6 and obtaining.fetched(archive, obtaining.Path(".")) == 0
