"""Opens the recurring cases that should have begun and are not in the log yet, but for the villages' months."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duty
from config.declarations.recurrence import AfterVillageRound
from config.office.model import Office
from scheduler.recording.recorder import Recorder
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.sweep.reminder_queue import UnreachableLookup
from scheduler.sweep.results import OPENED, SweepAction, SweepTask
from scheduler.worklist.recurring_cases import CATCH_UP_WINDOW, Opening, finished_months, openings
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import known_calendar
from storage.messaging.accounts import Accounts


def opening_tasks(recorder: Recorder, today: date) -> Iterator[SweepTask]:
    """The tasks for the cases to open that are no village's month (those: ``village_months.py``)."""
    with recorder.store.reading() as connection:
        log = Log(connection, recorder.office.slug)
        index = CaseProjections(connection, recorder.office.slug, recorder.duties)
        calendar = known_calendar(recorder.calendar, log)
        found = list(_cases_to_open(log, index, recorder.office, calendar, today))
    for duty, opening in found:
        yield SweepTask(reference=opening.reference, act=_opening_action(duty, opening))


def has_begun(recorder: Recorder, unreachable: UnreachableLookup) -> bool:
    """Whether anybody of the office can be reached, or has joined a chat or the page."""
    with recorder.store.reading() as connection:
        people = {person.id for person in recorder.office.people}
        if not people <= unreachable(connection, recorder.clock.now()):
            return True
        return Accounts(connection, recorder.office.slug).any_bound()


def _cases_to_open(
    log: Log, index: CaseProjections, office: Office, calendar: Calendar, today: date
) -> Iterator[tuple[Duty, Opening]]:
    """Every case that should have begun by today and has not, of every kind that says so."""
    began = _log_start_day(log)
    for duty in index.duties.values():
        found = openings(
            duty, office, calendar, today, began=began, closed=_closed_months(duty, index, today)
        )
        yield from ((duty, opening) for opening in _unrecorded(duty, found, log, index))


def _opening_action(duty: Duty, opening: Opening) -> Callable[[UnitOfWork], SweepAction | None]:
    def act(uow: UnitOfWork) -> SweepAction | None:
        if not _is_still_to_open(opening, uow.context.log, uow.context.index):
            return None
        day = opening.happened_on
        uow.cases.open(duty.kind, opening.reference, day, opening.facts, key=opening.key)
        return SweepAction(what=OPENED, duty=duty, reference=opening.reference, day=day)

    return act


def _is_still_to_open(opening: Opening, log: Log, index: CaseProjections) -> bool:
    """Check again under the write lock: another sweep may have been faster."""
    return not (index.find(opening.kind, [opening.reference]) or log.known_keys([opening.key]))


def _log_start_day(log: Log) -> date | None:
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
