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
from config.declarations.reminder_ladder import OWN, Ladders, Rung
from scheduler.reminders.recipients import Hearer, Roster
from scheduler.worklist.pending import AT_A_STAGE, Wait, What
from storage.events.case import Case
from storage.events.delegations import Absences
from storage.events.events import Acknowledged, Erased, Snoozed

NO_ACTS = (Acknowledged, Snoozed, Erased)
"""What is recorded about a case and does nothing to it."""
TEXT_WAITS = AT_A_STAGE | {What.REWRITE, What.RELEASE, What.MEND}
"""Their rungs count from the day the text came, or was found wrong where it stands."""
ONE_DAY = timedelta(days=1)


class Topic(StrEnum):
    """What a reminder says, by the key of its sentences in the phrase book."""

    REMINDER = ""  # its card says it
    UNREACHABLE = "notice.nobody"  # that nobody whom the ladder names can be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """One reason to speak to one person; it is the same while person, what, rung, basis and for whom are."""

    person: str
    for_person: str
    what: What
    rung: str
    basis: str
    until: date | None
    day: date
    """The day of its rung."""
    statutory: bool = False
    rings: bool = False
    topic: Topic = Topic.REMINDER


Words = Mapping[tuple[str, str], Acknowledged | Snoozed]
"""The last word of each person about each basis."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was said about being reminded, and who acted last on the case, on which day."""

    words: Words
    doer: str = ""
    did_on: date = date.min


def heard(case: Case) -> Heard:
    """Read off a case's entries."""
    words = {
        (entry.record.by, entry.record.basis): entry.record
        for entry in case.entries
        if isinstance(entry.record, Acknowledged | Snoozed)
    }
    last = next((entry for entry in reversed(case.entries) if not isinstance(entry.record, NO_ACTS)), None)
    if last is None:
        return Heard(words=words)
    doer = getattr(last.record, "by", "") or last.actor
    return Heard(words=words, doer=doer, did_on=office_day(last.recorded_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A case as far as reminders go: what it waits for, its ladders, and what people said about them."""

    waits: Sequence[Wait]
    ladders: Ladders
    said: Heard


Laid = Sequence[Sequence[tuple[Rung, date]]]
"""The rungs of each thing that is waited for, with their days, in the order of these."""


def laid(matter: Matter, calendar: Calendar) -> Laid:
    """Lay a case's ladders over the days, once for whatever is asked of them."""
    return [list(rungs_of(wait, matter.ladders, calendar)) for wait in matter.waits]


def plan(matter: Matter, rungs: Laid, roster: Roster, now: datetime) -> list[Reminder]:
    """Everything that is to have been said about a case by now; what was said already is among it."""
    today = office_day(now)
    found: dict[str, list[Reminder]] = {}
    for wait, its_rungs in zip(matter.waits, rungs, strict=True):
        newest: dict[str, Reminder] = {}
        for rung, day in its_rungs:
            if day > today:
                break  # they stand in the order of their days
            newest |= {one.person: one for one in _of_rung(wait, rung, day, matter.ladders, roster)}
        for person, reminder in newest.items():
            kept = _unsilenced(reminder, matter.said, now)
            found.setdefault(person, []).extend([kept] if kept else [])
    return [reminder for mine in found.values() for reminder in _one_nag(mine)]


def next_wake(matter: Matter, rungs: Laid, absences: Absences, now: datetime) -> datetime | None:
    """When something about a case changes by itself: its next rung, a snooze's end, somebody's leave."""
    days = [day for its_rungs in rungs for _, day in its_rungs]
    leaves = absences.delegations if matter.waits else ()
    days += [day for one in leaves for day in (one.first, one.last + ONE_DAY)]
    today = office_day(now)
    first = min((day for day in days if day > today), default=None)
    instants = [midnight(first)] if first else []
    instants += [ends_at(word) for word in matter.said.words.values() if isinstance(word, Snoozed)]
    return min((at for at in instants if at > now), default=None)


def rungs_of(wait: Wait, ladders: Ladders, calendar: Calendar) -> Iterator[tuple[Rung, date]]:
    """The rungs of what is waited for, each with its day."""
    for rung in ladders[ladder_of(wait)]:
        yield rung, _day_of(wait, rung.at, calendar)


def midnight(day: date) -> datetime:
    """When an office day begins: what falls on it is planned then, and said in its hours."""
    return datetime.combine(day, time(), OFFICE_ZONE)


def ends_at(word: Snoozed) -> datetime:
    """When a snooze is over."""
    return datetime.fromisoformat(word.until)


def ladder_of(wait: Wait) -> str:
    """Under which name a case keeps the ladder of this wait."""
    if wait.what is What.ACT:
        return OWN
    return "undated" if wait.until is None and wait.what not in TEXT_WAITS else str(wait.what)


def _day_of(wait: Wait, at: int, calendar: Calendar) -> date:
    """A stage's own days put off what follows the coming of its text; a last day off is met on the eve."""
    if wait.until is None or (wait.what in TEXT_WAITS and at <= 0):
        return calendar.nth_after(wait.since, at) if at > 0 else wait.since
    if at > 0:
        return calendar.nth_after(wait.until, at)
    last = wait.until if calendar.is_workday(wait.until) else calendar.nth_before(wait.until, 1)
    return calendar.nth_before(last, -at) if at else last


def _of_rung(wait: Wait, rung: Rung, day: date, ladders: Ladders, roster: Roster) -> Iterator[Reminder]:
    hearers, topic = _hearers(wait, rung, ladders, roster)
    rings = wait.what in AT_A_STAGE and rung.at == 0
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


def _hearers(wait: Wait, rung: Rung, ladders: Ladders, roster: Roster) -> tuple[tuple[Hearer, ...], Topic]:
    """Whom a rung reaches, or the next one that reaches anybody, or the office that hears of it last."""
    for each in ladders[ladder_of(wait)]:
        if each.at >= rung.at and (hearers := roster.hearers(each.reach, wait.who)):
            return hearers, Topic.REMINDER
    return roster.last_resort(wait.who), Topic.UNREACHABLE


def _unsilenced(reminder: Reminder, said: Heard, now: datetime) -> Reminder | None:
    if reminder.topic is Topic.REMINDER and reminder.person == said.doer and reminder.day <= said.did_on:
        return None
    word = said.words.get((reminder.person, reminder.basis))
    if word is None or reminder.statutory:
        return reminder
    if isinstance(word, Acknowledged):
        return None if word.happened_on >= reminder.day else reminder
    if ends_at(word) > now:
        return None
    again = midnight(reminder.day) < ends_at(word)  # said once more, as they asked
    return replace(reminder, rung=f"{reminder.rung} {word.until}", rings=True) if again else reminder


def _one_nag(mine: Iterable[Reminder]) -> Iterator[Reminder]:
    """Of what one person is told about one case the newest, and of one day the most pressing; the law's always."""
    latest: date | None = None
    for reminder in sorted(mine, key=_pressing):
        if reminder.statutory or latest is None or reminder.day > latest:
            yield reminder
            latest = max(latest or date.min, reminder.day)


def _pressing(reminder: Reminder) -> tuple[int, bool, bool, bool, date]:
    """A text that came back is news; that the term runs is not."""
    return (
        -reminder.day.toordinal(),
        not reminder.rings,
        not reminder.statutory,
        reminder.what not in TEXT_WAITS,
        reminder.until or date.max,
    )
