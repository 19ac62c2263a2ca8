"""Texts of recordings, in the ways people have them."""

import pytest
from tones import RATE, room

from ganspeech.audio import write_audio
from ganspeech.corpora.sources import sources_in
from ganspeech.corpora.texts.tables import texts_for


@pytest.fixture
def recordings(tmp_path):
    folder = tmp_path / "in"
    for name in ("day1/one.wav", "day1/two.flac"):
        write_audio(folder / name, room(1), RATE)
    (folder / "notes.pdf").write_text("no audio")
    return folder


@pytest.mark.parametrize(
    "content",
    ["one|First.\nday1/two|Second.\n", "file,text\none.wav,First.\ntwo,Second.\n",
     "one First.\ntwo Second.\n"],
)  # fmt: skip
def test_tables_name_recordings_by_id_or_name(recordings, tmp_path, content):
    table = tmp_path / "texts"
    table.write_text(content)
    found = texts_for(table, sources_in(recordings))
    assert found.said.get("day1/two") == "Second." and found.notes == ()


def test_folders_hold_a_text_for_each_and_the_rest_is_named(recordings, tmp_path):
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "one.txt").write_text("First line,\nand the second.")
    (texts / "three.txt").write_text("Never recorded.")
    found = texts_for(texts, sources_in(recordings))
    assert found.said == {"day1/one": "First line,\nand the second."}
    assert any("three" in note for note in found.notes)
    assert any("day1/two" in note for note in found.notes)


def test_one_recording_has_its_transcript(recordings, tmp_path):
    transcript = tmp_path / "book.txt"
    transcript.write_text("A long text.\nIt goes on.")
    only = sources_in(recordings / "day1" / "one.wav")
    assert texts_for(transcript, only).said == {"one": "A long text.\nIt goes on."}
    with pytest.raises(ValueError, match="names none of the 2 recordings"):
        texts_for(transcript, sources_in(recordings))


def test_what_is_missing_is_named(recordings, tmp_path):
    with pytest.raises(ValueError, match="no such file or folder of texts"):
        texts_for(tmp_path / "nothing", sources_in(recordings))
    with pytest.raises(ValueError, match=r"holds no ID\.txt"):
        texts_for(recordings, sources_in(recordings))
    with pytest.raises(ValueError, match="no such file or folder of recordings"):
        sources_in(tmp_path / "nothing")
    with pytest.raises(ValueError, match="no audio file"):
        sources_in(recordings / "notes.pdf")
    write_audio(recordings / "day1" / "one.flac", room(1), RATE)
    with pytest.raises(ValueError, match="rename one"):
        sources_in(recordings)
