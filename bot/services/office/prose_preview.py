"""Renders the report's prose from templates that are not saved yet, with the figures of the running year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp, shipped_duties
from bot.services.office.setup_draft import SetupDraft
from config.errors import BadInput
from config.findings import Finding
from config.office.folder import OFFICE_FILE, OfficeFiles
from config.office.loader import load_office
from config.shipped_data import load_form
from storage.eventlog.derived_rows import ProjectionSnapshot
from storage.reporting.builder import build_annual_report


@dataclass(frozen=True, slots=True)
class ProsePreview:
    """What the templates would say, by section; or what is wrong with them."""

    paragraphs: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...] = ()


def draft_preview(draft: SetupDraft, year: int) -> tuple[str, ...]:
    """The paragraphs that a draft's templates print while nothing is recorded. Raises BadInput of a faulty one."""
    office = load_office(draft.document(), OFFICE_FILE)
    templates = OfficeFiles(draft.files()).templates()
    nothing = ProjectionSnapshot([], [])
    report, _ = build_annual_report(nothing, shipped_duties(), load_form(), office, templates, year=year)
    return (*report.preamble, *(one for section in report.sections for one in section.paragraphs))


def prose_preview(app: OfficeApp, files: Mapping[str, str]) -> ProsePreview:
    """What these templates would say in this year's report."""
    try:
        report = annual_report(app, app.today.year, templates=OfficeFiles(files).templates()).report
    except BadInput as refused:
        return ProsePreview({}, refused.findings)
    return ProsePreview(
        {"preamble": report.preamble, **{section.key: section.paragraphs for section in report.sections}}
    )
