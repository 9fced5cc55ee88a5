"""What does not add up in a report of one's own, for whoever is about to lay it down or to seal it."""

from __future__ import annotations

from bot.compose import Works
from config import library
from config.errors import Refusal
from config.findings import Finding
from storage.report import Report


class ReportFaulty(Refusal):
    """The report of {year} has {count} errors. Put them right, or correct what was recorded; then try again."""


def findings_of(works: Works, report: Report) -> tuple[Finding, ...]:
    """Everything that does not add up in a report of one's own, last year's sealed one beside it."""
    # Only who checks pays for the word lists.
    from storage.checks.check import check  # noqa: PLC0415
    from storage.reading.wordlist import wording  # noqa: PLC0415

    before = works.published(report.year - 1)
    found = check(report, library.form(), previous=before, wording=wording())
    return (*report.findings, *found)
