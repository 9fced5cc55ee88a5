"""Lists one person's appointments: their pending actions, those they are deputy for, and the yearly dates to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties, Duty
from config.declarations.keys import BASIS_FIELD, NAME_FIELD, YEAR_FIELD
from config.office.model import Office
from scheduler.worklist.pending import PendingAction, WaitKind, default_assignees, pending_actions
from scheduler.worklist.recurring_cases import UpcomingCase, upcoming_cases
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import Facts, Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A day in a person's calendar. ``uid`` stays the same when the day moves, and when the case is opened."""

    uid: str
    duty: Duty
    name: str
    what: WaitKind
    stage: str
    day: date
    provisional: bool
    unconfirmed: bool = False
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalCalendar:
    """An office on a day; it gives the appointments of each person."""

    office: Office
    duties: Duties
    calendar: Calendar
    absences: Absences
    today: date

    def appointments(self, person: str, cases: Sequence[Case]) -> list[Appointment]:
        """Return a person's appointments by day: of open cases, also as a deputy, and of the yearly dates to come."""
        found = {one.uid: one for case in cases for one in self._case_appointments(person, case)}
        opened = {(case.opening.kind, case.opening.reference) for case in cases if case.opening}
        for duty in self.duties.values():
            for coming in upcoming_cases(duty, self.office, self.calendar, self.today):
                opening = coming.opening
                is_theirs = person in default_assignees(duty, opening.facts, self.office)
                if is_theirs and (opening.kind, opening.reference) not in opened:
                    one = _upcoming_appointment(self.office, duty, coming)
                    found.setdefault(one.uid, one)
        return sorted(found.values(), key=lambda one: (one.day, one.uid))

    def _case_appointments(self, person: str, case: Case) -> Iterator[Appointment]:
        duty = self.duties.get(case.opening.kind) if case.opening else None
        if case.opening is None or duty is None:
            return
        absent = [one.person for one in self.absences.acting_for(person, self.today)]
        for wait in pending_actions(case, duty, self.office, self.calendar, self.absences):
            if wait.until and wait.by_right_of(person, absent):
                yield _action_appointment(self.office, duty, case.opening, wait, wait.until)


def case_name(duty: Duty, facts: Facts, reference: str) -> str:
    """Return the name of a case: the one in the office's file, else its reference; it never names a person."""
    name = facts.get(NAME_FIELD) or facts.get(YEAR_FIELD) if duty.recurrence else ""
    return str(name or reference)


def appointment_uid(office: Office, duty: Duty, reference: str, what: str) -> str:
    """Return an identifier in ASCII for a calendar entry; the reference may be in any script."""
    spelled = f"{office.slug} {duty.kind} {reference} {what}"
    return f"{sha256(spelled.encode()).hexdigest()[:32]}@{office.slug}.gongkai"


def _action_appointment(
    office: Office, duty: Duty, opening: Opened, wait: PendingAction, day: date
) -> Appointment:
    # Several people may have been asked: each is told apart by the step and its day, which no extension changes.
    asked = " ".join(wait.basis.split()[:2]) if wait.what is WaitKind.OUTSIDE else wait.stage
    return Appointment(
        uid=appointment_uid(office, duty, opening.reference, f"{wait.what} {asked}".strip()),
        duty=duty,
        name=case_name(duty, opening.facts, opening.reference),
        what=wait.what,
        stage=wait.stage,
        day=day,
        provisional=wait.provisional,
        unconfirmed=wait.unconfirmed,
        article=wait.article,
    )


def _upcoming_appointment(office: Office, duty: Duty, coming: UpcomingCase) -> Appointment:
    opening = coming.opening
    return Appointment(
        uid=appointment_uid(office, duty, opening.reference, WaitKind.ACT),
        duty=duty,
        name=case_name(duty, opening.facts, opening.reference),
        what=WaitKind.ACT,
        stage="",
        day=coming.day,
        provisional=coming.provisional,
        article=str(opening.facts.get(BASIS_FIELD, "")) or duty.article,
    )
