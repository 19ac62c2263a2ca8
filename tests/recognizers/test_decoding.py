"""CTC decoding against the sum over all paths, and what it refuses."""

import itertools
import math

import numpy as np
import pytest

from ganspeech.recognizers.decoding import BEAM, beam_of, decoded, greedy, prefix_beam
from ganspeech.recognizers.fusion import sentences
from ganspeech.recognizers.kneser_ney import learn_ngrams
from ganspeech.recognizers.language_model import LanguageModelError, NGram
from ganspeech.recognizers.likelihood import log_likelihood
from ganspeech.text.spelled_words import SpelledWords
from ganspeech.text.vocabulary import Characters, Subwords, Words

EVERYTHING = 10_000
AB = Characters("ab ")


def random_log_probs(frames, symbols, seed, sharpness=1.0):
    logits = sharpness * np.random.default_rng(seed).normal(size=(frames, symbols))
    return (logits - np.log(np.exp(logits).sum(1, keepdims=True))).astype(np.float32)


def collapse(path):
    return tuple(symbol for symbol, _ in itertools.groupby(path) if symbol)


def sum_over_paths(log_probs):
    """ln p of every text, by walking through all paths."""
    frames, symbols = log_probs.shape
    totals = {}
    for path in itertools.product(range(symbols), repeat=frames):
        value = sum(float(log_probs[t, symbol]) for t, symbol in enumerate(path))
        text = collapse(path)
        totals[text] = np.logaddexp(totals.get(text, -np.inf), value)
    return totals


def assert_same(found, expected):
    assert [text for text, _ in found] == sorted(expected, key=lambda t: (-expected[t], t))
    np.testing.assert_allclose([score for _, score in found],
                               [expected[text] for text, _ in found], atol=1e-6)  # fmt: skip


def test_spelled_words_are_kept_to():
    """The beam finds what the likelihoods of all texts of these words say."""
    vocabulary = SpelledWords(("ah AA", "ahead AA EH", "head EH AA"))
    log_probs = random_log_probs(5, len(vocabulary.symbols), 4, sharpness=3.0)
    several = (itertools.product(vocabulary.spellings, repeat=count) for count in range(6))
    texts = {tuple(itertools.chain(*words)) for words in itertools.chain(*several)}
    expected = {text: log_likelihood(log_probs, text) for text in texts}
    found = prefix_beam(log_probs, beam=EVERYTHING, vocabulary=vocabulary)
    possible = {text: score for text, score in expected.items() if score > -np.inf}
    assert_same([one for one in found if one[1] > -np.inf], possible)
    assert tuple(greedy(log_probs)) not in texts


@pytest.mark.parametrize("outside", [0.02, 0.0], ids=["softmax", "certain"])
def test_a_word_that_is_cut_off_is_none(outside):
    """Kept prefixes are all within words, or the frames' symbols begin no word."""
    vocabulary = SpelledWords(("on AA N", "conditioner K AH N D IH SH AH N ER"))
    symbols = len(vocabulary.symbols)
    path = [vocabulary.symbols.index(phone) for phone in ("K", "AH", "N", "D")]
    with np.errstate(divide="ignore"):
        log_probs = np.log((1 - outside) * np.eye(symbols)[path] + outside / symbols)
    found = prefix_beam(log_probs, beam=3, vocabulary=vocabulary)
    assert found == [((), pytest.approx(log_probs[:, 0].sum()))]
    assert decoded(log_probs, vocabulary, beam=3) == ()
    strange = np.log(np.eye(symbols)[[5]] * (1 - 1e-9) + 1e-300)
    assert decoded(strange, vocabulary) == ()


def test_the_words_must_be_of_as_many_symbols():
    with pytest.raises(ValueError, match="the words are spelled in 40 symbols, not 5"):
        prefix_beam(random_log_probs(3, 5, 0), vocabulary=SpelledWords())


def test_a_search_is_chosen_where_the_best_path_may_have_other_words():
    assert beam_of(0, AB, None) == 0 and beam_of(3, AB, None) == 3
    assert beam_of(0, AB, model_by_words()) == BEAM == beam_of(0, SpelledWords(), None)


def model_by_words(order=2):
    return learn_ngrams([["a"], ["b", "a"], ["ab", "b"], ["ab", "a"], ["b"]], order)


def test_greedy_collapses_repeats_and_blanks():
    path = [0, 2, 2, 0, 2, 1, 1, 0, 3]
    log_probs = np.log(np.eye(4)[path] * 0.96 + 0.01)
    assert greedy(log_probs) == [2, 2, 1, 3]
    assert greedy(log_probs[:1]) == []
    assert prefix_beam(log_probs)[0][0] == (2, 2, 1, 3)


@pytest.mark.parametrize("frames, symbols, seed", [(1, 3, 0), (6, 3, 1), (5, 4, 2), (4, 5, 3)])
def test_a_beam_that_holds_everything_is_exact(frames, symbols, seed):
    log_probs = random_log_probs(frames, symbols, seed)
    found = prefix_beam(log_probs, beam=EVERYTHING)
    assert_same(found, sum_over_paths(log_probs))
    assert sum(math.exp(score) for _, score in found) == pytest.approx(1.0, abs=1e-5)


def test_the_bonus_is_for_every_symbol():
    log_probs = random_log_probs(5, 3, 4)
    expected = {text: p + 0.7 * len(text) for text, p in sum_over_paths(log_probs).items()}
    assert_same(prefix_beam(log_probs, beam=EVERYTHING, bonus=0.7), expected)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_a_model_of_words_speaks_when_a_word_ends(order):
    log_probs = random_log_probs(6, 4, 5)
    model = model_by_words(order)
    expected = {}
    for text, p in sum_over_paths(log_probs).items():
        words = "".join(AB.symbols[n] for n in text).split()
        expected[text] = p + 0.8 * math.log(10) * model.score_sentence(words) + 0.3 * len(words)
    found = prefix_beam(log_probs, beam=EVERYTHING, language_model=model, vocabulary=AB, weight=0.8,
                        bonus=0.3)  # fmt: skip
    assert_same(found, expected)


@pytest.mark.parametrize(
    "vocabulary, order", [(Words(("a", "b", "new")), 3), (Words(("b", "a")), 1)]
)
def test_a_model_of_symbols_speaks_at_each(vocabulary, order):
    symbols = len(vocabulary.symbols)
    log_probs = random_log_probs(5, symbols, 6)
    # "<unk>" is among its sentences, so that unknown tokens are predicted and looked back on.
    model = learn_ngrams([["a"], ["b", "a"], ["a", "b"], ["b", "<unk>", "a"], ["<unk>"]], order)
    expected = {}
    for text, p in sum_over_paths(log_probs).items():
        words = [vocabulary.symbols[n] for n in text]
        expected[text] = p + 1.5 * math.log(10) * model.score_sentence(words) - 0.2 * len(words)
    found = prefix_beam(log_probs, beam=EVERYTHING, language_model=model, vocabulary=vocabulary,
                        weight=1.5, bonus=-0.2)  # fmt: skip
    assert_same(found, expected)


def test_a_language_model_without_weight_changes_nothing():
    log_probs = random_log_probs(6, 4, 7)
    with_model = prefix_beam(log_probs, language_model=model_by_words(), vocabulary=AB, weight=0.0)
    assert with_model == prefix_beam(log_probs)


def test_a_language_model_settles_what_is_heard_alike():
    digits = Words(("two", "too", "cats"))
    model = learn_ngrams(sentences(["two cats", "two cats", "me too"], digits), 2)
    log_probs = np.log(np.full((3, 4), 0.01) + 0.96 * np.array([[0, 0.49, 0.51, 0], [1, 0, 0, 0],
                                                               [0, 0, 0, 1]]))  # fmt: skip
    assert digits.decode(greedy(log_probs)) == "too cats"
    best = prefix_beam(log_probs, language_model=model, vocabulary=digits)[0][0]
    assert digits.decode(best) == "two cats"


def test_models_learn_from_what_fits_the_vocabulary():
    assert sentences(["The hat."], Characters()) == [["the", "hat"]]
    assert sentences(["7 2"], Words()) == [["seven", "two"]]
    assert sentences(["The hat."], Subwords("t h;th e")) == [["▁", "the", "▁", "h", "a", "t"]]


def test_all_paths_are_summed_where_the_best_path_misleads():
    # Graves et al. 2006: the best path is empty (0.36), and yet "a" is likelier (0.64).
    log_probs = np.log(np.array([[0.6, 0.4], [0.6, 0.4]]))
    assert greedy(log_probs) == []
    (text, score), *_ = prefix_beam(log_probs)
    assert text == (1,) and score == pytest.approx(math.log(0.64))


def test_a_narrow_beam_is_deterministic_and_never_better():
    log_probs = random_log_probs(40, 10, 9)
    narrow = [prefix_beam(log_probs, beam=beam) for beam in (1, 4, 32)]
    assert [len(found) for found in narrow] == [1, 4, 32]
    assert narrow[1] == prefix_beam(log_probs.copy(), beam=4)
    assert narrow[0][0][1] <= narrow[2][0][1] + 1e-9
    assert all(a[1] >= b[1] for a, b in itertools.pairwise(narrow[2]))


def test_equals_are_kept_in_the_order_of_their_numbers():
    uniform = np.full((3, 3), math.log(1 / 3))
    assert [text for text, _ in prefix_beam(uniform[:1], beam=2)] == [(), (1,)]
    assert prefix_beam(uniform, beam=4) == prefix_beam(uniform, beam=4)


def test_impossible_symbols_never_come():
    with np.errstate(divide="ignore"):
        log_probs = np.log(np.array([[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]]))
    assert [text for text, _ in prefix_beam(log_probs)] == [(1,)]


@pytest.mark.parametrize(
    "log_probs, message",
    [
        (np.zeros((2, 3, 4)), r"\[frames, symbols\], not \[2, 3, 4\]"),
        (np.zeros((4, 1)), r"\[frames, symbols\], not \[4, 1\]"),
        (np.zeros((0, 4)), "no frames"),
        (np.array([[-0.7, -0.7], [np.nan, -0.7]]), "has NaN, first in frame 1"),
        (np.array([[-0.693, -0.693], [3.0, -1.0]]), "frame 1 sum to 20.5"),
        (np.full((1, 2), np.inf), "frame 0 sum to inf"),
        (np.full((1, 2), -np.inf), "frame 0 sum to 0"),
    ],
)
def test_bad_probabilities_are_refused_in_one_line(log_probs, message):
    for decode in (greedy, prefix_beam):
        with pytest.raises(ValueError, match=message) as caught:
            decode(log_probs)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"beam": 0}, "beam must be at least 1"),
        ({"weight": float("nan")}, "weight must be at least 0"),
        ({"bonus": float("inf")}, "bonus finite"),
        ({"language_model": model_by_words()}, "needs the vocabulary of the 4 symbols"),
        ({"language_model": model_by_words(), "vocabulary": Characters()}, "the 4 symbols"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        prefix_beam(random_log_probs(2, 4, 0), **settings)


@pytest.mark.parametrize("vocabulary", [AB, Words(("a", "b", "ab"))])
def test_a_model_in_capitals_is_refused(vocabulary):
    model = NGram(1, {(): {"A": -0.3, "B": -0.3, "<s>": -99.0}}, {})
    with pytest.raises(LanguageModelError, match=r"knows no .* of the vocabulary; it has 'A', 'B'"):
        prefix_beam(random_log_probs(2, 4, 0), language_model=model, vocabulary=vocabulary)
