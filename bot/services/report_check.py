"""Checks the office's own annual report before it is submitted or sealed."""

from __future__ import annotations

from hashlib import sha256

from bot.services.annual_reports import AnnualReport, sealed_report
from bot.services.app import OfficeApp
from config import shipped_data
from config.declarations.duty import Step
from config.errors import Refusal
from config.findings import Finding
from storage.reporting.report import Report
from storage.reporting.sealed_years import encode_published


class ReportFaulty(Refusal):
    """The report of {year} has {count} errors. Put them right, or correct what was recorded; then try again."""


def report_findings(app: OfficeApp, report: Report) -> tuple[Finding, ...]:
    """All findings about the office's own report, also against last year's sealed one."""
    # Only who checks pays for the word lists.
    from storage.reading.texts.wordlist_loader import load_wordlist  # noqa: PLC0415
    from storage.report_checks.check import check_report  # noqa: PLC0415

    before = sealed_report(app, report.year - 1)
    found = check_report(report, shipped_data.load_form(), previous=before, wording=load_wordlist())
    return (*report.findings, *found)


def verified_report_facts(step: Step, content: bytes, annual: AnnualReport) -> dict[str, str]:
    """The facts that record a report without errors: the fingerprints of its file and of its content."""
    published = encode_published(annual.report, annual.counts.prose_figures).encode()
    found = {step.attested_field: sha256(content).hexdigest(), step.figures: sha256(published).hexdigest()}
    return {field: digest for field, digest in found.items() if field}
