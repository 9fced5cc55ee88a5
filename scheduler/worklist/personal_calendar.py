"""One person's dates: what waits for them, what they stand in for, and what the year will still ask. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties, Duty
from config.office.loader import Office
from scheduler.worklist.pending import Wait, What, named_by, waits
from scheduler.worklist.recurring_cases import Coming, to_come
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import Facts, Opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """A day in a person's calendar. ``uid`` stays the same when the day moves, and when the case begins."""

    uid: str
    duty: Duty
    name: str
    what: What
    stage: str
    day: date
    provisional: bool
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diary:
    """An office on a day, from which each person's dates are read."""

    office: Office
    duties: Duties
    calendar: Calendar
    absences: Absences
    today: date

    def of(self, person: str, cases: Sequence[Case]) -> list[Appointment]:
        """What waits for a person of the open cases, also as a deputy; and their yearly dates to come."""
        found = {one.uid: one for case in cases for one in self._waiting(person, case)}
        begun = {(case.opening.kind, case.opening.reference) for case in cases if case.opening}
        for duty in self.duties.values():
            for coming in to_come(duty, self.office, self.calendar, self.today):
                opening = coming.opening
                mine = person in named_by(duty, opening.facts, self.office)
                if mine and (opening.kind, opening.reference) not in begun:
                    one = _coming(self.office, duty, coming)
                    found.setdefault(one.uid, one)
        return sorted(found.values(), key=lambda one: (one.day, one.uid))

    def _waiting(self, person: str, case: Case) -> Iterator[Appointment]:
        duty = self.duties.get(case.opening.kind) if case.opening else None
        if case.opening is None or duty is None:
            return
        stands_in = {one.person for one in self.absences.acting_for(person, self.today)}
        for wait in waits(case, duty, self.office, self.calendar, self.absences):
            if wait.until and {person, *stands_in} & set(wait.who):
                yield _waiting(self.office, duty, case.opening, wait, wait.until)


def name_of(duty: Duty, facts: Facts, reference: str) -> str:
    """How a case is called: by the office's file where it comes from there, else by its number. Never by a person."""
    named = facts.get("name") or facts.get("year") if duty.recurs else ""
    return str(named or reference)


def uid_of(office: Office, duty: Duty, reference: str, what: str) -> str:
    """An identifier of ASCII alone; the reference may be in any script."""
    spelled = f"{office.slug} {duty.kind} {reference} {what}"
    return f"{sha256(spelled.encode()).hexdigest()[:32]}@{office.slug}.gongkai"


def _waiting(office: Office, duty: Duty, opening: Opened, wait: Wait, day: date) -> Appointment:
    # Of several who were asked outside, each by the step and the day of asking; an extension changes neither.
    asked = " ".join(wait.basis.split()[:2]) if wait.what is What.OUTSIDE else wait.stage
    return Appointment(
        uid=uid_of(office, duty, opening.reference, f"{wait.what} {asked}".strip()),
        duty=duty,
        name=name_of(duty, opening.facts, opening.reference),
        what=wait.what,
        stage=wait.stage,
        day=day,
        provisional=wait.provisional,
        article=wait.article,
    )


def _coming(office: Office, duty: Duty, coming: Coming) -> Appointment:
    opening = coming.opening
    return Appointment(
        uid=uid_of(office, duty, opening.reference, What.ACT),
        duty=duty,
        name=name_of(duty, opening.facts, opening.reference),
        what=What.ACT,
        stage="",
        day=coming.day,
        provisional=coming.provisional,
        article=str(opening.facts.get("basis", "")) or duty.article,
    )
