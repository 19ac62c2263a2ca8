"""SSML: what it says becomes a script, and what is not supported is named with its line."""

import pytest

from ganspeech.text.phonemes.front_ends import Espeak, FrontEnd, Gruut, Plain
from ganspeech.text.script.beginning import is_ssml
from ganspeech.text.script.script import Manner, Mark, Pronounced, Replaced, Script, Silence
from ganspeech.text.script.ssml import Abilities, SsmlError, ssml_script
from ganspeech.text.sentences import ANCHOR, USUAL, Silences

ENGLISH = Espeak("en-us")


def script(inside: str, front: FrontEnd = ENGLISH, silences: Silences = USUAL):
    def speaker(name):
        if name != "anna":
            raise ValueError(f"the voice has no speaker {name!r}")

    document = inside if "speak" in inside else f"<speak>{inside}</speak>"
    return ssml_script(document, Abilities(front, speaker, (0.25, 4.0)), silences)


def pieces(inside: str, **settings):
    """Texts and pauses, and seconds of silences."""
    return [
        item.seconds
        if isinstance(item, Silence)
        else (item.sentence.text.replace(ANCHOR, "|"), item.sentence.pause)
        for item in script(inside, **settings).items
    ]


def texts(found: Script) -> list[str]:
    return [item.sentence.text.replace(ANCHOR, "") for item in found.items]


@pytest.mark.parametrize(
    "inside, found",
    [
        ("One. Two", [("One.", 0.3), ("Two", 0)]),
        ("<p><s>Mr. A. Is it</s><s>two</s></p><p>three</p>",
         [("Mr. A. Is it", 0.3), ("two", 0.7), ("three", 0)]),
        ("<p>One.</p>\n\n<p>Two</p>", [("One.", 0.7), ("Two", 0)]),
        ("a\n\nb", [("a b", 0)]),
        ("Wait<break time='500ms'/> now. <break time='2s'/>Go",
         [("Wait", 0), 0.5, ("now.", 0), 2.0, ("Go", 0)]),
        ("<s>a</s><break strength='none'/>b<break/>c<break strength='x-strong'/>",
         [("a", 0), 0.0, ("b", 0), 0.3, ("c", 0), 1.2]),
        ("A <prosody rate='slow'>b</prosody>, c. <prosody volume='soft'>D</prosody>. E",
         [("A", 0), ("b", 0), ("c.", 0.3), ("D", 0.3), ("E", 0)]),
        ("<!-- no --><sub alias='W. H. O.'>WHO</sub> is <w>it</w>?<desc>no</desc>",
         [("W. H. O.| is it?", 0)]),
        ("It weighs .<prosody rate='slow'>5 is .5</prosody>",
         [("It weighs .", 0.3), ("5 is .5", 0)]),
        ("Say <mark name='x'/>it <phoneme ph='a'>b</phoneme>.<mark name='y'/>",
         [("Say |it |.|", 0)]),
    ],
)  # fmt: skip
def test_sentences_and_pauses(inside, found):
    assert pieces(inside) == found
    assert not script(inside).notes


def test_a_prefix_may_stand_before_all_names():
    inside = "Hi <ssml:break time='2s'/><ssml:sub alias='a'>b</ssml:sub>"
    found = script(f"<ssml:speak xmlns:ssml='x'>{inside}</ssml:speak>")
    assert [getattr(item, "seconds", None) for item in found.items] == [None, 2.0, None]
    assert not found.notes


def test_silences_that_are_set_are_exact_and_breaks_stay():
    found = script("<p>Aa. Bb.</p><p>C.<break time='1s'/>D</p>", silences=Silences(0.1, 2.0)).items
    pauses = [(i.sentence.pause, i.sentence.exact) for i in found if not isinstance(i, Silence)]
    assert pauses == [(0.1, True), (2.0, True), (0.0, False), (0.0, False)]


def test_manners_nest_and_end():
    document = (
        "<prosody rate='200%' volume='+6dB'>a<prosody rate='-50%' volume='50'>b</prosody></prosody>"
        "<voice name='anna'>c</voice><lang xml:lang='de-DE'>d</lang><p xml:lang='en-GB'>e</p>"
    )
    assert [item.manner for item in script(document).items] == [
        Manner(2.0, pytest.approx(10**0.3)),
        Manner(1.0, 0.5),
        Manner(speaker="anna"),
        Manner(language="de"),
        Manner(),
    ]


def test_insertions_in_order():
    (only,) = script("<mark name='m'/><phoneme alphabet='ipa' ph='t͡ʃɪ.p'>chip</phoneme>").items
    assert only.inserted == (Mark("m"), Pronounced("tʃɪp", "chip"))


@pytest.mark.parametrize(
    "kind, text, said",
    [
        ("characters", "ab1?", "A.B, one, question mark"),
        ("spell-out", "a", "Ae"),
        ("cardinal", "1,984", "one thousand nine hundred and eighty-four"),
        ("cardinal", "-3", "minus three"),
        ("ordinal", "21st", "twenty-first"),
        ("digits", "1984", "one nine eight four"),
        ("telephone", "+1 (555) 01", "plus one, five five five, zero one"),
        ("telephone", "1.800–5/6", "one, eight zero zero, five, six"),
        ("digits", "(12) 3-4.", "one two, three, four"),
        ("date' format='dmy", "3.5.2026", "May 3, 2026"),
        ("date' format='ymd", "20260503", "May 3, 2026"),
        ("date' format='my", "05/2026", "May 2026"),
        ("date", "2026-05-03", "2026-05-03"),
        ("time", "1'21\"", "1 minute 21 seconds"),
        ("time' format='hms12", "2:30pm", "2:30pm"),
        ("currency", "USD 42.01", "$42.01"),
        ("unit", "5km", "5km"),
    ],
)
def test_say_as(kind, text, said):
    found = script(f"<say-as interpret-as='{kind}'>{text}</say-as>")
    assert texts(found) == [said] and not found.notes


@pytest.mark.parametrize(
    "kind, text",
    [
        ("telephone", "1-800-FLOWERS"),
        ("telephone", "555-0100 ext. 12"),
        ("digits", "-5"),
        ("digits", "3.14"),
        ("digits", ".5"),
        ("digits", "12ab"),
    ],
)
def test_what_digits_would_drop_is_noted_and_read(kind, text):
    found = script(f"<say-as interpret-as='{kind}'>{text}</say-as>")
    assert [item.sentence.text for item in found.items] == [text]
    reason = f"interpret-as='{kind}' needs digits alone, not '{text}'"
    assert found.notes == (f"SSML line 1: {reason}; the text is read as any other",)


def test_numbers_are_said_in_the_language_of_the_voice():
    found = script("<say-as interpret-as='ordinal'>3</say-as>", front=Espeak("de"))
    assert texts(found) == ["dritte"]


def test_what_is_not_supported_is_named_once_with_its_line_and_its_text_is_read():
    found = script(
        """<speak><emphasis>So</emphasis> <emphasis>it</emphasis>
        <prosody pitch="high">goes</prosody> <audio src="a.wav"><desc>no</desc>on</audio>
        <say-as interpret-as="poem">and</say-as> <say-as interpret-as="digits">so</say-as>
        <phoneme alphabet="x-sampa" ph="@">forth</phoneme> <lang xml:lang="xx">to</lang>
        <lexicon uri="x"/><voice gender="female">the</voice> <sub alias="end">e<b>n</b>d</sub>
        </speak>"""
    )
    assert " ".join(texts(found)) == "So it goes on and so forth to the end"
    assert list(found.notes) == [
        "SSML line 1: <emphasis> is not supported; its text is read as any other",
        "SSML line 2: pitch of <prosody> is not supported",
        "SSML line 2: <audio> is not supported; its text is read as any other",
        "SSML line 3: interpret-as='poem' is not supported; the text is read as any other",
        "SSML line 3: interpret-as='digits' needs digits, not 'so'; the text is read as any other",
        "SSML line 4: alphabet='x-sampa' of <phoneme> is not supported, only 'ipa'",
        "SSML line 4: the language 'xx' is not supported: this voice reads 'en'",
        "SSML line 5: <lexicon> is not supported; give a lexicon beside the text",
        "SSML line 5: gender of <voice> is not supported",
        "SSML line 5: <b> inside <sub> is not supported",
    ]  # fmt: skip


def test_voices_of_letters_and_of_other_front_ends_say_what_they_cannot():
    letters = script("<phoneme ph='a'>b</phoneme>", front=Plain())
    assert letters.items[0].sentence.text == "b"
    assert letters.notes == ("SSML line 1: <phoneme> is not supported: this voice reads letters",)
    other = "<lang xml:lang='de'>a</lang>"
    (note,) = script(other, front=Plain()).notes
    assert note.endswith("language 'de' is not supported: this voice does not know its own")
    assert script(f"<speak xml:lang='fr'>a {other}</speak>", front=Plain()).notes == (note,)
    assert not script(f"<speak xml:lang='de-DE'>a {other}</speak>", front=Plain()).notes
    (note,) = script(other, front=Gruut()).notes
    assert note == "SSML line 1: the language 'de' is not supported: this voice reads 'en'"


def test_double_brackets_are_phonemes_in_ssml_too():
    document = "a\n[[ɡoʊ]], [[\nb]] [[Go\n]] <w>\n\n[[Hi]]</w> <sub alias='a'>[[A]]</sub>"
    found = script(f"<speak>{document}</speak>")
    inserted = [one for item in found.items for one in item.inserted]
    assert inserted == [Pronounced("ɡoʊ", "[[ɡoʊ]]"), Replaced("a", "[[A]]")]
    assert found.notes == (
        "SSML line 2: '[[' has no closing ]]; it is read as any other text",
        "SSML line 3: '[[Go' has no closing ]]; it is read as any other text",
        "SSML line 6: 'H' in [[Hi]] is not a symbol of IPA; it is read as any other text",
    )
    left_out = ("SSML line 2: phonemes in [[ ]] are left out: this voice reads letters",)
    assert script("a\n[[ɡoʊ]]", front=Plain()).notes == left_out


@pytest.mark.parametrize(
    "document, told",
    [
        ("<speak>a\n <b></speak>", "line 2, column 7: mismatched tag"),
        ("<speak>a", "line 1, column 9: no element found"),
        ("<speak>a &nbsp; b</speak>", "line 1, column 10: undefined entity"),
        (
            '<!DOCTYPE s [<!ENTITY a "aa">]><speak>&a;</speak>',
            "a DOCTYPE is not allowed, remove it",
        ),
        ("<!DOCTYPE speak><speak>a</speak>", "line 1, column 16: a DOCTYPE is not"),
        ("<p><speak/></p>", "column 1: the document must be a <speak>, not a <p>"),
        ("<break time='5'/>", "time must be such as 500ms or 1.5s, at most 60s, not '5'"),
        ("<break strength='big'/>", "strength must be none, x-weak"),
        (
            "\n<prosody rate='9'>a</prosody>",
            "line 2, column 1: rate must stay within 0.25 to 4, not '9'",
        ),
        ("<prosody rate='+1'>a</prosody>", "rate must be x-slow, slow"),
        ("<prosody volume='loudly'>a</prosody>", "volume must be silent, x-soft"),
        ("<voice name='zoe'>a</voice>", "the voice has no speaker 'zoe'"),
        ("a <phoneme ph=''>b</phoneme>", "line 1, column 10: ph='' has no sound"),
        ("a\n<phoneme ph='ˈˈ'>b\n</phoneme>", "line 2, column 1: ph='ˈˈ' has no sound"),
        ("<phoneme ph='h@'>b</phoneme>", "'@' in ph='h@' is not a symbol of IPA"),
        ("<sub>a</sub>", "<sub> needs alias="),
        ("<mark/>", "<mark> needs name="),
    ],
)
def test_refused_in_one_line(document, told):
    with pytest.raises(SsmlError) as caught:
        script(document)
    assert told in str(caught.value) and "\n" not in str(caught.value)
    assert str(caught.value).startswith("SSML line ")


def test_entity_bombs_are_refused_before_they_grow():
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    with pytest.raises(SsmlError, match="DOCTYPE"):
        script(f'<!DOCTYPE s [<!ENTITY e0 "x">{lines}]><speak>&e11;</speak>')


@pytest.mark.parametrize(
    "text, answer",
    [
        ("<speak>a</speak>", True),
        ('\ufeff <?xml version="1.0"?>\n<!-- x --><speak version="1.1">', True),
        ("<!DOCTYPE x><speak>Hi</speak>", True),
        ("<?xml version='1.0'?><?xml-stylesheet href='a>b'?>\n<!-- a --><!-- b --><speak>", True),
        ("<!DOCTYPE s SYSTEM '>' [<!ENTITY a '>'> <!-- ] -->]>\n<speak/>", True),
        ("<ssml:speak xmlns:ssml='x'>", True),
        ("<!-- <speak> -->a", False),
        ("<!---->" * 9999 + "<speaker>", False),
        ("<speaker>", False),
        ("He said <speak>", False),
    ],
)
def test_ssml_is_told_by_its_beginning(text, answer):
    assert is_ssml(text) is answer
