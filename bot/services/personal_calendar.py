"""Writes one person's dates as a calendar file, for the command, the page and the demo."""

from __future__ import annotations

from bot.services.app import OfficeApp, user_phrasebook
from scheduler.worklist.personal_calendar import Appointment, PersonalCalendar
from storage.documents.layout.icalendar_file import CalendarEntry, ics_bytes
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import calendar_from_entries, office_events
from storage.events.delegations import fold_absences


def person_ics(app: OfficeApp, person: str) -> bytes:
    """The calendar file of a person's dates; its only time stamp is the clock's."""
    with app.log() as log:
        wide = list(office_events(log))
        index = CaseProjections(log.connection, log.office, app.duties)
        cases = list(index.cases(index.open_cases()).values())
    personal = PersonalCalendar(
        office=app.office,
        duties=app.duties,
        calendar=calendar_from_entries(app.calendar, wide),
        absences=fold_absences(wide),
        today=app.today,
    )
    name = user_phrasebook().say(
        "ics.name", office=app.office.short_name, post=app.office.person(person).post
    )
    return ics_bytes(map(_calendar_entry, personal.appointments(person, cases)), name, app.clock.now())


def _calendar_entry(one: Appointment) -> CalendarEntry:
    book = user_phrasebook()
    mark = book.say("ics.provisional") if one.provisional else ""
    mark += book.say("ics.unconfirmed") if one.unconfirmed else ""
    what = book.say(f"ics.what.{one.what}", stage=one.stage)
    return CalendarEntry(
        uid=one.uid,
        day=one.day,
        summary=book.say("ics.summary", mark=mark, duty=one.duty.label, name=one.name, what=what),
        description=book.say("ics.article", article=one.article) if one.article else "",
        tentative=one.provisional,
    )
