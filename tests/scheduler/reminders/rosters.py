"""Generated offices, rosters and absences: whoever may act is told before the legal day, or the office hears of it.

``undelivered`` counts the ones for which neither holds: there must be none. With ``climbs=False`` rungs that reach nobody
are not passed over, which must be caught, or the proof proves nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

from bot.services.app import cached_calendar, shipped_duties
from config.declarations.reminder_ladders import format_policy, parse_case_policies
from config.office.loader import load_office
from config.office.model import Office, Person
from config.office.quiet_hours import ReminderHours
from config.shipped_data import data_dir
from scheduler.reminders import escalation
from scheduler.reminders.delivery_times import DeliveryTimes
from scheduler.reminders.escalation import (
    ReminderResponses,
    ReminderSchedule,
    ReminderTopic,
    plan_reminders,
    start_of_day,
)
from scheduler.reminders.recipients import RecipientResolver, fallback_people
from scheduler.worklist.pending import PendingAction, WaitKind
from storage.events.delegations import Absences, Delegation
from storage.events.office_events import HandedOver

OFFICES = 200
FIRST, DAYS = date(2026, 1, 5), 340
ROLES = ("clerk", "office_head", "leader", "disclosure_head", "secrecy_reviewer")


def unheard(count: int, seed: int, *, climbs: bool = True) -> int:
    """For how many of so many generated situations nobody who may act, and no office, is told in time."""
    chance, days_off = random.Random(seed), cached_calendar()  # noqa: S311 - no secret
    offices = [an_office(chance) for _ in range(OFFICES)]
    ladders = [
        parse_case_policies(format_policy(duty.ladder)) for duty in shipped_duties().values() if duty.ladder
    ]
    lost = 0
    with _climbing(climbs=climbs):
        for number in range(count):
            office = offices[number % OFFICES]
            roster, wait = a_roster(office, chance), a_wait(office, chance)
            last = wait.until or date.max
            roster = replace(roster, day=last, _cache={})
            responses = ReminderResponses(latest={})
            schedule = ReminderSchedule.of((wait,), chance.choice(ladders), responses, days_off)
            times = DeliveryTimes(now=start_of_day(last), calendar=days_off, hours=ReminderHours())
            told = plan_reminders(schedule, roster, times)
            lost += not any(_hears(one, roster) for one in told)
    return lost


def _hears(one: escalation.Reminder, roster: RecipientResolver) -> bool:
    """Somebody who is there and is entitled, or the office, which hears on whichever page it looks."""
    notice = one.notice
    if notice.topic is ReminderTopic.UNREACHABLE:
        return notice.person in fallback_people(roster.office) or bool(roster.absences.handed_over)
    return roster.is_reachable(notice.person) and one.day <= (notice.until or date.max)


@cache
def the_sample() -> Office:
    """The shipped sample town."""
    return load_office((data_dir() / "office" / "sample.toml").read_text("utf-8"), "sample.toml")


def an_office(chance: random.Random) -> Office:
    """The sample town with other people: roles, departments and deputies fall where they fall."""
    sample = the_sample()
    ids = [f"p{number}" for number in range(chance.randrange(3, 15))]
    held: dict[str, list[str]] = {who: [] for who in ids}
    for role in ROLES:
        for who in chance.sample(ids, chance.randrange(1, 3)):
            held[who].append(role)
    departments = tuple(replace(one, head=chance.choice(ids)) for one in sample.departments)
    people = tuple(
        Person(
            id=who,
            post=who,
            department=chance.choice(("", *(one.id for one in departments))),
            roles=tuple(held[who]),
            deputies=tuple(chance.sample([other for other in ids if other != who], chance.randrange(3))),
        )
        for who in ids
    )
    villages = tuple(
        replace(one, reporter=chance.choice(ids), leader=chance.choice(ids)) for one in sample.villages
    )
    group = replace(sample.leading_group, head=chance.choice(ids))
    return replace(sample, people=people, departments=departments, villages=villages, leading_group=group)


def a_roster(office: Office, chance: random.Random) -> RecipientResolver:
    """Some are away, some handed over, some are reached by no channel: now and then everybody."""
    ids = [one.id for one in office.people]
    share = chance.choice((0.0, 0.2, 0.6, 1.0))
    lost = frozenset(who for who in ids if chance.random() < share)
    away = tuple(_leave(place, ids, chance) for place in range(chance.randrange(4)))
    handed = tuple(
        HandedOver(happened_on=FIRST, person=chance.choice(ids), to=chance.choice(ids))
        for _ in range(chance.randrange(2))
    )
    absences = Absences(delegations=away, handed_over=handed)
    return RecipientResolver(office=office, absences=absences, day=FIRST, unreachable=lost)


def _leave(place: int, ids: list[str], chance: random.Random) -> Delegation:
    person, deputy = chance.sample(ids, 2)
    first = FIRST + timedelta(days=chance.randrange(DAYS))
    return Delegation(
        position=place,
        person=person,
        deputy=deputy,
        first=first,
        last=first + timedelta(days=chance.randrange(200)),
    )


def a_wait(office: Office, chance: random.Random) -> PendingAction:
    """Somebody, or nobody who is left, must act by some day of the year."""
    ids = [one.id for one in office.people]
    who = tuple(chance.sample(ids, chance.randrange(4) if len(ids) > 3 else 1))
    until = FIRST + timedelta(days=chance.randrange(DAYS))
    return PendingAction(
        case=1, what=WaitKind.ACT, who=who, since=until - timedelta(days=60), until=until, basis=str(until)
    )


@contextmanager
def _climbing(*, climbs: bool) -> Iterator[None]:
    sound = escalation._step_recipients

    def stays(wait, rung, _ladders, roster):
        return roster.recipients(rung.recipients, wait.who), ReminderTopic.REMINDER

    escalation._step_recipients = sound if climbs else stays
    try:
        yield
    finally:
        escalation._step_recipients = sound
