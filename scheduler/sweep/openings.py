"""What begins by itself and has not begun yet: the pure openings, held against what the log has heard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duty
from config.declarations.recurrence import AfterRound
from config.office.loader import Office
from scheduler.worklist.recurring_cases import CAUGHT_UP, Opening, finished_months, openings
from storage.eventlog.log import Log
from storage.eventlog.projections import Index


def to_begin(
    log: Log, index: Index, office: Office, calendar: Calendar, today: date
) -> Iterator[tuple[Duty, Opening]]:
    """Every case that should have begun by today and has not, of every kind that says so."""
    began = began_on(log)
    for duty in index.duties.values():
        found = openings(duty, office, calendar, today, began=began, closed=_closed(duty, index, today))
        yield from ((duty, opening) for opening in _unheard(duty, found, log, index))


def still_to_begin(opening: Opening, log: Log, index: Index) -> bool:
    """Looked at again under the write lock: another sweep may have been quicker."""
    return not (index.find(opening.kind, [opening.reference]) or log.known_keys([opening.key]))


def began_on(log: Log) -> date | None:
    """The first day of the office's log; None while it is empty."""
    first = next(iter(log.read(upto=1)), None)
    return office_day(first.recorded_at) if first else None


def _unheard(duty: Duty, found: list[Opening], log: Log, index: Index) -> list[Opening]:
    if not found:
        return []
    known = index.find(duty.kind, [opening.reference for opening in found])
    said = log.known_keys([opening.key for opening in found])
    return [opening for opening in found if opening.reference not in known and opening.key not in said]


def _closed(duty: Duty, index: Index, today: date) -> dict[date, date]:
    """Months of the round it follows, as far back as a bulletin is still opened for."""
    if not isinstance(duty.recurs, AfterRound):
        return {}
    since = (today - 2 * CAUGHT_UP).replace(day=1)
    lines = index.lines_of_kind(duty.recurs.of, since)
    return {month: day for month, day in finished_months(lines).items() if month >= since}
