"""Finds the three tables of the form in a grid, by their labels, and takes their figures out.

A grid may hold one table, a part of one, or all of them. Rows are known by what is printed beside them, so
missing group columns, other merges and split labels do no harm. What is printed otherwise than the form has
it is noted by place (``table3.granted``, ``table3.columns.business``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from config.reporting.form import Form
from storage.reading.formats.document import Grid
from storage.reading.report.figures import looks_counted, read_figure
from storage.reading.report.label_matching import bare, core, match
from storage.reporting.report import Figure

Row = tuple[str, ...]
_PART = 3  # so many of table 4's outcome labels make a heading row


@dataclass(slots=True, kw_only=True)
class Harvest:
    """What was found so far. The first finding of a cell stands: later copies are summaries or excerpts."""

    figures: dict[str, Figure] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)

    def take(self, cell: str, text: str) -> None:
        """Keep a cell's figure, unless it was read before."""
        self.figures.setdefault(cell, read_figure(cell, text))

    def note(self, place: str, found: str, official: str) -> None:
        """Keep a label that is not the official one."""
        if not bare(found).endswith(bare(official)):
            self.labels.setdefault(place, " ".join(found.split()))


def harvest(grid: Grid, form: Form) -> Harvest:
    """Every figure of the form that stands in this grid."""
    found = Harvest()
    _harvest2(grid, form, found)
    _harvest3(grid, form, found)
    _harvest4(grid, form, found)
    return found


def _distinct(cells: Sequence[str]) -> list[str]:
    """The texts of a row once each, in order: a merged cell counts as one."""
    return list(dict.fromkeys(cell for cell in cells if cell.strip()))


def _columns(row: Row, wanted: Mapping[str, str]) -> dict[str, int]:
    """Where the wanted labels stand in a heading row: column key to index, the first of a merged cell."""
    found: dict[str, int] = {}
    for at, cell in enumerate(row):
        key = wanted.get(core(cell))
        if key is not None:
            found.setdefault(key, at)
    return found


# Table 2: small blocks, each with its own heading row.


def _harvest2(grid: Grid, form: Form, found: Harvest) -> None:
    wanted = {core(column.label): column.key for block in form.table2 for column in block.columns}
    blocks = {line.key: block for block in form.table2 for line in block.rows}
    rows = {core(line.label): line.key for block in form.table2 for line in block.rows}
    heading: Row = ()
    for row in grid.rows:
        texts = _distinct(row)
        if not texts:
            continue
        if _columns(row, wanted) or core(texts[0]) == core(form.table2[0].first_label):
            heading = row
            continue
        key = match(texts[0], rows) if heading and not _is_number(texts[0]) else None
        if key is not None:
            line = next(line for line in blocks[key].rows if line.key == key)
            found.note(f"table2.{key}", texts[0], line.label)
            _take2(row, heading, key, [(c.key, c.label) for c in blocks[key].columns], found)


def _is_number(text: str) -> bool:
    """Whether a text is a figure and no label at all."""
    return not core(text) or core(text).isdecimal()


def _take2(row: Row, heading: Row, key: str, columns: list[tuple[str, str]], found: Harvest) -> None:
    places = _columns(heading, {core(label): column for column, label in columns})
    first = next(at for at, cell in enumerate(row) if cell.strip())
    start = next((at for at in range(first, len(row)) if row[at] != row[first]), len(row))
    for offset, (column, label) in enumerate(columns):
        at = places.get(column, start + offset)
        if column not in places and start + offset < len(heading):
            found.note(f"table2.columns.{column}", heading[start + offset], label)
        if at < len(row):
            found.take(f"table2.{key}.{column}", row[at])


# Table 3: known by its row labels.


def _harvest3(grid: Grid, form: Form, found: Harvest) -> None:
    options = _row_options(form)
    kinds = [(column.key, column.label) for column in form.columns3]
    places = _places3(grid, form, options)
    for row in grid.rows:
        labels, figures = _parted(row, places, len(kinds))
        key = _row_key(labels, options) if _are_figures(figures) else None
        if not key:
            continue
        line = next(line for line in form.rows3 if line.key == key)
        found.note(f"table3.{key}", "".join(labels), line.label)
        for (column, _label), text in zip(kinds, figures, strict=True):
            found.take(f"table3.{key}.{column}", text)
    if places and any(cell.startswith("table3.") for cell in found.figures):
        _note_columns3(grid, kinds, places, options, found)


def _are_figures(texts: list[str]) -> bool:
    """Whether a row's tail holds figures: a heading row may end in 总计 as well."""
    return sum(looks_counted(text) for text in texts) * 2 > len(texts)


def _row_options(form: Form) -> dict[str, str]:
    """Row labels by their core; the headings above them lead to no row, so that none passes for one."""
    above = {core(heading): "" for line in form.rows3 for heading in (line.section, line.group) if heading}
    return above | {core(line.label): line.key for line in form.rows3}


def _row_key(labels: list[str], options: Mapping[str, str]) -> str | None:
    if not labels:
        return None
    return match(labels[-1], options) or match("".join(labels), options)


def _places3(grid: Grid, form: Form, options: Mapping[str, str]) -> list[int]:
    """The index of each figure column, or nothing where only a row's tail can be trusted."""
    if not grid.regular:
        return []
    wanted = {core(column.label): column.key for column in form.columns3}
    found: dict[str, int] = {}
    for row in grid.rows:
        if any(options.get(core(text)) for text in _distinct(row)[:1] if core(text) not in wanted):
            break  # the first row of figures: the heading is over
        for key, at in _columns(row, wanted).items():
            found.setdefault(key, at)
    if len(found) == len(wanted):
        return [found[column.key] for column in form.columns3]
    width = len(grid.rows[0]) if grid.rows else 0
    return list(range(width - len(wanted), width)) if width > len(wanted) else []


def _parted(row: Row, places: list[int], count: int) -> tuple[list[str], list[str]]:
    """A row's labels and its figures; no figures where the row is too short to hold them."""
    if places:
        return _distinct(row[: min(places)]), [row[at] for at in places]
    if len(row) <= count:
        return [], []
    return _distinct(row[:-count]), list(row[-count:])


def _note_columns3(
    grid: Grid, kinds: list[tuple[str, str]], places: list[int], options: Mapping[str, str], found: Harvest
) -> None:
    heading = []
    for row in grid.rows:
        if _row_key(_distinct(row[: min(places)]), options):
            break
        heading.append(row)
    for (column, label), at in zip(kinds, places, strict=True):
        printed = [row[at] for row in heading if row[at].strip()]
        if printed and not any(bare(text) == bare(label) for text in printed):
            found.note(f"table3.columns.{column}", printed[-1], label)


# Table 4: one row of fifteen figures under three storeys of headings, or one row for each group.


def _harvest4(grid: Grid, form: Form, found: Harvest) -> None:
    parts = {core(column.label): column.key for column in form.columns4}
    heads = [at for at, row in enumerate(grid.rows) if len(_columns(row, parts)) >= _PART]
    if not heads:
        return
    first, last = heads[0], heads[-1]
    top = max(0, first - 2)
    heading, body = grid.rows[top : last + 1], grid.rows[last + 1 :]
    _rows4(body, grid.rows[last], form, found)
    if not any(cell.startswith("table4.") for cell in found.figures):
        _line4(body, heading if grid.regular else (), form, found)


def _rows4(body: Sequence[Row], head: Row, form: Form, found: Harvest) -> None:
    groups = {core(group.label): group.key for group, _parent in form.groups4}
    count = len(form.columns4)
    places = _columns(head, {core(column.label): column.key for column in form.columns4})
    for row in body:
        start = min(places.values(), default=0)
        labels = _distinct(row[:start])
        key = match(labels[-1], groups) if labels else None
        if key and len(places) == count:
            for column, at in places.items():
                if at < len(row):
                    found.take(f"table4.{key}.{column}", row[at])


def _line4(body: Sequence[Row], heading: Sequence[Row], form: Form, found: Harvest) -> None:
    cells = [(group.key, column.key) for group, _parent in form.groups4 for column in form.columns4]
    row = next((row for row in body if _is_line4(row, len(cells))), None)
    if row is None:
        return
    places = _places4(heading, form) or {cell: at - len(cells) for at, cell in enumerate(cells)}
    for cell in cells:
        found.take(f"table4.{cell[0]}.{cell[1]}", row[places[cell]])
    if heading:
        _note_columns4(heading, places, form, found)


def _is_line4(row: Row, count: int) -> bool:
    return len(row) >= count and all(looks_counted(cell) for cell in row[-count:])


def _places4(heading: Sequence[Row], form: Form) -> dict[tuple[str, str], int]:
    """Each cell's index by the headings above it, or nothing where they do not name all fifteen."""
    groups = {core(group.label): group.key for group, _parent in form.groups4}
    parts = {core(column.label): column.key for column in form.columns4}
    found: dict[tuple[str, str], int] = {}
    for at in range(len(heading[0]) if heading else 0):
        above = [core(row[at]) for row in heading]
        group = next((groups[text] for text in above if text in groups), None)
        part = next((parts[text] for text in above if text in parts), None)
        if group and part:
            found.setdefault((group, part), at)
    return found if len(found) == len(groups) * len(parts) else {}


def _note_columns4(
    heading: Sequence[Row], places: Mapping[tuple[str, str], int], form: Form, found: Harvest
) -> None:
    for group, _parent in form.groups4:
        for column in form.columns4:
            above = [row[places[group.key, column.key]] for row in heading]
            printed = [text for text in above if text.strip()]
            if not any(bare(text) == bare(column.label) for text in printed):
                found.note(f"table4.columns.{column.key}", printed[-1] if printed else "", column.label)
            if not any(bare(text) == bare(group.label) for text in printed):
                found.note(f"table4.{group.key}", printed[-2] if len(printed) > 1 else "", group.label)
