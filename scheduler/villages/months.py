"""A village's month as it stands: when it reported, how much, and what the close of the month must say.

What was in is judged by the days the village acted. Items sent back no longer stand; which ones they were is
not recorded, so they are taken off the newest first, which leaves the village its earliest day [practice].
What is sent back only after the month's last day takes its items away until they are sent again, but not the
day: how long somebody sat on them is not the village's lateness.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duties, Duty, Step
from config.declarations.village_round import VillageRound
from scheduler.terms.deadlines import chronological, due_date
from scheduler.terms.term_replay import int_field
from scheduler.terms.workdays import add_working_days
from scheduler.villages.scoring import Adoption, MonthFacts, Quarter
from storage.events.case import Case
from storage.events.events import Closed, Facts, Opened, Stepped

QUARTER_ENDS = 3  # every third month


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageMonth:
    """One case of a round."""

    case: Case
    opening: Opened
    village: str
    due: date
    last: date
    """The last day of its grace; it is closed when this day is over."""
    provisional: bool
    reported_on: date | None
    """The day of the first report that stood on the last day."""
    items: int
    minimum: int
    adoptions: tuple[Adoption, ...]
    rejected: int
    commissioned: int
    mistaken: int
    outcome: str
    """What the close says, or must say."""
    scheme: str

    @property
    def late(self) -> bool:
        """Whether it was reported after the due day."""
        return self.reported_on is not None and self.reported_on > self.due

    @property
    def closing(self) -> Closed | None:
        """Its close, where it has one."""
        return self.case.closing

    @property
    def adopted(self) -> int:
        """How many items were adopted anywhere."""
        return len({adoption.title for adoption in self.adoptions})

    def scoring_facts(self, quarter: Sequence[VillageMonth] = ()) -> MonthFacts:
        """What a scheme looks at; with the quarter's months, in its last one, what they came to together."""
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
    """The kinds that run in rounds."""
    return [(duty, duty.village_round) for duty in duties.values() if duty.village_round]


def month_reference(month: date) -> str:
    """What a month is called."""
    return f"{month:%Y-%m}"


def village_month_reference(month: date, village: str) -> str:
    """What a village's month is called."""
    return f"{month_reference(month)}/{village}"


def month_before(day: date, months: int = 1) -> date:
    """The first day of the month so many before that of a day."""
    place = day.year * 12 + day.month - 1 - months
    return date(place // 12, place % 12 + 1, 1)


def quarter_months(month: date) -> list[date]:
    """The months of the quarter that ends with this one; none in the middle of a quarter."""
    return [month_before(month, back) for back in (2, 1, 0)] if month.month % QUARTER_ENDS == 0 else []


def read_month(
    case: Case, opening: Opened, duty: Duty, names: VillageRound, calendar: Calendar
) -> VillageMonth:
    """How a village's month stands."""
    facts = opening.facts
    dated = due_date([opening], duty, calendar)
    due_on = dated.day or opening.happened_on
    graced = add_working_days(calendar, due_on, int_field(facts, names.grace))
    story = chronological([record for _, record in case.timeline], duty)
    steps = [record for record in story if isinstance(record, Stepped)]
    reported_on, standing = _first_report(steps, names, graced.day)
    declared = any(step.step == names.nothing and step.happened_on <= graced.day for step in steps)
    outcome = names.missing
    if reported_on:
        in_time = names.on_time if reported_on <= due_on else names.late
        outcome = names.declared if declared and not standing else in_time
    return VillageMonth(
        case=case,
        opening=opening,
        village=str(facts.get(names.village, "")),
        due=due_on,
        last=graced.day,
        provisional=dated.provisional or graced.provisional,
        reported_on=reported_on,
        items=_item_count(steps, names, graced.day),
        minimum=int_field(facts, names.minimum),
        adoptions=_adoptions(steps, duty.step(names.adopted), names.adopted),
        rejected=_step_count(steps, names.rejected),
        commissioned=_step_count(steps, names.commissioned),
        mistaken=_step_count(steps, names.mistaken),
        outcome=outcome,
        scheme=str(facts.get(names.scheme, "")),
    )


def _first_report(steps: Iterable[Stepped], names: VillageRound, last: date) -> tuple[date | None, int]:
    """The day of the first report that stands at the end of the last day, and how many items stand then."""
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


def _without_returned(handed_in: Sequence[tuple[date, int]], back: int) -> list[tuple[date, int]]:
    """What stands after so many items were sent back, the newest first."""
    left: list[tuple[date, int]] = []
    for day, count in reversed(handed_in):
        gone = min(back, count)
        back -= gone
        if count > gone:
            left.append((day, count - gone))
    return left[::-1]


def _item_count(steps: Sequence[Stepped], names: VillageRound, last: date) -> int:
    """What counts: handed in by the last day, less what was sent back and not sent again after it."""
    within = again = back = 0
    for step in steps:
        count = _items_in(step.facts, names)
        if step.step == names.returned:
            back += count
        elif step.step == names.submitted and step.happened_on <= last:
            within += count
        elif step.step == names.submitted:
            again += count
    return max(0, within - max(0, back - again))


def _items_in(facts: Facts, names: VillageRound) -> int:
    return int_field(facts, names.items) or 1


def _step_count(steps: Iterable[Stepped], key: str) -> int:
    return sum(step.step == key for step in steps)


def _adoptions(steps: Iterable[Stepped], declared: Step | None, key: str) -> tuple[Adoption, ...]:
    fields = {field.key: field for field in declared.fields} if declared else {}
    grades = list(fields["grade"].choices) if "grade" in fields else []
    found = []
    for step in steps:
        if step.step == key:
            grade, points = str(step.facts.get("grade", "")), int_field(step.facts, "points")
            found.append(
                Adoption(
                    title=str(step.facts.get("title", "")).strip(),
                    level=str(step.facts.get("level", "")),
                    grade=grades.index(grade) if grade in grades else 0,
                    points=Decimal(points),
                )
            )
    return tuple(found)
