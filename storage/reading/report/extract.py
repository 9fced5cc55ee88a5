"""From a document to a report: the one extractor behind every kind of file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from config.reporting.form import Form
from storage.reading.formats.document import Block, Document, Grid, Paragraph, squared
from storage.reading.formats.errors import refuse
from storage.reading.report.label_matching import bare
from storage.reading.report.sections import find_agency, find_year, heading_key, read_prose
from storage.reading.report.table_finder import Harvest, harvest
from storage.reporting.report import Report

_LONG = 40  # characters: a row that is one such text is a paragraph set in a table


def extract(document: Document, form: Form) -> Report:
    """The report a document holds; refused where it has no table, or none of the form's."""
    if not any(isinstance(block, Grid) for block in document.blocks):
        raise refuse(document.name, "no_tables")
    found, words = Harvest(), []
    for block in _loosened(document.blocks, form):
        if isinstance(block, Grid):
            words += _take(block, form, found)
        else:
            words.append(block)
    if not found.figures:
        raise refuse(document.name, "no_form")
    prose = read_prose(replace(document, blocks=tuple(words)), _own_labels(form), form)
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


def _take(grid: Grid, form: Form, found: Harvest) -> list[Block]:
    """Take a grid's figures; a grid that has none is prose set in a table, and comes back as paragraphs."""
    part = harvest(grid, form)
    if part.figures:
        found.figures = {**part.figures, **found.figures}
        found.labels = {**part.labels, **found.labels}
        return []
    return [Paragraph(text=text) for row in grid.rows for text in dict.fromkeys(row) if text.strip()]


def _loosened(blocks: Iterable[Block], form: Form) -> Iterator[Block]:
    """Headings and paragraphs that stand as rows of a table, as on a sheet, set free from it."""
    labels = {bare(label) for label in _own_labels(form)}
    for block in blocks:
        if isinstance(block, Grid):
            yield from _loosen(block, labels, form)
        else:
            yield block


def _loosen(grid: Grid, labels: set[str], form: Form) -> Iterator[Block]:
    kept: list[tuple[str, ...]] = []
    for row in grid.rows:
        text = _only_text(row)
        if text and bare(text) not in labels and (len(text) > _LONG or not kept or heading_key(text, form)):
            yield from _piece(kept, grid)
            kept = []
            yield Paragraph(text=text)
        elif text or any(row):
            kept.append(row)
    yield from _piece(kept, grid)


def _piece(rows: list[tuple[str, ...]], grid: Grid) -> Iterator[Block]:
    """A part of a grid, without the columns that only its neighbours on the sheet have."""
    if rows:
        yield squared([list(row) for row in rows]) if grid.regular else Grid(rows=tuple(rows), regular=False)


def _only_text(row: tuple[str, ...]) -> str:
    texts = {cell.strip() for cell in row if cell.strip()}
    return texts.pop() if len(texts) == 1 else ""


def _own_labels(form: Form) -> tuple[str, ...]:
    """What the form itself prints in its tables."""
    labels = [form.caption3, form.applicant_heading, form.organisations_heading]
    for block in form.table2:
        labels += [block.heading, block.first_label, *(line.label for line in block.rows)]
        labels += [column.label for column in block.columns]
    for line in form.rows3:
        labels += [line.label, line.section or "", line.group or ""]
    labels += [column.label for column in (*form.columns3, *form.columns4)]
    labels += [label for group, parent in form.groups4 for label in (group.label, parent or "")]
    return tuple(label for label in labels if label)
