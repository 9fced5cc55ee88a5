"""Answers, just before delivery, which notices are still current and who may receive one in its person's place."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from config.clock import office_day
from scheduler.recording.recorder import Recorder
from scheduler.reminders.recipients import substitute_people
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.eventlog.log import Log
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import calendar_from_entries, office_events
from storage.events.delegations import fold_absences
from storage.messaging.outbox import OutboxEntry

WAIT_KINDS = frozenset(WaitKind)


def current_notices(recorder: Recorder, connection: Connection, rows: Sequence[OutboxEntry]) -> list[int]:
    """The numbers of those whose case still waits for what they are about; those about no case always are current."""
    office = recorder.office
    about_office = list(office_events(Log(connection, office.slug)))
    calendar = calendar_from_entries(recorder.calendar, about_office)
    absences = fold_absences(about_office)
    numbers = sorted({row.notice.case for row in rows} - {0})
    cases = CaseProjections(connection, office.slug, recorder.duties).cases(numbers)
    pending: set[tuple[int, str, str]] = set()
    for case in cases.values():
        duty = recorder.duties.get(case.opening.kind) if case.opening else None
        found = pending_actions(case, duty, office, calendar, absences) if duty else ()
        pending |= {(case.number, action.what, action.basis) for action in found}
    return [
        row.number
        for row in rows
        if row.notice.what not in WAIT_KINDS
        or (row.notice.case, row.notice.what, row.notice.basis) in pending
    ]


def substitutes(recorder: Recorder, connection: Connection, person: str) -> tuple[str, ...]:
    """Who may receive a message today in place of a person whom it could not reach, in the order of trying."""
    absences = fold_absences(office_events(Log(connection, recorder.office.slug)))
    return substitute_people(person, recorder.office, absences, office_day(recorder.clock.now()))
