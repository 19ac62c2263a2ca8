"""An author's controls of a voice: SSML, phonemes, lexicons and silences, as they sound."""

import dataclasses

import numpy as np
import pytest
import robots

from ganspeech.text.phonemes.front_ends import Espeak
from ganspeech.text.script.lexicon import Entry, Lexicon
from ganspeech.text.sentences import PAUSES
from ganspeech.text.spoken_text import ESPEAK, SpokenText
from ganspeech.text.symbols import IPA

STILL = {"noise_scale": 0.0, "duration_noise": 0.0}
RATE = robots.RATE


def robot(**fields):
    """A robot that reads phonemes."""
    return dataclasses.replace(robots.voice(**fields), text=ESPEAK)


def said(spoken) -> list[str]:
    return ["".join(one.symbols[::2]) for one in spoken]


def test_silences_in_seconds_at_any_speed():
    voice = robots.voice()
    text = "One. Two.\n\nThree."
    usual = voice.say(text, speed=2.0, **STILL)
    longer = voice.say(text, speed=2.0, sentence_silence=1.0, paragraph_silence=0.0, **STILL)
    changed = 1.0 - (PAUSES["sentence"] + PAUSES["paragraph"]) / 2
    assert len(longer) - len(usual) == round(changed * RATE)


@pytest.mark.parametrize("name", ["sentence_silence", "paragraph_silence"])
@pytest.mark.parametrize("seconds", [-1, 61, float("nan"), "1"])
def test_bad_silences_are_named(name, seconds):
    with pytest.raises(ValueError, match=f"{name} must be from 0 to 60"):
        robots.voice().stream("Hi", **{name: seconds})


def test_breaks_volumes_rates_and_speakers():
    voice = robots.voice(level=0.1, speakers=("anna", "bert"))
    document = (
        "<speak>aa<break time='250ms'/><prosody volume='-20dB'>aa</prosody>"
        "<prosody rate='0.5'>aa</prosody><voice name='bert'>aa</voice></speak>"
    )
    first, silence, soft, slow, other = voice.stream(document, ssml=True, **STILL)
    assert (silence.text, len(silence.audio)) == ("", RATE / 4) and not silence.audio.any()
    np.testing.assert_allclose(soft.audio, first.audio / 10, rtol=1e-6)
    np.testing.assert_allclose(other.audio, first.audio * 2, rtol=1e-6)
    assert slow.frames == (7,) * len(slow.frames) and first.frames == (4,) * len(first.frames)
    whole = voice.say(document, ssml=True, **STILL)
    assert len(whole) == sum(len(one.audio) for one in (first, silence, soft, slow, other))


def test_rates_multiply_the_speed_within_its_range():
    document = "<speak><prosody rate='3'>aa</prosody></speak>"
    voice = robots.voice()
    fast = voice.say(document, ssml=True, **STILL)
    np.testing.assert_array_equal(fast, voice.say("aa", speed=3.0, **STILL))
    told = r"line 1, column 8: rate must stay within 0\.125 to 2 at speed 2, not '3'"
    with pytest.raises(ValueError, match=told):
        voice.stream(document, ssml=True, speed=2.0)


def test_weights_of_a_blend_are_said_once(capsys):
    voice = robots.voice(speakers=("anna", "bert"))
    inside = "<voice name='anna:0.6, bert:0.5'>a</voice>b" * 3
    list(voice.stream(f"<speak>{inside}</speak>", ssml=True))
    told = "weights of speakers sum to 1.1, and are divided by that\n"
    assert capsys.readouterr().err == told


def test_what_is_too_loud_is_clipped_and_said_once(capsys):
    document = "<speak><prosody volume='+40dB'>zz. zz</prosody></speak>"
    audio = robots.voice(level=0.5).say(document, ssml=True)
    assert np.abs(audio).max() == 1
    assert capsys.readouterr().err == "louder than full scale: peaks are clipped\n"


def test_phonemes_and_lexicons_are_spoken(tmp_path, capsys):
    words = tmp_path / "words.tsv"
    words.write_text("gif\t/dʒɪf/\n", "utf-8")
    expected = ["^dʒɪf, həlˈoʊ.$"]
    assert said(robot().stream("GIF, [[həlˈoʊ]].", lexicon=words)) == expected
    lexicon = Lexicon({"gif": Entry("gif", "dʒɪf")})
    assert said(robot().stream("GIF, [[həlˈoʊ]].", lexicon=lexicon)) == expected
    own = SpokenText(Espeak(), (*(symbol for symbol in IPA if symbol != "ŋ"), "X"))
    voice = dataclasses.replace(robot(), text=own)
    assert said(voice.stream("[[həl5ŋʷX]]")) == ["^həl5X$"]
    assert said(voice.stream("<speak><phoneme ph='X'>a</phoneme></speak>", ssml=True)) == ["^X$"]
    assert capsys.readouterr().err == "left out, since the voice has no symbol for: 'ŋ', 'ʷ'\n"


def test_other_languages_are_read_by_their_rules():
    document = "<speak>Say <lang xml:lang='de'>Zeit</lang></speak>"
    assert said(robot().stream(document, ssml=True)) == ["^sˈeɪ$", "^tsˈaɪt$"]


def test_what_is_not_supported_is_said_once_and_not_read(capsys):
    document = "<speak>\n<emphasis>a</emphasis><emphasis>b</emphasis></speak>"
    assert said(robots.voice().stream(document, ssml=True)) == ["^ab$"]
    told = "SSML line 2: <emphasis> is not supported; its text is read as any other\n"
    assert capsys.readouterr().err == told
    robots.voice().stream(f"<speak>a{''.join(f'<x{n}/>' for n in range(23))}</speak>", ssml=True)
    assert capsys.readouterr().err.endswith("\nand 3 more that are not supported\n")
    lexicon = Lexicon({"a": Entry("a", "ə"), "b": Entry("b", respelled="bee")})
    assert said(robots.voice().stream("a b", lexicon=lexicon)) == ["^a bee$"]
    told = "phonemes in the lexicon are not used (1 of its words): this voice reads letters\n"
    assert capsys.readouterr().err == told
    robots.voice().stream("One [[wʌn]]. Two [[tuː]].")
    told = "line 1: phonemes in [[ ]] are left out: this voice reads letters\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("inside", ["", "<break time='1s'/>", "<mark name='a'/>", "..."])
def test_nothing_to_say(inside):
    with pytest.raises(ValueError, match=r"nothing to say in the text .<speak>"):
        robots.voice().say(f"<speak>{inside}</speak>", ssml=True)


def test_a_long_sentence_keeps_what_is_inserted():
    inside = "word " * 60 + "<phoneme ph='oʊ'>o</phoneme> <mark name='m'/>" + "word " * 60
    spoken = list(robot().stream(f"<speak><s>{inside}</s></speak>", ssml=True, speed=0.25))
    assert "".join(one.text for one in spoken).replace(" ", "") == "word" * 60 + "o" + "word" * 60
    assert sum(len(stretch.marks) for one in spoken for stretch in one.stretches) == 1
