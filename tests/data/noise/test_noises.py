"""Conditions, noise and rooms: what is drawn, at which level, and what bad folders say."""

import numpy as np
import pytest
import soundfile

from ganspeech.audio.decoding import CUT_OFF
from ganspeech.config import serialize
from ganspeech.data.corpus import CorpusError
from ganspeech.data.noise.conditions import Conditions
from ganspeech.data.noise.made import made_noises
from ganspeech.data.noise.noises import load_noises, mix, noise_for
from ganspeech.data.noise.rooms import DIRECT_DB, reverberated

RATE = 8000


@pytest.fixture(scope="module")
def made():
    return made_noises(RATE)


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(0)
    for name in ("e", "b", "in/c", "d"):
        path = tmp_path / "noise" / f"{name}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, 0.1 * rng.standard_normal(RATE), RATE, subtype="FLOAT")
    return tmp_path / "noise"


@pytest.fixture
def speech():
    return (0.3 * np.sin(np.arange(4000) / 3)).astype(np.float32)


def decibels(wave):
    return 10 * np.log10(np.mean(np.square(wave, dtype=np.float64)))


def test_conditions_are_plain_data():
    conditions = Conditions("folder", 3, (5.0, 10.0), 0.5, 0.25, (0.9, 1.0))
    assert serialize.loads(serialize.dumps(conditions)) == conditions
    assert hash(conditions) != hash(Conditions())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"noisy": 1.5}, "conditions.noisy must be from 0 to 1"),
        ({"reverberant": -0.1}, "conditions.reverberant must be from 0 to 1"),
        ({"unseen": -1}, "conditions.unseen must be at least 0"),
        ({"snr_db": (10.0, 0.0)}, "conditions.snr_db must be two numbers"),
        ({"snr_db": (0.0, float("nan"))}, "conditions.snr_db must be two numbers"),
        ({"speeds": ()}, "conditions.speeds must be 0.5 to 2"),
        ({"speeds": (1.0, 0.0)}, "conditions.speeds must be 0.5 to 2"),
    ],
)
def test_impossible_conditions_are_named(wrong, told):
    with pytest.raises(ValueError, match=told):
        Conditions(**wrong)


def test_made_noises_are_of_ten_kinds_and_always_the_same(made):
    assert len(made) == 10
    for name, again in made_noises(RATE).items():
        np.testing.assert_array_equal(made[name], again)
        assert again.dtype == np.float32 and len(again) == 20 * RATE and np.isfinite(again).all()
    noises = load_noises(Conditions(), RATE)
    assert list(noises.seen) == ["babble", "brown", "engine", "hum", "pink"]
    assert list(noises.unseen) == ["rain", "siren", "typing", "white", "wind"]


def test_made_noises_have_the_spectra_of_their_names(made):
    def octave(name, low):
        power = np.abs(np.fft.rfft(made[name])) ** 2
        return 10 * np.log10(power[20 * low : 40 * low].sum())  # 20 s: 20 bins a hertz

    for name, slope in (("white", 3.0), ("pink", 0.0), ("brown", -3.0)):  # decibels an octave
        assert octave(name, 1000) - octave(name, 500) == pytest.approx(slope, abs=0.3)
    spectrum = np.abs(np.fft.rfft(made["hum"]))
    assert np.argmax(spectrum) == pytest.approx(50 * 20, abs=40)


def test_a_folder_is_parted_by_name(folder):
    noises = load_noises(Conditions(str(folder), unseen=2), RATE)
    assert (list(noises.seen), list(noises.unseen)) == (["b", "d"], ["e", "in/c"])
    assert list(load_noises(Conditions(str(folder), unseen=0), RATE).unseen) == []
    assert len(load_noises(Conditions(str(folder), unseen=1), 2 * RATE).seen["b"]) == 2 * RATE


def test_bad_files_are_named_and_move_no_others(folder, capsys):
    (folder / "b.wav").write_text("no audio")
    soundfile.write(folder / "e.wav", np.zeros(RATE), RATE)
    noises = load_noises(Conditions(str(folder), unseen=2), RATE)
    assert (list(noises.seen), list(noises.unseen)) == (["d"], ["in/c"])
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2 and all(
        line.startswith(f"noises in {folder}: skipped 1:") for line in told
    )
    assert "cannot read the file as audio" in told[0] and told[0].endswith("(b)")
    assert "silent" in told[1] and told[1].endswith("(e)")


def test_a_folder_without_noise_is_refused(folder, tmp_path):
    with pytest.raises(CorpusError, match=r"conditions\.noises: no folder .*absent"):
        load_noises(Conditions(str(tmp_path / "absent")), RATE)
    with pytest.raises(CorpusError, match=r"unseen=4 leaves none of the 4 noises in .*noise"):
        load_noises(Conditions(str(folder), unseen=4), RATE)
    with pytest.raises(
        CorpusError, match=r"unseen=10 leaves none of the 10 noises in the built-in"
    ):
        load_noises(Conditions(unseen=10), RATE)
    (tmp_path / "empty").mkdir()
    with pytest.raises(CorpusError, match=r"conditions\.noises: no audio file .*empty"):
        load_noises(Conditions(str(tmp_path / "empty")), RATE)
    for path in folder.rglob("*.wav"):
        soundfile.write(path, np.zeros(RATE), RATE)
    with pytest.raises(CorpusError, match=r"none of the 2 noises to train with in .*noise.*silent"):
        load_noises(Conditions(str(folder), unseen=2), RATE)


def test_a_noise_that_is_cut_off_is_used_and_named(folder, capsys):
    content = (folder / "b.wav").read_bytes()
    (folder / "b.wav").write_bytes(content[: len(content) // 2])
    assert "b" in load_noises(Conditions(str(folder), unseen=1), RATE).seen
    assert f"noises in {folder}: used 1: {CUT_OFF} (b)\n" in capsys.readouterr().err


def test_silent_stretches_are_cut_out(folder):
    wave = np.zeros(2 * RATE)
    wave[3000:7000] = 0.1 * np.random.default_rng(1).standard_normal(4000)
    soundfile.write(folder / "b.wav", wave, RATE, subtype="FLOAT")
    noise = load_noises(Conditions(str(folder), unseen=1), RATE).seen["b"]
    assert 4000 <= len(noise) <= 4800
    np.testing.assert_allclose(noise[200:3800], wave[3000:6600] - wave.mean(), atol=1e-6)


@pytest.mark.parametrize("snr_db", [-5.0, 0.0, 12.5])
@pytest.mark.parametrize("length", [300, 4500, 50000])
def test_the_signal_to_noise_ratio_is_as_asked(speech, snr_db, length):
    noise = np.random.default_rng(3).standard_normal(length).astype(np.float32)
    added = noise_for(speech, noise, snr_db, np.random.default_rng(0))
    assert added.dtype == np.float32 and added.shape == speech.shape
    assert decibels(speech) - decibels(added) == pytest.approx(snr_db, abs=1e-3)
    if length < len(speech):
        np.testing.assert_array_equal(added[:-length], added[length:])  # it repeats
    mixed = mix(speech, noise, snr_db, np.random.default_rng(0))
    assert np.abs(mixed).max() <= 1
    scale = min(1, 1 / np.abs(speech + added).max())
    np.testing.assert_allclose(mixed, (speech + added) * scale, atol=1e-6)
    assert not np.array_equal(mixed, mix(speech, noise, snr_db, np.random.default_rng(1)))


def test_a_stretch_without_any_sound_adds_none(speech):
    silence = np.zeros(9000, np.float32)
    np.testing.assert_array_equal(mix(speech, silence, 0.0, np.random.default_rng(0)), speech)


def test_a_room_follows_the_direct_sound():
    click = np.zeros(RATE, np.float32)
    click[100] = 1
    for seed in range(5):
        heard = reverberated(click, RATE, np.random.default_rng(seed))
        assert heard.dtype == np.float32 and heard.shape == click.shape
        assert np.abs(heard[:100]).max() < 1e-5 and heard[100] == pytest.approx(1, abs=1e-5)
        tail = heard[101:]
        direct = -decibels(tail) - 10 * np.log10(len(tail))
        assert DIRECT_DB[0] - 0.1 <= direct <= DIRECT_DB[1] + 0.1
        # By 60 dB in 0.2 to 0.8 seconds: 15 to 60 dB in the fifth of a second between these.
        early, late = tail[:400], tail[1600:2000]
        assert 12 < decibels(early) - decibels(late + 1e-9) < 65


def test_a_room_serves_the_shortest_speech():
    speech = np.full(3, 0.5, np.float32)
    assert reverberated(speech, RATE, np.random.default_rng(0)).shape == (3,)


def test_recordings_of_noise(recordings):
    noises = load_noises(Conditions(str(recordings / "noise")), 16000)
    assert len(noises.seen) == 12 and len(noises.unseen) == 5
    # Some pause; any stretch as long as a word can be brought to a level.
    for wave in (*noises.seen.values(), *noises.unseen.values()):
        blocks = wave[: len(wave) // 4000 * 4000].reshape(-1, 4000)
        assert (np.mean(blocks**2, axis=1) > 1e-4 * np.mean(wave**2)).all()
