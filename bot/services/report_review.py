"""Makes the papers about checked reports: the workbook of all findings, and one paper for each report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from bot.language.phrasebook import Phrasebook
from bot.services.report_files import CheckedReport
from config.errors import Unreadable
from config.findings import Severity
from storage.documents.report_review.findings_word import as_comments, commented_docx, return_sheet_docx
from storage.documents.report_review.findings_workbook import FindingsTable, workbook_bytes
from storage.reporting.report import Report

UNIT_COLUMNS = ("unit", "file", "year", "cells", "sections", "compared", "errors", "warnings", "first")
FINDING_COLUMNS = ("unit", "file", "severity", "place", "sentence", "basis")


def findings_workbook(checked: Sequence[CheckedReport], book: Phrasebook) -> bytes:
    """The workbook: a row for each file, and a row for each finding."""
    units: list[list[object]] = [[book.say(f"check.column.{column}") for column in UNIT_COLUMNS]]
    findings: list[list[object]] = [[book.say(f"check.column.{column}") for column in FINDING_COLUMNS]]
    for each in checked:
        units.append(_unit_row(each, book))
        unit = each.report.agency if each.report else ""
        findings += [
            [
                unit,
                each.path.name,
                book.say(f"check.severity.{finding.severity}"),
                finding.place,
                book.finding(finding),
                finding.basis,
            ]
            for finding in each.findings
        ]
    return workbook_bytes(
        FindingsTable(
            units=units,
            findings=findings,
            units_name=book.say("check.sheet.units"),
            findings_name=book.say("check.sheet.findings"),
        )
    )


def _unit_row(checked: CheckedReport, book: Phrasebook) -> list[object]:
    if checked.check is None:
        refused = book.error(checked.refusal) if checked.refusal else ""
        return ["", checked.path.name, "", "", "", "", "", "", refused]
    read = checked.check.coverage
    return [
        read.agency,
        checked.path.name,
        read.year or "",
        f"{read.cells}/{read.all_cells}",
        f"{read.sections}/{read.all_sections}",
        read.compared,
        checked.count(Severity.ERROR),
        checked.count(Severity.WARNING),
        book.finding(checked.findings[0]) if checked.findings else "",
    ]


def review_paper(checked: CheckedReport, book: Phrasebook) -> tuple[str, bytes]:
    """A file's name and bytes: its own report with comments at the places, or a sheet of the findings."""
    stem = re.sub(r'[\\/:*?"<>|\s]', "_", checked.path.stem)[:80]
    if checked.report is not None and checked.path.suffix.lower() == ".docx":
        with suppress(Unreadable):  # the program that writes comments is stricter than the one that reads
            return f"{stem}.docx", _commented(checked, checked.report, book)
    return f"{stem}-{book.say('check.sheet.return')}.docx", _return_sheet(checked, book)


def _commented(checked: CheckedReport, report: Report, book: Phrasebook) -> bytes:
    sentences: dict[str, list[str]] = {}
    for finding in checked.findings:
        sentences.setdefault(finding.place, []).append(book.finding(finding))
    content, author = checked.path.read_bytes(), book.say("check.author")
    return commented_docx(content, checked.path.name, report, as_comments(sentences), author)


def _return_sheet(checked: CheckedReport, book: Phrasebook) -> bytes:
    if checked.check is None:
        return return_sheet_docx(checked.path.name, "", [])
    read = checked.check.coverage
    opening = book.say("check.read", **read.words(checked.path.name, "?"))
    title = f"{read.agency}{book.say('check.sheet.return')}"
    return return_sheet_docx(title, opening, [book.finding(finding) for finding in checked.findings])
