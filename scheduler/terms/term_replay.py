"""Replays the facts of a case one after the other to find how much of its term is left, and since when.

``deadlines`` says how the law is read. ``TermState`` is built for one computation and dropped after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from config.calendar.working_calendar import Calendar
from config.clock import ONE_DAY
from config.declarations.annual_dates import AnnualTerm
from config.declarations.duty import Duty, Step
from config.declarations.terms import (
    Deliver,
    Effect,
    Extend,
    Fulfil,
    MonthTerm,
    NextTerm,
    Renew,
    Reopen,
    Restart,
    Resume,
    SetDate,
    Term,
    TermUnit,
    Wait,
)
from scheduler.terms.annual_day import ANNUAL, AnnualDay, annual_day
from scheduler.terms.explanation import CALENDAR_DAYS, COUNTED, EVERY_DAY, DayRange, ExternalWait, LateStep
from scheduler.terms.term_days import (
    add_term,
    days_until_month_day,
    external_wait,
    named_last_day,
    outermost_day,
    own_term,
)
from storage.events.case import SOURCE, date_field, int_field
from storage.events.events import Closed, Facts, Opened, Record, Stepped

OUTERMOST, NAMED = "outermost", "named_{field}"
CARRIED_OVER, SET_DATE, RESTARTED, CONCLUDED = "carried_over", "set_date", "restarted", "concluded"
NOT_BEGUN, OVERDUE, AT_ONCE = "not_begun", "overdue", "at_once"
RUNNING_REASONS = {COUNTED, CALENDAR_DAYS, EVERY_DAY, CARRIED_OVER, SET_DATE}
REASON_BY_UNIT = {TermUnit.WORKING: COUNTED, TermUnit.CALENDAR: CALENDAR_DAYS, TermUnit.EVERY: EVERY_DAY}
LAST_DAY_ARTICLE = "民法典第二百零三条"  # a term whose last day is a day off ends after it


@dataclass(slots=True, kw_only=True)
class TermState:
    """A term in the middle of its replay.

    ``base_days`` of the term and ``extension_days`` of an extension are left after the day ``counted_from``.
    """

    duty: Duty
    calendar: Calendar
    term: Term | None = None
    fewer: int = 0
    """Days that the opening sets in place of the term's, where they are fewer; 0 for none."""
    since: date | None = None
    counted_from: date = date.min
    base_days: int = 0
    extension_days: int = 0
    granted_days: int = 0
    extension_step: Step | None = None
    earliest_due: date | None = None
    """A set date: the case is not due before it."""
    set_date_step: Step | None = None
    known: Facts = field(default_factory=dict)
    """The facts of the opening, with the days that later steps wrote in their place."""
    named_by: str = ""
    """The field whose day is the set date."""
    annual_day: AnnualDay | None = None
    """The day of the year that the opening names; such a case counts no days."""
    external_waits: list[tuple[ExternalWait, Wait]] = field(default_factory=list)
    day_ranges: list[DayRange] = field(default_factory=list)
    late_steps: list[LateStep] = field(default_factory=list)
    closed_on: date | None = None
    outcome: str = ""
    """With which it is closed; empty for a close from a paper register, which has no details."""
    sent_on: date | None = None
    """The day that counts for the answer: whether it was in time is judged by it, and not by the close."""

    def apply(self, record: Record) -> None:
        """Apply one fact. A step before the opening, or after the close, changes nothing."""
        if isinstance(record, Opened) and self.since is None:
            self._apply_opening(record)
        elif isinstance(record, Stepped) and self.since is not None:
            step = self.duty.step(record.step)
            if step is not None and (self.closed_on is None or step.after_close):
                self._apply_step(step, record)
        elif isinstance(record, Closed) and self.since is not None and self.closed_on is None:
            self._apply_closing(record)

    def _apply_opening(self, record: Opened) -> None:
        """Set the term and the day that starts it, which may differ from the day of the opening."""
        self.since, self.counted_from, self.known = record.happened_on, record.happened_on, record.facts
        self.term = own_term(self.duty.term_for(record.facts, self.since), record.facts)
        self.fewer = int_field(record.facts, self.term.shorter_days_field) if self.term else 0
        self.base_days = self._term_days()
        if isinstance(self.term, MonthTerm):
            self.base_days = days_until_month_day(self.calendar, self.term, record)
        if isinstance(self.term, AnnualTerm):
            self.annual_day = annual_day(self.calendar, self.term, record.facts)
        self._name_last_day()
        start = date_field(record.facts, self.duty.since)
        if start:
            self._add_range(start, NOT_BEGUN, "", self._article(), after=self.since)
            self.counted_from = start

    def _name_last_day(self) -> None:
        if named := named_last_day(self.term, self.known):
            self.base_days, (self.earliest_due, self.named_by) = 0, named

    def day(self) -> date | None:
        """Return the due day if nothing else happens; None for a kind without a term."""
        if self.term is None:
            return None
        if self.annual_day:
            return self.annual_day.day
        return min(self._counted_day(), outermost_day(self.term, self.since))

    def _counted_day(self) -> date:
        left = self.base_days + self.extension_days
        if self.earliest_due and not left and self.counted_from <= self.earliest_due:
            return self.earliest_due  # nothing is left to count: it stands, also where it is a day off
        counted = self.term_end(self.counted_from, left)
        return max(counted, self.earliest_due) if self.earliest_due else counted

    def term_end(self, anchor: date, left: int) -> date:
        """Return the day on which ``left`` days of the term after ``anchor`` end."""
        return add_term(self.calendar, anchor, left, self._unit())

    def _unit(self) -> TermUnit:
        return self.term.unit if self.term else TermUnit.WORKING

    def _term_days(self) -> int:
        days = self.term.days if self.term else 0
        return min(days, self.fewer or days)

    def _apply_step(self, step: Step, record: Stepped) -> None:
        overdue = None if self.external_waits or self.closed_on else self.day()
        if overdue and record.happened_on <= overdue:
            overdue = None
        self._mark_late(step, record.happened_on, overdue)
        act = _EFFECT_HANDLERS.get(type(step.effect))
        # A term that has run out is not revived; what it is for can still be done.
        if act and (overdue is None or isinstance(step.effect, Fulfil | Renew | Deliver | NextTerm)):
            act(self, step, record)

    def _mark_late(self, step: Step, day: date, overdue: date | None) -> None:
        if step.own_term and self.since:
            limit = add_term(self.calendar, self.since, step.own_term.days, step.own_term.unit)
            if day > limit:
                self._add_late_step("within", step.key, day, limit, step.own_term.article)
        if step.before_due and overdue:
            self._add_late_step("term", step.key, day, overdue, self._article())

    def _add_late_step(self, why: str, step: str, day: date, limit: date, article: str) -> None:
        self.late_steps.append(LateStep(why=why, step=step, day=day, limit=limit, article=article))

    def _article(self) -> str:
        return self.term.article if self.term else self.duty.article

    def wait(self, step: Step, record: Stepped) -> None:
        """Begin a wait: the count stops at the end of the record's day."""
        if isinstance(step.effect, Wait):
            if not self.external_waits:
                self._consume_days(record.happened_on)
            self.external_waits.append((external_wait(step, step.effect, record, self.calendar), step.effect))

    def fulfil(self, step: Step, record: Stepped) -> None:
        """Record that the step the term is for was taken; the count stops until the close."""
        if not isinstance(step.effect, Fulfil):
            return
        day = max(record.happened_on, self.counted_from)
        if self.external_waits:
            self.close_open_range(day)
        elif overdue := self.day():
            if day > overdue and not (self.term and self.term.minimum):
                self._add_late_step("fulfilled", step.key, day, overdue, self._article())
            self._consume_days(min(day, overdue))
            self._add_range(day, OVERDUE, step.key, self._article(), after=overdue)
        self.counted_from = day
        self.external_waits = [(external_wait(step, step.effect, record, self.calendar), step.effect)]

    def answer(self, step: Step, record: Stepped) -> None:
        """End a wait; when no other wait is left, the count goes on or starts again."""
        found = self._matching_wait(step, record)
        if found is None:
            return
        waiting, day = found[0], record.happened_on
        if waiting.limit and day > waiting.limit:
            self._add_late_step("answer", step.key, day, waiting.limit, waiting.article)
        self.external_waits.remove(found)
        if isinstance(step.effect, Restart):
            self._restart_term(RESTARTED, step)
            self.since = day if step.effect.receipt else self.since
        if not self.external_waits:
            self._add_range(
                day, waiting.state, waiting.step, self.article_of(waiting.step), after=self.counted_from
            )
            self.counted_from = day

    def renew(self, step: Step, record: Stepped) -> None:
        """Start the term again and drop the day ranges before; a renewal after the due day is shown as late."""
        if not isinstance(step.effect, Renew):
            return
        start = date_field(record.facts, step.effect.since) or record.happened_on
        overdue = self.day()
        if overdue and self.base_days and start > overdue and not step.effect.due_at_once:
            self._add_late_step("stale", step.key, start, overdue, self._article())
        self.day_ranges, self.counted_from, self.base_days = [], start, self._term_days()
        if step.effect.due_at_once:
            self._set_due_at_once(record.happened_on)

    def next_term(self, step: Step, record: Stepped) -> None:
        """Let another term run; a step after the due day of the one before is shown as late."""
        if not isinstance(step.effect, NextTerm):
            return
        overdue = self.day()
        if overdue and record.happened_on > overdue and step.own_term is None:
            self._add_late_step("fulfilled", step.key, record.happened_on, overdue, self._article())
        kept = {key: value for key, value in self.known.items() if key not in step.effect.settled}
        written = {key: day for key in step.effect.term.last_day_fields if (day := record.facts.get(key))}
        self.known = {**kept, **written}
        self.term, self.earliest_due = own_term(step.effect.term, self.known), None
        self.day_ranges, self.counted_from, self.base_days = [], record.happened_on, self._term_days()
        self._name_last_day()

    def _set_due_at_once(self, day: date) -> None:
        self.base_days = 0
        self._add_range(day, AT_ONCE, "", self._article(), after=day - ONE_DAY)

    def _matching_wait(self, step: Step, record: Stepped) -> tuple[ExternalWait, Wait] | None:
        for waiting, effect in self.external_waits:
            if waiting.until == step.key and waiting.pair == str(record.facts.get(effect.pair, "")):
                return waiting, effect
        return None

    def extend(self, step: Step, record: Stepped) -> None:
        """Add working days to the days left, never more than the law allows for one term."""
        if isinstance(step.effect, Extend):
            days = min(int_field(record.facts, step.effect.days), step.effect.max_days - self.granted_days)
            self.granted_days += days
            self.extension_days += days
            self.extension_step = step

    def set_date(self, step: Step, record: Stepped) -> None:
        """Set the date that the applicant was told (35); the case is not due before it."""
        if isinstance(step.effect, SetDate):
            self.earliest_due = date_field(record.facts, step.effect.until) or self.earliest_due
            self.set_date_step = step

    def reopen(self, step: Step, record: Stepped) -> None:
        """Reopen a closed case: it runs until the date that the decision names, or for the whole term."""
        if self.closed_on is None or not isinstance(step.effect, Reopen):
            return
        self.apply_days(self.closed_on)
        self._restart_term(CONCLUDED, step)
        last_day = self.day_ranges[-1].last if self.day_ranges else None
        self._add_range(
            record.happened_on, CONCLUDED, step.key, step.article, after=last_day or self.counted_from
        )
        self.closed_on, self.external_waits, self.sent_on = None, [], None
        self.since = self.counted_from = record.happened_on
        self.earliest_due, self.set_date_step = date_field(record.facts, step.effect.until), step
        self.base_days = 0 if self.earliest_due else self.base_days

    def deliver(self, step: Step, record: Stepped) -> None:
        """Record that the answer was sent; late where that day is past the due day, also of a case closed in time."""
        if not isinstance(step.effect, Deliver) or self.sent_on:
            return  # what came back and is sent again was sent on the first day
        self.sent_on = record.happened_on
        overdue = None if self.external_waits else self.day()
        if overdue and self.sent_on > overdue:
            self.late_steps = [late for late in self.late_steps if late.why != "closed"]
            self._add_late_step("sent", step.key, self.sent_on, overdue, step.article)
        if forbidden := step.effect.warning_article(record.facts.get(step.effect.by)):
            self._add_late_step("unofficial", step.key, self.sent_on, self.sent_on, forbidden)

    @property
    def is_unsent(self) -> bool:
        """Whether the case is concluded by an answer that is still to be sent."""
        sending = self.duty.delivery
        concluded = self.outcome and sending and self.outcome not in sending.undelivered
        return bool(self.closed_on and concluded and not self.sent_on)

    def _apply_closing(self, record: Closed) -> None:
        overdue = None if self.external_waits or self.sent_on else self.day()
        if overdue and record.happened_on > overdue and not self.duty.is_fulfilled_by_step:
            self._add_late_step("closed", record.outcome, record.happened_on, overdue, self._article())
        self.closed_on = record.happened_on
        self.outcome = "" if record.facts.get(SOURCE) else record.outcome

    def _restart_term(self, why: str, step: Step) -> None:
        """Give the whole term again: the days counted so far no longer count."""
        self.day_ranges = [
            replace(day_range, why=why, step=step.key, article=step.article)
            if day_range.why in RUNNING_REASONS
            else day_range
            for day_range in self.day_ranges
        ]
        self.base_days = self._term_days()
        self.extension_days = self.granted_days = 0

    def _consume_days(self, day: date) -> None:
        """Use up the days of the term to the end of ``day``."""
        used = min(self._elapsed_days(day), self.base_days + self.extension_days)
        self.apply_days(day)
        from_base = min(used, self.base_days)
        self.base_days -= from_base
        self.extension_days -= used - from_base
        self.counted_from = day

    def _elapsed_days(self, day: date) -> int:
        if self._unit() is not TermUnit.WORKING:
            return max(0, (day - self.counted_from).days)
        return self.calendar.count(self.counted_from + ONE_DAY, day)

    def apply_days(self, last: date) -> None:
        """Add the day ranges of the running term up to ``last``: its own, those of an extension, and the rest."""
        if self.annual_day:
            self.day_ranges += self.annual_day.ranges_until(last)
            self._add_range(
                last, ANNUAL, "", self.annual_day.article, after=min(self.counted_from, last - ONE_DAY)
            )
            return
        if outermost := last == outermost_day(self.term, self.since):
            last -= ONE_DAY
        start = self._add_counted_days(self.counted_from, self.base_days, last, "", self._article())
        if outermost and self.term:
            self._add_range(last + ONE_DAY, OUTERMOST, "", self.term.outermost_article, after=start)
            return
        if self.extension_step:
            start = self._add_counted_days(
                start, self.extension_days, last, self.extension_step.key, self.extension_step.article
            )
        if self.earliest_due:
            end, step = min(self.earliest_due, last), self.set_date_step
            named = NAMED.format(field=self.named_by)
            why, article = (SET_DATE, step.article) if step else (named, self._article())
            self._add_range(end, why, step.key if step else "", article, after=start)
            start = max(start, end)
        if self.base_days + self.extension_days == 0 or self._unit() is TermUnit.CALENDAR:
            roll = self.term.roll_article if self.term else ""
            self._add_range(last, CARRIED_OVER, "", roll or LAST_DAY_ARTICLE, after=start)

    def _add_counted_days(self, start: date, days: int, last: date, step: str, article: str) -> date:
        if not days:
            return start
        every = self._unit() is not TermUnit.WORKING
        end = min(start + days * ONE_DAY if every else self.calendar.nth_after(start, days), last)
        self._add_range(end, REASON_BY_UNIT[self._unit()], step, article, after=start)
        return max(start, end)

    def _add_range(self, last: date | None, why: str, step: str, article: str, *, after: date) -> None:
        first = after + ONE_DAY
        if last is None or first <= last:
            self.day_ranges.append(DayRange(first=first, last=last, why=why, step=step, article=article))

    def close_open_range(self, last: date | None) -> None:
        """Add the range of an unfinished wait, up to ``last``, or open if it is None."""
        waiting = self.external_waits[0][0]
        self._add_range(
            last, waiting.state, waiting.step, self.article_of(waiting.step), after=self.counted_from
        )

    def article_of(self, key: str) -> str:
        """Return the article of a step; empty for an unknown one."""
        step = self.duty.step(key)
        return step.article if step else ""


_EFFECT_HANDLERS: dict[type[Effect], Callable[[TermState, Step, Stepped], None]] = {
    Wait: TermState.wait,
    Fulfil: TermState.fulfil,
    Resume: TermState.answer,
    Restart: TermState.answer,
    Renew: TermState.renew,
    Extend: TermState.extend,
    SetDate: TermState.set_date,
    NextTerm: TermState.next_term,
    Reopen: TermState.reopen,
    Deliver: TermState.deliver,
}
