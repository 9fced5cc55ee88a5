"""What is to be said about a case, and to whom: pure, from its facts, its ladders and the people who are there.

Each rung falls on a working day. Of the rungs that are due, each person hears the newest that reaches them, so
that after any time off nobody hears the ladder of the past. A rung that reaches nobody is passed over at once
for the next one that does; where none does, the party-and-government office hears that nobody can be reached.

Whoever acknowledged is left in peace until the next rung, whoever snoozed until their instant: but not from what
the law sets. Nobody hears of a rung that was past when they last acted on the case themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from config.calendar.working_calendar import Calendar
from config.clock import OFFICE_ZONE, office_day
from config.declarations.reminder_ladder import OWN_POLICY, EscalationPolicies, EscalationStep
from scheduler.reminders.recipients import Recipient, RecipientResolver
from scheduler.worklist.pending import STAGE_WAIT_KINDS, PendingAction, WaitKind
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import Acknowledged, Erased, Snoozed

NON_ACTION_FACTS = (Acknowledged, Snoozed, Erased)
"""What is recorded about a case and does nothing to it."""
TEXT_WAIT_KINDS = STAGE_WAIT_KINDS | {WaitKind.REWRITE, WaitKind.RELEASE, WaitKind.MEND}
"""Their rungs count from the day the text came, or was found wrong where it stands."""
ONE_DAY = timedelta(days=1)


class ReminderTopic(StrEnum):
    """What a reminder says, by the key of its sentences in the phrase book."""

    REMINDER = ""  # its card says it
    UNREACHABLE = "notice.nobody"  # that nobody whom the ladder names can be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reason to speak to one person; it is the same while person, what, rung, basis and for whom are."""

    person: str
    for_person: str
    what: WaitKind
    rung: str
    basis: str
    until: date | None
    day: date
    """The day of its rung."""
    statutory: bool = False
    rings: bool = False
    topic: ReminderTopic = ReminderTopic.REMINDER


LatestResponses = Mapping[tuple[str, str], Acknowledged | Snoozed]
"""The last word of each person about each basis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderResponses:
    """What was said about being reminded, and who acted last on the case, on which day."""

    latest: LatestResponses
    last_actor: str = ""
    last_acted_on: date = date.min


def reminder_responses(case: Case) -> ReminderResponses:
    """Read off a case's entries."""
    words = {
        (entry.record.by, entry.record.basis): entry.record
        for entry in case.entries
        if isinstance(entry.record, Acknowledged | Snoozed)
    }
    last = next(
        (entry for entry in reversed(case.entries) if not isinstance(entry.record, NON_ACTION_FACTS)), None
    )
    if last is None:
        return ReminderResponses(latest=words)
    doer = getattr(last.record, "by", "") or last.actor
    return ReminderResponses(latest=words, last_actor=doer, last_acted_on=office_day(last.recorded_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderInput:
    """A case as far as reminders go: what it waits for, its ladders, and what people said about them."""

    waits: Sequence[PendingAction]
    ladders: EscalationPolicies
    responses: ReminderResponses


ScheduledSteps = Sequence[Sequence[tuple[EscalationStep, date]]]
"""The rungs of each thing that is waited for, with their days, in the order of these."""


def schedule_steps(matter: ReminderInput, calendar: Calendar) -> ScheduledSteps:
    """Lay a case's ladders over the days, once for whatever is asked of them."""
    return [list(dated_steps(wait, matter.ladders, calendar)) for wait in matter.waits]


def plan_reminders(
    matter: ReminderInput, rungs: ScheduledSteps, roster: RecipientResolver, now: datetime
) -> list[Reminder]:
    """Everything that is to have been said about a case by now; what was said already is among it."""
    today = office_day(now)
    found: dict[str, list[Reminder]] = {}
    for wait, its_rungs in zip(matter.waits, rungs, strict=True):
        newest: dict[str, Reminder] = {}
        for rung, day in its_rungs:
            if day > today:
                break  # they stand in the order of their days
            newest |= {one.person: one for one in _step_reminders(wait, rung, day, matter.ladders, roster)}
        for person, reminder in newest.items():
            kept = _unless_silenced(reminder, matter.responses, now)
            found.setdefault(person, []).extend([kept] if kept else [])
    return [reminder for mine in found.values() for reminder in _without_repeats(mine)]


def next_wakeup(
    matter: ReminderInput, rungs: ScheduledSteps, absences: Absences, now: datetime
) -> datetime | None:
    """When something about a case changes by itself: its next rung, a snooze's end, somebody's leave."""
    days = [day for its_rungs in rungs for _, day in its_rungs]
    leaves = absences.delegations if matter.waits else ()
    days += [day for one in leaves for day in (one.first, one.last + ONE_DAY)]
    today = office_day(now)
    first = min((day for day in days if day > today), default=None)
    instants = [start_of_day(first)] if first else []
    instants += [snooze_end(word) for word in matter.responses.latest.values() if isinstance(word, Snoozed)]
    return min((at for at in instants if at > now), default=None)


def dated_steps(
    wait: PendingAction, ladders: EscalationPolicies, calendar: Calendar
) -> Iterator[tuple[EscalationStep, date]]:
    """The rungs of what is waited for, each with its day."""
    for rung in ladders[policy_key(wait)]:
        yield rung, _step_day(wait, rung.at, calendar)


def start_of_day(day: date) -> datetime:
    """When an office day begins: what falls on it is planned then, and said in its hours."""
    return datetime.combine(day, time(), OFFICE_ZONE)


def snooze_end(word: Snoozed) -> datetime:
    """When a snooze is over."""
    return datetime.fromisoformat(word.until)


def policy_key(wait: PendingAction) -> str:
    """Under which name a case keeps the ladder of this wait."""
    if wait.what is WaitKind.ACT:
        return OWN_POLICY
    return "undated" if wait.until is None and wait.what not in TEXT_WAIT_KINDS else str(wait.what)


def _step_day(wait: PendingAction, at: int, calendar: Calendar) -> date:
    """A stage's own days put off what follows the coming of its text; a last day off is met on the eve."""
    if wait.until is None or (wait.what in TEXT_WAIT_KINDS and at <= 0):
        return calendar.nth_after(wait.since, at) if at > 0 else wait.since
    if at > 0:
        return calendar.nth_after(wait.until, at)
    last = wait.until if calendar.is_workday(wait.until) else calendar.nth_before(wait.until, 1)
    return calendar.nth_before(last, -at) if at else last


def _step_reminders(
    wait: PendingAction,
    rung: EscalationStep,
    day: date,
    ladders: EscalationPolicies,
    roster: RecipientResolver,
) -> Iterator[Reminder]:
    hearers, topic = _step_recipients(wait, rung, ladders, roster)
    rings = wait.what in STAGE_WAIT_KINDS and rung.at == 0
    for hearer in hearers:
        yield Reminder(
            person=hearer.person,
            for_person=hearer.for_person,
            what=wait.what,
            rung=f"{rung.at:+d}" if rung.at else "0",
            basis=wait.basis,
            until=wait.until,
            day=day,
            statutory=rung.statutory,
            rings=rings,
            topic=topic,
        )


def _step_recipients(
    wait: PendingAction, rung: EscalationStep, ladders: EscalationPolicies, roster: RecipientResolver
) -> tuple[tuple[Recipient, ...], ReminderTopic]:
    """Whom a rung reaches, or the next one that reaches anybody, or the office that hears of it last."""
    for each in ladders[policy_key(wait)]:
        if each.at >= rung.at and (hearers := roster.recipients(each.recipients, wait.who)):
            return hearers, ReminderTopic.REMINDER
    return roster.fallback_recipients(wait.who), ReminderTopic.UNREACHABLE


def _unless_silenced(reminder: Reminder, said: ReminderResponses, now: datetime) -> Reminder | None:
    if (
        reminder.topic is ReminderTopic.REMINDER
        and reminder.person == said.last_actor
        and reminder.day <= said.last_acted_on
    ):
        return None
    word = said.latest.get((reminder.person, reminder.basis))
    if word is None or reminder.statutory:
        return reminder
    if isinstance(word, Acknowledged):
        return None if word.happened_on >= reminder.day else reminder
    if snooze_end(word) > now:
        return None
    again = start_of_day(reminder.day) < snooze_end(word)  # said once more, as they asked
    return replace(reminder, rung=f"{reminder.rung} {word.until}", rings=True) if again else reminder


def _without_repeats(mine: Iterable[Reminder]) -> Iterator[Reminder]:
    """Of what one person is told about one case the newest, and of one day the most pressing; the law's always."""
    latest: date | None = None
    for reminder in sorted(mine, key=_urgency_key):
        if reminder.statutory or latest is None or reminder.day > latest:
            yield reminder
            latest = max(latest or date.min, reminder.day)


def _urgency_key(reminder: Reminder) -> tuple[int, bool, bool, bool, date]:
    """A text that came back is news; that the term runs is not."""
    return (
        -reminder.day.toordinal(),
        not reminder.rings,
        not reminder.statutory,
        reminder.what not in TEXT_WAIT_KINDS,
        reminder.until or date.max,
    )
