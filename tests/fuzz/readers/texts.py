"""Readers of texts: language models, lexicons, recognizers' answers, tables of actions, speech."""

import gzip
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from fuzz.hostile import gzip_bomb
from fuzz.layers import in_gzip
from fuzz.reader import Files, Reader

from ganspeech.commands.shared.actions import read_actions
from ganspeech.data.unlabeled.boundary_files import read_boundaries
from ganspeech.data.unlabeled.pseudo_labels import read_labels
from ganspeech.evaluation.recognition.texts import from_files
from ganspeech.models.files import naming
from ganspeech.recognizers.kneser_ney import learn_ngrams
from ganspeech.recognizers.language_model import read_arpa, write_arpa
from ganspeech.text.english.normalization import normalized
from ganspeech.text.phonemes.front_ends import Espeak, FrontEnd, Gruut, Pinyin, Plain
from ganspeech.text.phonemes.lexicon import read_lexicon
from ganspeech.text.script.lexicon import Lexicon
from ganspeech.text.script.plain import plain_script
from ganspeech.text.script.reading import read
from ganspeech.text.script.script import Script, Silence
from ganspeech.text.script.ssml import Abilities, ssml_script
from ganspeech.text.sentences import sentences
from ganspeech.text.spoken_text import SpokenText
from ganspeech.text.symbols import LETTERS
from ganspeech.text.vocabulary import Words

SPOKEN = """Dr. Smith paid $3.50 on 12/05/2024 at 7:30 p.m. <b>Hello</b>, world!
The 3rd of May, 1999: see https://example.org/a?b=c&d=1 or call +1 (555) 010-9999.
Henry VIII & co. had 1,234,567.89 km² of land; that's 50% (1/2) more than in '66.
“Quotes” — dashes… e.g. A.B.C. #1 @home 10^6 x² 3-4 1st 2nd €20 £5m 5'10" -40°C *bold* `code`
"""
TEXT = SpokenText(Plain(numbers="en"), LETTERS)
MANDARIN = "2024年5月3日，我花了3.50元。50%的人说：你好！12345678901234567890"
FRONT_ENDS = (Espeak("en-us"), Espeak("de"), Pinyin(), Plain(numbers="de"))
SENTENCES = 2
"""Sentences of a text that are turned into phonemes, which takes time."""
ACTIONS = b"""
[low]
say = "lamp on"

["high low"]
run = ["true", "argument"]
refractory = 10.0
"""


def _arpa() -> bytes:
    model = learn_ngrams([["low", "high", "low"], ["high", "high"], ["low"]], 3)
    with tempfile.TemporaryDirectory() as folder:
        write_arpa(Path(folder, "lm.arpa"), model)
        return Path(folder, "lm.arpa").read_bytes()


def _spoken(folder: Path) -> None:
    text = (folder / "text.txt").read_bytes().decode("utf-8", errors="replace")
    normalized(text)
    for sentence in sentences(text):
        TEXT.spell(sentence.text)


def _by(fronts: Sequence[FrontEnd]) -> Callable[[Path], None]:
    def read(folder: Path) -> None:
        text = (folder / "text.txt").read_bytes().decode("utf-8", errors="replace")
        for sentence in sentences(text)[:SENTENCES]:
            for front in fronts:
                front.phonemes(sentence.text)

    return read


def _sentences() -> Files:
    return {"text.txt": [line.encode() for line in (*SPOKEN.splitlines(), MANDARIN)]}


def _answers() -> Files:
    lines = b"a1 one two three\na2 four\tfive\na3 it's 7:30\na4\na5 seven\n"
    speakers = b"a1 ann\na2 bob\na3 ann\na5 bob\n"
    return {"said.txt": [lines], "heard.txt": [lines[:20] + lines[24:]], "by.txt": [speakers]}


def _lexicon(folder: Path) -> None:
    read_lexicon.cache_clear()
    read_lexicon(str(folder / "lexicon.dict"))


SSML = b"""<?xml version="1.0"?>
<speak version="1.1" xml:lang="en-US"><p><s>Hello <mark name="here"/>world.</s></p>
<break time="500ms"/><prosody rate="slow" volume="+6dB" pitch="low">
  So <sub alias="it">i</sub></prosody>
<say-as interpret-as="date" format="dmy">3.5.2026</say-as> <phoneme ph="k\xc3\xa6t">cat</phoneme>
<say-as interpret-as="characters">aB1?</say-as> <emphasis>goes</emphasis> &amp; on&#33;</speak>
"""
ABILITIES = Abilities(Plain(numbers="en"), lambda name: None, (0.25, 4.0))


def _ssml(folder: Path) -> None:
    text = (folder / "text.ssml").read_bytes().decode("utf-8", errors="replace")
    with naming(folder / "text.ssml"):  # A text has no name of its own.
        _read(ssml_script(text, ABILITIES))


def _bracketed(folder: Path) -> None:
    text = (folder / "text.txt").read_bytes().decode("utf-8", errors="replace")
    _read(plain_script(text), Lexicon.read(folder / "words.tsv"))


def _read(script: Script, lexicon: Lexicon | None = None) -> None:
    for item in script.items:
        if not isinstance(item, Silence):
            read(item, TEXT, lexicon)


READERS = {
    "arpa": Reader(
        lambda: {"lm.arpa": [_arpa()]}, lambda folder: read_arpa(folder / "lm.arpa"), 300
    ),
    "arpa gz": Reader(
        lambda: {"lm.arpa.gz": [gzip.compress(_arpa(), mtime=0), gzip_bomb()]},
        lambda folder: read_arpa(folder / "lm.arpa.gz"),
        250,
        in_gzip,
    ),
    "lexicon": Reader(
        lambda: {
            "lexicon.dict": [b";;; CMU\nHELLO  HH AH0 L OW1\nHELLO(2) HH EH0 L OW1\nA  AH0 # x\n"]
        },
        _lexicon,
        300,
    ),
    "labels": Reader(
        lambda: {"labels.txt": ["u_0 a b ɔ\nu_1\n\nu_2 a a\n".encode()]},
        lambda folder: read_labels(str(folder / "labels.txt"), ("<SIL>", "a", "b", "ɔ")),
        300,
    ),
    "boundaries": Reader(
        lambda: {"ends.txt": [b"u_0 3 5 12\nu_1 1\n\nu_2 4 2147483647\n"]},
        lambda folder: read_boundaries(str(folder / "ends.txt")),
        300,
    ),
    "spoken texts": Reader(
        lambda: {"text.txt": [SPOKEN.encode(), *(line.encode() for line in SPOKEN.splitlines())]},
        _spoken,
        600,
        silent=True,
    ),
    "ssml": Reader(lambda: {"text.ssml": [SSML]}, _ssml, 400),
    "pronunciations": Reader(
        lambda: {
            "words.tsv": ["# ours\ngif\tjif\nC++\t/siː plʌs/\nbus\t[bʌs]\n".encode()],
            "text.txt": ["A [[həlˈoʊ]] GIF's C++, two buses-and (bus).".encode()],
        },
        _bracketed,
        300,
    ),
    "phonemes": Reader(_sentences, _by(FRONT_ENDS), 200, silent=True),
    "gruut": Reader(_sentences, _by([Gruut()]), 20, silent=True),
    "answers": Reader(
        _answers,
        lambda folder: from_files(
            folder / "said.txt", {"heard": folder / "heard.txt"}, speakers=folder / "by.txt"
        ),
        300,
    ),
    "actions": Reader(
        lambda: {"actions.toml": [ACTIONS]},
        lambda folder: read_actions(folder / "actions.toml", Words(("low", "high"))),
        300,
    ),
}
