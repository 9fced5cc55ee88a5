"""Checks the figures of a report against the form: the value of each cell, and every sum.

A rule is checked only where all its cells are present. The missing cells of a report are reported once for each
table, not once for each rule that could not be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby

from config.findings import Finding, Severity
from config.reporting.form import ReportForm, SumRule
from storage.reporting.report import Figure, format_figure

BALANCE = "table3.balance"
TABLE_SECTIONS = {"table2": "proactive", "table3": "requests", "table4": "disputes"}
_MAX_NAMED_ROWS = 6  # so many missing rows are named; the rest are counted


def check_figures(figures: Mapping[str, Figure], form: ReportForm) -> Iterator[Finding]:
    """Yield everything that is wrong with the figures of one report."""
    yield from _missing_cells(figures, form)
    yield from _check_cells(figures, form)
    yield from _check_balances(figures, form)
    for rule in form.sums:
        yield from _check_sum(rule, figures, form)
    yield from _check_stocks(figures, form)


def as_number(figure: Figure) -> int | Decimal | None:
    """Return the figure if it is a number, else None."""
    return figure if isinstance(figure, int | Decimal) else None


def as_numbers(figures: Mapping[str, Figure], cells: Iterable[str]) -> list[int | Decimal] | None:
    """Return the numbers in these cells; None unless every one of them is a number."""
    found = [as_number(figures.get(cell)) for cell in cells]
    whole = [value for value in found if value is not None]
    return whole if len(whole) == len(found) else None


def cell_finding(rule: str, cell: str, form: ReportForm, *, found: str = "", expected: str = "") -> Finding:
    """Make an error about a cell, with the labels of the form."""
    return Finding(
        rule=rule, place=cell, column=form.label(cell), basis=form.source, found=found, expected=expected
    )


def _missing_cells(figures: Mapping[str, Figure], form: ReportForm) -> Iterator[Finding]:
    for table in TABLE_SECTIONS:
        cells = [cell for cell in form.cells if cell.startswith(f"{table}.")]
        missing = [cell for cell in cells if cell not in figures]
        if not missing:
            continue
        whole = len(missing) == len(cells)
        words = {
            "table": table.removeprefix("table"),
            "count": str(len(missing)),
            "rows": _missing_row_labels(missing, form),
        }
        yield Finding(
            rule="cells.no_table" if whole else "cells.absent",
            severity=Severity.ERROR if whole else Severity.WARNING,
            place=table,
            found="" if whole else str(len(cells) - len(missing)),
            expected=str(len(cells)),
            basis=form.source,
            words=words,
        )


def _missing_row_labels(missing: list[str], form: ReportForm) -> str:
    """Return the labels of the rows with missing cells, for a message."""
    labels: dict[str, str] = {}
    for cell in missing:
        labels.setdefault(cell.rpartition(".")[0], form.label(cell).rpartition(" ")[0])
    named = "、".join(list(labels.values())[:_MAX_NAMED_ROWS])
    return named if len(labels) <= _MAX_NAMED_ROWS else f"{named}…（{len(labels)}）"


def _check_cells(figures: Mapping[str, Figure], form: ReportForm) -> Iterator[Finding]:
    """Check each cell; a table or row that is blank throughout is one finding, not one for each cell."""
    blank = [cell for cell in form.cells if cell in figures and figures[cell] in {None, ""}]
    told: set[str] = set()
    if blank and len(blank) == sum(cell in figures for cell in form.cells):
        yield Finding(
            rule="cells.blank_form", place="table2", basis=form.source, words={"count": str(len(blank))}
        )
        return
    for part, rule in ((_table_of, "cells.blank_table"), (_row_of, "cells.blank_row")):
        for name, cells in _blank_parts(part, blank, form, figures):
            if not told >= set(cells):
                told |= set(cells)
                yield Finding(
                    rule=rule,
                    place=name,
                    column=form.label(cells[0]).rpartition(" ")[0],
                    expected="0",
                    basis=form.source,
                    words={"table": name.partition(".")[0].removeprefix("table"), "count": str(len(cells))},
                )
    for cell in form.cells:
        if cell not in figures or cell in told:
            continue
        figure = figures[cell]
        if figure is None or figure == "":
            yield cell_finding("cells.empty", cell, form, expected="0")
        elif isinstance(figure, str):
            yield cell_finding("cells.not_a_number", cell, form, found=figure, expected="0")
        elif figure < 0 and not cell.endswith(".change"):  # the form of 2019 counts what was taken away
            yield cell_finding("cells.negative", cell, form, found=format_figure(figure), expected="0")


def _table_of(cell: str) -> str:
    return cell.partition(".")[0]


def _row_of(cell: str) -> str:
    return cell.rpartition(".")[0]


def _blank_parts(
    part: Callable[[str], str], blank: list[str], form: ReportForm, figures: Mapping[str, Figure]
) -> Iterator[tuple[str, list[str]]]:
    """Yield each table or row with more than one cell of which every cell that was read is blank."""
    for name, cells in groupby(form.cells, part):
        read = [cell for cell in cells if cell in figures]
        if len(read) > 1 and set(read) <= set(blank):
            yield name, read


def _check_balances(figures: Mapping[str, Figure], form: ReportForm) -> Iterator[Finding]:
    """Check in every column that received + carried in = results + carried out."""
    for column in form.columns3:
        rows = ("received", "carried_in", "results_total", "carried_out")
        found = as_numbers(figures, [f"table3.{row}.{column.key}" for row in rows])
        if found is None:
            continue
        left, right = found[0] + found[1], found[2] + found[3]
        if left != right:
            words = {row: format_figure(value) for row, value in zip(rows, found, strict=True)}
            yield Finding(
                rule=BALANCE,
                place=f"table3.carried_out.{column.key}",
                column=column.label,
                found=format_figure(right),
                expected=format_figure(left),
                basis=form.source,
                words=words,
            )


def _check_sum(rule: SumRule, figures: Mapping[str, Figure], form: ReportForm) -> Iterator[Finding]:
    """Check a total against its parts; where parts are missing, only a total that is already too small is wrong."""
    total = as_number(figures.get(rule.total))
    parts = [as_number(figures.get(part)) for part in rule.parts]
    known = sum((part for part in parts if part is not None), start=0)
    if total is None or known == total:
        return
    if None in parts and not _exceeds(known, total, parts):
        return
    yield cell_finding(rule.rule, rule.total, form, found=format_figure(total), expected=format_figure(known))


def _exceeds(known: int | Decimal, total: int | Decimal, parts: list[int | Decimal | None]) -> bool:
    return known > total and all(part is None or part >= 0 for part in parts)


def _check_stocks(figures: Mapping[str, Figure], form: ReportForm) -> Iterator[Finding]:
    """Check that in force at the end is at least issued − repealed: the number before cannot be negative."""
    for row in ("regulations", "normative_documents"):
        cells = [f"table2.{row}.{column}" for column in ("issued", "repealed", "in_force")]
        found = as_numbers(figures, cells)
        if found is not None and min(found) >= 0 and found[2] < found[0] - found[1]:
            yield Finding(
                rule="table2.in_force_too_few",
                severity=Severity.WARNING,
                place=cells[2],
                column=form.label(cells[2]),
                found=format_figure(found[2]),
                expected=format_figure(found[0] - found[1]),
                basis=form.source,
            )
