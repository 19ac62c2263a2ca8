import numpy as np
import pytest
import soundfile

from ganspeech.audio import AUDIO_SUFFIXES, SPEECH_16K, write_audio
from ganspeech.audio.decoding import CUT_OFF
from ganspeech.data.readers.folder import AudioFolder
from ganspeech.evaluation.quality.material import from_folders
from ganspeech.evaluation.quality.speed import griffin_lim_all, mels_of, vocode_all


@pytest.fixture
def folders(tmp_path, make_voice):
    for name, stems in (("ref", "abcde"), ("sys", "abcdf")):
        for i, stem in enumerate(stems):
            write_audio(tmp_path / name / f"{stem}.wav", make_voice(1.0, seed=i), 16000)
    return tmp_path / "ref", tmp_path / "sys"


def test_folders_are_matched_by_stem_and_the_rest_is_named(folders, make_voice):
    reference, generated = folders
    (generated / "b.wav").write_bytes(b"no audio at all")
    (generated / "c.wav").unlink()
    write_audio(generated / "deeper" / "c.flac", make_voice(1.5), 24000)
    found = from_folders(reference, {"mine": generated})
    assert set(found.reference) == set("abcd") and set(found.systems["mine"]) == set("acd")
    assert found.rate == 16000 and abs(len(found.systems["mine"]["c"]) - 16000) < 5
    text = "\n".join(found.problems)
    assert len(found.problems) == 4, text
    for line in (
        "reference: e has no counterpart",
        "mine: f has no reference",
        "b.wav",
        "24000 to",
    ):
        assert line in text


def test_faults_of_files_that_are_used_are_named(folders):
    reference, generated = folders
    path = generated / "a.wav"
    path.write_bytes(path.read_bytes()[:20_000])
    found = from_folders(reference, {"mine": generated})
    assert f"mine: {path}: {CUT_OFF}" in found.problems and "a" in found.systems["mine"]


def test_a_griffin_lim_row_stands_beside(folders):
    found = from_folders(folders[0], {"mine": folders[1]}, sentences=2)
    assert set(found.reference) == {"a", "b"} and set(found.systems["griffin-lim"]) == {"a", "b"}
    facts = found.facts["griffin-lim"]
    assert facts.parameters == 0 and facts.compile_seconds > 0
    assert all(value > 0 for value in facts.real_time.values())
    assert "speech_16k" in found.notes[0] and "resampled" not in found.notes[0]


def test_other_rates_say_how_griffin_lim_was_made(tmp_path, make_voice):
    for name in ("ref", "sys"):
        write_audio(tmp_path / name / "a.wav", make_voice(1.0)[::2], 8000)
    found = from_folders(tmp_path / "ref", {"sys": tmp_path / "sys"})
    assert found.rate == 8000 and "resampled from 8000 Hz and back" in found.notes[0]
    assert len(found.systems["griffin-lim"]["a"]) == pytest.approx(8000, abs=256)


def test_nothing_to_match(folders, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"no file of .* has the name"):
        from_folders(folders[0], {"mine": tmp_path / "empty"})
    with pytest.raises(ValueError, match="mine: no such folder"):
        from_folders(folders[0], {"mine": tmp_path / "nowhere"})


def test_every_suffix_is_found_to_score_and_to_train_on(tmp_path, make_voice):
    formats = {".opus": "OGG", ".aif": "AIFF"}
    for suffix in AUDIO_SUFFIXES:
        file, kind = tmp_path / f"a{suffix[1:]}{suffix}", formats.get(suffix, suffix[1:].upper())
        subtype = "OPUS" if suffix == ".opus" else None
        soundfile.write(file, make_voice(0.5), 16000, format=kind, subtype=subtype)
    found = from_folders(tmp_path, {"mine": tmp_path})
    assert found.problems == () and len(found.reference) == len(AUDIO_SUFFIXES)
    assert [u.id for u in AudioFolder(str(tmp_path)).utterances()] == sorted(found.reference)


def test_vocoding_pads_to_few_lengths_and_tells_compilation_apart(capsys):
    lengths, ends = [], []

    def vocoder(mel):
        lengths.append(len(mel))
        ends.append(mel[-1, 0])
        return np.zeros(len(mel) * 256)

    mels = {str(n): np.zeros((n, 80), np.float32) for n in (100, 90, 130)}
    audio, facts = vocode_all(vocoder, mels, SPEECH_16K, parameters=7, name="mine")
    assert lengths == [128, 128, 128, 256, 256]
    assert ends == pytest.approx([SPEECH_16K.silence] * 5)
    assert [len(audio[n]) for n in mels] == [25600, 23040, 33280]
    assert facts.parameters == 7 and set(facts.real_time) == set(mels)
    bar = capsys.readouterr().err
    assert "vocoding: mine" in bar and "3/3" in bar


def test_griffin_lim_keeps_the_magnitudes(make_voice):
    voice = make_voice(1.0)
    mels = mels_of({"a": voice}, SPEECH_16K)
    made, _ = griffin_lim_all(mels, SPEECH_16K)
    again = mels_of(made, SPEECH_16K)["a"]
    loud = mels["a"] > mels["a"].max() - 6
    assert np.abs(again - mels["a"])[loud].mean() < 0.5
