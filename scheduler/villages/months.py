"""Reads the month of a village from its case: when it reported, how much, and with which outcome it must be closed.

Whether a report is in time is decided by the days on which the village acted. Items that were returned no longer
count; which ones they were is not recorded, so the newest are taken off first, which leaves the village its
earliest day [practice]. Items returned only after the month's last day do not count until they are submitted again,
but the day of the report stays: the time a reviewer took is not the village's lateness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.calendar.units import MONTHS_PER_YEAR
from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties, Duty, Step
from config.declarations.keys import GRADE_FIELD, LEVEL_FIELD, POINTS_FIELD, TITLE_FIELD
from config.declarations.village_round import VillageRound
from scheduler.terms.deadlines import chronological, due_date
from scheduler.terms.workdays import add_working_days
from scheduler.villages.scoring import Adoption, MonthFacts, Quarter
from storage.events.case import Case
from storage.events.events import Closed, Facts, Opened, Stepped
from storage.events.fields import int_field

MONTHS_PER_QUARTER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageMonth:
    """The month of one village, read from its case."""

    case: Case
    opening: Opened
    village: str
    due: date
    last: date
    """The last day of its grace period; it is closed when this day is over."""
    provisional: bool
    reported_on: date | None
    """The day of the first report that still counted on the last day; None where there was none."""
    items: int
    minimum: int
    adoptions: tuple[Adoption, ...]
    rejected: int
    commissioned: int
    mistaken: int
    outcome: str
    """The outcome with which it must be closed."""
    scheme: str

    @property
    def late(self) -> bool:
        """Whether it was reported after the due day."""
        return self.reported_on is not None and self.reported_on > self.due

    @property
    def closing(self) -> Closed | None:
        """The record that closed it; None while it is open."""
        return self.case.closing

    @property
    def adopted(self) -> int:
        """How many items were adopted at any level."""
        return len({adoption.title for adoption in self.adoptions})

    def scoring_facts(self, quarter: Sequence[VillageMonth] = ()) -> MonthFacts:
        """Return the facts that a scheme scores; ``quarter`` are the quarter's months, in its last month."""
        together = Quarter(sum(each.items for each in quarter), sum(each.adopted for each in quarter))
        return MonthFacts(
            minimum=self.minimum,
            items=self.items,
            reported=self.reported_on is not None,
            late=self.late,
            adoptions=self.adoptions,
            rejected=self.rejected,
            commissioned=self.commissioned,
            mistaken=self.mistaken,
            quarter=together if quarter else None,
        )


def village_rounds(duties: Duties) -> list[tuple[Duty, VillageRound]]:
    """Return the kinds whose cases are opened for every village each month."""
    return [(duty, duty.village_round) for duty in duties.values() if duty.village_round]


def month_reference(month: date) -> str:
    """Return the reference of a month: 2026-11."""
    return f"{month:%Y-%m}"


def village_month_reference(month: date, village: str) -> str:
    """Return the reference of a village's month: 2026-11/village."""
    return f"{month_reference(month)}/{village}"


def month_before(day: date, months: int = 1) -> date:
    """Return the first day of the month that lies ``months`` before the month of a day."""
    year, month = divmod(day.year * MONTHS_PER_YEAR + day.month - 1 - months, MONTHS_PER_YEAR)
    return date(year, month + 1, 1)


def quarter_months(month: date) -> list[date]:
    """Return the months of the quarter that ends with this one; none in the middle of a quarter."""
    return [month_before(month, back) for back in (2, 1, 0)] if month.month % MONTHS_PER_QUARTER == 0 else []


def read_month(
    case: Case, opening: Opened, duty: Duty, names: VillageRound, calendar: Calendar
) -> VillageMonth:
    """Read a village's month from its case, as it is now."""
    facts = opening.facts
    dated = due_date([opening], duty, calendar)
    due_on = dated.day or opening.happened_on
    grace_end = add_working_days(calendar, due_on, int_field(facts, names.grace))
    story = chronological(case.records, duty)
    steps = [record for record in story if isinstance(record, Stepped)]
    reported_on, item_count = _first_report(steps, names, grace_end.day)
    declared = any(step.step == names.nothing and step.happened_on <= grace_end.day for step in steps)
    outcome = names.missing
    if reported_on:
        in_time = names.on_time if reported_on <= due_on else names.late
        outcome = names.declared if declared and not item_count else in_time
    return VillageMonth(
        case=case,
        opening=opening,
        village=str(facts.get(names.village, "")),
        due=due_on,
        last=grace_end.day,
        provisional=dated.provisional or grace_end.provisional,
        reported_on=reported_on,
        items=_item_count(steps, names, grace_end.day),
        minimum=int_field(facts, names.minimum),
        adoptions=_adoptions(steps, duty.step(names.adopted), names.adopted),
        rejected=_step_count(steps, names.rejected),
        commissioned=_step_count(steps, names.commissioned),
        mistaken=_step_count(steps, names.mistaken),
        outcome=outcome,
        scheme=str(facts.get(names.scheme, "")),
    )


def _first_report(steps: Iterable[Stepped], names: VillageRound, last: date) -> tuple[date | None, int]:
    """Return the day of the first report that counts at the end of the last day, and how many items count then."""
    handed_in: list[tuple[date, int]] = []
    declared: list[date] = []
    for step in steps:
        if step.happened_on > last:
            continue
        if step.step == names.submitted:
            handed_in.append((step.happened_on, _items_in(step.facts, names)))
        elif step.step == names.returned:
            handed_in = _without_returned(handed_in, _items_in(step.facts, names))
        elif step.step == names.nothing:
            declared.append(step.happened_on)
    days = [day for day, _ in handed_in] + declared
    return min(days, default=None), sum(count for _, count in handed_in)


def _without_returned(handed_in: Sequence[tuple[date, int]], returned: int) -> list[tuple[date, int]]:
    """Return the submissions that count after ``returned`` items were returned, the newest first."""
    left: list[tuple[date, int]] = []
    for day, count in reversed(handed_in):
        removed = min(returned, count)
        returned -= removed
        if count > removed:
            left.append((day, count - removed))
    return left[::-1]


def _item_count(steps: Sequence[Stepped], names: VillageRound, last: date) -> int:
    """Return how many items count: submitted in time, less those returned and not submitted again."""
    in_time = resubmitted = returned = 0
    for step in steps:
        count = _items_in(step.facts, names)
        if step.step == names.returned:
            returned += count
        elif step.step == names.submitted and step.happened_on <= last:
            in_time += count
        elif step.step == names.submitted:
            resubmitted += count
    return max(0, in_time - max(0, returned - resubmitted))


def _items_in(facts: Facts, names: VillageRound) -> int:
    return int_field(facts, names.items) or 1


def _step_count(steps: Iterable[Stepped], key: str) -> int:
    return sum(step.step == key for step in steps)


def _adoptions(steps: Iterable[Stepped], declared: Step | None, key: str) -> tuple[Adoption, ...]:
    fields = {field.key: field for field in declared.fields} if declared else {}
    grades = list(fields[GRADE_FIELD].choices) if GRADE_FIELD in fields else []
    found = []
    for step in steps:
        if step.step == key:
            grade, points = str(step.facts.get(GRADE_FIELD, "")), int_field(step.facts, POINTS_FIELD)
            found.append(
                Adoption(
                    title=str(step.facts.get(TITLE_FIELD, "")).strip(),
                    level=str(step.facts.get(LEVEL_FIELD, "")),
                    grade=grades.index(grade) if grade in grades else 0,
                    points=Decimal(points),
                )
            )
    return tuple(found)
