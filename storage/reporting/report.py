"""Holds the annual report as a value that writers and readers share: figures by cell, prose by section."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from config.findings import Finding

Figure = int | Decimal | str | None
"""A number; or, read from someone else's report, the text that stood there, or None for an empty cell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One of the six sections: the heading as printed, and its paragraphs in order."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A year's report. ``figures`` is keyed by cell (``table3.granted.business``).

    A report read from a part of a document has only the figures that were found; ``labels`` holds official
    labels that were printed otherwise, as found, by place, for the checker.
    """

    agency: str
    year: int
    edition: str
    figures: Mapping[str, Figure]
    title: str = ""
    preamble: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    findings: tuple[Finding, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    scope: str = ""
    pictured: tuple[str, ...] = ()
    """Of a report that was read, the sections with a picture: a table that is missing there may be it."""

    @property
    def display_title(self) -> str:
        """The report's title; the form's standard title where it has none."""
        return self.title or f"{self.agency}{self.year}年政府信息公开工作年度报告"

    def section(self, key: str) -> Section | None:
        """The section with this key, or None where the document has none."""
        return next((section for section in self.sections if section.key == key), None)


def format_figure(figure: Figure) -> str:
    """A figure as it is printed: no exponent, no trailing zeros, nothing rounded."""
    if isinstance(figure, Decimal):
        text = format(figure, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return "" if figure is None else str(figure)
