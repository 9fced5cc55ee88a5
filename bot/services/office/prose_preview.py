"""Renders the report's prose from templates that are not saved yet, with the figures of the running year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.services.annual_reports import annual_report
from bot.services.app import OfficeApp
from config.errors import BadInput
from config.findings import Finding
from config.office.folder import OfficeFiles


@dataclass(frozen=True, slots=True)
class ProsePreview:
    """What the templates would say, by section; or what is wrong with them."""

    paragraphs: Mapping[str, tuple[str, ...]]
    findings: tuple[Finding, ...] = ()


def prose_preview(app: OfficeApp, files: Mapping[str, str]) -> ProsePreview:
    """What these templates would say in this year's report."""
    try:
        report = annual_report(app, app.today.year, templates=OfficeFiles(files).templates()).report
    except BadInput as refused:
        return ProsePreview({}, refused.findings)
    return ProsePreview(
        {"preamble": report.preamble, **{section.key: section.paragraphs for section in report.sections}}
    )
