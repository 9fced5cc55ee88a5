"""Plans the reminders of a case from what it waits for, its escalation policies and the people who are there. Pure.

Each escalation step falls on a working day. Of the steps that are due, each person gets the newest that reaches them,
so that after any time off nobody gets the steps of the past. Where a step reaches nobody, the next one that reaches
somebody takes its place; where none does, the party-and-government office is told that nobody can be reached.

A person who acknowledged gets no reminder until the next step, one who snoozed none until their instant: except those
that the law sets. Nobody is reminded of a step that was past when they last acted on the case themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple, Self

from config.calendar.working_calendar import Calendar
from config.clock import OFFICE_ZONE, ONE_DAY, office_day
from config.declarations.keys import RECOUNTED_STEP, SIGN_POLICY, UNDATED_POLICY
from config.declarations.reminder_ladders import OWN_POLICY, EscalationPolicies, EscalationStep
from scheduler.reminders.delivery_times import DeliveryTimes
from scheduler.reminders.recipients import Recipient, RecipientResolver
from scheduler.worklist.pending import STAGE_WAIT_KINDS, PendingAction, WaitKind
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import Acknowledged, Erased, Record, Revealed, Snoozed, Stepped
from storage.messaging.notice import OutboxNotice

NON_ACTION_FACTS = (Acknowledged, Snoozed, Erased, Revealed)
"""Facts about a case by which nobody acts on it."""
TEXT_WAIT_KINDS = STAGE_WAIT_KINDS | {
    WaitKind.REWRITE,
    WaitKind.RELEASE,
    WaitKind.MEND,
    WaitKind.CONSENT,
    WaitKind.READ,
}
"""Kinds whose steps count from the day the text came, or was found wrong on the website."""


class ReminderTopic(StrEnum):
    """The key of a reminder's sentence in the phrase book."""

    REMINDER = ""  # its card is its sentence
    UNREACHABLE = "notice.nobody"  # nobody whom the policy names can be reached


class Reminder(NamedTuple):
    """One notice to one person, and the day of the escalation step it comes from."""

    notice: OutboxNotice
    day: date


LatestResponses = Mapping[tuple[str, str], Acknowledged | Snoozed]
"""The latest response of each person to each basis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderResponses:
    """How people responded to the reminders of a case, who acted on it last, and on which day."""

    latest: LatestResponses
    last_actor: str = ""
    last_acted_on: date = date.min


def reminder_responses(case: Case) -> ReminderResponses:
    """Read the responses from a case's entries."""
    responses = {
        (entry.record.by, entry.record.basis): entry.record
        for entry in case.entries
        if isinstance(entry.record, Acknowledged | Snoozed)
    }
    last = next((entry for entry in reversed(case.entries) if _is_act(entry.record)), None)
    if last is None:
        return ReminderResponses(latest=responses)
    actor = getattr(last.record, "by", "") or last.actor
    return ReminderResponses(latest=responses, last_actor=actor, last_acted_on=office_day(last.recorded_at))


def _is_act(record: Record) -> bool:
    """Whether somebody acts on the case by this; a recount follows from a correction of another case."""
    recount = isinstance(record, Stepped) and record.step == RECOUNTED_STEP
    return not recount and not isinstance(record, NON_ACTION_FACTS)


DatedSteps = Sequence[tuple[EscalationStep, date]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderSchedule:
    """The escalation steps of everything a case waits for, each with its day; and how people responded so far."""

    steps: Sequence[tuple[PendingAction, DatedSteps]]
    policies: EscalationPolicies
    responses: ReminderResponses

    @classmethod
    def of(
        cls,
        actions: Iterable[PendingAction],
        policies: EscalationPolicies,
        responses: ReminderResponses,
        calendar: Calendar,
    ) -> Self:
        """Find the day of each step of these pending actions."""
        steps = [(action, list(dated_steps(action, policies, calendar))) for action in actions]
        return cls(steps=steps, policies=policies, responses=responses)


def plan_reminders(
    schedule: ReminderSchedule, resolver: RecipientResolver, times: DeliveryTimes
) -> list[Reminder]:
    """Every reminder of a case that is due by now, those that were queued already included."""
    today = office_day(times.now)
    found: dict[str, list[Reminder]] = {}
    for action, steps in schedule.steps:
        newest: dict[str, Reminder] = {}
        for step, day in steps:
            if day > today:
                break  # the steps are in the order of their days
            due = _step_reminders(action, step, day, schedule.policies, resolver, times=times)
            newest |= {one.notice.person: one for one in due}
        for person, reminder in newest.items():
            remaining = _unless_silenced(reminder, schedule.responses, times)
            found.setdefault(person, []).extend([remaining] if remaining else [])
    return [reminder for of_person in found.values() for reminder in _without_repeats(of_person)]


def next_wakeup(schedule: ReminderSchedule, absences: Absences, now: datetime) -> datetime | None:
    """When a case's reminders change by themselves: at its next step, the end of a snooze, somebody's leave."""
    days = [day for _, steps in schedule.steps for _, day in steps]
    leaves = absences.delegations if schedule.steps else ()
    days += [day for one in leaves for day in (one.first, one.last + ONE_DAY)]
    today = office_day(now)
    first = min((day for day in days if day > today), default=None)
    instants = [start_of_day(first)] if first else []
    latest = schedule.responses.latest.values()
    instants += [snooze_end(response) for response in latest if isinstance(response, Snoozed)]
    return min((at for at in instants if at > now), default=None)


def dated_steps(
    action: PendingAction, policies: EscalationPolicies, calendar: Calendar
) -> Iterator[tuple[EscalationStep, date]]:
    """The escalation steps of a pending action, each with its day."""
    for step in policies[policy_key(action)]:
        yield step, _step_day(action, step.at, calendar)


def start_of_day(day: date) -> datetime:
    """The instant at which an office day begins: what falls on the day is planned then."""
    return datetime.combine(day, time(), OFFICE_ZONE)


def snooze_end(response: Snoozed) -> datetime:
    """When a snooze is over."""
    return datetime.fromisoformat(response.until)


def policy_key(action: PendingAction) -> str:
    """The name under which a case keeps the escalation policy of this pending action."""
    if action.what in {WaitKind.ACT, WaitKind.DELIVER}:
        return OWN_POLICY
    if action.what is WaitKind.VACANT:
        return SIGN_POLICY
    is_undated = action.until is None and action.what not in TEXT_WAIT_KINDS
    return UNDATED_POLICY if is_undated else str(action.what)


def _step_day(action: PendingAction, offset: int, calendar: Calendar) -> date:
    """A text's steps count from its coming, past the stage's own days; a last day off moves to the workday before."""
    if action.until is None or (action.what in TEXT_WAIT_KINDS and offset <= 0):
        return calendar.nth_after(action.since, offset) if offset > 0 else action.since
    if offset > 0:
        return calendar.nth_after(action.until, offset)
    last = action.until if calendar.is_workday(action.until) else calendar.nth_before(action.until, 1)
    return calendar.nth_before(last, -offset) if offset else last


def _step_reminders(
    action: PendingAction,
    step: EscalationStep,
    day: date,
    policies: EscalationPolicies,
    resolver: RecipientResolver,
    *,
    times: DeliveryTimes,
) -> Iterator[Reminder]:
    recipients, topic = _step_recipients(action, step, policies, resolver)
    rings = action.what in STAGE_WAIT_KINDS and step.at == 0
    at = times.reminder(day=day, until=action.until, is_audible=rings, statutory=step.statutory)
    for recipient in recipients:
        notice = OutboxNotice(
            person=recipient.person,
            case=action.case,
            what=action.what,
            rung=f"{step.at:+d}" if step.at else "0",
            basis=action.basis,
            until=action.until,
            statutory=step.statutory,
            rings=rings,
            topic=topic,
            for_person=recipient.for_person,
            created_at=times.now,
            not_before=at,
        )
        yield Reminder(notice, day)


def _step_recipients(
    action: PendingAction, step: EscalationStep, policies: EscalationPolicies, resolver: RecipientResolver
) -> tuple[tuple[Recipient, ...], ReminderTopic]:
    """The people a step reaches; else those of the next step that reaches anybody; else the fallback recipients."""
    for each in policies[policy_key(action)]:
        if each.at >= step.at and (
            recipients := resolver.recipients(each.recipients, action.who, action.excluded)
        ):
            return recipients, ReminderTopic.REMINDER
    return resolver.fallback_recipients(action.who), ReminderTopic.UNREACHABLE


def _unless_silenced(
    reminder: Reminder, responses: ReminderResponses, times: DeliveryTimes
) -> Reminder | None:
    notice, day = reminder
    if (
        notice.topic is ReminderTopic.REMINDER
        and notice.person == responses.last_actor
        and day <= responses.last_acted_on
    ):
        return None
    response = responses.latest.get((notice.person, notice.basis))
    if response is None or notice.statutory:
        return reminder
    if isinstance(response, Acknowledged):
        return None if response.happened_on >= day else reminder
    if snooze_end(response) > times.now:
        return None
    return _after_snooze(reminder, response, times)


def _after_snooze(reminder: Reminder, response: Snoozed, times: DeliveryTimes) -> Reminder:
    """The reminder once more and audibly, as they asked; a step that came after the snooze is a reminder as ever."""
    notice, day = reminder
    if start_of_day(day) >= snooze_end(response):
        return reminder
    at = times.reminder(day=day, until=notice.until, is_audible=True, statutory=notice.statutory)
    again = replace(notice, rung=f"{notice.rung} {response.until}", rings=True, not_before=at)
    return Reminder(again, day)


def _without_repeats(of_person: Iterable[Reminder]) -> Iterator[Reminder]:
    """Of one person's reminders of one case the newest, of one day the most urgent; and all that the law sets."""
    latest: date | None = None
    for reminder in sorted(of_person, key=_urgency_key):
        if reminder.notice.statutory or latest is None or reminder.day > latest:
            yield reminder
            latest = max(latest or date.min, reminder.day)


def _urgency_key(reminder: Reminder) -> tuple[int, bool, bool, bool, date]:
    """That a text came back is news; that the term runs is not."""
    notice, day = reminder
    return (
        -day.toordinal(),
        not notice.rings,
        not notice.statutory,
        notice.what not in TEXT_WAIT_KINDS,
        notice.until or date.max,
    )
