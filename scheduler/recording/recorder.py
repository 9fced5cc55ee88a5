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
from config.declarations.duty import ANYONE, Duties
from config.errors import Refusal
from config.office.loader import Office
from config.reporting import activities
from config.reporting.registers import BY_KEY
from scheduler.recording.release_guard import refuse_unsigned
from scheduler.recording.sealing import Watch
from scheduler.recording.unit_of_work import Sitting
from scheduler.recording.wake_scheduling import stir
from scheduler.validation.case_links import dangling
from scheduler.validation.validator import Objection, objections
from scheduler.validation.violations import InFuture, UnknownKind
from storage.database.store import Store
from storage.eventlog.known_calendar import calendar_from
from storage.eventlog.log import Log
from storage.eventlog.office_events import officewide
from storage.eventlog.projections import Index
from storage.events.case import Case
from storage.events.events import Amended, Counted, Held, Opened, Record, case_of
from storage.messaging.wake_queue import Wakes


class ReferenceTaken(Refusal):
    """“{reference}” is case {case} already. Look there first, or give this one another reference."""


class _Discarded(Exception):  # noqa: N818 - a way out of the transaction, seen by nobody
    """Rolls a sitting back without a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where an office's people act."""

    store: Store
    office: Office
    duties: Duties
    calendar: Calendar
    """The shipped one; notices entered into the log are laid over it."""
    clock: Clock
    given_out: Callable[[], Collection[str]] = frozenset
    """The telephone numbers the office gives out by its list of expressions."""

    @contextmanager
    def sitting(self, *, actor: str, means: str, within: Connection | None = None) -> Iterator[Sitting]:
        """One transaction. Raises a Refusal, and keeps nothing, when its outcome is not lawful.

        ``within`` a writer's open transaction it is a part of that one: kept when the whole is, undone alone.
        """
        now = self.clock.now()
        office = self.office.slug
        part = self.store.writing(office) if within is None else self.store.within(within, office)
        with suppress(_Discarded), part as connection:
            log = Log(connection, self.office.slug)
            end, wide = log.end(), tuple(officewide(log))
            sitting = Sitting(
                office=self.office,
                log=log,
                index=Index(connection, self.office.slug, self.duties),
                wide=wide,
                calendar=calendar_from(self.calendar, wide),
                today=office_day(now),
                next_case=end.next_case,
                actor=actor,
                given_out=self.given_out,
            )
            yield sitting
            _refuse_taken(sitting)
            _refuse_future(sitting)
            spoken_of = {case_of(item.record) for item in sitting.said} - {0}
            older = sorted(number for number in spoken_of if number < end.next_case)
            stood = sitting.cases(older)
            before = self._objections(sitting, stood)
            watch = Watch.begun(sitting, stood)
            # Instants never fall back in the log, whatever the machine's clock does.
            at = max(now, _last_instant(log, end.position))
            sitting.entries = log.append(sitting.said, at=at, actor=actor, means=means, expected=end.position)
            stand = sitting.index.update(sitting.entries, stood)
            stir(Wakes(connection, self.office.slug), sitting.entries, stand, now, first_new=end.next_case)
            refuse_unsigned(sitting, stood, stand)
            for objection in self._objections(sitting, stand):
                if objection not in before:
                    raise objection.refusal()
            sitting.index.keep_signatures(stand.values())
            restated = watch.ended(sitting, stand)
            sitting.entries += log.append(restated, at=at, actor=actor, means=means)
            sitting.read |= stand
            if sitting.discarded:
                raise _Discarded

    def _objections(self, sitting: Sitting, cases: Mapping[int, Case]) -> list[Objection]:
        """What is unlawful about these cases, as they stand."""
        found: list[Objection] = []
        for case in cases.values():
            if case.opening is None:
                continue  # struck out: a void case owes nothing
            duty = self.duties.get(case.opening.kind)
            if duty is None:
                raise UnknownKind(kind=case.opening.kind, known=", ".join(self.duties))
            story = [record for _, record in case.story]
            found += objections(duty, story, sitting.calendar, today=sitting.today, roles=self._roles)
            found += dangling(story, duty, self.duties, sitting.index.find)
        return found

    def _roles(self, person: str) -> frozenset[str]:
        """What a person holds, by the office's file; nothing for somebody it does not know."""
        known = person in {who.id for who in self.office.people}
        return self.office.roles_of(person) | {ANYONE} if known else frozenset()


def _last_instant(log: Log, position: int) -> datetime:
    entry = next(iter(log.read(after=position - 1)), None)
    return entry.recorded_at if entry else datetime.min.replace(tzinfo=UTC)


def _laid_down(sitting: Sitting) -> Iterator[Record]:
    """Every fact this sitting says, those that mend others included."""
    for item in sitting.said:
        record = item.record.right if isinstance(item.record, Amended) else item.record
        if record is not None:
            yield record


def _refuse_taken(sitting: Sitting) -> None:
    """One reference is one case: two of a kind under it could not be told apart."""
    wanted: dict[str, dict[str, int]] = {}
    for record in _laid_down(sitting):
        if isinstance(record, Opened):
            first = wanted.setdefault(record.kind, {}).setdefault(record.reference, record.case)
            if first != record.case:
                raise ReferenceTaken(reference=record.reference, case=first)
    for kind, cases in wanted.items():
        for reference, case in sitting.index.find(kind, list(cases)).items():
            if case != cases[reference]:
                raise ReferenceTaken(reference=reference, case=case)


def _refuse_future(sitting: Sitting) -> None:
    """What is counted has happened. (A case's own days are judged with its story.)"""
    for record in _laid_down(sitting):
        if isinstance(record, Counted | Held) and record.happened_on > sitting.today:
            known = BY_KEY if isinstance(record, Counted) else activities.BY_KEY
            raise InFuture(step=known[record.matter].label, day=record.happened_on)
