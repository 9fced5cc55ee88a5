"""Finds the recurring cases that should have been opened and are not in the log yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duty
from config.declarations.recurrence import AfterVillageRound
from config.office.loader import Office
from scheduler.recording.recorder import Recorder
from scheduler.sweep.reminder_queue import UnreachableLookup
from scheduler.worklist.recurring_cases import CATCH_UP_WINDOW, Opening, finished_months, openings
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.messaging.accounts import Accounts


def cases_to_open(
    log: Log, index: CaseProjections, office: Office, calendar: Calendar, today: date
) -> Iterator[tuple[Duty, Opening]]:
    """Every case that should have begun by today and has not, of every kind that says so."""
    began = log_start_day(log)
    for duty in index.duties.values():
        found = openings(
            duty, office, calendar, today, began=began, closed=_closed_months(duty, index, today)
        )
        yield from ((duty, opening) for opening in _unrecorded(duty, found, log, index))


def is_still_to_open(opening: Opening, log: Log, index: CaseProjections) -> bool:
    """Check again under the write lock: another sweep may have been faster."""
    return not (index.find(opening.kind, [opening.reference]) or log.known_keys([opening.key]))


def has_begun(recorder: Recorder, unreachable: UnreachableLookup) -> bool:
    """Whether anybody of the office can be reached, or has joined a chat or the page."""
    with recorder.store.reading() as connection:
        people = {person.id for person in recorder.office.people}
        if not people <= unreachable(connection, recorder.clock.now()):
            return True
        return Accounts(connection, recorder.office.slug).any_bound()


def log_start_day(log: Log) -> date | None:
    """The first day of the office's log; None while it is empty."""
    first = next(iter(log.read(upto=1)), None)
    return office_day(first.recorded_at) if first else None


def _unrecorded(duty: Duty, found: list[Opening], log: Log, index: CaseProjections) -> list[Opening]:
    if not found:
        return []
    known = index.find(duty.kind, [opening.reference for opening in found])
    recorded = log.known_keys([opening.key for opening in found])
    return [opening for opening in found if opening.reference not in known and opening.key not in recorded]


def _closed_months(duty: Duty, index: CaseProjections, today: date) -> dict[date, date]:
    """The closed months of the village round it follows, as far back as a bulletin is still opened for."""
    if not isinstance(duty.recurrence, AfterVillageRound):
        return {}
    since = (today - 2 * CATCH_UP_WINDOW).replace(day=1)
    lines = index.lines_of_kind(duty.recurrence.round_kind, since)
    return {month: day for month, day in finished_months(lines).items() if month >= since}
