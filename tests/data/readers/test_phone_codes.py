"""Synthetic speech with a known answer: what its settings do to it."""

import dataclasses

import numpy as np
import pytest

from ganspeech.data.corpus import CorpusError
from ganspeech.data.readers import phone_codes
from ganspeech.data.readers.phone_codes import PhoneCodes
from ganspeech.data.unlabeled.phone_texts import Pronunciation
from ganspeech.data.unlabeled.segmentation import Segmentation

SOUNDS = {"a": "AA", "b": "B", "c": "CH", "d": "D", "e": "EH", "f": "F", "g": "G", "h": "HH"}
WORDS = {a + b: f"{SOUNDS[a]} {SOUNDS[b]}" for a in SOUNDS for b in SOUNDS}


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Two hundred sentences of six words, of two phones each."""
    folder = tmp_path_factory.mktemp("codes")
    lexicon, texts = folder / "words.dict", folder / "texts.txt"
    lexicon.write_text("".join(f"{word.upper()} {phones}\n" for word, phones in WORDS.items()))
    rng = np.random.default_rng(0)
    lines = [" ".join(rng.choice(list(WORDS), 6)) for _ in range(200)]
    texts.write_text("\n".join(lines))
    return PhoneCodes(
        str(texts), spoken=80, read=115, width=6, held_out=5,
        pronunciation=Pronunciation(str(lexicon)),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def drawn_anew():
    phone_codes._drawn.cache_clear()


def rows(data):
    return [*data.train, *data.held_out]


def heard(corpus, **changes):
    """Segments of the utterances under other settings, and without noise but for those."""
    plain = {"noise": 0.0, "coarticulation": 0.0, "difference": 0.0, "repeats": 0.0}
    return rows(dataclasses.replace(corpus, **(plain | changes)).unpaired())


def test_the_same_settings_draw_the_same(corpus):
    one = corpus.unpaired()
    phone_codes._drawn.cache_clear()
    two = corpus.unpaired()
    assert one.fingerprint == two.fingerprint and one.phones == two.phones
    for ours, theirs in zip(rows(one), rows(two)):
        np.testing.assert_array_equal(ours.features, theirs.features)
    assert (len(one.train), len(one.held_out), len(one.texts)) == (75, 5, 115)
    assert (one.width, len(one.phones), one.labeled) == (6, 9, False)
    other = dataclasses.replace(corpus, seed=1).unpaired()
    assert other.fingerprint != one.fingerprint


def test_no_sentence_is_both_spoken_and_read(corpus):
    data = corpus.unpaired()
    spoken = {tuple(one.phones.tolist()) for one in rows(data)}
    read = {tuple(text[text > 0].tolist()) for text in data.texts}
    assert len(spoken) == 80 and len(read) == 115 and not spoken & read


def test_without_difficulties_a_phone_is_a_vector(corpus):
    vectors = {}
    for one in heard(corpus, pronunciation=dataclasses.replace(corpus.pronunciation, silence=0.0)):
        assert len(one.features) == len(one.phones) + 2  # silence at both ends
        for phone, vector in zip(one.phones, one.features[1:-1]):
            vectors.setdefault(int(phone), set()).add(vector.tobytes())
    assert len(vectors) == 8 and all(len(found) == 1 for found in vectors.values())


def test_every_difficulty_acts(corpus):
    plain = heard(corpus)
    noisy = heard(corpus, noise=0.5)
    steps = np.concatenate([b.features - a.features for a, b in zip(plain, noisy)])
    assert steps.std() == pytest.approx(0.5, rel=0.1)

    together = heard(corpus, coarticulation=0.5)
    around = plain[0].features
    mixed = (around + (np.roll(around, 1, 0) + np.roll(around, -1, 0)) / 2) / 2
    np.testing.assert_allclose(together[0].features, mixed, atol=1e-5)

    accents = heard(corpus, difference=2.0, speakers=3)
    moved = {
        tuple(np.round((b.features - a.features).mean(0), 3).tolist())
        for a, b in zip(plain, accents)
    }
    assert len(moved) == 3

    lasting = heard(corpus, repeats=0.5)
    ratio = sum(len(one.features) for one in lasting) / sum(len(one.features) for one in plain)
    assert ratio == pytest.approx(2.0, rel=0.1)


def test_true_ends_are_those_of_phones_and_segments_may_be_others(corpus, tmp_path):
    lasting = dataclasses.replace(corpus, repeats=0.5, noise=0.1, speakers=1)
    frames = rows(lasting.unpaired())
    for one in frames:
        assert one.ends.tolist() == list(range(1, len(one.features) + 1))
        starts = np.append(0, one.true_ends[:-1])
        assert one.true_ends[-1] == len(one.features) and len(starts) >= len(one.phones) + 2
        within = np.concatenate(
            [one.features[a:b] - one.features[a:b].mean(0) for a, b in zip(starts, one.true_ends)]
        )
        assert within.std() < 0.15
    clustered = dataclasses.replace(
        lasting, segmentation=Segmentation(clusters=9, merge=False), coarticulation=0.0
    )
    data = clustered.unpaired()
    assert data.clusters == 9 and clustered.of_frames() != clustered
    for one in rows(data):
        # Two phones that are the same are one segment.
        assert len(one.features) == len(one.ends) <= len(one.true_ends)
        assert set(one.ends.tolist()) <= set(one.true_ends.tolist())

    file = tmp_path / "ends.txt"
    file.write_text("".join(f"{one.id} 2 {len(one.features)}\n" for one in frames[1:]))
    given = dataclasses.replace(lasting, segmentation=Segmentation(boundaries=str(file)))
    divided = rows(given.unpaired())
    assert [one.id for one in divided] == [one.id for one in frames[1:]]
    np.testing.assert_allclose(
        divided[0].features[0], frames[1].features[:2].mean(0), rtol=1e-5, atol=1e-6
    )


def test_similar_phones_are_close(corpus):
    def distance(similarity):
        wide = dataclasses.replace(corpus, width=200)
        found = {}
        for one in heard(wide, similarity=similarity):
            found |= {row.tobytes(): row for row in one.features}
        vectors = list(found.values())
        return min(np.linalg.norm(a - b) for a in vectors for b in vectors if a is not b)

    assert distance(0.9) < 0.5 * distance(0.0)


def test_text_of_another_domain_is_read(corpus, tmp_path):
    (tmp_path / "other.txt").write_text("\n".join(["aa bb cc"] + [f"{w} hh" for w in WORDS] * 2))
    other = dataclasses.replace(corpus, other_texts=str(tmp_path / "other.txt"), spoken=120)
    data = other.unpaired()
    assert len(rows(data)) == 120 and len(data.texts) == 65  # without repeated lines


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"noise": -1.0}, r"corpus\.noise must be at least 0, not -1"),
        ({"difference": -1.0}, r"corpus\.difference must be at least 0"),
        ({"coarticulation": 1.0}, r"corpus\.coarticulation must be from 0 to below 1"),
        ({"repeats": 1.0}, r"corpus\.repeats must be from 0 to below 1"),
        ({"similarity": -0.1}, r"corpus\.similarity must be from 0 to below 1"),
        ({"spoken": 0}, r"corpus\.spoken must be at least 1"),
        ({"held_out": -1}, r"corpus\.held_out must be at least 0"),
    ],
)
def test_impossible_settings_are_named(settings, message):
    with pytest.raises(ValueError, match=message):
        PhoneCodes(**settings)


def test_files_and_numbers_that_do_not_do_are_named(corpus, tmp_path):
    gone = str(tmp_path / "gone.txt")
    for field in ("texts", "other_texts"):
        with pytest.raises(CorpusError, match=rf"cannot read --corpus\.{field} {gone}"):
            dataclasses.replace(corpus, **{field: gone}).unpaired()
    with pytest.raises(CorpusError, match=r"has 200 sentences, of which corpus\.spoken 500 le"):
        dataclasses.replace(corpus, spoken=500).unpaired()
    with pytest.raises(CorpusError, match=r"80 sentences are spoken, and corpus\.held_out is 80"):
        dataclasses.replace(corpus, held_out=80).unpaired()
