"""The recorder: the only writer. It checks, appends and projects new facts in one transaction.

A transaction holds the write lock from its first read to its commit, so nothing changes between a decision and its
record. Lawfulness is judged on the whole history of each case after the new facts took their place in it: a late
entry or a correction is judged like any other. Every case it may have changed is woken for the sweep.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from config.calendar.working_calendar import Calendar
from config.clock import Clock, office_day
from config.declarations.duty import Duties
from config.office.model import Office
from scheduler.recording.context import ActingAccount, RecordingContext
from scheduler.recording.entry_guard import require_admissible
from scheduler.recording.release_guard import require_approved_release
from scheduler.recording.sealing import SealedYearGuard
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.validation.case_links import unresolved_links
from scheduler.validation.validator import violations
from scheduler.validation.violations import UnknownKind, Violation
from scheduler.villages.months import month_before
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
from storage.events.account_events import AccountConfirmed, AccountJoined, AccountRemoved
from storage.events.case import Case
from storage.events.delegations import fold_absences
from storage.events.events import LogEntry, case_of
from storage.events.office_events import (
    CalendarEntered,
    ClockSettled,
    Delegated,
    DelegationConsented,
    HandedOver,
    OfficeChanged,
    Recalled,
)
from storage.messaging.wake_queue import WakeQueue

_OFFICE_EVENTS = (
    AccountConfirmed,
    AccountJoined,
    AccountRemoved,
    CalendarEntered,
    Delegated,
    DelegationConsented,
    HandedOver,
    OfficeChanged,
    Recalled,
)
"""Facts about no case that change for whom, or until when, cases wait, or who of them can be reached."""
CORRECTABLE_MONTHS = 3  # a closed month older than that is for a person to correct


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
        require_admissible(context)
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
        _schedule_wakeups(wakes, context.entries, counting | cases_after, now, first_new=end.next_case)
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


def _schedule_wakeups(
    wakes: WakeQueue, entries: Sequence[LogEntry], cases: Mapping[int, Case], now: datetime, *, first_new: int
) -> None:
    """Wake the cases that new entries are about; all cases where an entry is about the office as a whole.

    Cases from number ``first_new`` on were opened by these entries.
    """
    if any(isinstance(entry.record, _OFFICE_EVENTS) for entry in entries):
        wakes.wake_all(now, since=month_before(office_day(now), CORRECTABLE_MONTHS))
    # A case that was opened and closed at once, as in an import of old years, waits for nobody.
    changed = [number for number, case in cases.items() if number < first_new or not _is_finally_closed(case)]
    wakes.wake(changed, now)


def _is_finally_closed(case: Case) -> bool:
    """Whether it is closed and no step since then could have reopened it."""
    last = max((step.happened_on for step in case.steps), default=None)
    return case.closing is not None and (last is None or last < case.closing.happened_on)
