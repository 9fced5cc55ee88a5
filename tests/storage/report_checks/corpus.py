"""The labelled corpus of sentences, and how the check of numbers in prose does on it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from storage.report_checks.prose import compare_prose
from tests.storage.report_checks.made import FORM, WORDING
from tests.storage.report_checks.test_published_sentences import county, with_sentence

CORPUS = Path(__file__).with_name("corpus.txt")
RIGHT, WRONG = "✓", "✗"


class LabelledSentence(NamedTuple):
    """A sentence, and the numbers in it that differ from the tables."""

    text: str
    wrong: tuple[str, ...]


def labelled_sentences() -> list[LabelledSentence]:
    """Every line of the corpus that is no remark."""
    found = []
    for line in CORPUS.read_text("utf-8").splitlines():
        mark, _, rest = line.partition(" ")
        if mark == RIGHT:
            found.append(LabelledSentence(rest, ()))
        elif mark == WRONG:
            numbers, _, text = rest.partition(" ")
            found.append(LabelledSentence(text, tuple(numbers.split(","))))
    return found


def found_numbers(text: str) -> list[tuple[str, str]]:
    """The rule and number of each comparison in a sentence that does not agree with the tables."""
    report = with_sentence(county(), text)
    compared = compare_prose(report, FORM, WORDING)
    return [(one.rule, str(one.stated)) for one in compared if not one.agrees]


def score() -> dict[str, Counter]:
    """By rule, how many numbers were found rightly, found wrongly and missed; missed ones under ``prose.number``."""
    scores: dict[str, Counter] = {}
    for sentence in labelled_sentences():
        missing = list(sentence.wrong)
        for rule, number in found_numbers(sentence.text):
            right = number in missing
            scores.setdefault(rule, Counter())["right" if right else "wrong"] += 1
            if right:
                missing.remove(number)
        scores.setdefault("prose.number", Counter())["missed"] += len(missing)
    return scores


def lines() -> list[str]:
    """The figures for people: precision and recall by rule."""
    told = []
    for rule, counts in sorted(score().items()):
        right, wrong, missed = counts["right"], counts["wrong"], counts["missed"]
        told.append(
            f"{rule}: found rightly {right}, wrongly {wrong}, missed {missed}; "
            f"precision {right / max(1, right + wrong):.3f}, recall {right / max(1, right + missed):.3f}"
        )
    return told
