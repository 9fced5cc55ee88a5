"""Whether what a notice speaks of still holds, and who hears it where its recipient cannot be reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Connection

from config.clock import office_day
from config.office.loader import Office
from scheduler.recording.recorder import Recorder
from scheduler.worklist.pending import WaitKind, pending_actions
from storage.eventlog.known_calendar import calendar_from_entries
from storage.eventlog.log import Log
from storage.eventlog.office_events import office_events
from storage.eventlog.projections import CaseProjections
from storage.events.delegations import Absences, fold_absences
from storage.messaging.outbox import OutboxEntry

SUBSTITUTE_ROLES = ("clerk", "office_head")
"""The party-and-government office hears what nobody else can."""


def substitute_recipients(person: str, office: Office, away: Absences, day: date) -> tuple[str, ...]:
    """The running deputy, the one by the office's file, then the party-and-government office."""
    running = away.deputy_of(person, day)
    named = next((one.deputy for one in office.people if one.id == person), "")
    people = [running.deputy if running else "", named]
    people += [one.id for role in SUBSTITUTE_ROLES for one in office.holders(role)]
    return tuple(dict.fromkeys(who for who in people if who and who != person))


def still_current(recorder: Recorder) -> Callable[[Connection, Sequence[OutboxEntry]], list[int]]:
    """Which of some notices speak of what their case still waits for; those about no case always do."""

    def fresh(connection: Connection, rows: Sequence[OutboxEntry]) -> list[int]:
        log = Log(connection, recorder.office.slug)
        wide = list(office_events(log))
        calendar, away = calendar_from_entries(recorder.calendar, wide), fold_absences(wide)
        numbers = sorted({row.notice.case for row in rows} - {0})
        cases = CaseProjections(connection, recorder.office.slug, recorder.duties).cases(numbers)
        now: set[tuple[int, str, str]] = set()
        for case in cases.values():
            duty = recorder.duties.get(case.opening.kind) if case.opening else None
            found = pending_actions(case, duty, recorder.office, calendar, away) if duty else ()
            now |= {(case.number, wait.what, wait.basis) for wait in found}
        kinds = set(WaitKind)
        return [
            row.number
            for row in rows
            if row.notice.what not in kinds or (row.notice.case, row.notice.what, row.notice.basis) in now
        ]

    return fresh


def substitute_finder(recorder: Recorder) -> Callable[[Connection, str], tuple[str, ...]]:
    """Who hears it instead, today."""

    def instead(connection: Connection, person: str) -> tuple[str, ...]:
        away = fold_absences(office_events(Log(connection, recorder.office.slug)))
        return substitute_recipients(person, recorder.office, away, office_day(recorder.clock.now()))

    return instead
