"""Reviews the wording of a text by the wordlist: its findings are advice to a person and block nothing.

It serves the check of a finished report (``storage/report_checks/prose.py``) and of a draft (``review.py``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from re import Match
from typing import Any

from config.findings import Finding, Severity
from storage.proofread.dates import check_text_dates
from storage.proofread.passages import Passage, text_finding
from storage.proofread.punctuation import check_punctuation
from storage.proofread.wordlist import AgencyLevel, ConsistencyRule, OrderRule, Wordlist, WrongExpression

_WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")


def half_width_digits(text: str) -> str:
    """Return the text with half-width digits; Chinese punctuation stays, because it separates the clauses."""
    return text.translate(_WIDE)


def review_wording(
    passages: Iterable[Passage], wording: Wordlist, level: AgencyLevel | None = None
) -> Iterator[Finding]:
    """Yield everything in a text that a person should look at, within each rule in the order of the text."""
    read = tuple(passages)
    yield from _wrong_expressions(read, wording, level)
    yield from _orders(read, wording)
    yield from _agreements(read, wording)
    yield from _areas(read, wording, level)
    for finding in (*check_text_dates(read), *check_punctuation(read)):
        if finding.rule.partition(".")[2] not in wording.off:
            yield finding


def _wrong_expressions(
    passages: tuple[Passage, ...], wording: Wordlist, level: AgencyLevel | None
) -> Iterator[Finding]:
    own_level = level.key if level else ""
    whole = half_width_digits(_joined_text(passages))
    # One search of the whole text leaves out the rules that match nowhere, which are nearly all.
    slips = [s for s in wording.slips if (not s.levels or own_level in s.levels) and s.pattern.search(whole)]
    if not slips:
        return
    for passage in passages:
        text = half_width_digits(passage.text)
        allowed = tuple(wording.innocent.finditer(text))
        for slip in slips:
            for found in slip.pattern.finditer(text):
                if not _overlaps(found, allowed):
                    yield _wrong_expression_finding(slip, found, passage)


def _joined_text(passages: tuple[Passage, ...]) -> str:
    return "\n".join(passage.text for passage in passages)


def _overlaps(found: Match[str], others: tuple[Match[str], ...]) -> bool:
    return any(found.start() < other.end() and other.start() < found.end() for other in others)


def _wrong_expression_finding(slip: WrongExpression, found: Match[str], passage: Passage) -> Finding:
    return text_finding(
        "text.slip" if slip.right else "text.doubled",
        passage,
        found.start(),
        found.end(),
        severity=slip.severity,
        expected=slip.right,
        basis=slip.source,
        words={"why": slip.why, "entry": slip.key},
    )


def _orders(passages: tuple[Passage, ...], wording: Wordlist) -> Iterator[Finding]:
    whole = _joined_text(passages)
    orders = [order for order in wording.orders if order.pattern.search(whole)]
    for passage in passages:
        for order in orders:
            for found in order.pattern.finditer(passage.text):
                yield from _order_findings(order, found, passage)


def _order_findings(order: OrderRule, found: Match[str], passage: Passage) -> Iterator[Finding]:
    """Yield a finding where items are not in the order of the official list."""
    listed = re.findall("|".join(sorted(map(re.escape, order.items), key=len, reverse=True)), found.group())
    official = sorted(listed, key=order.items.index)
    if listed != official:
        words = {"why": order.why, "entry": order.key}
        expected = "、".join(official)
        spot = (passage, found.start(), found.end())
        yield text_finding("text.order", *spot, expected=expected, basis=order.source, words=words)


def _agreements(passages: tuple[Passage, ...], wording: Wordlist) -> Iterator[Finding]:
    """Yield a finding for each wording that differs from its first occurrence, which is taken as the right one."""
    for rule in wording.agreements:
        first: tuple[str, Passage] | None = None
        for passage in passages:
            for found, start in _agreement_occurrences(rule, passage.text):
                if first is None:
                    first = (found, passage)
                elif found != first[0]:
                    words = {"why": rule.why, "entry": rule.key, **_first_place_words(first[1])}
                    spot = (passage, start, start + len(found))
                    yield text_finding("text.inconsistent", *spot, expected=first[0], words=words)


def _agreement_occurrences(rule: ConsistencyRule, text: str) -> Iterator[tuple[str, int]]:
    """Yield each wording that the rule compares, with its offset in the text."""
    for sentence in re.finditer(r"[^。；\n]+", text):
        if rule.within.search(sentence.group()):
            for found in rule.pattern.finditer(sentence.group()):
                yield found.group("said"), sentence.start() + found.start("said")


def _first_place_words(passage: Passage) -> dict[str, str]:
    section, paragraph = passage.words.get("section", ""), passage.words.get("paragraph", "")
    return {"first_place": f"{section}#{paragraph}", "first_paragraph": paragraph}


def _areas(passages: tuple[Passage, ...], wording: Wordlist, level: AgencyLevel | None) -> Iterator[Finding]:
    """Yield a warning for each word for an area of another level, and one note for words of a higher level."""
    noted: set[str] = set()
    for passage in passages if level else ():
        for word, severity in _foreign_area_words(level, noted):
            found = wording.areas[word].search(passage.text)
            if found is None or word in wording.off:
                continue
            if severity is Severity.NOTE:
                noted.add(word)
            rule = "text.area" if severity is Severity.WARNING else "text.higher_area"
            own: dict[str, Any] = {"expected": "、".join(level.own) if level else "", "severity": severity}
            yield text_finding(rule, passage, found.start(), found.end(), **own)


def _foreign_area_words(level: AgencyLevel | None, noted: set[str]) -> list[tuple[str, Severity]]:
    if level is None:
        return []
    odd = [(word, Severity.NOTE) for word in level.odd if word not in noted]
    return [(word, Severity.WARNING) for word in level.wrong] + odd
