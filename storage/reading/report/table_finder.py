"""Finds the three tables of the form in a document's table by their labels, and extracts their figures.

A document's table may contain one table of the form, a part of one, or all. A figure is found by the label of its
row and by its order among the row's drawn cells, never by a column of the grid: whoever drags a border in one row
moves its cells to other columns. A cell that holds its row's own label proves a misreading, and the row is left
out. A label that differs from the form is noted by place (``table3.granted``, ``table3.columns.business``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from config.reporting.form import FormRow, ReportForm
from storage.reading.formats.document import DocumentTable
from storage.reading.report.figures import may_be_figure, read_figure
from storage.reading.report.label_matching import label_core, match_label, normalize_label
from storage.reporting.report import Figure

TableRow = tuple[str, ...]
_MIN_HEADING_LABELS = 3  # so many of table 4's outcome labels make a heading row


@dataclass(slots=True, kw_only=True)
class TableExtraction:
    """The figures found so far. The first figure of a cell is kept: later ones are summaries or excerpts."""

    figures: dict[str, Figure] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def add_figure(self, cell: str, text: str) -> None:
        """Add a cell's figure, unless it was read before."""
        self.figures.setdefault(cell, read_figure(cell, text))

    def add_label(self, place: str, found: str, official: str) -> None:
        """Add a label that differs from the official one."""
        if not normalize_label(found).endswith(normalize_label(official)):
            self.labels.setdefault(place, " ".join(found.split()))


def extract_tables(grid: DocumentTable, form: ReportForm) -> TableExtraction:
    """Extract every figure of the form in this table."""
    found = TableExtraction()
    _extract_table2(grid, form, found)
    _extract_table3(grid, form, found)
    _extract_table4(grid, form, found)
    return found


def _distinct(cells: Sequence[str]) -> list[str]:
    """Return the texts of a row once each, in order."""
    return list(dict.fromkeys(cell for cell in cells if cell.strip()))


def _columns(row: TableRow, wanted: Mapping[str, str]) -> dict[str, int]:
    """Return the place of each wanted label in a heading row by column key."""
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        key = wanted.get(label_core(cell))
        if key is not None:
            found.setdefault(key, at)
    return found


# Table 2: small blocks, each with its own heading row.


def _extract_table2(grid: DocumentTable, form: ReportForm, found: TableExtraction) -> None:
    wanted = {label_core(column.label): column.key for block in form.table2 for column in block.columns}
    blocks = {line.key: block for block in form.table2 for line in block.rows}
    rows = {label_core(line.label): line.key for block in form.table2 for line in block.rows}
    heading: TableRow = ()
    for row in grid.cells:
        texts = _distinct(row)
        if not texts:
            continue
        if _columns(row, wanted) or label_core(texts[0]) == label_core(form.table2[0].first_label):
            heading = row
            continue
        key = match_label(texts[0], rows) if heading and not _is_number(texts[0]) else None
        if key is not None:
            line = next(line for line in blocks[key].rows if line.key == key)
            found.add_label(f"table2.{key}", texts[0], line.label)
            _add_row2(row, heading, key, [(c.key, c.label) for c in blocks[key].columns], found)


def _is_number(text: str) -> bool:
    """Whether a text is a figure and no label."""
    return not label_core(text) or label_core(text).isdecimal()


def _add_row2(
    row: TableRow, heading: TableRow, key: str, columns: list[tuple[str, str]], found: TableExtraction
) -> None:
    places = _columns(heading, {label_core(label): column for column, label in columns})
    first = next(at for at, cell in enumerate(row) if cell.strip())
    start = next((at for at in range(first, len(row)) if row[at] != row[first]), len(row))
    for offset, (column, label) in enumerate(columns):
        at = places.get(column, start + offset)
        if column not in places and start + offset < len(heading):
            found.add_label(f"table2.columns.{column}", heading[start + offset], label)
        if at < len(row) and row[at] != row[first]:
            found.add_figure(f"table2.{key}.{column}", row[at])


# Table 3: known by its row labels; its figures are the cells after its label.


def _extract_table3(grid: DocumentTable, form: ReportForm, found: TableExtraction) -> None:
    options = _row_options(form)
    kinds = [(column.key, column.label) for column in form.columns3]
    heading: list[TableRow] = []
    read_any = False
    for row in grid.cells:
        line, labels, figures = _row3(row, form, options)
        if line is None:
            heading += [] if read_any else [row]
            continue
        read_any = True
        found.add_label(f"table3.{line.key}", "".join(labels), line.label)
        for (column, _label), text in zip(kinds, figures, strict=True):
            found.add_figure(f"table3.{line.key}.{column}", text)
    if read_any:
        _note_columns3(heading, kinds, found)


def _row3(
    row: TableRow, form: ReportForm, options: Mapping[str, str]
) -> tuple[FormRow | None, list[str], list[str]]:
    """Return the row of the form that a row is, with its labels and figures; None where it is none."""
    count = len(form.columns3)
    places = range(len(row) - count - 1, -1, -1)
    at = next((place for place in places if _is_label(row[place], options)), None)
    if at is None:
        return None, [], []
    labels, figures = _distinct(row[: at + 1]), list(row[at + 1 : at + 1 + count])
    key = _row_key(labels, options) if labels and _are_figures(figures) else None
    if not key or set(labels) & {text for text in figures if text.strip()}:
        return None, labels, figures
    return next(line for line in form.rows3 if line.key == key), labels, figures


def _is_label(text: str, options: Mapping[str, str]) -> bool:
    """Whether a cell labels a row: it is a text, or one of the short labels, such as 3.其他."""
    return bool(text.strip()) and (not may_be_figure(text) or label_core(text) in options)


def _are_figures(texts: list[str]) -> bool:
    """Whether the last cells of a row are figures: a heading row may end in 总计 as well."""
    return sum(may_be_figure(text) for text in texts) * 2 > len(texts)


def _row_options(form: ReportForm) -> dict[str, str]:
    """Return row keys by label core; section headings map to an empty key, so that none passes for a row."""
    above = {
        label_core(heading): "" for line in form.rows3 for heading in (line.section, line.group) if heading
    }
    return above | {label_core(line.label): line.key for line in form.rows3}


def _row_key(labels: list[str], options: Mapping[str, str]) -> str | None:
    return match_label(labels[-1], options) or match_label("".join(labels), options)


def _note_columns3(heading: list[TableRow], kinds: list[tuple[str, str]], found: TableExtraction) -> None:
    """Note the headings of columns that no cell of the heading rows has as the form prints them."""
    printed = [cell for row in heading for cell in row if cell.strip()]
    if not printed:
        return
    plain = {normalize_label(cell) for cell in printed}
    known = {label_core(label) for _key, label in kinds}
    last = [row for row in heading if len(_distinct(row)) >= _MIN_HEADING_LABELS][-1:]
    strange = [cell for row in last for cell in row if label_core(cell) not in known and cell.strip()]
    for column, label in kinds:
        if normalize_label(label) not in plain and strange:
            alike = match_label(label, {label_core(cell): cell for cell in strange})
            found.add_label(f"table3.columns.{column}", alike or strange[0], label)


# Table 4: one row of five figures for each group under headings, or one row for each group; also in two tables.


def _extract_table4(grid: DocumentTable, form: ReportForm, found: TableExtraction) -> None:
    parts = {label_core(column.label): column.key for column in form.columns4}
    heads = [at for at, row in enumerate(grid.rows) if len(_columns(row, parts)) >= _MIN_HEADING_LABELS]
    begins = [at for at in heads if at - 1 not in heads]
    for begin, following in pairwise([*begins, len(grid.rows)]):
        last = max(at for at in heads if at < following)
        part = DocumentTable(
            rows=grid.rows[max(0, begin - 2) : following],
            drawn=grid.drawn[max(0, begin - 2) : following],
            regular=grid.regular,
        )
        _part4(part, last - max(0, begin - 2), form, found)


def _part4(grid: DocumentTable, last: int, form: ReportForm, found: TableExtraction) -> None:
    """Extract what stands under one block of headings, of which ``last`` is the lowest row."""
    heading = grid.rows[: last + 1]
    before = len(found.figures)
    _rows4(grid.rows[last + 1 :], grid.rows[last], form, found)
    if len(found.figures) == before:
        lowest = _without_margin(grid.cells[last]) if grid.regular else ()
        _line4(grid.cells[last + 1 :], heading if grid.regular else (), lowest, form, found)


def _rows4(body: Sequence[TableRow], head: TableRow, form: ReportForm, found: TableExtraction) -> None:
    groups = {label_core(group.label): group.key for group, _parent in form.groups4}
    count = len(form.columns4)
    places = _columns(head, {label_core(column.label): column.key for column in form.columns4})
    for row in body:
        start = min(places.values(), default=0)
        labels = _distinct(row[:start])
        key = match_label(labels[-1], groups) if labels else None
        if key and len(places) == count:
            for column, at in places.items():
                if at < len(row):
                    found.add_figure(f"table4.{key}.{column}", row[at])


def _line4(
    body: Sequence[TableRow],
    heading: Sequence[TableRow],
    lowest: TableRow,
    form: ReportForm,
    found: TableExtraction,
) -> None:
    groups = _groups4(heading, form)
    cells = [(group, column.key) for group in groups for column in form.columns4]
    lines = [row for row in map(_without_margin, body) if _is_line4(row, len(cells))]
    lines += [row for row in body if _is_line4(row, len(cells))]
    if not lines:
        return
    row = next((line for line in lines if any(cell.strip() for cell in line)), lines[0])
    for (group, column), text in zip(cells, row[-len(cells) :], strict=True):
        found.add_figure(f"table4.{group}.{column}", text)
    if heading:
        _note_labels4(heading, lowest, groups, form, found)


def _groups4(heading: Sequence[TableRow], form: ReportForm) -> list[str]:
    """Return the groups that stand over a row of figures, in order; all of them where the headings name none."""
    keys = {label_core(group.label): group.key for group, _parent in form.groups4}
    named = [keys[core] for row in heading for core in map(label_core, _distinct(row)) if core in keys]
    ordered = [group.key for group, _parent in form.groups4 if group.key in named]
    columns = (
        sum(label_core(cell) == label_core(form.columns4[0].label) for cell in heading[-1]) if heading else 0
    )
    whole = columns == len(form.groups4) or not ordered or not heading
    return [group.key for group, _parent in form.groups4] if whole else ordered


def _without_margin(row: TableRow) -> TableRow:
    """Return a row without the empty cells at its end, which another table of the same sheet is wide enough for."""
    filled = [at for at, cell in enumerate(row) if cell.strip()]
    return row[: filled[-1] + 1] if filled else row


def _is_line4(row: TableRow, count: int) -> bool:
    return len(row) >= count and all(may_be_figure(cell) for cell in row[-count:])


def _note_labels4(
    heading: Sequence[TableRow],
    lowest: TableRow,
    groups: Sequence[str],
    form: ReportForm,
    found: TableExtraction,
) -> None:
    """Note the labels of outcomes and groups that the headings do not print as the form does."""
    count = len(form.columns4)
    outcomes = lowest[-len(groups) * count :]
    for at, text in enumerate(outcomes if len(outcomes) == len(groups) * count else ()):
        column = form.columns4[at % count]
        if normalize_label(text) != normalize_label(column.label):
            found.add_label(f"table4.columns.{column.key}", text, column.label)
    printed = [cell for row in heading for cell in _distinct(row)]
    plain = {normalize_label(cell) for cell in printed}
    strange = {label_core(cell): cell for cell in printed}
    for group, _parent in form.groups4:
        alike = match_label(group.label, strange) if group.key in groups else None
        if alike and normalize_label(group.label) not in plain:
            found.add_label(f"table4.{group.key}", alike, group.label)
