"""How the findings in a text are said: the place a person can find, then the sentence. For commands and cards."""

from __future__ import annotations

from collections.abc import Iterable

from bot.phrasebook import Phrasebook
from config.findings import Finding


def place_words(finding: Finding, book: Phrasebook) -> str:
    """Where it stands: the title, a paragraph of the body, or an attachment's name, and the character."""
    return book.say(f"proofread.place.{finding.words.get('part', '')}", **finding.words)


def proofread_lines(findings: Iterable[Finding], book: Phrasebook) -> list[str]:
    """One line for each finding, in the order given."""
    return [
        book.say("proofread.line", place=place_words(finding, book), said=book.finding(finding))
        for finding in findings
    ]
