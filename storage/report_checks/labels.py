"""Checks the frame of a report against the form: its headings and the labels of its tables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from config.findings import Finding, Severity
from config.reporting.form import SECTION_KEYS, ReportForm
from config.shipped_data import LATEST_EDITION
from storage.reporting.report import Report

LATEST_NOTICE = "国办公开办函〔2021〕30号"


def check_labels(report: Report, form: ReportForm) -> Iterator[Finding]:
    """Yield headings and labels that differ from the official ones, and a missing year or agency."""
    if not report.year:
        yield _warning("report.no_year", "year")
    if not report.agency:
        yield _warning("report.no_agency", "agency")
    if form.edition != LATEST_EDITION and report.year >= int(LATEST_EDITION):
        yield Finding(
            rule="report.outdated_form",
            place="table2",
            found=form.edition,
            expected=LATEST_EDITION,
            basis=LATEST_NOTICE,
        )
    yield from _check_headings(report, form)
    for place, found in report.labels.items():
        official = official_label(place, form)
        rule = "labels.changed" if official else "labels.unknown"
        yield _warning(rule, place, found=found, expected=official, basis=form.source)


def _warning(rule: str, place: str, *, found: str = "", expected: str = "", basis: str = "") -> Finding:
    return Finding(
        rule=rule, severity=Severity.WARNING, place=place, found=found, expected=expected, basis=basis
    )


def _check_headings(report: Report, form: ReportForm) -> Iterator[Finding]:
    """Yield an error for each section not found, a warning for each heading that differs; one note without prose."""
    if not report.sections:
        yield Finding(rule="sections.none", severity=Severity.NOTE, place="sections", basis=form.source)
        return
    for key, official in zip(SECTION_KEYS, form.headings, strict=True):
        section = report.section(key)
        if section is None:
            yield Finding(
                rule="sections.absent", place=f"section.{key}", expected=official, basis=form.source
            )
        elif _without_spaces(section.heading) != _without_spaces(official):
            found = section.heading
            yield _warning(
                "labels.heading", f"section.{key}", found=found, expected=official, basis=form.source
            )


def _without_spaces(text: str) -> str:
    return re.sub(r"\s+", "", text)


def official_label(place: str, form: ReportForm) -> str:
    """Return the official label of a place such as ``table3.granted_days``; empty where the form has none."""
    labels = {f"table3.columns.{column.key}": column.label for column in form.columns3}
    labels |= {f"table4.columns.{column.key}": column.label for column in form.columns4}
    labels |= {f"table3.{line.key}": line.label for line in form.rows3}
    labels |= {f"table4.{group.key}": group.label for group, _parent in form.groups4}
    for block in form.table2:
        labels |= {f"table2.columns.{column.key}": column.label for column in block.columns}
        labels |= {f"table2.{line.key}": line.label for line in block.rows}
    return labels.get(place, "")
