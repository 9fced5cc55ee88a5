"""The desk: the only writer. Check, append, index, in ONE transaction; what it says is recorded, is.

A sitting holds the write lock from its first read to its commit, so what was decided on is what stands.
Whether the outcome is lawful is judged on the whole story after it was laid in order: a late entry or a
correction is judged like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from config.calendar import Calendar, Notice
from config.clock import Clock, office_day
from config.duty import ANYONE, Duties
from config.errors import Refusal
from config.notices import read_notice
from config.office import Chain, Office
from config.office_records import ROLES
from scheduler.legality import Objection, objections
from scheduler.links import dangling
from scheduler.signoff import WRITER, Standing, require_release, require_return, require_signer, standing
from storage.cases import Case
from storage.events import (
    Amended,
    CalendarEntered,
    Closed,
    Counted,
    Drafted,
    Entry,
    Erased,
    Facts,
    Opened,
    Record,
    Returned,
    Signed,
    Stepped,
    case_of,
)
from storage.index import Index
from storage.log import Log, Said
from storage.notices import as_text, calendar_with
from storage.particulars import Particulars
from storage.private import NoCaseToKeepFor, Private, TellingReason
from storage.store import Store

MENDABLE = (Opened, Stepped, Closed, Counted)
"""What a correction can replace. A signature is withdrawn or overtaken, a notice entered anew, never mended."""


class NoSuchEntry(Refusal):
    """There is no entry №{position} that can be corrected. gongkai explain CASE lists a case's entries."""


class UnknownKind(Refusal):
    """“{kind}” is no kind of case. Known: {known}."""


class NothingToMerge(Refusal):
    """Case {double} cannot be merged into case {into}: both must be standing cases, and different ones."""


class NoChain(Refusal):
    """Case {case} is of a kind whose answer nobody signs."""


class OtherFact(Refusal):
    """№{position} can only be replaced by a fact of its own kind and case; strike it out and record anew."""


@dataclass(slots=True, kw_only=True)
class Sitting:
    """One transaction at the desk: what is said is kept together, or not at all."""

    office: Office
    log: Log
    index: Index
    calendar: Calendar
    today: date
    next_case: int
    said: list[Said] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    """What was appended; filled when the sitting ends."""
    discarded: bool = False

    def discard(self) -> None:
        """Keep nothing: everything is tried and judged as ever, then undone."""
        self.discarded = True

    def open(
        self, kind: str, reference: str, happened_on: date, facts: Facts | None = None, *, key: str = ""
    ) -> int:
        """A case begins. Returns its number."""
        number = self.next_case
        self.next_case += 1
        self._say(
            Opened(case=number, happened_on=happened_on, kind=kind, reference=reference, facts=facts or {}),
            key,
        )
        return number

    def step(
        self, case: int, step: str, happened_on: date, facts: Facts | None = None, *, key: str = ""
    ) -> None:
        """A declared step happened."""
        self._say(Stepped(case=case, happened_on=happened_on, step=step, facts=facts or {}), key)

    def close(
        self, case: int, outcome: str, happened_on: date, facts: Facts | None = None, *, key: str = ""
    ) -> None:
        """A case ended. An answer whose text is being signed waits for the last signature."""
        self._require_release(case, outcome)
        self._say(Closed(case=case, happened_on=happened_on, outcome=outcome, facts=facts or {}), key)

    def merge(self, double: int, into: int, reason: str) -> None:
        """Two registrations of one request are one: the double is struck out, the other notes it."""
        found = self.case(double)
        opened = next((place for place, record in found.story if isinstance(record, Opened)), None)
        if opened is None or double == into or self.case(into).opening is None:
            raise NothingToMerge(double=double, into=into)
        self.amend(opened, reason)
        self.step(into, "merged_in", self.today, {"double": double})

    def draft(self, case: int, by: str, manifest: str, title: str = "") -> None:
        """Somebody wrote or changed the text of an answer; what was signed before is void."""
        self._say(Drafted(case=case, happened_on=self.today, by=by, manifest=manifest, title=title))

    def sign(self, case: int, by: str, stage: str, manifest: str) -> None:
        """A person approves exactly this text. Raises the Refusal that says who may instead."""
        person = self.office.person(by)
        require_signer(self.standing(case), self.office, person, manifest, stage)
        self._say(
            Signed(case=case, happened_on=self.today, by=by, post=person.post, stage=stage, manifest=manifest)
        )

    def send_back(self, case: int, by: str, manifest: str, reason: str, to: str = WRITER) -> None:
        """A person who could sign now returns the text to an earlier stage, or to its writer."""
        at, person = self.standing(case), self.office.person(by)
        stage = require_signer(at, self.office, person, manifest, at.stage.name if at.stage else "")
        require_return(at, to)
        self._say(
            Returned(
                case=case,
                happened_on=self.today,
                by=by,
                post=person.post,
                stage=stage.name,
                to=to,
                manifest=manifest,
                reason=reason,
            )
        )

    def standing(self, case: int) -> Standing:
        """How far a case's text has come, with what this sitting has said so far."""
        kinds = (Drafted, Signed, Returned)
        said = [item.record for item in self.said if isinstance(item.record, kinds)]
        approvals = [*self.case(case).approvals, *(fact for fact in said if fact.case == case)]
        return standing(self._chain(case), self.office, approvals)

    def _chain(self, case: int) -> Chain:
        opening = self.case(case).opening
        duty = self.index.duties.get(opening.kind) if opening else None
        if duty is None or not duty.chain:
            raise NoChain(case=case)
        return self.office.chain(duty.chain)

    def count(
        self,
        matter: str,
        happened_on: date,
        *,
        quantity: int = 0,
        amount_yuan: Decimal = Decimal(0),
        key: str = "",
    ) -> None:
        """Something countable of art. 20 or 42."""
        self._say(
            Counted(happened_on=happened_on, matter=matter, quantity=quantity, amount_yuan=amount_yuan),
            key,
        )

    def enter_notice(self, data: Mapping[str, Any]) -> Notice:
        """A notice on days off was published. BadInput with every finding where it does not add up."""
        notice = read_notice(data)
        self._say(CalendarEntered(happened_on=self.today, year=notice.year, notice=as_text(data)))
        return notice

    def amend(self, position: int, reason: str, right: Record | None = None) -> None:
        """An earlier fact was wrong: what is right takes its place, or nothing does."""
        target = next(iter(self.log.read(after=position - 1, upto=position)), None)
        if target is None or not isinstance(target.record, MENDABLE):
            raise NoSuchEntry(position=position)
        case = case_of(target.record)
        if right is not None and (type(right), case_of(right)) != (type(target.record), case):
            raise OtherFact(position=position)
        self._say(Amended(happened_on=self.today, case=case, position=position, reason=reason, right=right))

    def keep_particulars(self, case: int, particulars: Particulars) -> None:
        """Who the applicant of a case is: into the erasable table, and nothing of it into the log."""
        if not 0 < case < self.next_case:
            raise NoCaseToKeepFor(case=case)
        Private(self.log.connection, self.log.office).keep(case, particulars)

    def erase(self, case: int, reason: str) -> None:
        """Take the particulars of a case away; that it was done stays in the log."""
        private = Private(self.log.connection, self.log.office)
        if (private.of(case) or Particulars()).told_in(reason):
            raise TellingReason
        private.erase(case)
        self._say(Erased(case=case, happened_on=self.today, reason=reason))

    def case(self, number: int) -> Case:
        """A case as it stands in the log, without what this sitting has said so far."""
        return self.cases([number]).get(number, Case(number=number))

    def cases(self, numbers: Sequence[int]) -> dict[int, Case]:
        """Several cases at once."""
        return self.index.cases(numbers)

    def _require_release(self, case: int, outcome: str) -> None:
        opening = self.case(case).opening
        duty = self.index.duties.get(opening.kind) if opening else None
        ending = duty.outcome(outcome) if duty else None
        if duty and duty.chain and ending and ending.says:
            require_release(self.standing(case), self.office)

    def _say(self, record: Record, key: str = "") -> None:
        self.said.append(Said(record, key))


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

    @contextmanager
    def sitting(self, *, actor: str, means: str) -> Iterator[Sitting]:
        """One transaction. Raises a Refusal, and keeps nothing, when its outcome is not lawful."""
        now = self.clock.now()
        with suppress(_Discarded), self.store.writing() as connection:
            log = Log(connection, self.office.slug)
            end = log.end()
            sitting = Sitting(
                office=self.office,
                log=log,
                index=Index(connection, self.office.slug, self.duties),
                calendar=calendar_with(self.calendar, log),
                today=office_day(now),
                next_case=end.next_case,
            )
            yield sitting
            spoken_of = {case_of(item.record) for item in sitting.said} - {0}
            older = sorted(number for number in spoken_of if number < end.next_case)
            before = self._objections(sitting, sitting.cases(older))
            # Instants never fall back in the log, whatever the machine's clock does.
            at = max(now, _last_instant(log, end.position))
            sitting.entries = log.append(sitting.said, at=at, actor=actor, means=means, expected=end.position)
            for objection in self._objections(sitting, sitting.index.update(sitting.entries)):
                if objection not in before:
                    raise objection.refusal()
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
        held = {role for role in ROLES if person in {who.id for who in self.office.holders(role)}}
        known = person in {who.id for who in self.office.people}
        return frozenset(held | {ANYONE}) if known else frozenset()


def _last_instant(log: Log, position: int) -> datetime:
    entry = next(iter(log.read(after=position - 1)), None)
    return entry.recorded_at if entry else datetime.min.replace(tzinfo=UTC)
