"""Keeps sealed years as they were published, at the desk and under its lock.

A sitting that would move a figure of a sealed year is refused, or, where whoever sits there has said why it comes
late, kept with a ``Restated`` record beside it: which figures, by how much, by which entries. Only what the sitting
touches is counted, before and after, so that an ordinary act costs nothing for the years behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from hashlib import sha256

from config import shipped_data
from config.declarations.duty import Duty, Step
from config.declarations.recurrence import Yearly
from config.errors import Refusal
from config.reporting.activities import ACTIVITIES_BY_MATTER
from config.reporting.registers import REGISTERS_BY_KEY
from scheduler.recording.context import RecordingContext
from storage.eventlog.log import NewEvent
from storage.eventlog.projections import case_lines
from storage.events.approvals import attested_file, releases
from storage.events.case import Case, CaseLine, CountLine
from storage.events.events import ActivityHeld, Amended, Counted, Record, Restated, Sealed, case_of
from storage.reporting.report import Report
from storage.reporting.sealed_years import STOCKS, Amount, SealedYears, encode_published, fold_sealed_years
from storage.reporting.statistics import count_year, figures_of, period_of, stock_figures

MAX_NAMED_FIGURES = 3  # figures told in a refusal; the rest is counted


class YearSealed(Refusal):
    """The report of {year} is sealed, and this would move {figures}. If it is true, say why it is late: --late."""


class YearNotOver(Refusal):
    """{year} is not over. Its report can be sealed from {day} on."""


class SealedAlready(Refusal):
    """The report of {year} was sealed on {day}. What comes late is recorded with --late and stands beside it."""


class OutOfTurn(Refusal):
    """Years are sealed in their order: {next} comes next."""


class SealAlone(Refusal):
    """A year is sealed in a sitting of its own: first record what is still to be recorded, then seal."""


class FiguresMoved(Refusal):
    """The figures have changed since the report was checked: {figures}. Check it again, then seal it."""


class NotOutYet(Refusal):
    """The report of {year} has not gone out yet (case {case}). Have it signed and publish it, then seal the year."""


class PaperWanted(Refusal):
    """The report of {year} has no case here: it went out before this log. Give that paper with --published FILE."""


class NotAsPublished(Refusal):
    """The report of {year} is not the one that went out: check, sign and publish the new one first, then seal it."""


@dataclass(frozen=True, slots=True)
class _AffectedRows:
    """What a sitting touches, as rows that a year can be counted from."""

    cases: Sequence[CaseLine]
    registers: Sequence[CountLine]

    def lines_of_year(self, _first: date, _last: date) -> Iterable[CaseLine]:
        """All of them: each is asked when it counts."""
        return self.cases

    def counts(self, matters: Sequence[str], first: date, last: date) -> list[CountLine]:
        """The entries among them."""
        return [one for one in self.registers if one.matter in matters and first <= one.happened_on <= last]

    def latest_count_until(self, _matter: str, _last: date) -> CountLine | None:
        """Stocks hang on everything there is, and are asked of the whole index."""
        return None

    first_count_after = latest_count_until


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedYearGuard:
    """What the sealed years said of the things a sitting touches, before it touched them."""

    years: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    stocks: bool = False
    before: Mapping[int, Mapping[str, Amount]] = field(default_factory=dict)

    @classmethod
    def started(cls, uow: RecordingContext, stood: Mapping[int, Case]) -> SealedYearGuard:
        """Before anything is appended."""
        if any(isinstance(item.record, Sealed) for item in uow.new_events) and len(uow.new_events) > 1:
            raise SealAlone
        years = tuple(sealed_years(uow).sealed)
        if not years:
            return cls()
        mended = [item.record.position for item in uow.new_events if isinstance(item.record, Amended)]
        positions = tuple(mended)
        touched = [
            *uow.index.counts_at(positions),
            *_counted_records(item.record for item in uow.new_events),
        ]
        stocks = any(_moves_stock(matter) for matter in _matters(touched))
        before = _figures_by_year(uow, years, stood, positions, stocks=stocks)
        return cls(years=years, positions=positions, stocks=stocks, before=before)

    def restatements(self, uow: RecordingContext, stand: Mapping[int, Case]) -> list[NewEvent]:
        """After it: what is to be said beside the facts. YearSealed where nobody said why they come late."""
        if not self.years:
            return []
        places = tuple(entry.position for entry in uow.entries)
        after = _figures_by_year(uow, self.years, stand, (*self.positions, *places), stocks=self.stocks)
        found = []
        for year in self.years:
            changes = _differences(self.before[year], after[year])
            if changes and not uow.late_reason:
                raise YearSealed(year=year, figures=_describe_changes(changes))
            uow.require_anonymous_late_reason(stand if changes else ())
            if changes:
                found.append(
                    NewEvent(
                        Restated(
                            happened_on=uow.today,
                            period=str(year),
                            changes={name: format(change, "f") for name, change in sorted(changes.items())},
                            entries=places,
                            reason=uow.late_reason,
                        ),
                        "",
                    )
                )
        return found


def sealed_years(seat: RecordingContext) -> SealedYears:
    """The years that were sealed, as the log stands."""
    return fold_sealed_years(seat.office_events)


def require_sealable(
    seat: RecordingContext, report: Report, named: Mapping[str, Amount], *, elsewhere: bool = False
) -> None:
    """A year that is over, the next in turn, with the very figures that stand now, and that went out.

    ``external_join_link``: it went out before the office kept this log, and the words are those of the paper that did. A year
    whose report has a case here is never taken at that word.
    """
    known, year = sealed_years(seat), report.year
    if seat.today <= date(year, 12, 31):
        raise YearNotOver(year=year, day=date(year + 1, 1, 1))
    if year in known.sealed:
        raise SealedAlready(year=year, day=known.sealed[year].sealed_on)
    if known.last is not None and year != known.last + 1:
        raise OutOfTurn(next=known.last + 1)
    tally = count_year(seat.index, seat.index.duties, period_of(year))
    known.carry_over(year, seat.index.duties).apply_to(tally)
    now: dict[str, object] = {**figures_of(tally, shipped_data.load_form()), **tally.prose_figures}
    given = {**report.figures, **named}
    moved = {name: Decimal(1) for name in now.keys() | given.keys() if now.get(name) != given.get(name)}
    if moved:
        raise FiguresMoved(figures=_describe_changes(moved))
    said, begun = sha256(encode_published(report, named).encode()).hexdigest(), False
    for case, duty, step in _report_cases(seat, year):
        word, begun = attested_file(case, step), True
        if word is None or not releases(case, duty):
            raise NotOutYet(year=year, case=case.number)
        if word.facts.get(step.figures) not in {said, None}:
            raise NotAsPublished(year=year)
    if not (begun or elsewhere):
        raise PaperWanted(year=year)


def _report_cases(seat: RecordingContext, year: int) -> Iterator[tuple[Case, Duty, Step]]:
    """The cases in which the year's report goes out, with the step that vouches for what it says."""
    for duty in seat.index.duties.values():
        step = duty.attesting_step
        if step is None or not step.figures or not isinstance(duty.recurrence, Yearly):
            continue
        known = [f"{year}/{row.id}" for row in getattr(seat.office, duty.recurrence.rows)]
        cases = seat.cases(list(seat.index.find(duty.kind, known).values())).values()
        yield from ((case, duty, step) for case in cases if case.opening)


def _figures_by_year(
    seat: RecordingContext,
    years: Iterable[int],
    cases: Mapping[int, Case],
    positions: Sequence[int],
    *,
    stocks: bool,
) -> dict[int, dict[str, Amount]]:
    """What each year counts of these cases and entries, and its stocks where one of them can have moved."""
    duties = seat.index.duties
    touched = _AffectedRows(list(case_lines(cases.values(), duties)), seat.index.counts_at(positions))
    found: dict[int, dict[str, Amount]] = {}
    for year in years:
        tally = count_year(touched, duties, period_of(year))
        figures = {name: figure for name, figure in tally.figures.items() if name not in STOCKS}
        standing = stock_figures(seat.index, period_of(year)) if stocks else {}
        found[year] = {**figures, **tally.prose_figures, **standing}
    return found


def _differences(before: Mapping[str, Amount], after: Mapping[str, Amount]) -> dict[str, Amount]:
    changes: dict[str, Amount] = defaultdict(int)
    for sign, figures in ((1, after), (-1, before)):
        for name, figure in figures.items():
            changes[name] += sign * figure
    return {name: change for name, change in changes.items() if change}


def _counted_records(records: Iterable[Record]) -> Iterable[Counted | ActivityHeld]:
    for record in records:
        said = record.right if isinstance(record, Amended) and not case_of(record) else record
        if isinstance(said, Counted | ActivityHeld):
            yield said


def _matters(touched: Iterable[CountLine | Counted | ActivityHeld]) -> set[str]:
    return {one.matter for one in touched}


def _moves_stock(matter: str) -> bool:
    register = REGISTERS_BY_KEY.get(matter)
    return register is not None and bool(register.stock or register.changed_stock)


def _describe_changes(changes: Mapping[str, Amount]) -> str:
    """The first few figures by their official labels, each with what it would move by."""
    form = shipped_data.load_form()
    names = sorted(changes)
    shown = [
        form.label(name) if name in form.cells else figure_label(name) for name in names[:MAX_NAMED_FIGURES]
    ]
    more = f" +{len(names) - MAX_NAMED_FIGURES}" if len(names) > MAX_NAMED_FIGURES else ""
    return "、".join(shown) + more


def figure_label(name: str) -> str:
    """What a figure of the prose is called."""
    for activity in ACTIVITIES_BY_MATTER.values():
        if name in {activity.times, activity.people}:
            return f"{activity.label}{'次数' if name == activity.times else activity.reached}"
    return name
