"""The desk: the only writer. Check, append, index, in ONE transaction; what it says is recorded, is.

A sitting holds the write lock from its first read to its commit, so what was decided on is what stands.
Whether the outcome is lawful is judged on the whole story after it was laid in order: a late entry or a
correction is judged like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from config.calendar.working_calendar import Calendar
from config.clock import Clock, office_day
from config.declarations.duty import Duties
from config.declarations.keys import ANYONE
from config.errors import Refusal
from config.office.loader import Office
from config.reporting import activities
from config.reporting.registers import REGISTERS_BY_KEY
from scheduler.recording.release_guard import require_approved_release
from scheduler.recording.sealing import SealedYearGuard
from scheduler.recording.unit_of_work import UnitOfWork
from scheduler.recording.wake_scheduling import schedule_wakeups
from scheduler.validation.case_links import unresolved_links
from scheduler.validation.validator import violations
from scheduler.validation.violations import InFuture, UnknownKind, Violation
from storage.database.store import Store
from storage.eventlog.known_calendar import calendar_from_entries
from storage.eventlog.log import Log
from storage.eventlog.office_events import office_events
from storage.eventlog.projections import CaseProjections
from storage.events.case import Case
from storage.events.events import ActivityHeld, Amended, Counted, Opened, Record, case_of
from storage.messaging.wake_queue import WakeQueue


class ReferenceTaken(Refusal):
    """“{reference}” is case {case} already. Look there first, or give this one another reference."""


class _RolledBack(Exception):
    """Rolls a sitting back without a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Where an office's people act."""

    store: Store
    office: Office
    duties: Duties
    calendar: Calendar
    """The shipped one; notices entered into the log are laid over it."""
    clock: Clock
    public_phone_numbers: Callable[[], Collection[str]] = frozenset
    """The telephone numbers the office gives out by its list of expressions."""

    @contextmanager
    def transaction(
        self, *, actor: str, means: str, within: Connection | None = None
    ) -> Iterator[UnitOfWork]:
        """One transaction. Raises a Refusal, and keeps nothing, when its outcome is not lawful.

        ``within`` a writer's open transaction it is a part of that one: kept when the whole is, undone alone.
        """
        now = self.clock.now()
        office = self.office.slug
        part = self.store.writing(office) if within is None else self.store.savepoint(within, office)
        with suppress(_RolledBack), part as connection:
            log = Log(connection, self.office.slug)
            end, wide = log.end(), tuple(office_events(log))
            uow = UnitOfWork(
                office=self.office,
                log=log,
                index=CaseProjections(connection, self.office.slug, self.duties),
                office_events=wide,
                calendar=calendar_from_entries(self.calendar, wide),
                today=office_day(now),
                next_case=end.next_case,
                actor=actor,
                public_phone_numbers=self.public_phone_numbers,
            )
            yield uow
            _refuse_taken_references(uow)
            _refuse_future_dates(uow)
            spoken_of = {case_of(item.record) for item in uow.new_events} - {0}
            older = sorted(number for number in spoken_of if number < end.next_case)
            stood = uow.cases(older)
            before = self._violations(uow, stood)
            watch = SealedYearGuard.started(uow, stood)
            # Instants never fall back in the log, whatever the machine's clock does.
            at = max(now, _last_instant(log, end.position))
            uow.entries = log.append(uow.new_events, at=at, actor=actor, means=means, expected=end.position)
            stand = uow.index.update(uow.entries, stood)
            schedule_wakeups(
                WakeQueue(connection, self.office.slug), uow.entries, stand, now, first_new=end.next_case
            )
            require_approved_release(uow, stood, stand)
            for violation in self._violations(uow, stand):
                if violation not in before:
                    raise violation.refusal()
            uow.index.update_signatures(stand.values())
            restated = watch.restatements(uow, stand)
            uow.entries += log.append(restated, at=at, actor=actor, means=means)
            uow.loaded_cases |= stand
            if uow.discarded:
                raise _RolledBack

    def _violations(self, uow: UnitOfWork, cases: Mapping[int, Case]) -> list[Violation]:
        """What is unlawful about these cases, as they stand."""
        found: list[Violation] = []
        for case in cases.values():
            if case.opening is None:
                continue  # struck out: a void case owes nothing
            duty = self.duties.get(case.opening.kind)
            if duty is None:
                raise UnknownKind(kind=case.opening.kind, known=", ".join(self.duties))
            story = [record for _, record in case.timeline]
            found += violations(duty, story, uow.calendar, today=uow.today, roles=self._roles)
            found += unresolved_links(story, duty, self.duties, uow.index.find)
        return found

    def _roles(self, person: str) -> frozenset[str]:
        """What a person holds, by the office's file; nothing for somebody it does not know."""
        known = person in {who.id for who in self.office.people}
        return self.office.roles_of(person) | {ANYONE} if known else frozenset()


def _last_instant(log: Log, position: int) -> datetime:
    entry = next(iter(log.read(after=position - 1)), None)
    return entry.recorded_at if entry else datetime.min.replace(tzinfo=UTC)


def _recorded_facts(uow: UnitOfWork) -> Iterator[Record]:
    """Every fact this sitting says, those that mend others included."""
    for item in uow.new_events:
        record = item.record.right if isinstance(item.record, Amended) else item.record
        if record is not None:
            yield record


def _refuse_taken_references(uow: UnitOfWork) -> None:
    """One reference is one case: two of a kind under it could not be told apart."""
    wanted: dict[str, dict[str, int]] = {}
    for record in _recorded_facts(uow):
        if isinstance(record, Opened):
            first = wanted.setdefault(record.kind, {}).setdefault(record.reference, record.case)
            if first != record.case:
                raise ReferenceTaken(reference=record.reference, case=first)
    for kind, cases in wanted.items():
        for reference, case in uow.index.find(kind, list(cases)).items():
            if case != cases[reference]:
                raise ReferenceTaken(reference=reference, case=case)


def _refuse_future_dates(uow: UnitOfWork) -> None:
    """What is counted has happened. (A case's own days are judged with its story.)"""
    for record in _recorded_facts(uow):
        if isinstance(record, Counted | ActivityHeld) and record.happened_on > uow.today:
            known = REGISTERS_BY_KEY if isinstance(record, Counted) else activities.ACTIVITIES_BY_KEY
            raise InFuture(step=known[record.matter].label, day=record.happened_on)
