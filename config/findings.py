"""Findings: faults in data, as values with a place.

Faults in data are collected, all of them, and shown together; they are never raised one by one.
The sentence for a rule stands in the phrase book under ``finding.<rule>``, with these fields as its words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """Errors make a check fail; warnings ask a person to look; notes only inform."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault, where it stands, what was found, what was expected, and by which rule.

    ``place`` is a cell's key (``table3.received.business``), a section's key (``section.problems``) with
    an optional paragraph (``section.other#2``), or ``line 12`` of a file, with ``column`` beside it.
    """

    rule: str
    severity: Severity = Severity.ERROR
    place: str = ""
    column: str = ""
    found: str = ""
    expected: str = ""
    basis: str = ""
    words: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain data, without its empty parts."""
        return {key: value for key, value in asdict(self).items() if value}


def has_errors(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """Whether any of them is more than a warning."""
    return any(finding.severity is Severity.ERROR for finding in findings)
