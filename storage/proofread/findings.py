"""A finding in a text: what stands there, where, and the words around it."""

from __future__ import annotations

from collections.abc import Mapping

from config.findings import Finding, Severity
from storage.proofread.wordlist import Passage


def excerpt(text: str, start: int, end: int, around: int = 6) -> str:
    """The words around a finding, so that a person finds it at once."""
    shown = text[max(0, start - around) : end + around]
    return ("…" if start > around else "") + shown + ("…" if end + around < len(text) else "")


def text_finding(
    rule: str,
    passage: Passage,
    start: int,
    end: int,
    *,
    severity: Severity = Severity.WARNING,
    found: str = "",
    expected: str = "",
    basis: str = "",
    words: Mapping[str, str] | None = None,
) -> Finding:
    """A finding with its excerpt; ``at`` counts the characters of the paragraph from 1."""
    said = {
        **passage.words,
        "near": excerpt(passage.text, start, end),
        "at": str(start + 1),
        **(words or {}),
    }
    return Finding(
        rule=rule,
        severity=severity,
        place=passage.place,
        found=found or passage.text[start:end],
        expected=expected,
        basis=basis,
        words=said,
    )
