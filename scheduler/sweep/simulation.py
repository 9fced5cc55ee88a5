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

from config.clock import OFFICE_ZONE, ManualClock, office_day
from scheduler.recording.recorder import Recorder
from scheduler.reminders.escalation import start_of_day
from scheduler.sweep.sweep import sweep, sweep_due
from storage.database.office_copy import copy_office
from storage.database.store import Store, create_store
from storage.database.tables import PARTICULAR_KEYS, PARTICULARS
from storage.eventlog.projections import CaseProjections
from storage.events.events import Opened
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxState
from storage.messaging.wake_queue import WakeQueue

ONE_DAY, CLOCK_STEP = timedelta(days=1), timedelta(minutes=1)
END_OF_DAY = time(20)  # by then everything a day brings is said
CLAIM = "simulation"
MAX_NOTICES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastNotice:
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


BundleText = Callable[[Recorder, str, Sequence[OutboxEntry]], str]
"""Puts a person's bundle into words, as they stand on that day."""


def without_text(_desk: Recorder, _person: str, _rows: Sequence[OutboxEntry]) -> str:
    """Where nobody asks for the words."""
    return ""


def simulate(
    recorder: Recorder, schemes: Collection[str], days: int, speak: BundleText = without_text
) -> list[ForecastNotice]:
    """What the coming days would bring, in order. Everybody is taken to be within reach."""
    now = recorder.clock.now()
    with TemporaryDirectory() as scratch:
        store = create_store(Path(scratch) / "copy.db")
        _copy_without_applicants(recorder.store, store, recorder.office.slug)
        clock = ManualClock(at=now)
        copy = replace(recorder, store=store, clock=clock)
        found = list(_simulate_days(copy, clock, schemes, now + days * ONE_DAY, speak))
        store.engine.dispose()
    return sorted(found, key=lambda one: (one.at, one.person, one.case))


def _copy_without_applicants(source: Store, target: Store, office: str) -> None:
    """Everything but who the applicants are: nothing here speaks of them."""
    with source.reading() as rows, target.writing(office) as kept:
        copy_office(rows, kept, office)
        for table in (PARTICULARS, PARTICULAR_KEYS):
            kept.execute(delete(table))


def _simulate_days(
    recorder: Recorder, clock: ManualClock, schemes: Collection[str], end: datetime, speak: BundleText
) -> Iterator[ForecastNotice]:
    while clock.at < end:
        tomorrow = start_of_day(office_day(clock.at) + ONE_DAY)
        sweep(recorder, schemes)
        while (at := _next_wakeup(recorder)) and at < tomorrow:
            clock.at = max(at, clock.at + CLOCK_STEP)
            sweep_due(recorder)
        clock.at = max(clock.at, datetime.combine(office_day(clock.at), END_OF_DAY, OFFICE_ZONE))
        yield from _sent_notices(recorder, clock.at, speak)
        clock.at = tomorrow


def _next_wakeup(recorder: Recorder) -> datetime | None:
    with recorder.store.reading() as connection:
        return WakeQueue(connection, recorder.office.slug).next()


def _sent_notices(recorder: Recorder, now: datetime, speak: BundleText) -> Iterator[ForecastNotice]:
    """Everything that is ready counts as said."""
    with recorder.store.writing(recorder.office.slug) as connection:
        outbox, index = (
            Outbox(connection, recorder.office.slug),
            CaseProjections(connection, recorder.office.slug, recorder.duties),
        )
        ready = [
            row
            for person, _, _ in outbox.due(now)
            for row in outbox.claim(person, now, CLAIM, now + ONE_DAY, most=MAX_NOTICES)
        ]
        outbox.mark_done([row.number for row in ready], CLAIM, OutboxState.SENT, at=now)
        cases = index.cases(sorted({row.notice.case for row in ready} - {0}))
    bundles: dict[tuple[datetime, str], list[OutboxEntry]] = {}
    for row in ready:
        bundles.setdefault((row.notice.not_before, row.notice.person), []).append(row)
    for (_, person), rows in bundles.items():
        text = speak(recorder, person, rows)
        for row in rows:
            case = cases.get(row.notice.case)
            yield _forecast_notice(row, case.opening if case else None, text)


def _forecast_notice(row: OutboxEntry, opening: Opened | None, text: str) -> ForecastNotice:
    notice = row.notice
    return ForecastNotice(
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
