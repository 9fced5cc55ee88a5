"""The recorder: the only writer. It checks, appends and projects new facts in one transaction.

A transaction holds the write lock from its first read to its commit, so nothing changes between a decision and its
record. Lawfulness is judged on the whole history of each case after the new facts took their place in it: a late
entry or a correction is judged like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from config.calendar.working_calendar import Calendar
from config.clock import Clock, office_day
from config.declarations.duty import Duties, Duty, Step
from config.declarations.keys import CONSENT_EVIDENCE_FIELD
from config.errors import Refusal
from config.office.model import Office
from config.office.roles import are_village_roles
from config.reporting.registers import ACTIVITIES_BY_KEY, REGISTERS_BY_KEY
from scheduler.recording.context import ActingAccount, RecordingContext
from scheduler.recording.release_guard import require_approved_release
from scheduler.recording.sealing import SealedYearGuard
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.recording.wake_scheduling import schedule_wakeups
from scheduler.validation.case_links import unresolved_links
from scheduler.validation.validator import violations
from scheduler.validation.violations import InFuture, UnknownKind, Violation
from storage.database.store import Store
from storage.eventlog.clock_readings import ClockReadings
from storage.eventlog.log import Log, LogEnd
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import (
    OfficeSource,
    calendar_from_entries,
    office_events,
    version_was_recorded,
)
from storage.events.case import Case
from storage.events.delegations import fold_absences
from storage.events.events import Amended, Closed, Opened, Record, Stepped, case_of
from storage.events.office_events import ActivityHeld, ClockSettled, Counted, OfficeChanged
from storage.messaging.wake_queue import WakeQueue


class ReferenceTaken(Refusal):
    """“{reference}” is case {case} already. Look there first, or give this one another reference."""


class ForTheOffice(Refusal):
    """“{step}” is for the office to record, not for {post}. If it is due, ask the clerk: 催办."""


class DerivedStep(Refusal):
    """“{step}” is not entered here: it follows from an item of the village. Record it on the item."""


class DecisionAscribed(Refusal):
    """“{step}” is decided by {post}, who is asked by card. Recorded for them from paper, it names that paper."""


class _RolledBack(Exception):
    """Rolls a transaction back although nothing went wrong: it was discarded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Opens units of work for one office and records their facts."""

    store: Store
    offices: OfficeSource
    duties: Duties
    calendar: Calendar
    """The shipped one; notices entered into the log complete it."""
    clock: Clock
    public_phone_numbers: Callable[[], Collection[str]] = frozenset
    """The telephone numbers the office gives out, by its list of expressions."""

    @property
    def office(self) -> Office:
        """The office of today."""
        return self.offices.on(office_day(self.clock.now()))

    @contextmanager
    def transaction(
        self,
        *,
        actor: str,
        means: str,
        within: Connection | None = None,
        account: ActingAccount | None = None,
        said_at: datetime | None = None,
    ) -> Iterator[UnitOfWork]:
        """One transaction. Raises a Refusal, and records nothing, where its outcome is not lawful.

        ``actor`` is the person's id, ``means`` the channel or command they use, ``account`` their account there;
        ``said_at`` is when they said it, which is now where it is not given. With ``within``, an open transaction of
        the office's writer, this is a savepoint of it: committed with the whole, rolled back alone.
        """
        now = self.clock.now()
        office = self.offices.slug
        part = self.store.writing(office) if within is None else self.store.savepoint(within, office)
        with suppress(_RolledBack), part as connection:
            log = Log(connection, office)
            end = log.end()
            context = self._context(log, end, actor, now, said_at)
            context.account = account
            yield UnitOfWork.over(context)
            self._record(context, end, now, means)
            if context.discarded:
                raise _RolledBack
        if any(isinstance(entry.record, OfficeChanged) for entry in context.entries):
            version_was_recorded()

    def _context(
        self, log: Log, end: LogEnd, actor: str, now: datetime, said_at: datetime | None
    ) -> RecordingContext:
        about_office = tuple(office_events(log))
        return RecordingContext(
            office=self.offices.within(log, office_day(now)),
            log=log,
            index=CaseProjections(log.connection, log.office, self.duties),
            office_events=about_office,
            absences=fold_absences(about_office),
            calendar=calendar_from_entries(self.calendar, about_office),
            today=office_day(now),
            said_on=office_day(min(now, said_at or now)),
            first_new=end.next_case,
            next_case=end.next_case,
            actor=actor,
            public_phone_numbers=self.public_phone_numbers,
        )

    def _record(self, context: RecordingContext, end: LogEnd, now: datetime, means: str) -> None:
        """Append the new facts, project them, and judge what became of the cases they are about."""
        _refuse_taken_references(context)
        _refuse_future_dates(context)
        _refuse_ascribed_decisions(context)
        _refuse_office_steps(context)
        _refuse_derived_steps(context)
        context.refuse_personal_data([item.record for item in context.new_events])
        log, index = context.log, context.index
        mentioned = {case_of(item.record) for item in context.new_events} - {0}
        cases_before = context.cases(sorted(number for number in mentioned if number < end.next_case))
        known = self._violations(context, cases_before)
        guard = SealedYearGuard.started(context, cases_before)
        at = self._stamp(context, now)
        context.entries = log.append(
            context.new_events, at=at, actor=context.actor, means=means, expected=end.position
        )
        cases_after = index.update(context.entries, cases_before)
        counting = index.cases(sorted(set(index.cases_that_count(sorted(cases_after))) - set(cases_after)))
        wakes = WakeQueue(log.connection, log.office)
        schedule_wakeups(wakes, context.entries, counting | cases_after, now, first_new=end.next_case)
        require_approved_release(context, cases_before, cases_after)
        for violation in self._violations(context, cases_after):
            if violation not in known:
                raise violation.refusal()
        index.update_signatures(cases_after.values())
        restatements = guard.restatements(context, cases_after)
        context.refuse_personal_data([item.record for item in restatements])
        context.entries += log.append(restatements, at=at, actor=context.actor, means=means)
        context.loaded_cases |= counting | cases_after

    def _stamp(self, context: RecordingContext, now: datetime) -> datetime:
        """The instant of the new entries. Raises ClockLeapt where the clock cannot be right.

        Instants do not fall back in the log while a clock is put right by less than an hour; only an entry that
        settles the clock may be earlier than the last.
        """
        log = context.log
        last, readings = log.last_recorded_at(), ClockReadings(log.connection, log.office)
        if any(isinstance(item.record, ClockSettled) for item in context.new_events):
            readings.settle(self.clock)
            return now
        if context.new_events:
            readings.require_steady(self.clock, last)
        return max(now, last or now)

    def _violations(self, context: RecordingContext, cases: Mapping[int, Case]) -> list[Violation]:
        """Everything that is unlawful about these cases. UnknownKind where a case has no declaration."""
        found: list[Violation] = []
        for case in cases.values():
            if case.opening is None:
                continue  # struck out: a void case owes nothing
            duty = context.duty_of(case)
            if duty is None:
                raise UnknownKind(kind=case.opening.kind, known=", ".join(self.duties))
            history = case.records
            found += violations(duty, history, context.calendar, today=context.today, roles=context.roles_of)
            found += unresolved_links(history, duty, self.duties, context.index.find)
        return found


def _new_facts(context: RecordingContext) -> Iterator[Record]:
    """The facts this transaction adds, those that replace others included."""
    for item in context.new_events:
        record = item.record.right if isinstance(item.record, Amended) else item.record
        if record is not None:
            yield record


def _refuse_taken_references(context: RecordingContext) -> None:
    """ReferenceTaken where two cases of a kind would have one reference: they could not be told apart."""
    references: dict[str, dict[str, int]] = {}
    for record in _new_facts(context):
        if isinstance(record, Opened):
            first = references.setdefault(record.kind, {}).setdefault(record.reference, record.case)
            if first != record.case:
                raise ReferenceTaken(reference=record.reference, case=first)
    for kind, cases in references.items():
        for reference, case in context.index.find(kind, list(cases)).items():
            if case != cases[reference]:
                raise ReferenceTaken(reference=reference, case=case)


def _refuse_future_dates(context: RecordingContext) -> None:
    """InFuture where a count or an activity is dated after today. (The dates of a case are judged with it.)"""
    for record in _new_facts(context):
        if isinstance(record, Counted | ActivityHeld) and record.happened_on > context.today:
            known = REGISTERS_BY_KEY if isinstance(record, Counted) else ACTIVITIES_BY_KEY
            raise InFuture(step=known[record.matter].label, day=record.happened_on)


def _refuse_ascribed_decisions(context: RecordingContext) -> None:
    """DecisionAscribed where a step says somebody decided who does not record it, and names no paper for it."""
    acting = context.absences.acting_as(context.actor, context.today)
    added = [item.record for item in context.new_events]
    opened = {record.case: record.kind for record in added if isinstance(record, Opened)}
    for record in _new_facts(context):
        step = _declared_step(context, record, opened) if isinstance(record, Stepped) else None
        if step is None or not isinstance(record, Stepped) or record.facts.get(CONSENT_EVIDENCE_FIELD):
            continue
        named = {str(record.facts.get(each.key, "")) for each in step.fields if each.consent} - {"", *acting}
        if named:
            posts = "、".join(context.office.post_of(person) for person in sorted(named))
            raise DecisionAscribed(step=step.label, post=posts)


def _declared_step(context: RecordingContext, record: Stepped, opened: Mapping[int, str]) -> Step | None:
    """The declaration of a step, also of a case ``opened`` in this transaction, whose kind stands there."""
    duty = context.duty_of(context.case(record.case)) or context.index.duties.get(opened.get(record.case, ""))
    return duty.step(record.step) if duty else None


def _refuse_office_steps(context: RecordingContext) -> None:
    """ForTheOffice where somebody who holds only roles of a village records what the office decides about it."""
    if not _acts_for_village_only(context):
        return
    for record in _new_facts(context):
        if isinstance(record, Stepped | Closed):
            duty = context.duty_of(context.case(record.case))
            label = _office_decision(duty, record) if duty else ""
            if label:
                raise ForTheOffice(step=label, post=context.office.post_of(context.actor))


def _refuse_derived_steps(context: RecordingContext) -> None:
    """DerivedStep where a step is recorded that a case has by the cases it counts, and by nothing else."""
    for record in _new_facts(context):
        duty = context.duty_of(context.case(record.case)) if isinstance(record, Stepped) else None
        if isinstance(record, Stepped) and duty and duty.parts and record.step in duty.parts.derived_steps:
            step = duty.step(record.step)
            raise DerivedStep(step=step.label if step else record.step)


def _acts_for_village_only(context: RecordingContext) -> bool:
    """Whether the actor, and everybody they stand in for today, holds only roles of a village."""
    people = context.absences.acting_as(context.actor, context.today)
    roles = {role for person in people for role in context.office.roles_of(person)}
    return are_village_roles(roles)


def _office_decision(duty: Duty, record: Stepped | Closed) -> str:
    """The label of what the office alone may record; empty for what a village may."""
    if isinstance(record, Closed):
        outcome = duty.outcome(record.outcome)
        if outcome and outcome.open_to_villages:
            return ""
        return outcome.label if outcome else record.outcome
    step = duty.step(record.step)
    return step.label if step and step.office_only else ""
