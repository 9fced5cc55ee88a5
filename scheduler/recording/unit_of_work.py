"""A sitting at the desk: what can be said there. It is kept together, or not at all.

Whether the outcome is lawful the desk judges afterwards, on the whole story; what binds the moment (who may sign
which text, that no reason names an applicant) is refused here, at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from config.calendar.holiday_notices import read_notice
from config.calendar.working_calendar import Notice
from config.declarations.reminder_ladder import spell, spelled
from config.errors import Refusal
from config.reporting.activities import ACTIVITIES, BY_KEY
from scheduler.recording.reminder_commands import Hands
from scheduler.recording.sealing import require_sealable
from storage.content.applicant import Particulars
from storage.content.applicant_store import NoCaseToKeepFor, Private
from storage.eventlog.known_calendar import as_text
from storage.events.events import (
    Amended,
    CalendarEntered,
    Closed,
    Counted,
    Erased,
    Facts,
    Held,
    Opened,
    Record,
    Sealed,
    Stepped,
    case_of,
)
from storage.reporting.report import Report
from storage.reporting.sealed_years import as_published

MERGED = "merged_in"
"""The step by which a case notes that another was the same."""
MENDABLE = (Opened, Stepped, Closed, Counted, Held)
"""What a correction can replace. A signature is withdrawn or overtaken, a notice entered anew, never mended."""


class NoSuchEntry(Refusal):
    """There is no entry №{position} that can be corrected. gongkai explain CASE lists a case's entries."""


class NeverMerged(Refusal):
    """Case {case} is {kind}: such cases are not merged. If it should not be there, strike it out: gongkai amend."""


class NothingToMerge(Refusal):
    """Case {double} cannot be merged into case {into}: both must be standing cases, and different ones."""


class Untitled(Refusal):
    """“{kind}” needs a name: what was held, such as 政府信息公开业务培训."""


class UnknownActivity(Refusal):
    """“{found}” is no kind of activity. Known: {known}."""


class OtherFact(Refusal):
    """№{position} can only be replaced by a fact of its own kind and case; strike it out and record anew."""


class OwnWord(Refusal):
    """“{step}” is what the program found, and nobody writes it otherwise. Strike it out, and have it checked anew."""


@dataclass(slots=True, kw_only=True)
class Sitting(Hands):
    """One transaction at the desk: what is said is kept together, or not at all."""

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
        other = self.case(into).opening
        duty = self.index.duties.get(other.kind) if other else None
        if opened is None or double == into or duty is None:
            raise NothingToMerge(double=double, into=into)
        if duty.step(MERGED) is None:
            raise NeverMerged(case=into, kind=duty.label)
        self.amend(opened, reason)
        self.step(into, MERGED, self.today, {"double": double})

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

    def hold(
        self,
        matter: str,
        happened_on: date,
        title: str,
        reached: int = 0,
        evidence: str = "",
        *,
        key: str = "",
    ) -> None:
        """An activity took place: training, a meeting, publicity. UnknownActivity names those there are."""
        if matter not in BY_KEY:
            raise UnknownActivity(
                found=matter, known="、".join(f"{one.key} {one.label}" for one in ACTIVITIES)
            )
        if not title.strip():
            raise Untitled(kind=BY_KEY[matter].label)
        held = Held(happened_on=happened_on, matter=matter, title=title, reached=reached, evidence=evidence)
        self._say(held, key)

    def late(self, reason: str) -> None:
        """What is said here may come after its year was sealed: then it stands beside what was published."""
        self.late_because = reason

    def seal(self, report: Report, named: Mapping[str, int | Decimal], *, elsewhere: bool = False) -> None:
        """A year's report went out, as it is given: its figures must be those that stand under the desk's lock.

        ``elsewhere``: before the office kept this log, so that no case here knows of it.
        """
        require_sealable(self, report, named, elsewhere=elsewhere)
        figures = as_published(report, named)
        self._say(Sealed(happened_on=self.today, period=str(report.year), figures=figures))

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
        self._require_reason(case, reason)
        if right is not None and (type(right), case_of(right)) != (type(target.record), case):
            raise OtherFact(position=position)
        if isinstance(right, Stepped):
            self._require_not_own(case, right.step)
        self._say(Amended(happened_on=self.today, case=case, position=position, reason=reason, right=right))

    def _require_not_own(self, case: int, key: str) -> None:
        opening = self.case(case).opening
        duty = self.index.duties.get(opening.kind) if opening else None
        step = duty.step(key) if duty else None
        if step and step.vouches:
            raise OwnWord(step=step.label)

    def keep_particulars(self, case: int, particulars: Particulars) -> None:
        """Who the applicant of a case is: into the erasable table, and nothing of it into the log."""
        if not 0 < case < self.next_case:
            raise NoCaseToKeepFor(case=case)
        Private(self.log.connection, self.log.office).keep(case, particulars)

    def erase(self, case: int, reason: str) -> None:
        """Take the particulars of a case away; that it was done stays in the log."""
        self._require_reason(case, reason)
        Private(self.log.connection, self.log.office).erase(case)
        self.forget_files(case)
        self._say(Erased(case=case, happened_on=self.today, reason=reason))
