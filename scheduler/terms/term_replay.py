"""The replay of a case's facts, one after the other: how much of its term is left, and since when.

How the law is read stands in ``deadlines``. This is the only state there is; it lives for one question.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from config.calendar.working_calendar import Calendar
from config.declarations.annual_term import YearTerm
from config.declarations.duty import (
    Duty,
    Effect,
    Extend,
    Fulfil,
    MonthDay,
    MonthTerm,
    Renew,
    Reopen,
    Restart,
    Resume,
    SetDate,
    Step,
    Term,
    Unit,
    Wait,
)
from scheduler.terms.annual_day import NAMED, NamedDay, named_day
from scheduler.terms.explanation import CALENDAR_DAYS, COUNTED, EVERY_DAY, Late, Stretch, Waiting
from scheduler.terms.workdays import day_of_month
from storage.events.events import Closed, Facts, Opened, Record, Stepped

ONE_DAY = timedelta(days=1)
CARRIED_OVER, SET_DATE, RESTARTED, CONCLUDED = "carried_over", "set_date", "restarted", "concluded"
NOT_BEGUN, OVERDUE, AT_ONCE = "not_begun", "overdue", "at_once"
RUNNING_WHYS = {COUNTED, CALENDAR_DAYS, EVERY_DAY, CARRIED_OVER, SET_DATE}
WHYS = {Unit.WORKING: COUNTED, Unit.CALENDAR: CALENDAR_DAYS, Unit.EVERY: EVERY_DAY}
LAST_DAY_OFF = "民法典第二百零三条"  # a term whose last day is a day off ends after it


def day_in(facts: Facts, key: str) -> date | None:
    """The day written in a field; None where there is none or it is no day (legality objects to that)."""
    try:
        return date.fromisoformat(str(facts.get(key, "")))
    except ValueError:
        return None


def whole_in(facts: Facts, key: str) -> int:
    """The whole number written in a field, or 0."""
    text = str(facts.get(key, ""))
    return int(text) if text.isascii() and text.isdigit() else 0


def end_after(calendar: Calendar, start: date, days: int, unit: Unit = Unit.WORKING) -> date:
    """Where so many days after this one end; calendar days, and none, on it or on the next working day.

    Where every day counts, on that very day.
    """
    if unit is Unit.EVERY:
        return start + days * ONE_DAY
    if days and unit is Unit.WORKING:
        return calendar.nth_after(start, days)
    return calendar.nth_after(start + (days - 1) * ONE_DAY, 1)


def waiting_for(step: Step, effect: Wait, record: Stepped, calendar: Calendar) -> Waiting:
    """The wait a step begins, and how long whoever was asked has."""
    limit, facts = effect.limit, record.facts
    term = limit.term_for(facts.get(limit.by, ""))
    last = day_in(facts, limit.day)
    if term is not None:
        start = day_in(facts, limit.since) or record.happened_on
        last = end_after(calendar, start, term.days, term.unit)
    return Waiting(
        step=step.key,
        state=effect.state,
        until=effect.until,
        pair=str(facts.get(effect.pair, "")),
        since=record.happened_on,
        limit=last,
        article=term.article if term else step.article,
    )


@dataclass(slots=True, kw_only=True)
class Replay:
    """Where it stands: ``base`` days of its term and ``extra`` of an extension are left after ``anchor``."""

    duty: Duty
    calendar: Calendar
    term: Term | None = None
    fewer: int = 0
    """Days the opening sets in place of the term's, where they are fewer."""
    since: date | None = None
    anchor: date = date.min
    base: int = 0
    extra: int = 0
    granted: int = 0
    extender: Step | None = None
    floor: date | None = None
    """A set date: the case is not due before it."""
    setter: Step | None = None
    named: NamedDay | None = None
    """The day of the year that the opening names, in place of a count."""
    waits: list[tuple[Waiting, Wait]] = field(default_factory=list)
    stretches: list[Stretch] = field(default_factory=list)
    lates: list[Late] = field(default_factory=list)
    closed_on: date | None = None

    def take(self, record: Record) -> None:
        """What one fact does. A step before any opening, or after the close, does nothing."""
        if isinstance(record, Opened) and self.since is None:
            self._open(record)
        elif isinstance(record, Stepped) and self.since is not None:
            step = self.duty.step(record.step)
            if step is not None and (self.closed_on is None or step.after_close):
                self._step(step, record)
        elif isinstance(record, Closed) and self.since is not None and self.closed_on is None:
            self._close(record)

    def _open(self, record: Opened) -> None:
        """Its term, and the day that starts it, which may be another than that of the opening."""
        self.since = self.anchor = record.happened_on
        self.term = self.duty.term_for(record.facts, self.since)
        self.fewer = whole_in(record.facts, self.term.fewer) if self.term else 0
        self.base = self._whole_term()
        if self.term and self.term.by_step:
            self._due_at_once(self.since)
        if isinstance(self.term, MonthTerm):
            self.base = self._days_of_month(self.term, record)
        if isinstance(self.term, YearTerm):
            self.named = named_day(self.calendar, self.term, record.facts)
        start = day_in(record.facts, self.duty.since)
        if start:
            self._add(start, NOT_BEGUN, "", self._article(), after=self.since)
            self.anchor = start

    def day(self) -> date | None:
        """When the case is due as long as nothing else happens; None for a kind without a term."""
        if self.term is None:
            return None
        if self.named:
            return self.named.day
        counted = self.end_of(self.anchor, self.base + self.extra)
        return max(counted, self.floor) if self.floor else counted

    def end_of(self, anchor: date, left: int) -> date:
        """Where so many days of the term after this one end."""
        return end_after(self.calendar, anchor, left, self._unit())

    def _unit(self) -> Unit:
        return self.term.unit if self.term else Unit.WORKING

    def _whole_term(self) -> int:
        days = self.term.days if self.term else 0
        return min(days, self.fewer or days)

    def _days_of_month(self, term: MonthTerm, record: Opened) -> int:
        """The working days up to the day the opening names: from here on a term like any other."""
        rule = str(record.facts.get(term.rule, ""))
        if rule not in set(MonthDay):
            return 0  # legality objects to it
        number = whole_in(record.facts, term.number)
        last = day_of_month(self.calendar, record.happened_on, MonthDay(rule), number)
        return self.calendar.count(record.happened_on + ONE_DAY, last)

    def _step(self, step: Step, record: Stepped) -> None:
        overdue = None if self.waits or self.closed_on else self.day()
        if overdue and record.happened_on <= overdue:
            overdue = None
        self._mark_late(step, record.happened_on, overdue)
        act = _ACTS.get(type(step.effect))
        # A term that has run out is not revived; what it is for can still be done.
        if act is not None and (overdue is None or isinstance(step.effect, Fulfil | Renew)):
            act(self, step, record)

    def _mark_late(self, step: Step, day: date, overdue: date | None) -> None:
        if step.within and self.since:
            limit = end_after(self.calendar, self.since, step.within.days, step.within.unit)
            if day > limit:
                self._late("within", step.key, day, limit, step.within.article)
        if step.in_term and overdue:
            self._late("term", step.key, day, overdue, self._article())

    def _late(self, why: str, step: str, day: date, limit: date, article: str) -> None:
        self.lates.append(Late(why=why, step=step, day=day, limit=limit, article=article))

    def _article(self) -> str:
        return self.term.article if self.term else self.duty.article

    def wait(self, step: Step, record: Stepped) -> None:
        """The count stops at the end of this day."""
        if isinstance(step.effect, Wait):
            if not self.waits:
                self._use(record.happened_on)
            self.waits.append((waiting_for(step, step.effect, record, self.calendar), step.effect))

    def fulfil(self, step: Step, record: Stepped) -> None:
        """What the term is for is done; from here on it stands until the close."""
        if not isinstance(step.effect, Fulfil):
            return
        day = max(record.happened_on, self.anchor)
        if self.waits:
            self.stand(day)
        elif overdue := self.day():
            if day > overdue:
                self._late("fulfilled", step.key, day, overdue, self._article())
            self._use(min(day, overdue))
            self._add(day, OVERDUE, step.key, self._article(), after=overdue)
        self.anchor = day
        self.waits = [(waiting_for(step, step.effect, record, self.calendar), step.effect)]

    def answer(self, step: Step, record: Stepped) -> None:
        """Whoever was asked has answered; with nobody else waited for, the count goes on or starts again."""
        found = self._awaited(step, record)
        if found is None:
            return
        waiting, day = found[0], record.happened_on
        if waiting.limit and day > waiting.limit:
            self._late("answer", step.key, day, waiting.limit, waiting.article)
        self.waits.remove(found)
        if isinstance(step.effect, Restart):
            self._start_again(RESTARTED, step)
        if not self.waits:
            self._add(day, waiting.state, waiting.step, self.article_of(waiting.step), after=self.anchor)
            self.anchor = day

    def renew(self, step: Step, record: Stepped) -> None:
        """The term starts again; what ran before explains nothing any more. A late one is shown as late."""
        if not isinstance(step.effect, Renew):
            return
        start = day_in(record.facts, step.effect.since) or record.happened_on
        overdue = self.day()
        if overdue and self.base and start > overdue and not step.effect.over:
            self._late("stale", step.key, start, overdue, self._article())
        self.stretches, self.anchor, self.base = [], start, self._whole_term()
        if step.effect.over:
            self._due_at_once(record.happened_on)

    def _due_at_once(self, day: date) -> None:
        self.base = 0
        self._add(day, AT_ONCE, "", self._article(), after=day - ONE_DAY)

    def _awaited(self, step: Step, record: Stepped) -> tuple[Waiting, Wait] | None:
        for waiting, effect in self.waits:
            if waiting.until == step.key and waiting.pair == str(record.facts.get(effect.pair, "")):
                return waiting, effect
        return None

    def extend(self, step: Step, record: Stepped) -> None:
        """Adds working days to whatever is left, never more than the law gives one term."""
        if isinstance(step.effect, Extend):
            days = min(whole_in(record.facts, step.effect.days), step.effect.most - self.granted)
            self.granted += days
            self.extra += days
            self.extender = step

    def set_date(self, step: Step, record: Stepped) -> None:
        """A date that was told to the applicant."""
        if isinstance(step.effect, SetDate):
            self.floor = day_in(record.facts, step.effect.until) or self.floor
            self.setter = step

    def reopen(self, step: Step, record: Stepped) -> None:
        """A closed case runs anew: until the decision's date, or for the whole term where it names none."""
        if self.closed_on is None or not isinstance(step.effect, Reopen):
            return
        self.lay(self.closed_on)
        self._start_again(CONCLUDED, step)
        laid = self.stretches[-1].last if self.stretches else None
        self._add(record.happened_on, CONCLUDED, step.key, step.article, after=laid or self.anchor)
        self.closed_on, self.waits = None, []
        self.since = self.anchor = record.happened_on
        self.floor, self.setter = day_in(record.facts, step.effect.until), step
        self.base = 0 if self.floor else self.base

    def _close(self, record: Closed) -> None:
        overdue = None if self.waits else self.day()
        if overdue and record.happened_on > overdue and not self.duty.ends_by_step:
            self._late("closed", record.outcome, record.happened_on, overdue, self._article())
        self.closed_on = record.happened_on

    def _start_again(self, why: str, step: Step) -> None:
        """The days counted so far no longer count."""
        self.stretches = [
            replace(stretch, why=why, step=step.key, article=step.article)
            if stretch.why in RUNNING_WHYS
            else stretch
            for stretch in self.stretches
        ]
        self.base = self._whole_term()
        self.extra = self.granted = 0

    def _use(self, day: date) -> None:
        """Count off the days of the term up to the end of this one."""
        used = min(self._passed(day), self.base + self.extra)
        self.lay(day)
        from_base = min(used, self.base)
        self.base -= from_base
        self.extra -= used - from_base
        self.anchor = day

    def _passed(self, day: date) -> int:
        if self._unit() is not Unit.WORKING:
            return max(0, (day - self.anchor).days)
        return self.calendar.count(self.anchor + ONE_DAY, day)

    def lay(self, last: date) -> None:
        """The stretches of the running term up to a day: its own days, an extension's, and the rest."""
        if self.named:
            self.stretches += self.named.upto(last)
            self._add(last, NAMED, "", self.named.article, after=min(self.anchor, last - ONE_DAY))
            return
        start = self._lay_days(self.anchor, self.base, last, "", self._article())
        if self.extender:
            start = self._lay_days(start, self.extra, last, self.extender.key, self.extender.article)
        if self.floor and self.setter:
            end = min(self.floor, last)
            self._add(end, SET_DATE, self.setter.key, self.setter.article, after=start)
            start = max(start, end)
        if self.base + self.extra == 0 or self._unit() is Unit.CALENDAR:
            roll = self.term.roll if self.term else ""
            self._add(last, CARRIED_OVER, "", roll or LAST_DAY_OFF, after=start)

    def _lay_days(self, start: date, days: int, last: date, step: str, article: str) -> date:
        if not days:
            return start
        every = self._unit() is not Unit.WORKING
        end = min(start + days * ONE_DAY if every else self.calendar.nth_after(start, days), last)
        self._add(end, WHYS[self._unit()], step, article, after=start)
        return max(start, end)

    def _add(self, last: date | None, why: str, step: str, article: str, *, after: date) -> None:
        first = after + ONE_DAY
        if last is None or first <= last:
            self.stretches.append(Stretch(first=first, last=last, why=why, step=step, article=article))

    def stand(self, last: date | None) -> None:
        """The stretch of an unfinished wait, up to a day or open."""
        waiting = self.waits[0][0]
        self._add(last, waiting.state, waiting.step, self.article_of(waiting.step), after=self.anchor)

    def article_of(self, key: str) -> str:
        """The article a step stands under."""
        step = self.duty.step(key)
        return step.article if step else ""


_ACTS: dict[type[Effect], Callable[[Replay, Step, Stepped], None]] = {
    Wait: Replay.wait,
    Fulfil: Replay.fulfil,
    Resume: Replay.answer,
    Restart: Replay.answer,
    Renew: Replay.renew,
    Extend: Replay.extend,
    SetDate: Replay.set_date,
    Reopen: Replay.reopen,
}
