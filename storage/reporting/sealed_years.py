"""Keeps sealed years as they were published, and lists what was recorded later beside them.

A seal keeps the whole report with its prose: templates may change, a published report does not. Later facts are in
the log under their own day; a ``Restated`` record, written in the same transaction, says by how much they would
have changed a published figure. From these two records alone follow

- the sealed report, and its list of corrections: published, now, by which entries;
- what the next open year takes over: its ``carried_in`` is the sealed ``carried_out``, and every flow that came late
  (a request received, a result, a licence) counts in it, so that the form's own sums hold year after year.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from config.declarations.duty import Duties, Moment
from config.reporting.form import ReportForm
from config.reporting.registers import REGISTERS
from storage.events.events import LogEntry
from storage.events.office_events import Restated, Sealed
from storage.reporting.report import Figure, Report, Section
from storage.reporting.statistics import FEE_NAME, ReportCounts, with_sums

SEAL_VERSION = 1  # of the format of ``encode_published``
Amount = int | Decimal


class SealedYear(NamedTuple):
    """A year whose report was published and sealed."""

    year: int
    position: int
    sealed_on: date
    figures: str


class LateCorrection(NamedTuple):
    """Entries recorded after a seal that would have changed figures of its year."""

    year: int
    position: int
    recorded_on: date
    changes: Mapping[str, Amount]
    entries: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A published figure that differs from what the log says now."""

    figure: str
    published: Figure
    now: Figure
    entries: tuple[int, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedReport:
    """A sealed report, with the figures of its prose that are in no cell."""

    report: Report
    prose_figures: Mapping[str, Amount]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryOver:
    """What an open year takes over from the sealed ones before it."""

    carried: Mapping[str, Amount] = field(default_factory=dict)
    changes: Mapping[str, Amount] = field(default_factory=dict)
    entries: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def apply_to(self, tally: ReportCounts) -> None:
        """Add it to the figures that the year counted itself."""
        tally.figures.update(self.carried)
        for figure, change in self.changes.items():
            if figure in tally.activity_counts:
                tally.activity_counts[figure] += int(change)
            elif figure == FEE_NAME:
                tally.fee_yuan += change
            else:
                tally.figures[figure] += change
            tally.entries[figure] += self.entries[figure]


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedYears:
    """Every sealed year, and every late correction."""

    sealed: Mapping[int, SealedYear] = field(default_factory=dict)
    late_corrections: tuple[LateCorrection, ...] = ()

    @property
    def last(self) -> int | None:
        """The latest sealed year; None where no year is sealed."""
        return max(self.sealed, default=None)

    def before(self, position: int) -> SealedYears:
        """The same as it was known before a position in the log."""
        sealed = {year: seal for year, seal in self.sealed.items() if seal.position < position}
        return SealedYears(
            sealed=sealed,
            late_corrections=tuple(one for one in self.late_corrections if one.position < position),
        )

    def corrections(self, year: int, form: ReportForm) -> list[Correction]:
        """The figures of a sealed year that the log now says otherwise, sums included, in the form's order."""
        late = [one for one in self.late_corrections if one.year == year]
        if not late:
            return []
        published = decode_published(self.sealed[year].figures)
        then: dict[str, Figure] = {**published.report.figures, **published.prose_figures}
        changes = _total_changes(late)
        now = with_sums(
            {name: _add_change(figure, changes.get(name, 0)) for name, figure in then.items()}, form
        )
        return [
            Correction(
                figure=name,
                published=then[name],
                now=now[name],
                entries=_entries(late, _parts(name, form)),
                reasons=tuple(
                    dict.fromkeys(one.reason for one in late if _changes_any(one, _parts(name, form)))
                ),
            )
            for name in then
            if now[name] != then[name]
        ]

    def carry_over(self, year: int, duties: Duties) -> CarryOver:
        """What an open year takes over; nothing where the year before it is open too."""
        before = self.sealed.get(year - 1)
        if before is None:
            return CarryOver()
        late = [one for one in self.late_corrections if one.position > before.position]
        changes = {
            name: change for name, change in _total_changes(late).items() if not _is_balance(name, duties)
        }
        return CarryOver(
            carried=dict(_carried_in(decode_published(before.figures).report.figures, duties)),
            changes=changes,
            entries={name: _entries(late, {name}) for name in changes},
        )


def fold_sealed_years(entries: Iterable[LogEntry]) -> SealedYears:
    """Fold the log's seals and late corrections."""
    sealed: dict[int, SealedYear] = {}
    late: list[LateCorrection] = []
    for entry in entries:
        match entry.record:
            case Sealed(period=period, happened_on=day, figures=figures):
                sealed[int(period)] = SealedYear(int(period), entry.position, day, figures)
            case Restated(period=period, happened_on=day, changes=changes, entries=places, reason=reason):
                amounts = {name: _amount(text) for name, text in changes.items()}
                late.append(LateCorrection(int(period), entry.position, day, amounts, places, reason))
    return SealedYears(sealed=sealed, late_corrections=tuple(late))


def encode_published(report: Report, named: Mapping[str, Amount]) -> str:
    """A report as canonical text for the log. Counts are numbers, amounts are exact decimals as text."""
    data = {
        "v": SEAL_VERSION,
        "agency": report.agency,
        "year": report.year,
        "edition": report.edition,
        "title": report.title,
        "scope": report.scope,
        "preamble": list(report.preamble),
        "sections": [[each.key, each.heading, list(each.paragraphs)] for each in report.sections],
        "figures": {cell: _encode_figure(figure) for cell, figure in report.figures.items()},
        "named": {name: _encode_figure(figure) for name, figure in named.items()},
    }
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"))


def decode_published(text: str) -> PublishedReport:
    """The report that ``encode_published`` wrote."""
    data = json.loads(text)
    report = Report(
        agency=data["agency"],
        year=data["year"],
        edition=data["edition"],
        figures={cell: _decode_figure(value) for cell, value in data["figures"].items()},
        title=data["title"],
        preamble=tuple(data["preamble"]),
        sections=tuple(
            Section(key=key, heading=heading, paragraphs=tuple(paragraphs))
            for key, heading, paragraphs in data["sections"]
        ),
        scope=data["scope"],
    )
    return PublishedReport(
        report=report, prose_figures={name: _decode_figure(value) for name, value in data["named"].items()}
    )


def _encode_figure(figure: Figure) -> int | str:
    if isinstance(figure, Decimal):
        return format(figure, "f")
    if not isinstance(figure, int):
        raise TypeError(figure)  # in the office's own report every figure is a number
    return figure


def _decode_figure(value: Any) -> Amount:
    return value if isinstance(value, int) else Decimal(value)


def _amount(text: str) -> Amount:
    return int(text) if text.removeprefix("-").isdigit() else Decimal(text)


def _add_change(figure: Figure, change: Amount) -> Amount:
    return (figure if isinstance(figure, int | Decimal) else 0) + change


def _total_changes(late: Iterable[LateCorrection]) -> dict[str, Amount]:
    found: dict[str, Amount] = defaultdict(int)
    for one in late:
        for name, change in one.changes.items():
            found[name] += change
    return {name: change for name, change in found.items() if change}


def _parts(name: str, form: ReportForm) -> set[str]:
    """The figures that a figure is the sum of; a total of totals goes down to what was counted."""
    parts = [part for rule in form.sums if rule.total == name for part in rule.parts]
    return {deeper for part in parts for deeper in _parts(part, form)} if parts else {name}


def _changes_any(one: LateCorrection, names: Iterable[str]) -> bool:
    return not one.changes.keys().isdisjoint(names)


def _entries(late: Iterable[LateCorrection], names: Iterable[str]) -> tuple[int, ...]:
    wanted = set(names)
    return tuple(sorted({place for one in late if _changes_any(one, wanted) for place in one.entries}))


def _is_balance(name: str, duties: Duties) -> bool:
    """Whether a figure is a balance on a day, and not a flow of the year."""
    return name in STOCKS or any(_matched_column(name, cell) is not None for cell in _balance_cells(duties))


STOCKS = frozenset(register.cell for register in REGISTERS if register.stock)


def _balance_cells(duties: Duties) -> Iterator[str]:
    for duty in duties.values():
        yield from (count.cell for count in duty.counts if count.moment in _BALANCE_MOMENTS)


_BALANCE_MOMENTS = {Moment.CARRIED_IN, Moment.OPEN_AT_END}


def _carried_in(published: Mapping[str, Figure], duties: Duties) -> Iterator[tuple[str, Amount]]:
    """The figures that each kind carries in, column by column: those that the year before carried out."""
    for duty in duties.values():
        cells = {count.moment: count.cell for count in duty.counts}
        into, out = cells.get(Moment.CARRIED_IN), cells.get(Moment.OPEN_AT_END)
        if into and out:
            for name, figure in published.items():
                column = _matched_column(name, out)
                if column is not None and isinstance(figure, int | Decimal):
                    yield into.format(column=column), figure


def _matched_column(name: str, cell: str) -> str | None:
    """The column for which the declared cell is this one; None where it is another cell."""
    before, _, after = cell.partition("{column}")
    inner = name[len(before) : len(name) - len(after)]
    fits = name.startswith(before) and name.endswith(after) and "." not in inner
    return inner if fits and len(name) >= len(before) + len(after) else None
