"""The corpus readers on tiny copies of the public layouts, good and damaged."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ganspeech.config.registry import MENUS
from ganspeech.data.corpus import CorpusError, Problems, Utterance, split
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.data.readers.ljspeech import LJSpeech
from ganspeech.data.readers.mnist import MNIST
from ganspeech.data.readers.vctk import VCTK
from ganspeech.data.unlabeled.unpaired import UnpairedCorpus

FOLDERS = [
    kind
    for kind in map(type, MENUS["corpus"].values())
    if "root" in {field.name for field in dataclasses.fields(kind)}
    and not issubclass(kind, (MNIST, UnpairedCorpus))
]


def touch(path: Path, seconds: float = 0.1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, np.full(int(8000 * seconds), 0.5), 8000)
    return path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_ljspeech_reads_any_suffix_and_prefers_the_normalized_text(tmp_path):
    one, two = touch(tmp_path / "wavs/b.flac"), touch(tmp_path / "wavs/a.wav")
    write(tmp_path / "metadata.csv", 'b|No. 1|Number one\na|She said "no"\n')
    assert LJSpeech(str(tmp_path)).utterances() == [
        Utterance("a", str(two), 'She said "no"', "LJ"),
        Utterance("b", str(one), "Number one", "LJ"),
    ]


def test_ljspeech_falls_back_to_the_second_column_and_skips_a_byte_order_mark(tmp_path):
    touch(tmp_path / "wavs/a.ogg")
    (tmp_path / "metadata.csv").write_bytes("\ufeffa|text|\n".encode())
    assert [u.text for u in LJSpeech(str(tmp_path)).utterances()] == ["text"]


def test_ljspeech_names_every_bad_line(tmp_path):
    for name in ("a", "b", "lonely"):
        touch(tmp_path / f"wavs/{name}.wav")
    lines = "a|x|x\nb\nmissing|y|y\na|again|again\nb|1|2|3\n\nb|z|z\n"
    write(tmp_path / "metadata.csv", lines)
    problems = Problems()
    found = LJSpeech(str(tmp_path)).utterances(problems)
    assert [(u.id, u.text) for u in found] == [("a", "x"), ("b", "z")]
    assert list(problems.skipped.values()) == [
        ["line 2", "line 5"],
        ["lonely"],
        ["missing"],
        ["a"],
    ]
    assert problems.lines()[0] == (
        "skipped 2: lines of metadata.csv that are not ID|text or ID|text|normalized text "
        "(line 2, line 5)"
    )


def test_ljspeech_without_metadata_is_one_clear_line(tmp_path):
    with pytest.raises(
        CorpusError, match=rf"^LJSpeech: no metadata.csv in {tmp_path} \(lines"
    ) as e:
        LJSpeech(str(tmp_path)).utterances()
    assert "\n" not in str(e.value)


def test_ljspeech_in_another_encoding_is_an_error_that_names_the_file(tmp_path):
    (tmp_path / "metadata.csv").write_bytes(b"a|caf\xe9|caf\xe9\n")
    with pytest.raises(CorpusError, match=r"metadata\.csv as UTF-8"):
        LJSpeech(str(tmp_path)).utterances()


def test_ljspeech_whose_audio_is_missing_says_what_was_looked_for_and_why(tmp_path):
    write(tmp_path / "metadata.csv", "a|x|x\n")
    with pytest.raises(CorpusError, match=r"looked for .*wavs/ID \(\.wav .*no such audio.*\(a\)"):
        LJSpeech(str(tmp_path)).utterances()


def test_librispeech_reads_several_splits(tmp_path):
    audio = touch(tmp_path / "dev/12/34/12-34-0001.flac")
    touch(tmp_path / "dev/12/34/12-34-0002.flac")
    write(tmp_path / "dev/12/34/12-34.trans.txt", "12-34-0001 HELLO THERE\n12-34-0003 GONE\n")
    other = touch(tmp_path / "train/5/6/5-6-0000.ogg")
    write(tmp_path / "train/5/6/5-6.trans.txt", "5-6-0000 YES\n")
    problems = Problems()
    assert LibriSpeech(str(tmp_path)).utterances(problems) == [
        Utterance("12-34-0001", str(audio), "HELLO THERE", "12"),
        Utterance("5-6-0000", str(other), "YES", "5"),
    ]
    assert list(problems.skipped.values()) == [["12-34-0003"], ["12-34-0002"]]


def test_libritts_takes_the_normalized_text(tmp_path):
    audio = touch(tmp_path / "7/8/7_8_000000_000001.wav")
    write(tmp_path / "7/8/7_8_000000_000001.original.txt", "No. 9")
    write(tmp_path / "7/8/7_8_000000_000001.normalized.txt", "Number nine\n")
    expected = [Utterance("7_8_000000_000001", str(audio), "Number nine", "7")]
    assert LibriSpeech(str(tmp_path)).utterances() == expected


def test_a_repeated_id_is_used_once_and_named(tmp_path):
    for split_name in ("a", "b"):
        touch(tmp_path / f"{split_name}/1/2/1-2-3.flac")
        write(tmp_path / f"{split_name}/1/2/1-2.trans.txt", "1-2-3 X\n")
    problems = Problems()
    assert len(LibriSpeech(str(tmp_path)).utterances(problems)) == 1
    assert problems.lines() == ["skipped 1: id used more than once, the first is kept (1-2-3)"]


def test_librispeech_holds_out_whole_speakers(tmp_path):
    for id in ("1-1-0", "1-1-1", "20-1-0", "3-1-0", "3-2-1"):
        speaker, chapter, _ = id.split("-")
        touch(tmp_path / speaker / chapter / f"{id}.flac")
        write(tmp_path / speaker / chapter / f"{id}.normalized.txt", "text")
    found = LibriSpeech(str(tmp_path)).utterances()

    def held_out(**fields):
        train, kept = LibriSpeech(str(tmp_path), **fields).divide(found)
        assert sorted(u.id for u in (*train, *kept)) == [u.id for u in found]
        return [u.id for u in kept]

    assert held_out(held_out=1) == ["3-2-1"]
    assert held_out(held_out=1, held_out_speakers=1) == ["3-1-0", "3-2-1"]
    assert held_out(held_out_speakers=2) == ["20-1-0", "3-1-0", "3-2-1"]
    with pytest.raises(CorpusError, match=r"all 5 usable .* held out \(1, 20, 3\): hold out fewer"):
        held_out(held_out_speakers=3)
    with pytest.raises(CorpusError, match="held_out_speakers must not be negative: -1"):
        held_out(held_out_speakers=-1)


@pytest.mark.parametrize("microphone", ["mic1", "mic2"])
def test_vctk_092_chooses_the_microphone(tmp_path, microphone):
    for name in ("p225_001_mic1", "p225_001_mic2"):
        touch(tmp_path / f"wav48_silence_trimmed/p225/{name}.flac")
    touch(tmp_path / f"wav48_silence_trimmed/p315/p315_002_{microphone}.flac")
    write(tmp_path / "txt/p225/p225_001.txt", "Please call Stella.\n")
    problems = Problems()
    found = VCTK(str(tmp_path), microphone=microphone).utterances(problems)
    assert [(u.id, u.text, u.speaker) for u in found] == [
        ("p225_001", "Please call Stella.", "p225"),
        ("p315_002", "", "p315"),
    ]
    assert found[0].audio.endswith(f"p225_001_{microphone}.flac")
    assert list(problems.mended.values()) == [["p315_002"]] and not problems.skipped


def test_vctk_080(tmp_path):
    touch(tmp_path / "wav48/p226/p226_003.wav")
    write(tmp_path / "txt/p226/p226_003.txt", "Six spoons.\n")
    assert [u.text for u in VCTK(str(tmp_path)).utterances()] == ["Six spoons."]


def test_audio_folder_is_searched_to_any_depth(tmp_path):
    for name in ("b.wav", "anna/x/a.FLAC", "anna/._a.wav"):
        touch(tmp_path / name.lower()).rename(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no audio")
    found = AudioFolder(str(tmp_path)).utterances()
    assert [(u.id, u.speaker, u.text) for u in found] == [("anna/x/a", "anna", ""), ("b", "", "")]


@pytest.mark.parametrize("corpus", FOLDERS)
def test_a_missing_or_empty_folder_is_an_error_that_says_where(tmp_path, corpus):
    with pytest.raises(CorpusError, match=r"no folder '.*nowhere'"):
        corpus(str(tmp_path / "nowhere")).utterances()
    with pytest.raises(CorpusError, match="no folder ''"):
        corpus("").utterances()
    with pytest.raises(CorpusError, match=f"(looked for|no metadata).*{tmp_path}"):
        corpus(str(tmp_path)).utterances()


def test_split_keeps_the_last_and_refuses_to_leave_nothing():
    assert split("abcde", 2) == ("abc", "de")
    assert split("abc", 0) == ("abc", "")
    with pytest.raises(CorpusError, match="held-out=3 leaves none"):
        split("abc", 3)
    with pytest.raises(CorpusError, match="must not be negative"):
        split("abc", -1)


def test_long_lists_of_names_are_shortened():
    problems = Problems()
    for i in range(8):
        problems.skip("odd", f"r{i}")
    assert problems.lines() == ["skipped 8: odd (r0, r1, r2, r3, r4 and 3 more)"]


def test_real_layouts(recordings):
    problems = Problems()
    kathleen = LJSpeech(str(recordings / "kathleen")).utterances(problems)
    assert len(kathleen) == 593 and all(u.text for u in kathleen)
    accented = LibriSpeech(str(recordings / "speechocean/train")).utterances(problems)
    assert len(accented) == 1340 and len({u.speaker for u in accented}) == 67
    assert len(AudioFolder(str(recordings / "fsdd/recordings")).utterances(problems)) == 2700
    assert problems == Problems()
