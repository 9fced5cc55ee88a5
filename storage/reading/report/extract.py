"""Extracts a report from a document of any kind of file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from config.reporting.form import ReportForm
from storage.reading.formats.document import (
    Document,
    DocumentBlock,
    DocumentParagraph,
    DocumentTable,
    rectangular_table,
)
from storage.reading.formats.errors import read_error
from storage.reading.report.label_matching import normalize_label
from storage.reading.report.sections import find_agency, find_year, heading_key, read_prose
from storage.reading.report.table_finder import TableExtraction, extract_tables
from storage.reporting.report import Report

_MIN_PARAGRAPH_LENGTH = 40  # characters: a row that is one such text is a paragraph set in a table


def extract_report(document: Document, form: ReportForm) -> Report:
    """Extract the report of a document. Raises Unreadable where it has no table, or none of the form."""
    if not any(isinstance(block, DocumentTable) for block in document.blocks):
        raise read_error(document.name, "no_tables")
    found, words = TableExtraction(), []
    for block in _separate_paragraphs(document.blocks, form):
        if isinstance(block, DocumentTable):
            words += _take_figures(block, form, found)
        else:
            words.append(block)
    if not found.figures:
        raise read_error(document.name, "no_form")
    prose = read_prose(replace(document, blocks=tuple(words)), _form_labels(form), form)
    return Report(
        agency=find_agency(prose, document.author),
        year=find_year(prose, document.name),
        edition=form.edition,
        figures={cell: found.figures[cell] for cell in form.cells if cell in found.figures},
        title=prose.title,
        preamble=tuple(prose.preamble),
        sections=prose.sections(),
        labels=found.labels,
    )


def _take_figures(grid: DocumentTable, form: ReportForm, found: TableExtraction) -> list[DocumentBlock]:
    """Add a table's figures to ``found``; a table without any is prose, and is returned as paragraphs."""
    part = extract_tables(grid, form)
    if part.figures:
        found.figures = {**part.figures, **found.figures}
        found.labels = {**part.labels, **found.labels}
        return []
    return [DocumentParagraph(text=text) for row in grid.rows for text in dict.fromkeys(row) if text.strip()]


def _separate_paragraphs(blocks: Iterable[DocumentBlock], form: ReportForm) -> Iterator[DocumentBlock]:
    """Yield the blocks with headings and paragraphs separated from tables, where they are rows as on a sheet."""
    labels = {normalize_label(label) for label in _form_labels(form)}
    for block in blocks:
        if isinstance(block, DocumentTable):
            yield from _split_table(block, labels, form)
        else:
            yield block


def _split_table(grid: DocumentTable, labels: set[str], form: ReportForm) -> Iterator[DocumentBlock]:
    rows: list[tuple[str, ...]] = []
    for row in grid.rows:
        text = _only_text(row)
        if (
            text
            and normalize_label(text) not in labels
            and (len(text) > _MIN_PARAGRAPH_LENGTH or not rows or heading_key(text, form))
        ):
            yield from _table_part(rows, grid)
            rows = []
            yield DocumentParagraph(text=text)
        elif text or any(row):
            rows.append(row)
    yield from _table_part(rows, grid)


def _table_part(rows: list[tuple[str, ...]], grid: DocumentTable) -> Iterator[DocumentBlock]:
    """Yield a part of a table, without the columns that only other parts of the sheet use."""
    if rows:
        yield (
            rectangular_table([list(row) for row in rows])
            if grid.regular
            else DocumentTable(rows=tuple(rows), regular=False)
        )


def _only_text(row: tuple[str, ...]) -> str:
    texts = {cell.strip() for cell in row if cell.strip()}
    return texts.pop() if len(texts) == 1 else ""


def _form_labels(form: ReportForm) -> tuple[str, ...]:
    """Return the labels that the form prints in its tables."""
    labels = [form.caption3, form.applicant_heading, form.organisations_heading]
    for block in form.table2:
        labels += [block.heading, block.first_label, *(line.label for line in block.rows)]
        labels += [column.label for column in block.columns]
    for line in form.rows3:
        labels += [line.label, line.section or "", line.group or ""]
    labels += [column.label for column in (*form.columns3, *form.columns4)]
    labels += [label for group, parent in form.groups4 for label in (group.label, parent or "")]
    return tuple(label for label in labels if label)
