"""The corpus of labelled sentences: hardly a false alarm, hardly a miss, and a corpus that could show either."""

from __future__ import annotations

from tests.storage.report_checks.corpus import labelled_sentences, lines, score


def test_the_corpus_is_large_and_holds_both_kinds():
    sentences = labelled_sentences()
    assert len(sentences) >= 400
    assert len({sentence.text for sentence in sentences}) == len(sentences)
    assert sum(not sentence.wrong for sentence in sentences) >= 200
    assert sum(bool(sentence.wrong) for sentence in sentences) >= 100


def test_at_most_one_false_alarm_in_a_hundred_sentences_and_nothing_much_missed():
    scores = score()
    right = sum(counts["right"] for counts in scores.values())
    wrong = sum(counts["wrong"] for counts in scores.values())
    missed = sum(counts["missed"] for counts in scores.values())
    assert wrong <= len(labelled_sentences()) / 100, lines()
    assert missed <= right / 50, lines()
