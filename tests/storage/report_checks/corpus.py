"""The labelled corpus of sentences, and what the check finds in one of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from storage.report_checks.prose import compare_prose
from storage.reporting.report import Report
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


def found_numbers(text: str, report: Report | None = None) -> list[tuple[str, str]]:
    """The rule and number of each comparison in a sentence that does not agree with the tables."""
    compared = compare_prose(with_sentence(report or county(), text), FORM, WORDING)
    return [(one.rule, str(one.stated)) for one in compared if not one.agrees]
