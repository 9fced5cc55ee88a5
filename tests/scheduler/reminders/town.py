"""A town on a hand-set clock whose people are told things: what the sweep put into the outbox, day by day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from bot.services.app import OfficeApp
from config import shipped_data
from config.clock import OFFICE_ZONE
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.sweep.results import SweepResult
from scheduler.sweep.sweep import sweep
from storage.eventlog.log import Log
from storage.messaging.outbox import Outbox, OutboxEntry, OutboxState
from tests.town import duties_of, open_town, record, with_office

KINDS = ("request", "village_report", "village_item", "dispute")
"""Stories of these alone: other kinds begin by themselves and would be told of, too."""
SCHEMES = shipped_data.load_schemes()
"""The sample town has none of its own: its folder is not read at each of a thousand sweeps."""


class Said(NamedTuple):
    """A notice as a story tells it: to whom, at which rung, of what, from which minute on."""

    person: str
    rung: str
    what: str
    at: str


def town(home: Path, day: date, *, kinds: tuple[str, ...] = KINDS, months: bool = False) -> OfficeApp:
    app = open_town(home, day, duties=duties_of(*kinds))
    return app if months else with_office(app, replace(app.office, months=None))


def swept(app: OfficeApp, lost: tuple[str, ...] = ()) -> SweepResult:
    return sweep(app.recorder, SCHEMES, lambda _connection, _now: frozenset(lost))


def rows(app: OfficeApp) -> list[OutboxEntry]:
    with app.store.reading() as connection:
        return sorted(Outbox(connection, app.office.slug).since(datetime(2000, 1, 1, tzinfo=OFFICE_ZONE)))


def told(app: OfficeApp) -> list[Said]:
    """Everything about a case that ever stood in the outbox and was not overtaken."""
    return [said(row) for row in rows(app) if row.state != "stale" and row.notice.case]


def said(row: OutboxEntry) -> Said:
    at = row.notice.not_before.astimezone(OFFICE_ZONE)
    return Said(row.notice.person, row.notice.rung, row.notice.what, f"{at:%m-%d %H:%M}")


def by_day(app: OfficeApp) -> dict[str, dict[str, str]]:
    """Who hears which rung on which day."""
    found: dict[str, dict[str, str]] = {}
    for one in told(app):
        found.setdefault(one.at[:5], {})[one.person] = one.rung
    return found


def through(app: OfficeApp, first: date, last: date, lost: tuple[str, ...] = ()) -> None:
    """Every day swept just after midnight and in the afternoon; what is ready at nine is said."""
    day = first
    while day <= last:
        for hour in (0, 9, 15):
            app.clock.set_day(day, hour, 1)
            swept(app, lost)
            if hour:
                delivered(app)
        day += timedelta(days=1)


def delivered(app: OfficeApp) -> list[str]:
    """Everything that is ready is said, one bundle a person. Returns who heard something."""
    now, people = app.clock.now(), []
    with app.store.writing(app.office.slug) as connection:
        outbox = Outbox(connection, app.office.slug)
        for person, _, _ in outbox.due(now):
            claim = f"{person} {now}"
            ready = outbox.claim(person, now, claim, now + timedelta(minutes=2), most=1000)
            outbox.mark_sending(claim, "test", person)
            outbox.mark_done([row.number for row in ready], claim, OutboxState.SENT, at=now)
            people.append(person)
    return sorted(people)


def act(app: OfficeApp, who: str, say: Callable[[UnitOfWork], object]) -> object:
    return record(app, say, by=who)


def opened(app: OfficeApp, day: date, reference: str = "A1") -> int:
    """A request that came by itself long before anybody acted on it: nobody is its doer."""
    facts = {"applicant_kind": "natural_person"}
    with app.recorder.transaction(actor="import", means="test") as uow:
        return uow.cases.open("request", reference, day, facts)


def entries(app: OfficeApp) -> Iterator[object]:
    with app.log() as log:
        yield from Log(log.connection, log.office).read()
