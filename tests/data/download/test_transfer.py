"""Transfers over HTTP: whole, broken and gone on with."""

import socket
from pathlib import Path

import pytest
from loopback import serving

from ganspeech.data.corpus import CorpusError
from ganspeech.data.download.transfer import transfer

CONTENT = bytes(range(256)) * 5000
PAGE = "https://example.org/corpus"


@pytest.fixture
def part(tmp_path):
    return tmp_path / "a.tar.gz.part"


def test_a_file_comes_whole_and_is_not_asked_for_twice(part):
    with serving({"/a": CONTENT}) as served:
        transfer(f"{served.url}/a", part, PAGE)
        assert part.read_bytes() == CONTENT
        transfer(f"{served.url}/a", part, PAGE)
    assert part.read_bytes() == CONTENT and served.sent == len(CONTENT)


def test_a_broken_transfer_goes_on_where_it_stopped(part):
    with serving({"/a": CONTENT}, cut=500_000) as served:
        for have in (500_000, 1_000_000):
            with pytest.raises(CorpusError) as error:
                transfer(f"{served.url}/a", part, PAGE)
            assert "connection broke" in str(error.value) and "\n" not in str(error.value)
            assert f"{part} has" in str(error.value)
            assert part.read_bytes() == CONTENT[:have]
        transfer(f"{served.url}/a", part, PAGE)
    assert part.read_bytes() == CONTENT and served.sent == len(CONTENT)
    assert served.asked == [("/a", ""), ("/a", "bytes=500000-"), ("/a", "bytes=1000000-")]


def test_a_server_without_ranges_starts_anew(part):
    part.write_bytes(CONTENT[:1000])
    with serving({"/a": CONTENT}, ranges=False) as served:
        transfer(f"{served.url}/a", part, PAGE)
    assert part.read_bytes() == CONTENT


def test_a_part_longer_than_the_file_starts_anew(part):
    part.write_bytes(CONTENT + b"more")
    with serving({"/a": CONTENT}) as served:
        transfer(f"{served.url}/a", part, PAGE)
    assert part.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "path, headers, told",
    [
        ("/b", {}, f"the server answers 404 Not Found; see {PAGE}"),
        ("/a", {"Content-Type": "text/html; charset=UTF-8"}, f"web page now.*see {PAGE}"),
    ],
)
def test_no_archive_there(part, path, headers, told):
    with (
        serving({"/a": b"<html>"}, headers=lambda _: headers) as served,
        pytest.raises(CorpusError, match=told),
    ):
        transfer(served.url + path, part, PAGE)
    assert not part.exists()


def test_nobody_there(part):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(CorpusError, match=f":{port}/a: no connection$"):
        transfer(f"http://127.0.0.1:{port}/a", part, PAGE)


def test_a_full_disk():
    with (
        serving({"/a": CONTENT}) as served,
        pytest.raises(
            CorpusError,
            match="cannot write /dev/full: No space left on device; what is there stays",
        ),
    ):
        transfer(f"{served.url}/a", Path("/dev/full"), PAGE)
