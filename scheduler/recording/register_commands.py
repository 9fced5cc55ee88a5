"""Commands about a year's registers: counts, activities, and the seal on the year's published report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.errors import Refusal
from config.reporting.registers import ACTIVITIES, ACTIVITIES_BY_KEY, REGISTERS_BY_KEY
from scheduler.recording.context import RecordingContext
from scheduler.recording.sealing import require_sealable
from storage.events.office_events import ActivityHeld, Counted, Sealed
from storage.reporting.report import Report
from storage.reporting.sealed_years import encode_published


class CountedByCases(Refusal):
    """“{register}” is counted from the cases “{kind}” (such as {case}): a count by hand would count twice."""


class Untitled(Refusal):
    """“{kind}” needs a name: what was held, such as 政府信息公开业务培训."""


class UnknownActivity(Refusal):
    """“{found}” is no kind of activity. Known: {known}."""


@dataclass(frozen=True, slots=True)
class RegisterCommands:
    """Records counts and activities, and seals years."""

    context: RecordingContext

    def count(
        self,
        matter: str,
        happened_on: date,
        *,
        quantity: int = 0,
        amount_yuan: Decimal = Decimal(0),
        key: str = "",
    ) -> None:
        """Record a quantity, or an amount in yuan, of one of the registers of 条例 art. 20 or 42.

        Raises CountedByCases where a case of a kind that counts into the same cell was open by that day.
        """
        self._require_not_counted_by_cases(matter, happened_on)
        counted = Counted(happened_on=happened_on, matter=matter, quantity=quantity, amount_yuan=amount_yuan)
        self.context.add_event(counted, key)

    def _require_not_counted_by_cases(self, matter: str, day: date) -> None:
        register, index = REGISTERS_BY_KEY.get(matter), self.context.index
        for duty in index.duties.values() if register and register.cell else ():
            if register and register.cell in duty.counted_cells:
                lines = index.lines_of_kind(duty.kind, date.min)
                found = next((line.number for line in lines if line.opened_on <= day), 0)
                if found:
                    raise CountedByCases(register=register.label, kind=duty.label, case=found)

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
        """Record a training, a meeting or publicity that ``reached`` so many people. UnknownActivity or Untitled."""
        if matter not in ACTIVITIES_BY_KEY:
            known = "、".join(f"{one.key} {one.label}" for one in ACTIVITIES)
            raise UnknownActivity(found=matter, known=known)
        if not title.strip():
            raise Untitled(kind=ACTIVITIES_BY_KEY[matter].label)
        held = ActivityHeld(
            happened_on=happened_on, matter=matter, title=title, reached=reached, evidence=evidence
        )
        self.context.add_event(held, key)

    def seal(self, report: Report, named: Mapping[str, int | Decimal], *, elsewhere: bool = False) -> None:
        """Seal a year with its published report, whose figures must be those that the log has now.

        ``elsewhere``: it was published before the office kept this log, so that no case here knows of it.
        """
        require_sealable(self.context, report, named, elsewhere=elsewhere)
        figures = encode_published(report, named)
        self.context.add_event(
            Sealed(happened_on=self.context.today, period=str(report.year), figures=figures)
        )
