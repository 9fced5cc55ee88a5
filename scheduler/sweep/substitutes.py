"""Whether what a notice speaks of still holds, and who hears it where its recipient cannot be reached."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import Connection

from config.clock import office_day
from config.office.loader import Office
from scheduler.recording.recorder import Desk
from scheduler.worklist.pending import What, waits
from storage.eventlog.known_calendar import calendar_from
from storage.eventlog.log import Log
from storage.eventlog.office_events import officewide
from storage.eventlog.projections import Index
from storage.events.delegations import Absences, absences
from storage.messaging.outbox import Queued

FALLBACK = ("clerk", "office_head")
"""The party-and-government office hears what nobody else can."""


def substitutes(person: str, office: Office, away: Absences, day: date) -> tuple[str, ...]:
    """The running deputy, the one by the office's file, then the party-and-government office."""
    running = away.deputy_of(person, day)
    named = next((one.deputy for one in office.people if one.id == person), "")
    people = [running.deputy if running else "", named]
    people += [one.id for role in FALLBACK for one in office.holders(role)]
    return tuple(dict.fromkeys(who for who in people if who and who != person))


def still_true(desk: Desk) -> Callable[[Connection, Sequence[Queued]], list[int]]:
    """Which of some notices speak of what their case still waits for; those about no case always do."""

    def fresh(connection: Connection, rows: Sequence[Queued]) -> list[int]:
        log = Log(connection, desk.office.slug)
        wide = list(officewide(log))
        calendar, away = calendar_from(desk.calendar, wide), absences(wide)
        numbers = sorted({row.notice.case for row in rows} - {0})
        cases = Index(connection, desk.office.slug, desk.duties).cases(numbers)
        now: set[tuple[int, str, str]] = set()
        for case in cases.values():
            duty = desk.duties.get(case.opening.kind) if case.opening else None
            found = waits(case, duty, desk.office, calendar, away) if duty else ()
            now |= {(case.number, wait.what, wait.basis) for wait in found}
        kinds = set(What)
        return [
            row.number
            for row in rows
            if row.notice.what not in kinds or (row.notice.case, row.notice.what, row.notice.basis) in now
        ]

    return fresh


def instead_of(desk: Desk) -> Callable[[Connection, str], tuple[str, ...]]:
    """Who hears it instead, today."""

    def instead(connection: Connection, person: str) -> tuple[str, ...]:
        away = absences(officewide(Log(connection, desk.office.slug)))
        return substitutes(person, desk.office, away, office_day(desk.clock.now()))

    return instead
