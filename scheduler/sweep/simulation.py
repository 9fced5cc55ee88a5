"""The reminders to come: the real sweep, over a copy of the office, on a clock that runs ahead. Nothing is sent.

What people will do in the meantime nobody knows, so the answer is what they would hear if they did nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import delete

from config.clock import OFFICE_ZONE, HandClock, office_day
from scheduler.recording.recorder import Desk
from scheduler.reminders.escalation import midnight
from scheduler.sweep.sweep import look, sweep
from storage.database.office_copy import copy_office
from storage.database.store import Store, create_store
from storage.database.tables import PARTICULAR_KEYS, PARTICULARS
from storage.eventlog.projections import Index
from storage.events.events import Opened
from storage.messaging.outbox import Outbox, Queued, State
from storage.messaging.wake_queue import Wakes

ONE_DAY, SOON = timedelta(days=1), timedelta(minutes=1)
EVENING = time(20)  # by then everything a day brings is said
CLAIM = "simulation"
MOST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One notice to come."""

    at: datetime
    person: str
    for_person: str
    case: int
    kind: str
    reference: str
    what: str
    rung: str
    until: str
    statutory: bool
    topic: str
    basis: str
    opening: Opened | None
    text: str
    """The message it comes in, where somebody puts it into words."""


Speak = Callable[[Desk, str, Sequence[Queued]], str]
"""Puts a person's bundle into words, as they stand on that day."""


def unspoken(_desk: Desk, _person: str, _rows: Sequence[Queued]) -> str:
    """Where nobody asks for the words."""
    return ""


def simulate(desk: Desk, schemes: Collection[str], days: int, speak: Speak = unspoken) -> list[Foreseen]:
    """What the coming days would bring, in order. Everybody is taken to be within reach."""
    now = desk.clock.now()
    with TemporaryDirectory() as scratch:
        store = create_store(Path(scratch) / "copy.db")
        _copy(desk.store, store, desk.office.slug)
        clock = HandClock(at=now)
        copy = replace(desk, store=store, clock=clock)
        found = list(_days(copy, clock, schemes, now + days * ONE_DAY, speak))
        store.engine.dispose()
    return sorted(found, key=lambda one: (one.at, one.person, one.case))


def _copy(source: Store, target: Store, office: str) -> None:
    """Everything but who the applicants are: nothing here speaks of them."""
    with source.reading() as rows, target.writing(office) as kept:
        copy_office(rows, kept, office)
        for table in (PARTICULARS, PARTICULAR_KEYS):
            kept.execute(delete(table))


def _days(
    desk: Desk, clock: HandClock, schemes: Collection[str], end: datetime, speak: Speak
) -> Iterator[Foreseen]:
    while clock.at < end:
        tomorrow = midnight(office_day(clock.at) + ONE_DAY)
        sweep(desk, schemes)
        while (at := _next_wake(desk)) and at < tomorrow:
            clock.at = max(at, clock.at + SOON)
            look(desk)
        clock.at = max(clock.at, datetime.combine(office_day(clock.at), EVENING, OFFICE_ZONE))
        yield from _said(desk, clock.at, speak)
        clock.at = tomorrow


def _next_wake(desk: Desk) -> datetime | None:
    with desk.store.reading() as connection:
        return Wakes(connection, desk.office.slug).next()


def _said(desk: Desk, now: datetime, speak: Speak) -> Iterator[Foreseen]:
    """Everything that is ready counts as said."""
    with desk.store.writing(desk.office.slug) as connection:
        outbox, index = Outbox(connection, desk.office.slug), Index(connection, desk.office.slug, desk.duties)
        ready = [
            row
            for person, _, _ in outbox.due(now)
            for row in outbox.claim(person, now, CLAIM, now + ONE_DAY, most=MOST)
        ]
        outbox.finish([row.number for row in ready], CLAIM, State.SENT, at=now)
        cases = index.cases(sorted({row.notice.case for row in ready} - {0}))
    bundles: dict[tuple[datetime, str], list[Queued]] = {}
    for row in ready:
        bundles.setdefault((row.notice.not_before, row.notice.person), []).append(row)
    for (_, person), rows in bundles.items():
        text = speak(desk, person, rows)
        for row in rows:
            case = cases.get(row.notice.case)
            yield _foreseen(row, case.opening if case else None, text)


def _foreseen(row: Queued, opening: Opened | None, text: str) -> Foreseen:
    notice = row.notice
    return Foreseen(
        at=notice.not_before,
        person=notice.person,
        for_person=notice.for_person,
        case=notice.case,
        kind=opening.kind if opening else "",
        reference=opening.reference if opening else "",
        what=notice.what,
        rung=notice.rung,
        until=notice.until.isoformat() if notice.until else "",
        statutory=notice.statutory,
        topic=notice.topic,
        basis=notice.basis,
        opening=opening,
        text=text,
    )
