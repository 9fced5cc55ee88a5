"""Writes the annual report as an official paper in Word."""

from __future__ import annotations

from docx.document import Document as Paper

from config.reporting.form import ReportForm
from storage.documents.layout.grid import TABLE_SECTIONS, table_grids
from storage.documents.layout.official_paper import (
    new_paper,
    paper_bytes,
    write_body,
    write_heading,
    write_title,
)
from storage.documents.layout.text import title_lines
from storage.documents.layout.word_table import write_table
from storage.reporting.report import Report


def docx_bytes(report: Report, form: ReportForm) -> bytes:
    """The report as a Word file: title, preamble, six sections, each table in the section it belongs to."""
    paper = new_paper(report.title, report.agency)
    write_title(paper, title_lines(report.title, report.agency))
    for paragraph in report.preamble:
        write_body(paper, paragraph)
    _write_sections(paper, report, form)
    return paper_bytes(paper)


def _write_sections(paper: Paper, report: Report, form: ReportForm) -> None:
    grids = table_grids(report, form)
    for section in report.sections:
        write_heading(paper, section.heading)
        for paragraph in section.paragraphs:
            write_body(paper, paragraph)
        if section.key in TABLE_SECTIONS:
            write_table(paper, grids[TABLE_SECTIONS[section.key]])
