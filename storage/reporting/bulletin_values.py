"""Holds a month's bulletin (通报) and a year's assessment as values for papers, pictures and chat.

Only outcomes are told: reports, items, adoption, points. Who read, logged in or answered fastest is not here and
can be neither listed nor ranked. [practice]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

ZERO_POINTS = Decimal(0)
PhraseLookup = Callable[..., str]
"""The wording of a paper: a phrase by its key, with its words (``Phrasebook.say``)."""


class VillageMonthState(StrEnum):
    """The states of a village's month."""

    ON_TIME = "on_time"
    LATE = "late"
    DECLARED = "declared"  # 零报送: a report
    MISSING = "missing"
    WAITS = "waits"  # the month is not over and nothing is in


BulletinValue = Decimal | int | str | date | Mapping[str, int] | None
"""What a column of the bulletin holds: a figure, a text, a day, or counts by level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptedItem:
    """An adopted item with its levels, the lowest first. ``month`` is the month in which it was reported."""

    month: date
    village: str
    title: str
    levels: tuple[str, ...]
    item: int = 0
    """The number of its case."""
    address: str = ""
    """The published page; empty where none was recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinRow:
    """The row of a village in a month's bulletin."""

    village: str
    name: str
    state: VillageMonthState
    reported_on: date | None
    items: int
    minimum: int
    adopted: int
    at_levels: Mapping[str, int]
    """How many items were adopted at each level; one adopted at two counts at both."""
    level_points: Mapping[str, Decimal]
    points: Decimal | None
    """None where the month is not scored."""
    earlier_adjustment: Decimal
    """What was added to earlier months of the year since the last bulletin, or taken off them (补计)."""
    before: Decimal | None
    """Last month's points, as they stand now."""
    year_points: Decimal | None
    year_items: int
    year_adopted: int
    rank: int | None = None
    rank_before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerVillage:
    """A village without a duty this month (merged, for example), and the additions to its earlier months."""

    village: str
    name: str
    earlier_adjustment: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageTotals:
    """The totals of several village months."""

    months: int = 0
    states: Mapping[VillageMonthState, int] = field(default_factory=dict)
    items: int = 0
    adopted: int = 0
    points: Decimal = ZERO_POINTS

    def count(self, state: VillageMonthState) -> int:
        """How many months are in a state."""
        return self.states.get(state, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """The bulletin of one month."""

    agency: str
    short_name: str
    month: date
    due: date
    last: date
    """The last day of grace."""
    provisional: bool
    closed: bool
    """Whether every village's month is; else this is a preview."""
    dated: date
    """The day printed under it."""
    ranked: bool
    scored: bool
    schemes: tuple[str, ...]
    """The names of the schemes its points are counted by."""
    rows: tuple[BulletinRow, ...]
    former_villages: tuple[FormerVillage, ...]
    sums: VillageTotals
    before: VillageTotals
    """Last month; of nothing where there was none."""
    year: VillageTotals
    trend: tuple[tuple[date, VillageTotals], ...]
    """The months of the year up to this one."""
    adopted: tuple[AdoptedItem, ...]
    adopted_since: tuple[AdoptedItem, ...]
    """Of earlier months, and not told in the bulletin before."""
    levels: Mapping[str, str]
    """The labels of the levels, the lowest first."""
    tables: tuple[str, ...] = ("villages",)
    to: str = ""
    copy_to: str = ""

    def villages_in_state(self, state: VillageMonthState) -> tuple[str, ...]:
        """The villages in a state, in the order of the rows."""
        return tuple(row.name for row in self.rows if row.state is state)

    @property
    def earlier_adjustment(self) -> Decimal:
        """Everything added to earlier months since the last bulletin."""
        here = sum((row.earlier_adjustment for row in self.rows), ZERO_POINTS)
        return here + sum((gone.earlier_adjustment for gone in self.former_villages), ZERO_POINTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentRow:
    """The row of a village in a year's assessment."""

    village: str
    name: str
    points: Mapping[date, Decimal | None]
    """By the months it was there; None where one was not scored."""
    sums: VillageTotals
    rank: int | None = None

    @property
    def average(self) -> Decimal:
        """Points per month, over the months in which the village existed."""
        return self.sums.points / self.sums.months


@dataclass(frozen=True, slots=True, kw_only=True)
class PointLine:
    """One line of a month's score: what it is for, with the item where one earned it."""

    village: str
    month: date
    why: str
    """The key of its sentence (``month.why.*``)."""
    count: int
    points: Decimal
    title: str = ""
    level: str = ""
    item: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A year's assessment: every village's months and their totals."""

    agency: str
    short_name: str
    year: int
    dated: date
    closed: bool
    """Whether all twelve months are over for every village; else it is the year so far."""
    ranked: bool
    scored: bool
    schemes: tuple[str, ...]
    months: tuple[date, ...]
    rows: tuple[AssessmentRow, ...]
    by_month: Mapping[date, VillageTotals]
    sums: VillageTotals
    lines: tuple[PointLine, ...] = ()
    """Every point of the year, by village and month; they add up to the sums."""
    levels: Mapping[str, str] = field(default_factory=dict)
    """The labels of the levels."""
