"""Derives the rows of cases and counts from the entries of the log, and holds those of an earlier state in memory.

The projections write these rows into tables; what was known on a day in the past is folded anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.declarations.duty import Duties
from config.reporting.registers import activity_matter
from storage.eventlog.log import Log
from storage.events.case import Case, CaseLine, CountLine, case_line, facts_in_force, fold_case
from storage.events.events import LogEntry, case_of
from storage.events.office_events import ActivityHeld, Counted

STILL_OPEN = 9999  # carried into every year to come


def derive_rows(entries: Iterable[LogEntry], duties: Duties) -> tuple[list[CaseLine], list[CountLine]]:
    """All projection rows, from the log alone."""
    by_case = entries_by_case(entries)
    uncased = by_case.pop(0, [])
    cases = (fold_case(number, of_one) for number, of_one in by_case.items())
    return list(case_lines(cases, duties)), count_lines(uncased)


def entries_by_case(entries: Iterable[LogEntry]) -> dict[int, list[LogEntry]]:
    """The entries of each case, in their order; 0 holds those that belong to none."""
    found: dict[int, list[LogEntry]] = defaultdict(list)
    for entry in entries:
        found[case_of(entry.record)].append(entry)
    return found


def case_lines(cases: Iterable[Case], duties: Duties) -> Iterator[CaseLine]:
    """The rows of cases; a void case has none."""
    for case in cases:
        duty = duties.get(case.opening.kind) if case.opening else None
        line = case_line(case, duty.column if duty else "")
        if line:
            yield line


def count_lines(entries: Sequence[LogEntry]) -> list[CountLine]:
    """The rows of the register entries in force."""
    facts = facts_in_force(entry for entry in entries if case_of(entry.record) == 0)
    return [
        _count_line(place, fact) for place, fact in facts.items() if isinstance(fact, Counted | ActivityHeld)
    ]


def _count_line(place: int, fact: Counted | ActivityHeld) -> CountLine:
    """The row of a count or an activity; an activity's quantity is the number of people it reached."""
    if isinstance(fact, ActivityHeld):
        return CountLine(place, activity_matter(fact.matter), fact.happened_on, fact.reached, 0)
    return CountLine(place, fact.matter, fact.happened_on, fact.quantity, int(fact.amount_yuan * 100))


def carried_to(line: CaseLine) -> int | None:
    """The last year into which a case was carried; None unless it is open or was so over a whole year."""
    if line.closed_on is None:
        return STILL_OPEN
    over_a_year = line.closed_on.year > line.opened_on.year + 1
    return line.closed_on.year if over_a_year else None


@dataclass(frozen=True, slots=True)
class ProjectionSnapshot:
    """The projections of an earlier state of the log: what ``CaseProjections`` reads from its tables, in memory."""

    cases: list[CaseLine]
    registers: list[CountLine]

    def lines_of_year(self, first: date, last: date) -> Iterator[CaseLine]:
        """The cases that can count between two days, both included."""
        for line in self.cases:
            if line.opened_on <= last and (line.closed_on is None or line.closed_on >= first):
                yield line

    def counts(self, matters: Sequence[str], first: date, last: date) -> list[CountLine]:
        """The entries of some registers between two days, both included."""
        return [
            line for line in self.registers if line.matter in matters and first <= line.happened_on <= last
        ]

    def latest_count_until(self, matter: str, last: date) -> CountLine | None:
        """The newest count of a stock up to a day."""
        found = self.counts([matter], date.min, last)
        return max(found, key=_count_order, default=None)

    def first_count_after(self, matter: str, day: date) -> CountLine | None:
        """The oldest count of a stock after a day."""
        found = [line for line in self.counts([matter], day, date.max) if line.happened_on > day]
        return min(found, key=_count_order, default=None)


def projection_snapshot(log: Log, duties: Duties, upto: int | None = None) -> ProjectionSnapshot:
    """The projections of the log up to a position, or of all of it."""
    cases, registers = derive_rows(log.read(upto=upto), duties)
    return ProjectionSnapshot(cases, registers)


def _count_order(line: CountLine) -> tuple[date, int]:
    return line.happened_on, line.position
