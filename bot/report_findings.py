"""What does not add up in a report of one's own, for whoever is about to lay it down or to seal it."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from bot.compose import Works
from config import library
from config.duty import Step
from config.errors import Refusal
from config.findings import Finding
from storage.report import Report
from storage.sealing import Amount, as_published


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


def vouched_for(step: Step, content: bytes, report: Report, named: Mapping[str, Amount]) -> dict[str, str]:
    """What is recorded of a report in which nothing was found: the file by its bytes, and what it says."""
    said = as_published(report, named).encode()
    found = {step.vouches: sha256(content).hexdigest(), step.figures: sha256(said).hexdigest()}
    return {field: digest for field, digest in found.items() if field}
