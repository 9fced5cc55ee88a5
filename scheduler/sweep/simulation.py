"""Simulates the reminders to come: the real sweep over a copy of the office, on a clock that runs ahead.

Nothing is sent. Nobody knows what people will do meanwhile, so these are the notices they get if they do nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from sqlalchemy import delete

from config.clock import OFFICE_ZONE, ONE_DAY, ManualClock, office_day
from scheduler.recording.recorder import Recorder
from scheduler.reminders.escalation import start_of_day
from scheduler.sweep.sweep import sweep, sweep_due
from storage.database.office_copy import copy_office
from storage.database.schema import create_store
from storage.database.store import Store
from storage.database.tables import PARTICULAR_KEYS, PARTICULARS
from storage.eventlog.projections import CaseProjections
from storage.events.events import Opened
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxState
from storage.messaging.wake_queue import WakeQueue

CLOCK_STEP = timedelta(minutes=1)
END_OF_DAY = time(20)  # by then every notice of a day is sent
CLAIM = "simulation"
MAX_NOTICES = 1_000_000


class ForecastNotice(NamedTuple):
    """A notice to come, with the opening of its case and the text of the message it comes in."""

    notice: OutboxNotice
    opening: Opened | None
    text: str
    """Empty where nobody asks for it."""

    @property
    def at(self) -> datetime:
        """When it would be sent."""
        return self.notice.not_before


BundleText = Callable[[Recorder, str, Sequence[OutboxEntry]], str]
"""Renders a person's bundle by what is true on that day."""


def without_text(_recorder: Recorder, _person: str, _rows: Sequence[OutboxEntry]) -> str:
    """Renders nothing, where nobody asks for the text."""
    return ""


def simulate(
    recorder: Recorder, schemes: Collection[str], days: int, render: BundleText = without_text
) -> list[ForecastNotice]:
    """The notices of the coming days, in order. Everybody is taken to be reachable."""
    now = recorder.clock.now()
    with TemporaryDirectory() as scratch:
        store = create_store(Path(scratch) / "copy.db")
        _copy_without_applicants(recorder.store, store, recorder.office.slug)
        clock = ManualClock(at=now)
        copy = replace(recorder, store=store, clock=clock)
        found = list(_simulate_days(copy, clock, schemes, now + days * ONE_DAY, render))
        store.engine.dispose()
    return sorted(found, key=_delivery_order)


def _delivery_order(one: ForecastNotice) -> tuple[datetime, str, int]:
    return one.at, one.notice.person, one.notice.case


def _copy_without_applicants(source: Store, target: Store, office: str) -> None:
    """Copy everything but who the applicants are: no notice names them."""
    with source.reading() as rows, target.writing(office) as copy:
        copy_office(rows, copy, office)
        for table in (PARTICULARS, PARTICULAR_KEYS):
            copy.execute(delete(table))


def _simulate_days(
    recorder: Recorder, clock: ManualClock, schemes: Collection[str], end: datetime, render: BundleText
) -> Iterator[ForecastNotice]:
    while clock.at < end:
        tomorrow = start_of_day(office_day(clock.at) + ONE_DAY)
        sweep(recorder, schemes)
        while (at := _next_wakeup(recorder)) and at < tomorrow:
            clock.at = max(at, clock.at + CLOCK_STEP)
            sweep_due(recorder)
        clock.at = max(clock.at, datetime.combine(office_day(clock.at), END_OF_DAY, OFFICE_ZONE))
        yield from _sent_notices(recorder, clock.at, render)
        clock.at = tomorrow


def _next_wakeup(recorder: Recorder) -> datetime | None:
    with recorder.store.reading() as connection:
        return WakeQueue(connection, recorder.office.slug).next()


def _sent_notices(recorder: Recorder, now: datetime, render: BundleText) -> Iterator[ForecastNotice]:
    """Take everything that is ready as sent."""
    with recorder.store.writing(recorder.office.slug) as connection:
        ready = _mark_ready_sent(Outbox(connection, recorder.office.slug), now)
        index = CaseProjections(connection, recorder.office.slug, recorder.duties)
        cases = index.cases(sorted({row.notice.case for row in ready} - {0}))
    bundles: dict[tuple[datetime, str], list[OutboxEntry]] = {}
    for row in ready:
        bundles.setdefault((row.notice.not_before, row.notice.person), []).append(row)
    for (_, person), rows in bundles.items():
        text = render(recorder, person, rows)
        for row in rows:
            case = cases.get(row.notice.case)
            yield ForecastNotice(row.notice, case.opening if case else None, text)


def _mark_ready_sent(outbox: Outbox, now: datetime) -> list[OutboxEntry]:
    ready = [
        row
        for person, _, _ in outbox.due(now)
        for row in outbox.claim(person, now, CLAIM, now + ONE_DAY, most=MAX_NOTICES)
    ]
    outbox.mark_done([row.number for row in ready], CLAIM, OutboxState.SENT, at=now)
    return ready
