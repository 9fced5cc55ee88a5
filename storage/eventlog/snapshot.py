"""The projections of an earlier state of the log, in memory: what was known on a day in the past."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from config.declarations.duty import Duties
from storage.eventlog.log import Log
from storage.eventlog.projections import derive_rows
from storage.events.case import CaseLine, CountLine


@dataclass(frozen=True, slots=True)
class ProjectionSnapshot:
    """What ``CaseProjections`` reads from its tables, folded from the log up to a position instead."""

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
