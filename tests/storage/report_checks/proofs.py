"""Precision and recall of the check by rule, over every labelled sentence of the tests; part of ``make proof``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from tests.storage.report_checks.corpus import found_numbers, labelled_sentences
from tests.storage.report_checks.made import clean, found, situations, with_text
from tests.storage.report_checks.test_published_sentences import county, with_sentence

Labelled = tuple[list[str], list[str]]
"""Of one sentence, the rules that should speak and the rules that did, each with the words it points at."""


def labelled() -> Iterator[Labelled]:
    """Yield every labelled sentence of the corpus, of published reports and of slips in words."""
    for sentence in labelled_sentences():
        told = [f"{rule} {number}" for rule, number in found_numbers(sentence.text)]
        yield [_named(number, told) for number in sentence.wrong], told
    for case in situations("published_sentences"):
        findings = found(with_sentence(county(), case["text"]))
        yield case.get("rules", []), [f"{item.rule} {item.found}" for item in findings]
    for case in situations("slips"):
        findings = found(with_text(clean(), case["text"]))
        yield case.get("rules", []), [item.rule for item in findings if item.rule.startswith("text.")]


def _named(number: str, told: list[str]) -> str:
    """Return a number under the rule that found it; a missed one counts against the number rule."""
    return next((one for one in told if one.partition(" ")[2] == number), f"prose.number {number}")


def rule_scores(cases: Iterable[Labelled]) -> dict[str, Counter[str]]:
    """Return by rule how often it spoke rightly, wrongly, and not where it should."""
    scores: dict[str, Counter[str]] = {}
    for expected, told in cases:
        should, did = Counter(expected), Counter(told)
        for word, counts in (("right", should & did), ("wrong", did - should), ("missed", should - did)):
            for one, times in counts.items():
                scores.setdefault(one.partition(" ")[0], Counter())[word] += times
    return scores


def lines(scores: Mapping[str, Counter[str]]) -> list[str]:
    """Return the figures for people, a line a rule."""
    told = []
    for rule, counts in sorted(scores.items()):
        right, wrong, missed = counts["right"], counts["wrong"], counts["missed"]
        told.append(
            f"{rule}: {right} rightly, {wrong} wrongly, {missed} missed; "
            f"precision {right / max(1, right + wrong):.3f}, recall {right / max(1, right + missed):.3f}"
        )
    return told


def prove_rules() -> bool:
    """Judge every labelled sentence; at most one false alarm in a hundred, at most one number in fifty missed."""
    cases = list(labelled())
    scores = rule_scores(cases)
    total = sum(scores.values(), start=Counter())
    print(f"check: {len(cases)} labelled sentences")
    print("\n".join(f"  {line}" for line in lines(scores)))
    return total["wrong"] <= len(cases) / 100 and total["missed"] <= total["right"] / 50


def control_rules() -> bool:
    """Negative control: with every cell of the tables one higher, right sentences must be called wrong."""
    higher = {cell: figure + 1 for cell, figure in county().figures.items()}
    raised = replace(county(), figures=higher)
    right = [sentence.text for sentence in labelled_sentences() if not sentence.wrong][::5]
    noticed = sum(bool(found_numbers(text, raised)) for text in right)
    print(f"control, every cell one higher: {noticed} of {len(right)} right sentences called wrong")
    return noticed > len(right) / 10


PROOFS = (prove_rules, control_rules)
