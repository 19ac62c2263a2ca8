"""Kneser-Ney smoothing: a model worked out by hand, and properties of larger ones."""

import math
from collections import Counter

import pytest

from ganspeech.data.readers.sentences import make_sentences
from ganspeech.recognizers.kneser_ney import FALLBACK, learn_ngrams
from ganspeech.recognizers.language_model import LanguageModelError

TEXTS = [text.lower().split() for text in make_sentences(120, seed=5)]


def test_bigrams_worked_out_by_hand():
    model = learn_ngrams([["a", "b"], ["a"]], 2)
    # Too few counts to estimate discounts, so 0.5, 1 and 1.5 are used. Of the bigrams <s> a (2),
    # a b, b </s> and a </s>, one ends in a, one in b, and two in </s>: 1, 1, 2 of 4.
    freed = (0.5 + 0.5 + 1.0) / 4
    a = b = (1 - 0.5) / 4 + freed / 4  # and </s> and <unk>: four tokens share what is freed
    end = (2 - 1.0) / 4 + freed / 4
    unknown = freed / 4
    for token, p in (("a", a), ("b", b), ("</s>", end), ("zebra", unknown)):
        assert 10 ** model.score((), token) == pytest.approx(p)
    assert a + b + end + unknown == pytest.approx(1)
    # After <s>: a twice of two. After a: b and </s>, once each.
    assert 10 ** model.score(("<s>",), "a") == pytest.approx((2 - 1) / 2 + 1 / 2 * a)
    assert 10 ** model.score(("<s>",), "b") == pytest.approx(1 / 2 * b)
    assert 10 ** model.score(("a",), "b") == pytest.approx((1 - 0.5) / 2 + 1 / 2 * b)
    assert 10 ** model.score(("b",), "</s>") == pytest.approx((1 - 0.5) / 1 + 0.5 * end)
    assert 10 ** model.score(("zebra",), "b") == pytest.approx(b)


def test_discounts_are_estimated_where_the_text_allows():
    # Single tokens with counts of 1 to 4: four, three, two and one of each.
    counts = dict(zip("abcdefghij", (1, 1, 1, 1, 2, 2, 2, 3, 3, 4)))
    ends = 20  # the ends of 20 sentences of one token each
    model = learn_ngrams([[token] for token, n in counts.items() for _ in range(n)], 1)
    n1, n2, n3, n4 = 4, 3, 2, 1
    y = n1 / (n1 + 2 * n2)
    one, two, more = 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3
    freed = (n1 * one + n2 * two + (n3 + n4 + 1) * more) / (sum(counts.values()) + ends)
    assert 10 ** model.score((), "zebra") == pytest.approx(freed / 12)
    assert 10 ** model.score((), "a") == pytest.approx((1 - one) / 40 + freed / 12)
    assert 10 ** model.score((), "e") == pytest.approx((2 - two) / 40 + freed / 12)
    assert 10 ** model.score((), "j") == pytest.approx((4 - more) / 40 + freed / 12)
    assert (one, two, more) != FALLBACK


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_probabilities_after_every_context_sum_to_one(order):
    model = learn_ngrams(TEXTS[:25], order)
    tokens = [token for token in model.followers[()] if token != "<s>"]
    contexts = [context for context in model.followers if context][::7]
    for context in [(), ("<s>",), ("never", "heard"), *contexts]:
        total = sum(10 ** model.score(context, token) for token in tokens)
        assert total == pytest.approx(1, abs=1e-9), context


def test_a_token_of_many_contexts_is_likelier_after_new_ones():
    # "francisco" is as frequent as "tea", but after "san" alone (Chen and Goodman 1998).
    sentences = [["san", "francisco"]] * 4 + [[word, "tea"] for word in ("my", "his", "hot", "no")]
    model = learn_ngrams(sentences, 2)
    assert model.score(("new",), "tea") > model.score(("new",), "francisco") + 0.3
    assert model.score(("san",), "francisco") > model.score(("san",), "tea")


def test_longer_contexts_help_on_new_sentences():
    def perplexity(order):
        model = learn_ngrams(TEXTS[:100], order)
        held_out = TEXTS[100:]
        tokens = sum(len(text) + 1 for text in held_out)
        return 10 ** (-sum(map(model.score_sentence, held_out)) / tokens)

    one, two, three = map(perplexity, (1, 2, 3))
    assert three < two < 0.5 * one
    words = Counter(token for text in TEXTS[:100] for token in text)
    assert one < len(words)


def test_few_symbols_are_predicted_better_than_by_counts_plus_one():
    spelled = [[*text.replace(" ", "|")] for text in make_sentences(120, seed=5)]
    learned, held_out, order = spelled[:100], spelled[100:], 4
    seen, after = Counter(), Counter()
    for text in learned:
        whole = ("<s>", *text, "</s>")
        for n in range(1, len(whole)):
            context = whole[max(0, n - order + 1) : n]
            seen[context, whole[n]] += 1
            after[context] += 1
    kinds = len({token for text in learned for token in text}) + 2
    plus_one = 0.0
    for text in held_out:
        whole = ("<s>", *text, "</s>")
        for n in range(1, len(whole)):
            context = whole[max(0, n - order + 1) : n]
            plus_one += math.log10((seen[context, whole[n]] + 1) / (after[context] + kinds))
    model = learn_ngrams(learned, order)
    tokens = sum(len(text) + 1 for text in held_out)
    assert sum(map(model.score_sentence, held_out)) > plus_one + 0.1 * tokens


def test_the_same_sentences_give_the_same_model():
    assert learn_ngrams(TEXTS[:20], 3) == learn_ngrams(TEXTS[19::-1], 3)
    assert math.isfinite(learn_ngrams([[]], 3).score_sentence([]))


@pytest.mark.parametrize(
    "sentences, order, message",
    [
        ([], 2, "no sentences"),
        ([["a"]], 0, "order must be at least 1, not 0"),
        ([["a", "<s>"]], 2, "cannot be '<s>'"),
        ([["</s>"]], 2, "cannot be '</s>'"),
        ([["a b"]], 2, "cannot be 'a b'"),
        ([[""]], 2, "cannot be ''"),
    ],
)
def test_bad_input_is_refused(sentences, order, message):
    with pytest.raises(LanguageModelError, match=message):
        learn_ngrams(sentences, order)
