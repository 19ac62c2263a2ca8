"""Transcripts as labels: what is learned from, what is left out, and shares of it."""

import pytest

from ganspeech.data.corpus import CorpusError, Problems
from ganspeech.data.labels.labeled import heard
from ganspeech.data.labels.transcribed import LabeledRecording, outputs_needed, transcribed
from ganspeech.data.prepare import Prepared, Recording
from ganspeech.data.readers.librispeech import LibriSpeech
from ganspeech.text.vocabulary import Characters, Phones, Words

RATE = 1000
BUCKETS = (1.0, 2.0)


def recording(id, text, samples=1000, speaker="ann"):
    return Recording(id, text, speaker, samples, "", 0)


def prepared(train, held_out=()):
    return Prepared(list(train), list(held_out), Problems(), "abcd")


def take(material, vocabulary=None, **arguments):
    """One output every 100 samples."""
    options = {"buckets": BUCKETS, "sample_rate": RATE, "frames_of": lambda n: n // 100} | arguments
    return transcribed(material, vocabulary or Characters(), **options)


def test_labels_are_of_the_vocabulary():
    material = prepared([recording("a", "Cab!")], [recording("b", "bee")])
    found = take(material)
    assert found.train == [LabeledRecording(material.train[0], (3, 1, 2), 300)]
    assert found.held_out == [LabeledRecording(material.held_out[0], (2, 5, 5), 400)]
    assert not found.problems.lines()


def test_equal_neighbors_need_an_output_between():
    assert outputs_needed((1, 2, 1)) == 3
    assert outputs_needed((1, 1, 2, 2, 2)) == 8
    found = take(prepared([recording("a", "zoo", 400), recording("b", "zoo", 399)]))
    assert [line.recording.id for line in found.train] == ["a"]


def test_what_labels_need_is_for_the_task_to_say():
    material = prepared([recording("a", "zoo", 300), recording("b", "zoo", 299)])
    assert [line.recording.id for line in take(material, needed=len).train] == ["a"]


def test_speakers_are_told_apart_and_others_left_out():
    three = prepared([recording(s, "a", speaker=s) for s in ("ann", "bob", "cid")])
    assert [line.speaker for line in take(three).train] == [0, 0, 0]
    found = take(three, speakers=("cid", "ann"))
    assert {line.recording.id: line.speaker for line in found.train} == {"ann": 1, "cid": 0}
    assert found.problems.skipped == {"of another speaker": ["bob: 'bob'"]}


def test_ends_of_labels_go_with_them():
    def known(id, labels):
        return (1, 5, 9) if (id, labels) == ("a", (3, 1, 2)) else ()

    material = prepared([recording("a", "cab"), recording("b", "bee")])
    found = take(material, ends_of=known)
    assert found.train == [LabeledRecording(material.train[0], (3, 1, 2), 300, ends=(1, 5, 9))]
    assert heard(found.train, 0).ends.tolist() == [1, 5, 9]
    assert found.problems.skipped == {"ends are of other symbols, or of none": ["b"]}
    first = prepared(material.train[:1])
    without = take(first)
    assert heard(without.train, 0).ends.size == 0
    assert without.fingerprint != take(first, ends_of=known).fingerprint


def test_what_cannot_be_learned_is_named_and_counted(capsys):
    material = prepared(
        [
            recording("good", "one two"),
            recording("empty", ""),
            recording("dots", "..."),
            recording("greek", "α one β"),
            recording("long", "one", 2001),
            recording("dense", "one two three"),
        ],
        [recording("mute", "")],
    )
    material.problems.skip("silent", "x")
    found = take(material)
    assert [line.recording.id for line in found.train] == ["good"] and not found.held_out
    expected = {
        "no transcript": ["empty", "dots", "mute"],
        "characters outside the vocabulary": ["greek: 'α' 'β'"],
        "longer than the longest bucket of 2 s": ["long"],
        "too short for its labels": ["dense"],
    }
    assert found.problems.skipped == {"silent": ["x"]} | expected
    assert capsys.readouterr().err.splitlines() == [
        f"transcripts: skipped {len(names)}: {reason} ({', '.join(names)})"
        for reason, names in expected.items()
    ]
    assert material.problems.skipped == {"silent": ["x"]}


def test_nothing_left_is_refused():
    with pytest.raises(CorpusError, match=r"none of the 2 recordings .* skipped 2: no transcript"):
        take(prepared([recording("a", ""), recording("b", "")], [recording("c", "see")]))
    with pytest.raises(ValueError, match="share must be above 0"):
        take(prepared([recording("a", "a")]), share=0.0)
    with pytest.raises(ValueError, match="buckets must be seconds above 0"):
        take(prepared([recording("a", "a")]), buckets=())


def digits():
    """Three speakers, ten words, six takes; sorted by take as spoken digits are."""
    names = Words().entries
    return [
        recording(f"{n}_{word}_{speaker}", word, speaker=speaker)
        for n in range(6)
        for word in names
        for speaker in ("ann", "bob", "cid")
    ]


@pytest.mark.parametrize(("share", "each"), [(1.0, 60), (0.1, 6), (0.05, 3), (0.001, 1)])
def test_a_share_is_of_every_speaker_and_of_all_words(share, each):
    found = take(prepared(digits(), digits()), Words(), share=share)
    kept = [line.recording for line in found.train]
    for speaker in ("ann", "bob", "cid"):
        assert sum(r.speaker == speaker for r in kept) == each
    assert len({r.text for r in kept}) == min(10, 3 * each)
    assert [r.id for r in kept] == sorted((r.id for r in kept), key=[r.id for r in digits()].index)
    assert len(found.held_out) == 180
    assert found.fingerprint == take(prepared(digits(), digits()), Words()).fingerprint


def test_a_share_of_sentences_is_their_beginning():
    letters = "abcdefghij"
    found = take(prepared([recording(c, c) for c in letters]), share=0.3)
    assert [line.recording.id for line in found.train] == ["a", "b", "c"]


def test_the_fingerprint_is_of_the_labels_whatever_is_held_out():
    a, b = recording("a", "one"), recording("b", "two")
    known = take(prepared([a, b]), Words()).fingerprint
    assert known == take(prepared([a], [b]), Words()).fingerprint
    assert known != take(prepared([a, b]), Characters()).fingerprint
    assert int(known, 16)


def test_real_sentences_in_phones(recordings):
    root = recordings / "speechocean"
    corpus = LibriSpeech(str(root / "train"), held_out_speakers=10)
    found = corpus.divide(corpus.utterances())
    assert len({u.speaker for u in found[1]}) == 10 and len(found[1]) == 200
    assert not {u.speaker for u in found[0]} & {u.speaker for u in found[1]}
    vocabulary = Phones(str(root / "lexicon.txt"))
    material = prepared(recording(u.id, u.text, 2000, u.speaker) for u in found[0])
    lines = take(material, vocabulary, frames_of=lambda n: n // 20).train
    assert len(lines) == len(found[0])
    assert vocabulary.decode(lines[0].labels).split() == vocabulary.words(found[0][0].text)


def test_what_is_told_stands_for_transcripts_beyond_the_share():
    letters = [recording(c, c) for c in "abcd"] + [recording("e", ""), recording("f f", "7")]
    told = {"a": "x", "b": "y", "c": "☃", "e": "z", "f_f": "w"}
    found = take(prepared(letters, [recording("h", "h")]), share=0.25, told=told)
    texts = {line.recording.id: Characters().decode(line.labels) for line in found.train}
    assert texts == {"a": "a", "b": "y", "e": "z", "f f": "w"}
    assert len(found.held_out) == 1
    # What has a line of its own is not said to have no transcript; that of c has no letter.
    assert found.problems.skipped["no transcript"] == ["c", "d"]
    others = take(prepared(letters), share=0.25, told=told | {"b": "x"}).fingerprint
    assert others != take(prepared(letters), share=0.25, told=told).fingerprint
