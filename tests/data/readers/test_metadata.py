"""Ways to write metadata.csv: what is taken, what is said, what could mean two things."""

import pytest

from ganspeech.data.corpus import Problems
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.metadata import BAD, NO_COLUMNS

PLACE = "used 2: named wavs/ID or with a suffix in metadata.csv (a1, b.2)"
COMMAS = "used 1: commas between columns in place of | (metadata.csv)"


def header(line: str) -> str:
    return f"used 1: header line that names the columns (metadata.csv: {line})"


@pytest.fixture
def corpus(tmp_path):
    (tmp_path / "wavs").mkdir()
    for name in ("a1.wav", "b.2.flac"):
        (tmp_path / "wavs" / name).touch()
    return tmp_path


def read(corpus, text: str) -> tuple[list[str], list[str]]:
    (corpus / "metadata.csv").write_text(text)
    problems = Problems()
    utterances = LJSpeech(str(corpus)).utterances(problems)
    assert [u.id for u in utterances] == ["a1", "b.2"]
    return [u.text for u in utterances], problems.lines()


@pytest.mark.parametrize(
    "text, said",
    [
        ("a1|Hi, you\nb.2|No", []),
        ("a1.wav|Hi, you\nb.2.flac|No", [PLACE]),
        ("wavs/a1.wav|Hi, you\n./x/wavs/b.2.flac|No", [PLACE]),
        ("wavs\\a1.wav|Hi, you\nwavs/b.2|No", [PLACE]),
        ("b.2|no|No\na1|hi|Hi, you\n", []),
        ('a1,"Hi, you"\nb.2,No\n', [COMMAS]),
        ('a1.wav,"Hi, you"\nb.2.flac,"No"\n', [COMMAS, PLACE]),
        ('a1,hi,"Hi, you"\nb.2,no,"No"\n', [COMMAS]),
        ("a1,Hi, you\nb.2,No\n", [COMMAS]),
        ("id|text\na1|Hi, you\nb.2|No", [header("id|text")]),
        ("file,transcription\na1.wav,\"Hi, you\"\nb.2.flac,No",
         [COMMAS, header("file,transcription"), PLACE]),
        ("file_name,speaker,text\na1,x,\"Hi, you\"\nb.2,x,No",
         [COMMAS, header("file_name,speaker,text")]),
        ("audio_file|text|speaker_name\na1|Hi, you|x\nb.2|No|x",
         [header("audio_file|text|speaker_name")]),
        ("ID|Text|Normalized Text\na1|hi|Hi, you\nb.2|No|", [header("ID|Text|Normalized Text")]),
        ("a1\tHi, you\nb.2\tNo", ["used 1: tabs between columns in place of | (metadata.csv)"]),
    ],
)  # fmt: skip
def test_ways_that_mean_one_thing_are_taken_and_said(corpus, text, said):
    assert read(corpus, text) == (["Hi, you", "No"], said)


def test_what_could_mean_two_things_is_left_out(corpus):
    (corpus / "metadata.csv").write_text("a1,Hi, you\nb.2,No, no\n")
    problems = Problems()
    with pytest.raises(ValueError, match="add a header line such as id,text"):
        LJSpeech(str(corpus)).utterances(problems)
    assert list(problems.skipped[NO_COLUMNS]) == ["line 1", "line 2"]
    for line in ('c,"no end', 'c,"x",y,z'):
        problems = Problems()
        (corpus / "metadata.csv").write_text(f'a1,"Hi"\n{line}\nb.2,"No"\n')
        assert len(LJSpeech(str(corpus)).utterances(problems)) == 2
        assert list(problems.skipped[BAD]) == ["line 2"]


def test_a_file_may_have_two_suffixes_or_be_called_id(corpus):
    (corpus / "wavs" / "a1.wav.wav").touch()
    (corpus / "wavs" / "id.wav").touch()
    (corpus / "metadata.csv").write_text("id|text\na1|one\na1.wav|two\nb.2|three\n")
    found = LJSpeech(str(corpus)).utterances()
    assert {u.id: u.text for u in found} == {
        "a1": "one", "a1.wav": "two", "b.2": "three", "id": "text",
    }  # fmt: skip
