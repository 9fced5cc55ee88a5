"""Extracts a report from a document of any kind of file.

A document may hold several: a page of all years, or reports pasted together; it is parted first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from config.reporting.form import ReportForm
from storage.reading.formats.document import (
    Document,
    DocumentBlock,
    DocumentParagraph,
    DocumentPicture,
    DocumentTable,
    rectangular_table,
)
from storage.reading.formats.errors import read_error
from storage.reading.report.label_matching import normalize_label
from storage.reading.report.sections import (
    ReportText,
    agency_of_title,
    find_agency,
    find_year,
    heading_key,
    is_title,
    read_prose,
)
from storage.reading.report.table_finder import TableExtraction, extract_tables
from storage.reporting.report import Report

_FIRST_ROW = "table3.received."
_MIN_PARAGRAPH_LENGTH = 40  # characters: a row that is one such text is a paragraph set in a table


def one_report(document: Document, form: ReportForm, part: int = 0) -> Document:
    """Return the only report of a document, or the one at ``part``, counted from 1.

    Raises Unreadable with the titles of all where there are several and none was named, or no such part.
    """
    reports = _split_reports(document, form)
    if len(reports) < 2 and not part:  # noqa: PLR2004 - several
        return document
    if not 1 <= part <= len(reports):
        titles = "；".join(f"{number} {_title(each)}" for number, each in enumerate(reports, start=1))
        raise read_error(document.name, "several_reports", count=len(reports), titles=titles)
    return reports[part - 1]


def _split_reports(document: Document, form: ReportForm) -> list[Document]:
    """Return the reports of a document: each begins with its title and has its own first row of table 3."""
    begins = [at for at, block in enumerate(document.blocks) if _is_title_block(block)]
    parts: list[list[DocumentBlock]] = [list(document.blocks[: begins[0]] if begins else document.blocks)]
    for begin, end in pairwise([*begins, len(document.blocks)]):
        blocks = list(document.blocks[begin:end])
        if any(isinstance(block, DocumentTable) for block in blocks) and _has_requests(parts[-1], form):
            parts.append(blocks)
        else:
            parts[-1] += blocks
    if len(parts) == 1:
        return [document]
    whole = [part for part in parts if _has_requests(part, form)]
    return (
        [replace(document, blocks=tuple(part), title="") for part in whole] if len(whole) > 1 else [document]
    )


def _is_title_block(block: DocumentBlock) -> bool:
    return isinstance(block, DocumentParagraph) and is_title("".join(block.text.split()))


def _has_requests(blocks: list[DocumentBlock], form: ReportForm) -> bool:
    tables = (block for block in blocks if isinstance(block, DocumentTable))
    return any(
        cell.startswith(_FIRST_ROW) for table in tables for cell in extract_tables(table, form).figures
    )


def _title(document: Document) -> str:
    found = (
        block.text
        for block in document.blocks
        if isinstance(block, DocumentParagraph) and _is_title_block(block)
    )
    return " ".join(next(found, "").split())


def extract_any_edition(document: Document, forms: Sequence[ReportForm]) -> Report:
    """Extract the report of a document by the edition of the form that it is written in; the first one in doubt.

    Raises Unreadable where it has no table, or none of the form.
    """
    printed = {normalize_label(cell) for block in document.blocks for cell in _cells_of(block)}
    older = [form for form in forms[1:] if _own_columns(form, forms[0]) & printed]
    return extract_report(document, older[0] if older else forms[0])


def _cells_of(block: DocumentBlock) -> Iterator[str]:
    for row in block.rows if isinstance(block, DocumentTable) else ():
        yield from row


def _own_columns(form: ReportForm, other: ReportForm) -> set[str]:
    """Return the headings of table 2 that only this edition has."""
    columns = [
        {normalize_label(c.label) for block in one.table2 for c in block.columns} for one in (form, other)
    ]
    return columns[0] - columns[1]


def extract_report(document: Document, form: ReportForm) -> Report:
    """Extract the report of a document. Raises Unreadable where it has no table, or none of the form."""
    if not any(isinstance(block, DocumentTable) for block in document.blocks):
        pictured = any(isinstance(block, DocumentPicture) for block in document.blocks)
        raise read_error(document.name, "picture_tables" if pictured else "no_tables")
    found, words = TableExtraction(), []
    for block in _separate_paragraphs(document.blocks, form):
        if isinstance(block, DocumentTable):
            words += _take_figures(block, form, found)
        else:
            words.append(block)
    prose = read_prose(replace(document, blocks=tuple(words)), _form_labels(form), form)
    if not found.figures:
        raise read_error(document.name, "picture_tables" if prose.pictured else "no_form")
    _take_own_title(prose, document)
    return Report(
        agency=find_agency(prose, document.author),
        year=find_year(prose, document.name),
        edition=form.edition,
        figures={cell: found.figures[cell] for cell in form.cells if cell in found.figures},
        title=prose.title,
        preamble=tuple(prose.preamble),
        sections=prose.sections(),
        labels=found.labels,
        pictured=tuple(sorted(prose.pictured)),
    )


def _take_own_title(prose: ReportText, document: Document) -> None:
    """Take the title that a file gives itself where its pages print none, or one that names no agency."""
    if document.title and (
        not prose.title or (not agency_of_title(prose.title) and agency_of_title(document.title))
    ):
        prose.title = document.title


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
    places: list[int] = []
    split = False
    for at, row in enumerate(grid.rows):
        text = _only_text(row)
        if (
            text
            and normalize_label(text) not in labels
            and (len(text) > _MIN_PARAGRAPH_LENGTH or not places or heading_key(text, form))
        ):
            yield from _table_part(grid, places, split=True)
            places, split = [], True
            yield DocumentParagraph(text=text)
        elif text or any(row) or places:  # a row left blank belongs to the table above it
            places.append(at)
    yield from _table_part(grid, places, split=split)


def _table_part(grid: DocumentTable, places: list[int], *, split: bool) -> Iterator[DocumentBlock]:
    """Yield the rows at these places as a table, without columns that only other parts of a sheet use."""
    if not places:
        return
    rows = [grid.rows[at] for at in places]
    drawn = [grid.drawn[at] for at in places] if grid.drawn else []
    if not grid.regular:
        yield DocumentTable(rows=tuple(rows), regular=False)
    elif not split:
        yield DocumentTable(rows=tuple(rows), drawn=tuple(drawn))
    else:
        margin = min((_empty_at_end(row) for row in drawn), default=0)
        kept = tuple(row[: len(row) - margin] for row in drawn)
        yield replace(rectangular_table([list(row) for row in rows]), drawn=kept)


def _empty_at_end(row: tuple[str, ...]) -> int:
    return next((at for at, cell in enumerate(reversed(row)) if cell.strip()), len(row))


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
