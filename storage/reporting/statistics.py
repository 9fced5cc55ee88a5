"""Counts cases and register entries into the cells of the form; every cell keeps its sources.

Received counts by the day of receipt, results by the day of conclusion, carried in and out by what is open
at either end (国办公开办函〔2021〕30号). Totals are sums of the cells beside them, never counted apart, so
that they cannot differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from config.clock import ONE_DAY
from config.declarations.disclosure_topics import SUBJECTS
from config.declarations.duty import Duties, Duty, Moment
from config.findings import Finding, Severity
from config.reporting.case_figures import CASE_FIGURES, PREFIX, PUBLISHED_IN, TEXTS_PUBLISHED
from config.reporting.form import FEE_CELL, ReportForm
from config.reporting.registers import (
    ACTIVITIES,
    ACTIVITIES_BY_MATTER,
    ACTIVITY_MATTERS,
    REGISTERS,
    REGISTERS_BY_KEY,
    Register,
)
from storage.events.case import CaseLine, CountLine
from storage.reporting.report import Figure

FEE_NAME = "fee_yuan"  # the information fees of the year, by the name that the prose asks for
FEN_PER_10K_YUAN = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A year, or its first part: from ``first`` to ``last``, both included."""

    first: date
    last: date


def period_of(year: int, as_of: date | None = None) -> Period:
    """The days that a year's figures cover, as of the end of a day in it."""
    end = date(year, 12, 31)
    return Period(first=date(year, 1, 1), last=min(end, as_of) if as_of else end)


class ProjectionReader(Protocol):
    """Reads the counted lines: from the projections, or from a fold of the log held in memory."""

    def lines_of_year(self, first: date, last: date) -> Iterable[CaseLine]:
        """The cases that can count between two days."""
        ...

    def counts(self, matters: Sequence[str], first: date, last: date) -> list[CountLine]:
        """The entries of some registers between two days."""
        ...

    def latest_count_until(self, matter: str, last: date) -> CountLine | None:
        """The newest count of a stock up to a day."""
        ...

    def first_count_after(self, matter: str, day: date) -> CountLine | None:
        """The oldest count of a stock after a day."""
        ...


@dataclass(slots=True, kw_only=True)
class ReportCounts:
    """Figures by cell, and for each cell the case numbers or log positions that it counted."""

    figures: dict[str, int | Decimal] = field(default_factory=lambda: defaultdict(int))
    cases: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    entries: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    fee_yuan: Decimal = Decimal(0)
    activity_counts: dict[str, int] = field(default_factory=dict)
    """Activities and people reached, by their names in the prose (``config/reporting/registers.py``)."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def prose_figures(self) -> dict[str, int | Decimal]:
        """The figures that stand in no cell, by the names that templates know them by."""
        counted = {name: self.figures.get(name, 0) for name in CASE_FIGURES}
        counted[TEXTS_PUBLISHED] = sum(counted[f"{PUBLISHED_IN}{subject}"] for subject in SUBJECTS)
        return {FEE_NAME: self.fee_yuan, **counted, **self.activity_counts}


def count_year(rows: ProjectionReader, duties: Duties, period: Period) -> ReportCounts:
    """Count all three tables for a period, with the sources of each cell."""
    tally = ReportCounts()
    _count_cases(tally, rows.lines_of_year(period.first, period.last), duties, period)
    for register in REGISTERS:
        if register.stock:
            _count_stock(tally, rows, register, period)
        else:
            _count_flow(tally, rows, register, period)
    _count_activities(tally, rows.counts(ACTIVITY_MATTERS, period.first, period.last))
    tally.findings += _counted_twice(tally)
    return tally


def figures_of(tally: ReportCounts, form: ReportForm) -> Mapping[str, Figure]:
    """A figure for every cell of the form: what was counted, 0 where nothing was, and the sums."""
    figures: dict[str, int | Decimal] = {cell: tally.figures.get(cell, 0) for cell in form.cells}
    figures[FEE_CELL] = Decimal(figures[FEE_CELL])
    return with_sums(figures, form)


def with_sums(figures: Mapping[str, int | Decimal], form: ReportForm) -> dict[str, int | Decimal]:
    """The same figures, with every sum of the form added up anew."""
    summed = dict(figures)
    for rule in form.sums:
        summed[rule.total] = sum(summed[part] for part in rule.parts)
    return summed


def sources_of(cell: str, tally: ReportCounts, form: ReportForm) -> tuple[list[int], list[int]]:
    """The cases and the log positions behind a cell; a sum's are those of its parts."""
    parts = [part for rule in form.sums if rule.total == cell for part in rule.parts]
    if not parts:
        return sorted(tally.cases.get(cell, [])), sorted(tally.entries.get(cell, []))
    # A total of totals (results_total × total) reaches the same cases twice, so they are collected in a set.
    found = [sources_of(part, tally, form) for part in parts]
    cases = {number for numbers, _ in found for number in numbers}
    return sorted(cases), sorted({place for _, places in found for place in places})


def moments_of(line: CaseLine, period: Period) -> list[Moment]:
    """At which moments a case counts in a period."""
    if line.opened_on > period.last or (line.closed_on and line.closed_on < period.first):
        return []
    moments = [Moment.OPENED if line.opened_on >= period.first else Moment.CARRIED_IN]
    closed = line.closed_on is not None and line.closed_on <= period.last
    return [*moments, Moment.CLOSED if closed else Moment.OPEN_AT_END]


def stock_figures(rows: ProjectionReader, period: Period) -> dict[str, int | Decimal]:
    """Only the figures of stocks: what was in force at the end of a period."""
    tally = ReportCounts()
    for register in REGISTERS:
        if register.stock:
            _count_stock(tally, rows, register, period)
    return dict(tally.figures)


def _count_cases(tally: ReportCounts, lines: Iterable[CaseLine], duties: Duties, period: Period) -> None:
    # One look-up a line instead of a search of the declaration: a large city has half a million of them.
    cells: dict[tuple[str, Moment, str, str], tuple[str, ...]] = {}
    for line in lines:
        duty = duties.get(line.kind)
        if duty is None:
            tally.findings.append(
                Finding(rule="statistics.unknown_kind", found=line.kind, place=f"case {line.number}")
            )
            continue
        for moment in moments_of(line, period):
            key = (line.kind, moment, line.column, line.outcome)
            if key not in cells:
                cells[key] = tuple(_figure_names(_cells_of(duty, moment, line)))
            for cell in cells[key]:
                tally.figures[cell] += 1
                tally.cases[cell].append(line.number)


def _figure_names(cells: Iterable[str]) -> Iterator[str]:
    """The figures behind these cells: of the form, or of the prose alone; what nobody knows is not counted."""
    for cell in cells:
        name = cell.removeprefix(PREFIX)
        if name == cell or name in CASE_FIGURES:
            yield name


def _cells_of(duty: Duty, moment: Moment, line: CaseLine) -> Iterable[str]:
    for count in duty.counts:
        if count.moment is moment:
            yield count.cell.format(column=line.column)
    outcome = duty.outcome(line.outcome)
    if moment is Moment.CLOSED and outcome and outcome.cell:
        yield outcome.cell.format(column=line.column)


def _count_flow(tally: ReportCounts, rows: ProjectionReader, register: Register, period: Period) -> None:
    lines = rows.counts([register.key], period.first, period.last)
    fen = sum(line.amount_fen for line in lines)
    if not register.cell:
        tally.fee_yuan += Decimal(fen) / 100
        tally.entries[FEE_NAME] += [line.position for line in lines]
        return
    amount = Decimal(fen) / FEN_PER_10K_YUAN
    tally.figures[register.cell] += amount if register.money else sum(line.quantity for line in lines)
    tally.entries[register.cell] += [line.position for line in lines]


def _counted_twice(tally: ReportCounts) -> Iterator[Finding]:
    """A warning for each cell that cases count and that was counted by hand as well: the same may be in both."""
    labels = {register.cell: register.label for register in REGISTERS if register.cell}
    for cell, label in labels.items():
        cases = len(tally.cases.get(cell, ()))
        if cases and tally.entries.get(cell):
            by_hand = tally.figures[cell] - cases
            yield Finding(
                rule="statistics.counted_twice",
                severity=Severity.WARNING,
                place=cell,
                found=str(by_hand),
                expected="0",
                words={"cases": str(cases), "label": label},
            )


def _count_activities(tally: ReportCounts, lines: Iterable[CountLine]) -> None:
    """Count how often each kind was held and how many people it reached; a kind that was never held counts 0."""
    tally.activity_counts = {name: 0 for activity in ACTIVITIES for name in (activity.times, activity.people)}
    for line in lines:
        activity = ACTIVITIES_BY_MATTER[line.matter]
        tally.activity_counts[activity.times] += 1
        tally.activity_counts[activity.people] += line.quantity
        for name in (activity.times, activity.people):
            tally.entries[name].append(line.position)


def _count_stock(tally: ReportCounts, rows: ProjectionReader, register: Register, period: Period) -> None:
    """Count a stock at the end of the period: its nearest count, changed by the moves in between.

    A count after the end is calculated back; without any count the moves alone make the stock.
    """
    older = rows.latest_count_until(register.key, period.last)
    base = older or rows.first_count_after(register.key, period.last)
    start = base.happened_on if base else date.min
    moves = _stock_moves(rows, register, *sorted((start, period.last)))
    moved = _net_change(moves) if start <= period.last else -_net_change(moves)
    stock = (base.quantity if base else 0) + moved
    tally.figures[register.cell] += stock
    tally.entries[register.cell] += ([base.position] if base else []) + [line.position for line in moves]
    if stock < 0:
        finding = Finding(
            rule="statistics.negative_stock", place=register.cell, found=str(stock), expected="≥ 0"
        )
        tally.findings.append(finding)
    if older:
        tally.findings += _unexplained_stock_change(rows, register, older)


def _unexplained_stock_change(
    rows: ProjectionReader, register: Register, newer: CountLine
) -> Iterator[Finding]:
    """A warning for a count that the former count and the moves between do not explain."""
    older = rows.latest_count_until(register.key, newer.happened_on - ONE_DAY)
    if older is None:
        return
    explained = older.quantity + _net_change(
        _stock_moves(rows, register, older.happened_on, newer.happened_on)
    )
    if explained != newer.quantity:
        yield Finding(
            rule="statistics.stock_jump",
            severity=Severity.WARNING,
            place=register.cell,
            found=str(newer.quantity),
            expected=str(explained),
            words={"day": newer.happened_on.isoformat(), "since": older.happened_on.isoformat()},
        )


def _stock_moves(rows: ProjectionReader, register: Register, after: date, last: date) -> list[CountLine]:
    """The entries that changed a stock after one day and up to another: a count is of the end of its day."""
    keys = [mover.key for mover in REGISTERS if mover.changed_stock == register.key]
    return [line for line in rows.counts(keys, after, last) if line.happened_on > after]


def _net_change(moves: Iterable[CountLine]) -> int:
    return sum(REGISTERS_BY_KEY[line.matter].stock_change * line.quantity for line in moves)
