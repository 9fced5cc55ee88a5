"""Checks a report by every rule of the form and of its prose, and collects all findings."""

from __future__ import annotations

from config.findings import Finding
from config.reporting.form import ReportForm
from storage.proofread.wordlist import Wordlist
from storage.report_checks.contents import check_contact, check_contents
from storage.report_checks.copied import check_copied, check_repeated
from storage.report_checks.figures import check_figures
from storage.report_checks.labels import check_labels
from storage.report_checks.previous import check_previous
from storage.report_checks.prose import check_prose
from storage.reporting.report import Report


def check_report(
    report: Report, form: ReportForm, *, previous: Report | None = None, level: str = "", wording: Wordlist
) -> tuple[Finding, ...]:
    """Return every finding: of the figures first, then against last year, then of labels, contents and prose.

    ``level`` is the level of the agency (``township``, ``county``, ``bureau``, ``city`` …); if empty it is told by
    the agency's name, and an unknown name counts as an agency that makes no 规章.
    """
    guessed = wording.level(report.agency)
    rank = level or (guessed.key if guessed else "township")
    findings = [*check_figures(report.figures, form)]
    if previous is not None:
        findings += check_previous(report, previous, form)
    findings += check_labels(report, form)
    findings += check_contents(report, form, wording, rank)
    findings += check_prose(report, form, wording)
    findings += check_copied(report, wording)
    if previous is not None and previous.year == report.year - 1:
        findings += check_repeated(report, previous)
        findings += check_contact(report, previous, wording)
    return tuple(findings)
