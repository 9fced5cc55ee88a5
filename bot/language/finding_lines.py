"""Renders the findings of a text for commands and cards: the place, then the sentence."""

from __future__ import annotations

from collections.abc import Iterable

from bot.language.phrasebook import Phrasebook
from config.findings import Finding


def proofread_lines(findings: Iterable[Finding], book: Phrasebook) -> list[str]:
    """One line for each finding, in the order given."""
    return [book.located_finding(finding) for finding in findings]
