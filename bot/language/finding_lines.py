"""How the findings in a text are said: the place a person can find, then the sentence. For commands and cards."""

from __future__ import annotations

from collections.abc import Iterable

from bot.language.phrasebook import Phrasebook
from config.findings import Finding


def proofread_lines(findings: Iterable[Finding], book: Phrasebook) -> list[str]:
    """One line for each finding, in the order given."""
    return [book.located_finding(finding) for finding in findings]
