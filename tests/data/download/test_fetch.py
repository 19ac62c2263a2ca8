"""Archives through pooch: verified, kept, gone on with, and refused."""

import hashlib
import os

import pooch
import pytest
from loopback import serving

from ganspeech.data.corpus import CorpusError
from ganspeech.data.download.fetch import fetch, fetched, part_of
from ganspeech.data.download.published import Archive

CONTENT = b"an archive" * 1000
PAGE = "https://example.org/corpus"


def archive_of(url, content=CONTENT, algorithm="sha256"):
    digest = hashlib.new(algorithm, content).hexdigest()
    return Archive(f"{url}/a.tar.gz", len(content), f"{algorithm}:{digest}", "a", 0)


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_a_verified_archive_is_kept_and_not_fetched_again(tmp_path, capsys, algorithm):
    with serving({"/a.tar.gz": CONTENT}) as served:
        archive = archive_of(served.url, algorithm=algorithm)
        path = fetch(archive, tmp_path, PAGE)
        assert path == tmp_path / "downloads/a.tar.gz" and path.read_bytes() == CONTENT
        assert os.listdir(path.parent) == ["a.tar.gz"]
        assert fetched(archive, tmp_path) == len(CONTENT)
        assert fetch(archive, tmp_path, PAGE) == path
    assert len(served.asked) == 1
    assert f"a.tar.gz is there: checking its {algorithm.upper()}" in capsys.readouterr().err


def test_a_wrong_checksum_removes_the_file(tmp_path):
    with serving({"/a.tar.gz": b"another"}) as served:
        with pytest.raises(CorpusError) as error:
            fetch(archive_of(served.url), tmp_path, PAGE)
        assert str(error.value) == (
            "a.tar.gz: its SHA256 is not the published one, so it was removed: try again, or see "
            + PAGE
        )
        assert os.listdir(tmp_path / "downloads") == []
        served.files["/a.tar.gz"] = CONTENT
        assert fetch(archive_of(served.url), tmp_path, PAGE).read_bytes() == CONTENT


def test_a_damaged_archive_of_before_is_replaced(tmp_path):
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads/a.tar.gz").write_bytes(CONTENT[:-1])
    with serving({"/a.tar.gz": CONTENT}) as served:
        assert fetch(archive_of(served.url), tmp_path, PAGE).read_bytes() == CONTENT


def test_a_cut_off_archive_is_gone_on_with(tmp_path):
    with serving({"/a.tar.gz": CONTENT}, cut=6000) as served:
        archive = archive_of(served.url)
        with pytest.raises(CorpusError, match="goes on from there"):
            fetch(archive, tmp_path, PAGE)
        assert os.listdir(tmp_path / "downloads") == ["a.tar.gz.part"]
        assert fetched(archive, tmp_path) == 6000
        assert fetch(archive, tmp_path, PAGE).read_bytes() == CONTENT
    assert served.sent == len(CONTENT)


def test_interrupted_while_it_is_checked(tmp_path, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    with serving({"/a.tar.gz": CONTENT}) as served:
        archive = archive_of(served.url)
        with monkeypatch.context() as patched:
            patched.setattr(pooch.core, "hash_matches", interrupted)
            with pytest.raises(KeyboardInterrupt):
                fetch(archive, tmp_path, PAGE)
        assert part_of(archive, tmp_path).read_bytes() == CONTENT
        assert fetch(archive, tmp_path, PAGE).read_bytes() == CONTENT
    assert served.sent == len(CONTENT)


def test_a_file_system_without_links(tmp_path, monkeypatch):
    def refused(*_):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    with serving({"/a.tar.gz": CONTENT}) as served:
        assert fetch(archive_of(served.url), tmp_path, PAGE).read_bytes() == CONTENT


def test_an_archive_that_somebody_put_there(tmp_path):
    given = tmp_path / "a.tar.gz"
    given.write_bytes(CONTENT)
    with serving({}) as served:
        assert fetch(archive_of(served.url), tmp_path, PAGE) == given
        given.write_bytes(b"another")
        with pytest.raises(CorpusError, match=f"{given} is not the published file.*{PAGE}"):
            fetch(archive_of(served.url), tmp_path, PAGE)
    assert given.read_bytes() == b"another" and not served.asked
