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
from config.calendar.working_calendar import HolidayNotice
from config.declarations.reminder_ladder import format_case_policies, format_policy
from config.errors import Refusal
from config.reporting.activities import ACTIVITIES, ACTIVITIES_BY_KEY
from scheduler.recording.reminder_commands import ReminderCommands
from scheduler.recording.sealing import require_sealable
from storage.content.applicant import Applicant
from storage.content.applicant_store import ApplicantStore, NoCaseToKeepFor
from storage.eventlog.known_calendar import notice_as_text
from storage.events.events import (
    ActivityHeld,
    Amended,
    CalendarEntered,
    Closed,
    Counted,
    Erased,
    Facts,
    Opened,
    Record,
    Sealed,
    Stepped,
    case_of,
)
from storage.reporting.report import Report
from storage.reporting.sealed_years import encode_published

MERGED = "merged_in"
"""The step by which a case notes that another was the same."""
CORRECTABLE = (Opened, Stepped, Closed, Counted, ActivityHeld)
"""What a correction can replace. A signature is withdrawn or overtaken, a notice entered anew, never mended."""


class NoSuchEntry(Refusal):
    """There is no entry №{position} that can be corrected. gongkai explain CASE lists a case's entries."""


class KindNotMergeable(Refusal):
    """Case {case} is {kind}: such cases are not merged. If it should not be there, strike it out: gongkai amend."""


class NothingToMerge(Refusal):
    """Case {double} cannot be merged into case {into}: both must be standing cases, and different ones."""


class Untitled(Refusal):
    """“{kind}” needs a name: what was held, such as 政府信息公开业务培训."""


class UnknownActivity(Refusal):
    """“{found}” is no kind of activity. Known: {known}."""


class MismatchedCorrection(Refusal):
    """№{position} can only be replaced by a fact of its own kind and case; strike it out and record anew."""


class SystemFindingNotEditable(Refusal):
    """“{step}” is what the program found, and nobody writes it otherwise. Strike it out, and have it checked anew."""


@dataclass(slots=True, kw_only=True)
class UnitOfWork(ReminderCommands):
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
        self._add_event(
            Opened(
                case=number,
                happened_on=happened_on,
                kind=kind,
                reference=reference,
                facts=facts or {},
                ladder=format_case_policies(
                    self.office.ladders.get(kind) or format_policy(duty.ladder if duty else ()),
                    self.office.ladders,
                ),
            ),
            key,
        )
        return number

    def step(
        self, case: int, step: str, happened_on: date, facts: Facts | None = None, *, key: str = ""
    ) -> None:
        """A declared step happened."""
        self._add_event(Stepped(case=case, happened_on=happened_on, step=step, facts=facts or {}), key)

    def close(
        self, case: int, outcome: str, happened_on: date, facts: Facts | None = None, *, key: str = ""
    ) -> None:
        """A case ended."""
        self._add_event(Closed(case=case, happened_on=happened_on, outcome=outcome, facts=facts or {}), key)

    def merge(self, double: int, into: int, reason: str) -> None:
        """Two registrations of one request are one: the double is struck out, the other notes it."""
        found = self.case(double)
        opened = next((place for place, record in found.timeline if isinstance(record, Opened)), None)
        other = self.case(into).opening
        duty = self.index.duties.get(other.kind) if other else None
        if opened is None or double == into or duty is None:
            raise NothingToMerge(double=double, into=into)
        if duty.step(MERGED) is None:
            raise KindNotMergeable(case=into, kind=duty.label)
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
        self._add_event(
            Counted(happened_on=happened_on, matter=matter, quantity=quantity, amount_yuan=amount_yuan),
            key,
        )

    def record_activity(
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
        if matter not in ACTIVITIES_BY_KEY:
            raise UnknownActivity(
                found=matter, known="、".join(f"{one.key} {one.label}" for one in ACTIVITIES)
            )
        if not title.strip():
            raise Untitled(kind=ACTIVITIES_BY_KEY[matter].label)
        held = ActivityHeld(
            happened_on=happened_on, matter=matter, title=title, reached=reached, evidence=evidence
        )
        self._add_event(held, key)

    def give_late_reason(self, reason: str) -> None:
        """What is said here may come after its year was sealed: then it stands beside what was published."""
        self.late_reason = reason

    def seal(self, report: Report, named: Mapping[str, int | Decimal], *, elsewhere: bool = False) -> None:
        """A year's report went out, as it is given: its figures must be those that stand under the desk's lock.

        ``external_join_link``: before the office kept this log, so that no case here knows of it.
        """
        require_sealable(self, report, named, elsewhere=elsewhere)
        figures = encode_published(report, named)
        self._add_event(Sealed(happened_on=self.today, period=str(report.year), figures=figures))

    def enter_notice(self, data: Mapping[str, Any]) -> HolidayNotice:
        """A notice on days off was published. BadInput with every finding where it does not add up."""
        notice = read_notice(data)
        self._add_event(
            CalendarEntered(happened_on=self.today, year=notice.year, notice=notice_as_text(data))
        )
        return notice

    def amend(self, position: int, reason: str, right: Record | None = None) -> None:
        """An earlier fact was wrong: what is right takes its place, or nothing does."""
        target = next(iter(self.log.read(after=position - 1, upto=position)), None)
        if target is None or not isinstance(target.record, CORRECTABLE):
            raise NoSuchEntry(position=position)
        case = case_of(target.record)
        self._require_reason(case, reason)
        if right is not None and (type(right), case_of(right)) != (type(target.record), case):
            raise MismatchedCorrection(position=position)
        if isinstance(right, Stepped):
            self._require_not_system_finding(case, right.step)
        self._add_event(
            Amended(happened_on=self.today, case=case, position=position, reason=reason, right=right)
        )

    def _require_not_system_finding(self, case: int, key: str) -> None:
        opening = self.case(case).opening
        duty = self.index.duties.get(opening.kind) if opening else None
        step = duty.step(key) if duty else None
        if step and step.attested_field:
            raise SystemFindingNotEditable(step=step.label)

    def save_applicant(self, case: int, particulars: Applicant) -> None:
        """Who the applicant of a case is: into the erasable table, and nothing of it into the log."""
        if not 0 < case < self.next_case:
            raise NoCaseToKeepFor(case=case)
        ApplicantStore(self.log.connection, self.log.office).save(case, particulars)

    def erase(self, case: int, reason: str) -> None:
        """Take the particulars of a case away; that it was done stays in the log."""
        self._require_reason(case, reason)
        ApplicantStore(self.log.connection, self.log.office).erase(case)
        self.forget_files(case)
        self._add_event(Erased(case=case, happened_on=self.today, reason=reason))
