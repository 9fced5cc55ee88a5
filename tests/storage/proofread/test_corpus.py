"""The labelled corpus: what each rule finds, misses and invents."""

import pytest

from tests.storage.proofread.labelled import corpus, read, scores, table

LINES = corpus()
SCORES = scores(LINES)
GATES = {
    "identity",
    "identity_old",
    "mobile",
    "bank_card",
    "plate",
    "passport",
    "mark_secret",
    "mark_work_secret",
    "mark_internal",
}
LEAST_RECALL, LEAST_PRECISION = 0.95, 0.95


def test_the_corpus_is_large_and_half_innocent(capsys: pytest.CaptureFixture[str]) -> None:
    innocent = sum(not line.rule for line in LINES)
    assert len(LINES) >= 300
    assert innocent * 2 >= len(LINES)
    with capsys.disabled():  # the figures are part of the suite's word
        print(f"\n{len(LINES)} labelled lines, {innocent} of them innocent", *table(SCORES), sep="\n")  # noqa: T201 - said above


@pytest.mark.parametrize("rule", sorted(SCORES))
def test_each_rule_finds_its_lines_and_no_other(rule: str) -> None:
    score = SCORES[rule]
    assert score.recall >= LEAST_RECALL, score.missed
    assert score.precision >= LEAST_PRECISION, score.wrong


@pytest.mark.parametrize("rule", sorted(GATES))
def test_a_gate_misses_and_invents_nothing(rule: str) -> None:
    assert (SCORES[rule].missed, SCORES[rule].wrong) == ([], [])


@pytest.mark.parametrize("kind", ["dates", "documents", "amounts"])
def test_dates_documents_and_amounts_raise_no_alarm(kind: str) -> None:
    lines = [line.text for line in LINES if line.kind == kind]
    assert len(lines) >= 17
    assert [(text, finding.rule) for text in lines for finding in read(text)] == []


@pytest.mark.parametrize("seed", range(5))
def test_the_numbers_drawn_change_nothing(seed: int) -> None:
    found = scores([line for line in corpus(seed) if "{" not in line.text])
    assert {
        rule: (score.missed, score.wrong) for rule, score in found.items() if score.missed or score.wrong
    } == {}
