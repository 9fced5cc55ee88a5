"""A sitting at the desk: what can be said there. It is kept together, or not at all.

Whether the outcome is lawful the desk judges afterwards, on the whole story; what binds the moment (who may sign
which text, that no reason names an applicant) is refused here, at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from config.calendar import Calendar, Notice
from config.errors import Refusal
from config.ladders import spell, spelled
from config.notices import read_notice
from config.office import Office
from scheduler.signoff import (
    WRITER,
    Standing,
    require_new,
    require_return,
    require_signer,
    standing,
)
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
from storage.notices import as_text
from storage.particulars import Particulars
from storage.private import NoCaseToKeepFor, Private, TellingReason

MENDABLE = (Opened, Stepped, Closed, Counted)
"""What a correction can replace. A signature is withdrawn or overtaken, a notice entered anew, never mended."""


class NoSuchEntry(Refusal):
    """There is no entry №{position} that can be corrected. gongkai explain CASE lists a case's entries."""


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
        duty = self.index.duties.get(kind)
        self._say(
            Opened(
                case=number,
                happened_on=happened_on,
                kind=kind,
                reference=reference,
                facts=facts or {},
                ladder=spelled(
                    self.office.ladders.get(kind) or spell(duty.ladder if duty else ()), self.office.ladders
                ),
            ),
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
        """A case ended."""
        self._say(Closed(case=case, happened_on=happened_on, outcome=outcome, facts=facts or {}), key)

    def merge(self, double: int, into: int, reason: str) -> None:
        """Two registrations of one request are one: the double is struck out, the other notes it."""
        found = self.case(double)
        opened = next((place for place, record in found.story if isinstance(record, Opened)), None)
        if opened is None or double == into or self.case(into).opening is None:
            raise NothingToMerge(double=double, into=into)
        self.amend(opened, reason)
        self.step(into, "merged_in", self.today, {"double": double})

    def draft(self, case: int, by: str, manifest: str, title: str = "", decision: str = "") -> None:
        """Somebody wrote or changed the text of an answer; what was signed before is void."""
        self._require_discreet(case, title)
        require_new(self.standing(case), manifest, decision)
        self._say(
            Drafted(
                case=case, happened_on=self.today, by=by, manifest=manifest, title=title, decision=decision
            )
        )

    def sign(self, case: int, by: str, stage: str, manifest: str) -> None:
        """A person approves exactly this text. Raises the Refusal that says who may instead."""
        person = self.office.person(by)
        require_signer(self.standing(case), self.office, person, manifest, stage)
        self._say(
            Signed(case=case, happened_on=self.today, by=by, post=person.post, stage=stage, manifest=manifest)
        )

    def send_back(self, case: int, by: str, manifest: str, reason: str, to: str = WRITER) -> None:
        """A person who could sign now returns the text to an earlier stage, or to its writer."""
        self._require_discreet(case, reason)
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
        found = self.case(case)
        duty = self.index.duties.get(found.opening.kind) if found.opening else None
        if duty is None or not duty.chain:
            raise NoChain(case=case)
        approvals = [*found.approvals, *(fact for fact in said if fact.case == case)]
        return standing(self.office.chain(duty.chain), self.office, approvals)

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
        if case:
            self._require_discreet(case, reason)
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
        self._require_discreet(case, reason)
        Private(self.log.connection, self.log.office).erase(case)
        self._say(Erased(case=case, happened_on=self.today, reason=reason))

    def case(self, number: int) -> Case:
        """A case as it stands in the log, without what this sitting has said so far."""
        return self.cases([number]).get(number, Case(number=number))

    def cases(self, numbers: Sequence[int]) -> dict[int, Case]:
        """Several cases at once."""
        return self.index.cases(numbers)

    def _require_discreet(self, case: int, text: str) -> None:
        """What is said about a case stays in the log for ever: it must not say who the applicant is."""
        kept = Private(self.log.connection, self.log.office).of(case)
        if (kept or Particulars()).told_in(text):
            raise TellingReason

    def _say(self, record: Record, key: str = "") -> None:
        self.said.append(Said(record, key))
