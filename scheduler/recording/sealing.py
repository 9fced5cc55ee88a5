"""Keeps sealed years as they were published: checks each transaction for facts that would change their figures.

A transaction that would change a figure of a sealed year is refused; or, where the actor says why the fact comes
late, a ``Restated`` record is appended beside it: which figures, by how much, by which entries. Only the cases and
entries of the transaction are counted, before and after, so an ordinary act costs nothing for the years behind it.
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
from config.reporting.case_figures import CASE_FIGURES
from config.reporting.registers import ACTIVITIES_BY_MATTER, REGISTERS_BY_KEY
from scheduler.recording.context import RecordingContext
from storage.eventlog.derived_rows import case_lines
from storage.eventlog.log import NewEvent
from storage.events.approvals import attested_file, releases
from storage.events.case import Case, CaseLine, CountLine
from storage.events.events import Amended, Record, case_of
from storage.events.office_events import ActivityHeld, Counted, Restated, Sealed
from storage.reporting.report import Report
from storage.reporting.sealed_years import STOCKS, Amount, SealedYears, encode_published, fold_sealed_years
from storage.reporting.statistics import count_year, figures_of, period_of, stock_figures

MAX_NAMED_FIGURES = 3  # figures named in a refusal; the others are counted


class YearSealed(Refusal):
    """The report of {year} is sealed, and this would move {figures}. If it is true, say why it is late: --late."""


class YearNotOver(Refusal):
    """{year} is not over. Its report can be sealed from {day} on."""


class SealedAlready(Refusal):
    """The report of {year} was sealed on {day}. What comes late is recorded with --late and stands beside it."""


class OutOfTurn(Refusal):
    """Years are sealed in their order: {next} comes next."""


class SealAlone(Refusal):
    """A year is sealed in a transaction of its own: first record what is still to be recorded, then seal."""


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
    """The cases and entries of one transaction, as rows that a year can be counted from."""

    cases: Sequence[CaseLine]
    registers: Sequence[CountLine]

    def lines_of_year(self, _first: date, _last: date) -> Iterable[CaseLine]:
        """All cases; each says itself in which year it counts."""
        return self.cases

    def counts(self, matters: Sequence[str], first: date, last: date) -> list[CountLine]:
        """The entries of these registers between two days."""
        return [one for one in self.registers if one.matter in matters and first <= one.happened_on <= last]

    def latest_count_until(self, _matter: str, _last: date) -> CountLine | None:
        """None: stocks depend on every entry, and are read from the whole index."""
        return None

    first_count_after = latest_count_until


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedYearGuard:
    """What the sealed years count of a transaction's cases and entries, before it changed them."""

    years: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    stocks: bool = False
    before: Mapping[int, Mapping[str, Amount]] = field(default_factory=dict)

    @classmethod
    def started(cls, context: RecordingContext, cases: Mapping[int, Case]) -> SealedYearGuard:
        """Count before anything is appended. SealAlone where a seal comes with other facts."""
        records = [item.record for item in context.new_events]
        if any(isinstance(record, Sealed) for record in records) and len(records) > 1:
            raise SealAlone
        years = tuple(sealed_years(context).sealed)
        if not years:
            return cls()
        positions = tuple(record.position for record in records if isinstance(record, Amended))
        touched = [*context.index.counts_at(positions), *_counted_records(records)]
        stocks = any(_moves_stock(matter) for matter in _matters(touched))
        before = _figures_by_year(context, years, cases, positions, stocks=stocks)
        return cls(years=years, positions=positions, stocks=stocks, before=before)

    def restatements(self, context: RecordingContext, cases: Mapping[int, Case]) -> list[NewEvent]:
        """Count again after it: the restatements to append. YearSealed where nobody said why the facts come late."""
        if not self.years:
            return []
        positions = tuple(entry.position for entry in context.entries)
        after = _figures_by_year(
            context, self.years, cases, (*self.positions, *positions), stocks=self.stocks
        )
        found = []
        for year in self.years:
            changes = _differences(self.before[year], after[year])
            if changes and not context.late_reason:
                raise YearSealed(year=year, figures=_describe_changes(changes))
            context.require_anonymous_late_reason(cases if changes else ())
            if changes:
                found.append(NewEvent(_restatement(context, year, changes, positions)))
        return found


def sealed_years(context: RecordingContext) -> SealedYears:
    """The years that were sealed, by the log before this transaction."""
    return fold_sealed_years(context.office_events)


def require_sealable(
    context: RecordingContext,
    report: Report,
    named_figures: Mapping[str, Amount],
    *,
    elsewhere: bool = False,
) -> None:
    """Check that a year is over and the next in turn, its figures current, and its report published.

    ``elsewhere``: it was published before the office kept this log, and the words are those of that paper. A year
    whose report has a case here is never sealed on that word alone.
    """
    known, year = sealed_years(context), report.year
    _require_turn(known, year, context.today)
    _require_current_figures(context, known, report, named_figures)
    published = sha256(encode_published(report, named_figures).encode()).hexdigest()
    cases = list(_report_cases(context, year))
    for case, duty, step in cases:
        attested = attested_file(case, step)
        if attested is None or not releases(case, duty):
            raise NotOutYet(year=year, case=case.number)
        if attested.facts.get(step.figures) not in {published, None}:
            raise NotAsPublished(year=year)
    if not (cases or elsewhere):
        raise PaperWanted(year=year)


def _require_turn(known: SealedYears, year: int, today: date) -> None:
    if today <= date(year, 12, 31):
        raise YearNotOver(year=year, day=date(year + 1, 1, 1))
    if year in known.sealed:
        raise SealedAlready(year=year, day=known.sealed[year].sealed_on)
    if known.last is not None and year != known.last + 1:
        raise OutOfTurn(next=known.last + 1)


def _require_current_figures(
    context: RecordingContext, known: SealedYears, report: Report, named_figures: Mapping[str, Amount]
) -> None:
    """FiguresMoved where the log counts otherwise now than the report does."""
    duties = context.index.duties
    counts = count_year(context.index, duties, period_of(report.year))
    known.carry_over(report.year, duties).apply_to(counts)
    now: dict[str, object] = {**figures_of(counts, shipped_data.load_form()), **counts.prose_figures}
    given = {**report.figures, **named_figures}
    moved = {name: Decimal(1) for name in now.keys() | given.keys() if now.get(name) != given.get(name)}
    if moved:
        raise FiguresMoved(figures=_describe_changes(moved))


def _report_cases(context: RecordingContext, year: int) -> Iterator[tuple[Case, Duty, Step]]:
    """The cases in which the year's report is published, with the step that attests its figures."""
    for duty in context.index.duties.values():
        step = duty.attesting_step
        if step is None or not step.figures or not isinstance(duty.recurrence, Yearly):
            continue
        references = [f"{year}/{row.id}" for row in getattr(context.office, duty.recurrence.rows)]
        numbers = context.index.find(duty.kind, references).values()
        cases = context.cases(list(numbers)).values()
        yield from ((case, duty, step) for case in cases if case.opening)


def _restatement(
    context: RecordingContext, year: int, changes: Mapping[str, Amount], positions: tuple[int, ...]
) -> Restated:
    return Restated(
        happened_on=context.today,
        period=str(year),
        changes={name: format(change, "f") for name, change in sorted(changes.items())},
        entries=positions,
        reason=context.late_reason,
    )


def _figures_by_year(
    context: RecordingContext,
    years: Iterable[int],
    cases: Mapping[int, Case],
    positions: Sequence[int],
    *,
    stocks: bool,
) -> dict[int, dict[str, Amount]]:
    """What each year counts of these cases and entries, and its stocks where one of them can have changed."""
    duties = context.index.duties
    touched = _AffectedRows(list(case_lines(cases.values(), duties)), context.index.counts_at(positions))
    found: dict[int, dict[str, Amount]] = {}
    for year in years:
        counts = count_year(touched, duties, period_of(year))
        figures = {name: figure for name, figure in counts.figures.items() if name not in STOCKS}
        latest = stock_figures(context.index, period_of(year)) if stocks else {}
        found[year] = {**figures, **counts.prose_figures, **latest}
    return found


def _differences(before: Mapping[str, Amount], after: Mapping[str, Amount]) -> dict[str, Amount]:
    changes: dict[str, Amount] = defaultdict(int)
    for sign, figures in ((1, after), (-1, before)):
        for name, figure in figures.items():
            changes[name] += sign * figure
    return {name: change for name, change in changes.items() if change}


def _counted_records(records: Iterable[Record]) -> Iterable[Counted | ActivityHeld]:
    for record in records:
        fact = record.right if isinstance(record, Amended) and not case_of(record) else record
        if isinstance(fact, Counted | ActivityHeld):
            yield fact


def _matters(touched: Iterable[CountLine | Counted | ActivityHeld]) -> set[str]:
    return {one.matter for one in touched}


def _moves_stock(matter: str) -> bool:
    register = REGISTERS_BY_KEY.get(matter)
    return register is not None and bool(register.stock or register.changed_stock)


def _describe_changes(changes: Mapping[str, Amount]) -> str:
    """The labels of the first few figures that would change, and how many more there are."""
    form = shipped_data.load_form()
    names = sorted(changes)
    shown = [
        form.label(name) if name in form.cells else figure_label(name) for name in names[:MAX_NAMED_FIGURES]
    ]
    more = f" +{len(names) - MAX_NAMED_FIGURES}" if len(names) > MAX_NAMED_FIGURES else ""
    return "、".join(shown) + more


def figure_label(name: str) -> str:
    """The label of a figure that only the prose of the report states."""
    for activity in ACTIVITIES_BY_MATTER.values():
        if name in {activity.times, activity.people}:
            return f"{activity.label}{'次数' if name == activity.times else activity.reached}"
    return CASE_FIGURES.get(name, name)
