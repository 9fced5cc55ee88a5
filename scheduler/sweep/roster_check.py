"""The roster lint: whom the ladders and chains rely on, and which of them no channel reaches. Before it matters.

It is said to the clerk in the last working days of a month, so that the next one opens with everybody there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from config.calendar.working_calendar import Calendar
from config.clock import office_day
from config.declarations.duty import Duties, Duty
from config.declarations.reminder_ladder import COMMON_POLICIES, OWN_POLICY, parse_case_policies
from config.office.loader import Office
from scheduler.recording.recorder import Recorder
from scheduler.reminders.quiet_hours import QuietHours, next_digest
from scheduler.reminders.recipients import RecipientResolver
from scheduler.sweep.reminder_queue import UnreachableLookup, reminder_planner
from scheduler.terms.workdays import working_days_left
from scheduler.villages.months import month_before, month_reference
from storage.messaging.delivery_log import DeliveryLog
from storage.messaging.outbox import Outbox, OutboxNotice
from storage.messaging.reachability import reachable_people

WARNING_DAYS = 5  # working days before the month begins, in which somebody can still be invited [practice]
OCCASION, TOPIC = "roster", "reminder.roster"


class UnreachableHolder(NamedTuple):
    """Somebody whom no channel reaches, and the kinds of duty that rely on them."""

    person: str
    kinds: tuple[str, ...]


def unreachable_lookup(office: Office) -> UnreachableLookup:
    """The people of an office whom no channel reaches."""
    people = frozenset(person.id for person in office.people)
    return lambda connection, now: people - reachable_people(connection, office.slug, now)


def check_roster(recorder: Recorder, reach: UnreachableLookup) -> int:
    """Tell the clerk whom nobody reaches, while there is time. Returns how many notices are new."""
    now, office = recorder.clock.now(), recorder.office.slug
    with recorder.store.reading() as connection:
        outlook = reminder_planner(recorder, connection, reach, now)
        found = list(roster_notices(recorder.duties, outlook.roster, outlook.calendar, now))
        known = DeliveryLog(connection, office).known([notice.key for notice in found])
    new = [notice for notice in found if notice.key not in known]
    if not new:
        return 0
    with recorder.store.writing(office) as connection:
        return Outbox(connection, office).put(new)


def unreachable_holders(duties: Duties, roster: RecipientResolver) -> list[UnreachableHolder]:
    """Everybody who is relied on and cannot be reached, in the order of the office's file."""
    everyone = RecipientResolver(office=roster.office, absences=roster.absences, day=roster.day)
    found: dict[str, list[str]] = {}
    for duty in duties.values():
        for person in dict.fromkeys(_relied_on(duty, everyone)):
            found.setdefault(person, []).append(duty.kind)
    lost = [one.id for one in roster.office.people if one.id in roster.unreachable and one.id in found]
    return [UnreachableHolder(person, tuple(found[person])) for person in lost]


def roster_notices(
    duties: Duties, roster: RecipientResolver, calendar: Calendar, now: datetime
) -> Iterator[OutboxNotice]:
    """What the clerk is told, once a month and person, while there is still time to invite them."""
    begins = month_before(office_day(now), -1)
    if not _is_near(calendar, office_day(now), begins):
        return
    for one in unreachable_holders(duties, roster):
        for clerk in roster.office.holders("clerk"):
            yield OutboxNotice(
                person=clerk.id,
                case=0,
                what=OCCASION,
                rung=month_reference(begins),
                basis=one.person,
                until=begins,
                topic=TOPIC,
                created_at=now,
                not_before=next_digest(now, calendar, QuietHours()),
            )


def unknown_ladders(office: Office, duties: Duties) -> list[str]:
    """The ladders of the office's file that belong to nothing."""
    return [name for name in office.ladders if name not in duties and name not in COMMON_POLICIES]


def _is_near(calendar: Calendar, today: date, begins: date) -> bool:
    return working_days_left(calendar, today, begins) <= WARNING_DAYS


def _relied_on(duty: Duty, roster: RecipientResolver) -> Iterator[str]:
    office = roster.office
    ladders = parse_case_policies(office.ladders.get(duty.kind, ""))
    rungs = ladders[OWN_POLICY] or duty.ladder
    for who in _possible_assignees(duty, office):
        yield from who
        yield from (hearer.person for rung in rungs for hearer in roster.recipients(rung.recipients, who))
    stages = office.chain(duty.chain).stages if duty.chain else ()
    yield from (person.id for stage in stages for person in office.eligible(stage))


def _possible_assignees(duty: Duty, office: Office) -> Iterator[tuple[str, ...]]:
    """Whom cases of a kind can wait for: of each village, of each department, or of the office."""
    place = duty.default_assignee.place
    if place.startswith("village"):
        today_there = office.villages if office.months or not duty.village_round else ()
        leads = place == "village_leader"
        yield from ((village.leader if leads else village.reporter,) for village in today_there)
    elif place:
        yield from ((department.head,) for department in office.departments)
    elif duty.default_assignee.role:
        yield tuple(person.id for person in office.holders(duty.default_assignee.role))
