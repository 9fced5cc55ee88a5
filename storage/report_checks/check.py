"""Checks a report by every rule of the form and of its prose, and says what was read and compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from config.findings import Finding
from config.reporting.form import SECTION_KEYS, ReportForm
from config.shipped_data import load_form
from storage.proofread.wordlist import Wordlist
from storage.report_checks.contents import check_contact, check_contents
from storage.report_checks.copied import check_copied, check_repeated
from storage.report_checks.counting.comparisons import Comparison
from storage.report_checks.figures import TABLE_SECTIONS, check_figures
from storage.report_checks.labels import check_labels
from storage.report_checks.previous import check_previous
from storage.report_checks.prose import check_prose, compare_prose
from storage.reporting.report import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCoverage:
    """What a check read of a report: a report that is read in part is checked in part."""

    agency: str
    year: int
    edition: str
    cells: int
    all_cells: int
    sections: int
    all_sections: int
    compared: int
    """Numbers of the prose that were held against the tables."""

    def words(self, agency: str, year: str) -> dict[str, Any]:
        """The words of the sentence that says what was read, with what stands for an agency or year not found."""
        return {**asdict(self), "agency": self.agency or agency, "year": self.year or year}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCheck:
    """The findings about a report, what was read, and every comparison that was made."""

    findings: tuple[Finding, ...]
    coverage: ReportCoverage
    comparisons: tuple[Comparison, ...]


def check_report(
    report: Report, form: ReportForm, *, previous: Report | None = None, level: str = "", wording: Wordlist
) -> tuple[Finding, ...]:
    """Return every finding about a report, as ``inspect_report`` does with what was read beside them."""
    return inspect_report(report, form, previous=previous, level=level, wording=wording).findings


def inspect_report(
    report: Report, form: ReportForm, *, previous: Report | None = None, level: str = "", wording: Wordlist
) -> ReportCheck:
    """Return every finding about a report together with what was read and compared.

    The findings are of the figures first, then against last year, then of labels, contents and prose. ``level`` is
    the level of the agency (``township``, ``county``, ``bureau``, ``city`` …); if empty it is told by the agency's
    name, and an unknown name counts as an agency that makes no 规章. A report in an older edition of the form is
    checked by that edition.
    """
    own = form_of(report, form)
    guessed = wording.level(report.agency)
    rank = level or (guessed.key if guessed else "township")
    comparisons = tuple(compare_prose(report, own, wording))
    return ReportCheck(
        findings=tuple(_findings(report, own, previous, wording, rank, comparisons)),
        coverage=ReportCoverage(
            agency=report.agency,
            year=report.year,
            edition=own.edition,
            cells=sum(cell in report.figures for cell in own.cells),
            all_cells=len(own.cells),
            sections=len(report.sections),
            all_sections=len(SECTION_KEYS),
            compared=len(comparisons),
        ),
        comparisons=comparisons,
    )


def _findings(  # noqa: PLR0917 - one call, of all that the checks stand on
    report: Report,
    form: ReportForm,
    previous: Report | None,
    wording: Wordlist,
    level: str,
    comparisons: tuple[Comparison, ...],
) -> Iterator[Finding]:
    for finding in check_figures(report.figures, form):
        yield _said_of_picture(finding, report)
    if previous is not None:
        yield from check_previous(report, previous, form)
    yield from check_labels(report, form)
    yield from check_contents(report, form, wording, level)
    yield from check_prose(report, form, wording, comparisons)
    yield from check_copied(report, wording)
    if previous is not None and previous.year == report.year - 1:
        yield from check_repeated(report, previous)
        yield from check_contact(report, previous, wording)


def _said_of_picture(finding: Finding, report: Report) -> Finding:
    """Return a finding about a table that is missing, as one about a picture where its section has one."""
    if finding.rule == "cells.no_table" and TABLE_SECTIONS[finding.place] in report.pictured:
        return replace(finding, rule="cells.picture_table")
    return finding


def form_of(report: Report, form: ReportForm) -> ReportForm:
    """Return the edition of the form that a report is written in."""
    return form if report.edition in {"", form.edition} else load_form(report.edition)
