"""Checks the roster: whom escalation policies and chains rely on, and which of them no channel reaches.

The clerk is told in the last working days of a month, so that everybody can be reached when the next one opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from config.clock import office_day
from config.declarations.duty import Duties, Duty
from config.declarations.keys import CLERK, VILLAGE_LEADER, VILLAGE_REPORTER
from config.declarations.reminder_ladders import COMMON_POLICIES, OWN_POLICY, parse_case_policies
from config.office.model import Office
from scheduler.recording.recorder import Recorder
from scheduler.reminders.delivery_times import DeliveryTimes
from scheduler.reminders.recipients import RecipientResolver
from scheduler.sweep.reminder_queue import UnreachableLookup, reminder_planner
from scheduler.terms.term_days import working_days_left
from scheduler.villages.months import month_before, month_reference
from storage.messaging.accounts import reachable_people
from storage.messaging.delivery_log import DeliveryLog
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import Outbox

WARNING_DAYS = 5  # working days before the month begins, in which somebody can still be invited [practice]
OCCASION, TOPIC = "roster", "reminder.roster"


class UnreachableHolder(NamedTuple):
    """A person whom no channel reaches, and the kinds of duty that rely on them."""

    person: str
    kinds: tuple[str, ...]


def unreachable_lookup(office: Office) -> UnreachableLookup:
    """The people of an office whom no channel reaches."""
    people = frozenset(person.id for person in office.people)
    return lambda connection, now: people - reachable_people(connection, office.slug, now)


def check_roster(recorder: Recorder, unreachable: UnreachableLookup) -> int:
    """Tell the clerk whom no channel reaches, while there is time. Returns how many notices are new."""
    now, office = recorder.clock.now(), recorder.office.slug
    with recorder.store.reading() as connection:
        planner = reminder_planner(recorder, connection, unreachable, now)
        found = list(roster_notices(recorder.duties, planner.resolver, planner.times))
        known = DeliveryLog(connection, office).known([notice.key for notice in found])
    new = [notice for notice in found if notice.key not in known]
    if not new:
        return 0
    with recorder.store.writing(office) as connection:
        return Outbox(connection, office).put(new)


def unreachable_holders(duties: Duties, resolver: RecipientResolver) -> list[UnreachableHolder]:
    """The people who are relied on and cannot be reached, in the order of the office's file."""
    found: dict[str, list[str]] = {}
    for duty in duties.values():
        for person in dict.fromkeys(_relied_on(duty, resolver.with_everyone_reachable)):
            found.setdefault(person, []).append(duty.kind)
    return [
        UnreachableHolder(person.id, tuple(found[person.id]))
        for person in resolver.office.people
        if person.id in resolver.unreachable and person.id in found
    ]


def roster_notices(
    duties: Duties, resolver: RecipientResolver, times: DeliveryTimes
) -> Iterator[OutboxNotice]:
    """The notices to the clerk, one a month and person, while there is still time to invite them."""
    today = office_day(times.now)
    begins = month_before(today, -1)
    if working_days_left(times.calendar, today, begins) > WARNING_DAYS:
        return
    for one in unreachable_holders(duties, resolver):
        for clerk in resolver.office.holders(CLERK):
            yield OutboxNotice(
                person=clerk.id,
                case=0,
                what=OCCASION,
                rung=month_reference(begins),
                basis=one.person,
                until=begins,
                topic=TOPIC,
                created_at=times.now,
                not_before=times.digest(),
            )


def unknown_ladders(office: Office, duties: Duties) -> list[str]:
    """The names of policies in the office's file that belong to no kind of duty or pending action."""
    return [name for name in office.ladders if name not in duties and name not in COMMON_POLICIES]


def _relied_on(duty: Duty, resolver: RecipientResolver) -> Iterator[str]:
    office = resolver.office
    policies = parse_case_policies(office.ladders.get(duty.kind, ""))
    steps = policies[OWN_POLICY] or duty.ladder
    for assignees in _possible_assignees(duty, office):
        yield from assignees
        for step in steps:
            yield from (one.person for one in resolver.recipients(step.recipients, assignees))
    stages = office.chain(duty.chain).stages if duty.chain else ()
    yield from (person.id for stage in stages for person in office.eligible(stage))


def _possible_assignees(duty: Duty, office: Office) -> Iterator[tuple[str, ...]]:
    """The default assignees a case of this kind can have: of each village, of each department, or of the office."""
    place = duty.default_assignee.place
    if place in {VILLAGE_REPORTER, VILLAGE_LEADER}:
        villages = office.villages if office.months or not duty.village_round else ()
        is_leader = place == VILLAGE_LEADER
        yield from ((village.leader if is_leader else village.reporter,) for village in villages)
    elif place:
        yield from ((department.head,) for department in office.departments)
    elif duty.default_assignee.role:
        yield tuple(person.id for person in office.holders(duty.default_assignee.role))
