"""Reads the month of a village from its case: when it reported, how much, and with which outcome it must be closed.

Whether a report is in time is decided by the days on which the village acted. An item that was returned by the last
day of the month counts from the day on which it was submitted again. One returned only after that day does not count
until it is submitted again, but the day of the report stays: the time a reviewer took is not the village's lateness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.calendar.working_calendar import Calendar
from config.clock import MONTHS_PER_YEAR
from config.declarations.duty import Duties, Duty, Step
from config.declarations.keys import ADDRESS_FIELD, GRADE_FIELD, LEVEL_FIELD, POINTS_FIELD, TITLE_FIELD
from config.declarations.villages.month import VillageRound
from scheduler.terms.deadlines import chronological, due_date
from scheduler.terms.term_days import add_working_days
from scheduler.villages.scoring import Adoption, MonthFacts, Quarter
from storage.events.case import Case, int_field
from storage.events.events import Closed, Opened, Stepped

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
        return len({(adoption.item, adoption.title) for adoption in self.adoptions})

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
    acceptable = _acceptable_items(steps, names, grace_end.day)
    declared = [
        step.happened_on for step in steps if step.step == names.nothing and step.happened_on <= grace_end.day
    ]
    reported_on = min([*acceptable.values(), *declared], default=None)
    outcome = names.missing
    if reported_on:
        in_time = names.on_time if reported_on <= due_on else names.late
        outcome = names.declared if declared and not acceptable else in_time
    return VillageMonth(
        case=case,
        opening=opening,
        village=str(facts.get(names.village, "")),
        due=due_on,
        last=grace_end.day,
        provisional=dated.provisional or grace_end.provisional,
        reported_on=reported_on,
        items=len(_counted_items(steps, names, grace_end.day)),
        minimum=int_field(facts, names.minimum),
        adoptions=_adoptions(steps, duty.step(names.adopted), names),
        rejected=_step_count(steps, names.rejected),
        commissioned=_step_count(steps, names.commissioned),
        mistaken=_step_count(steps, names.mistaken),
        outcome=outcome,
        scheme=str(facts.get(names.scheme, "")),
    )


def _acceptable_items(steps: Iterable[Stepped], names: VillageRound, last: date) -> dict[int, date]:
    """Return the items that were handed in by the last day and not sent back by then, each with its day."""
    handed_in: dict[int, date] = {}
    for step in steps:
        if step.happened_on > last:
            continue
        item = int_field(step.facts, names.item)
        if step.step in {names.submitted, names.superseded}:
            handed_in[item] = step.happened_on
        elif step.step in {names.returned, names.withdrawn}:
            handed_in.pop(item, None)
    return handed_in


def _counted_items(steps: Iterable[Stepped], names: VillageRound, last: date) -> set[int]:
    """Return the items that count: handed in by the last day, or again after it, and not sent back since."""
    counted: set[int] = set()
    in_time: set[int] = set()
    for step in steps:
        item = int_field(step.facts, names.item)
        if step.step in {names.returned, names.withdrawn}:
            counted.discard(item)
        elif step.step in {names.submitted, names.superseded}:
            in_time |= {item} if step.happened_on <= last else set()
            counted |= {item} & in_time
    return counted


def _step_count(steps: Iterable[Stepped], key: str) -> int:
    return sum(step.step == key for step in steps)


def _adoptions(steps: Iterable[Stepped], declared: Step | None, names: VillageRound) -> tuple[Adoption, ...]:
    fields = {field.key: field for field in declared.fields} if declared else {}
    grades = list(fields[GRADE_FIELD].choices) if GRADE_FIELD in fields else []
    found = []
    for step in steps:
        if step.step == names.adopted:
            grade, points = str(step.facts.get(GRADE_FIELD, "")), int_field(step.facts, POINTS_FIELD)
            found.append(
                Adoption(
                    item=int_field(step.facts, names.item),
                    title=str(step.facts.get(TITLE_FIELD, "")).strip(),
                    level=str(step.facts.get(LEVEL_FIELD, "")),
                    address=str(step.facts.get(ADDRESS_FIELD, "")),
                    grade=grades.index(grade) if grade in grades else 0,
                    points=Decimal(points),
                )
            )
    return tuple(found)
