"""One person's dates as a calendar file, for whoever asks: the command, the page, the demo."""

from __future__ import annotations

from bot.services.app import Works, words
from scheduler.worklist.personal_calendar import Appointment, Diary
from storage.documents.layout.icalendar_file import Entry, ics_bytes
from storage.eventlog.known_calendar import calendar_from
from storage.eventlog.office_events import officewide
from storage.eventlog.projections import Index
from storage.events.delegations import absences


def person_ics(works: Works, person: str) -> bytes:
    """The file; its only instant is the clock's."""
    with works.log() as log:
        wide = list(officewide(log))
        index = Index(log.connection, log.office, works.duties)
        cases = list(index.cases(index.open_cases()).values())
    diary = Diary(
        office=works.office,
        duties=works.duties,
        calendar=calendar_from(works.calendar, wide),
        absences=absences(wide),
        today=works.today,
    )
    name = words().say("ics.name", office=works.office.short_name, post=works.office.person(person).post)
    return ics_bytes(map(_entry, diary.of(person, cases)), name, works.clock.now())


def _entry(one: Appointment) -> Entry:
    book = words()
    mark = book.say("ics.provisional") if one.provisional else ""
    what = book.say(f"ics.what.{one.what}", stage=one.stage)
    return Entry(
        uid=one.uid,
        day=one.day,
        summary=book.say("ics.summary", mark=mark, duty=one.duty.label, name=one.name, what=what),
        description=book.say("ics.article", article=one.article) if one.article else "",
        tentative=one.provisional,
    )
