"""Finds the three tables of the form in a document's table by their labels, and extracts their figures.

A document's table may contain one table of the form, a part of one, or all. Rows are recognised by the labels beside
them, so missing group columns, other merged cells and split labels do no harm. A label that differs from the form is
noted by place (``table3.granted_days``, ``table3.columns.business``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.reporting.form import ReportForm
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
    """Return the texts of a row once each, in order: a merged cell counts as one."""
    return list(dict.fromkeys(cell for cell in cells if cell.strip()))


def _columns(row: TableRow, wanted: Mapping[str, str]) -> dict[str, int]:
    """Return the index of each wanted label in a heading row by column key; the first of a merged cell."""
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
    for row in grid.rows:
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
        if at < len(row):
            found.add_figure(f"table2.{key}.{column}", row[at])


# Table 3: known by its row labels.


def _extract_table3(grid: DocumentTable, form: ReportForm, found: TableExtraction) -> None:
    options = _row_options(form)
    kinds = [(column.key, column.label) for column in form.columns3]
    places = _places3(grid, form, options)
    for row in grid.rows:
        labels, figures = _split_row(row, places, len(kinds))
        key = _row_key(labels, options) if _are_figures(figures) else None
        if not key:
            continue
        line = next(line for line in form.rows3 if line.key == key)
        found.add_label(f"table3.{key}", "".join(labels), line.label)
        for (column, _label), text in zip(kinds, figures, strict=True):
            found.add_figure(f"table3.{key}.{column}", text)
    if places and any(cell.startswith("table3.") for cell in found.figures):
        _note_columns3(grid, kinds, places, options, found)


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
    if not labels:
        return None
    return match_label(labels[-1], options) or match_label("".join(labels), options)


def _places3(grid: DocumentTable, form: ReportForm, options: Mapping[str, str]) -> list[int]:
    """Return the index of each figure column; empty where only the last cells of a row can be trusted."""
    if not grid.regular:
        return []
    wanted = {label_core(column.label): column.key for column in form.columns3}
    found: dict[str, int] = {}
    for row in grid.rows:
        if any(
            options.get(label_core(text)) for text in _distinct(row)[:1] if label_core(text) not in wanted
        ):
            break  # the first row of figures: the heading is over
        for key, at in _columns(row, wanted).items():
            found.setdefault(key, at)
    if len(found) == len(wanted):
        return [found[column.key] for column in form.columns3]
    width = len(grid.rows[0]) if grid.rows else 0
    return list(range(width - len(wanted), width)) if width > len(wanted) else []


def _split_row(row: TableRow, places: list[int], count: int) -> tuple[list[str], list[str]]:
    """Return a row's labels and its figures; both empty where the row is too short."""
    if places:
        return _distinct(row[: min(places)]), [row[at] for at in places]
    if len(row) <= count:
        return [], []
    return _distinct(row[:-count]), list(row[-count:])


def _note_columns3(
    grid: DocumentTable,
    kinds: list[tuple[str, str]],
    places: list[int],
    options: Mapping[str, str],
    found: TableExtraction,
) -> None:
    heading = []
    for row in grid.rows:
        if _row_key(_distinct(row[: min(places)]), options):
            break
        heading.append(row)
    for (column, label), at in zip(kinds, places, strict=True):
        printed = [row[at] for row in heading if row[at].strip()]
        if printed and not any(normalize_label(text) == normalize_label(label) for text in printed):
            found.add_label(f"table3.columns.{column}", printed[-1], label)


# Table 4: one row of fifteen figures under three rows of headings, or one row for each group.


def _extract_table4(grid: DocumentTable, form: ReportForm, found: TableExtraction) -> None:
    parts = {label_core(column.label): column.key for column in form.columns4}
    heads = [at for at, row in enumerate(grid.rows) if len(_columns(row, parts)) >= _MIN_HEADING_LABELS]
    if not heads:
        return
    first, last = heads[0], heads[-1]
    top = max(0, first - 2)
    heading, body = grid.rows[top : last + 1], grid.rows[last + 1 :]
    _rows4(body, grid.rows[last], form, found)
    if not any(cell.startswith("table4.") for cell in found.figures):
        _line4(body, heading if grid.regular else (), form, found)


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
    body: Sequence[TableRow], heading: Sequence[TableRow], form: ReportForm, found: TableExtraction
) -> None:
    cells = [(group.key, column.key) for group, _parent in form.groups4 for column in form.columns4]
    row = next((row for row in body if _is_line4(row, len(cells))), None)
    if row is None:
        return
    places = _places4(heading, form) or {cell: at - len(cells) for at, cell in enumerate(cells)}
    for cell in cells:
        found.add_figure(f"table4.{cell[0]}.{cell[1]}", row[places[cell]])
    if heading:
        _note_columns4(heading, places, form, found)


def _is_line4(row: TableRow, count: int) -> bool:
    return len(row) >= count and all(may_be_figure(cell) for cell in row[-count:])


def _places4(heading: Sequence[TableRow], form: ReportForm) -> dict[tuple[str, str], int]:
    """Return each cell's index by the headings above it; empty where they do not name all fifteen."""
    groups = {label_core(group.label): group.key for group, _parent in form.groups4}
    parts = {label_core(column.label): column.key for column in form.columns4}
    found: dict[tuple[str, str], int] = {}
    for at in range(len(heading[0]) if heading else 0):
        above = [label_core(row[at]) for row in heading]
        group = next((groups[text] for text in above if text in groups), None)
        part = next((parts[text] for text in above if text in parts), None)
        if group and part:
            found.setdefault((group, part), at)
    return found if len(found) == len(groups) * len(parts) else {}


def _note_columns4(
    heading: Sequence[TableRow],
    places: Mapping[tuple[str, str], int],
    form: ReportForm,
    found: TableExtraction,
) -> None:
    for group, _parent in form.groups4:
        for column in form.columns4:
            above = [row[places[group.key, column.key]] for row in heading]
            printed = [text for text in above if text.strip()]
            if not any(normalize_label(text) == normalize_label(column.label) for text in printed):
                found.add_label(f"table4.columns.{column.key}", printed[-1] if printed else "", column.label)
            if not any(normalize_label(text) == normalize_label(group.label) for text in printed):
                found.add_label(f"table4.{group.key}", printed[-2] if len(printed) > 1 else "", group.label)
