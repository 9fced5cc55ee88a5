"""Makes findings in a text, with the place and an excerpt around it."""

from __future__ import annotations

from collections.abc import Mapping

from config.findings import Finding, Severity
from storage.proofread.wordlist import Passage


def excerpt(text: str, start: int, end: int, around: int = 6) -> str:
    """Return the words around a finding, so that a person finds it at once."""
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
    """Make a finding with its excerpt; its field ``at`` is the character in the paragraph, from 1."""
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
