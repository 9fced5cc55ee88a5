"""The corpus of labelled sentences: hardly a false alarm, hardly a miss, and a corpus that could show either."""

from __future__ import annotations

import pytest

from storage.report_checks.counting.lexicon import load_count_lexicon
from tests.storage.report_checks.corpus import labelled_sentences
from tests.storage.report_checks.proofs import control_rules, prove_rules


def test_the_corpus_is_large_and_holds_both_kinds():
    sentences = labelled_sentences()
    assert len(sentences) >= 400
    assert len({sentence.text for sentence in sentences}) == len(sentences)
    assert sum(not sentence.wrong for sentence in sentences) >= 200
    assert sum(bool(sentence.wrong) for sentence in sentences) >= 100


def test_at_most_one_false_alarm_in_a_hundred_sentences_and_nothing_much_missed(capsys):
    assert prove_rules(), capsys.readouterr().out
    assert control_rules(), capsys.readouterr().out


@pytest.mark.parametrize("word", ["15.7%", "两成", "三倍", "百分之五", "2个百分点"])
def test_a_share_is_no_number_of_things(word):
    assert [token.kind for token in load_count_lexicon().tokens(word)] == ["rate"]
