"""Builds the bulletin of a month from the villages' months: a table, its totals, the adopted items, missing reports.

A bulletin counts what was recorded when its month was over (``counted_months.py``). What is recorded later about that
month (an item is often adopted weeks afterwards) stands in the next bulletin as an adjustment of earlier months, so
that the bulletins add up to the year and no published paper becomes wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.declarations.villages.month import VillageRound
from config.office.model import Office
from config.reporting.scoring_schemes import ADOPTION_LEVELS, ScoringScheme
from scheduler.villages.months import VillageMonth, month_before, quarter_months, read_month
from scheduler.villages.scoring import Score, score
from storage.events.case import Case
from storage.reporting.bulletin_values import (
    ZERO_POINTS,
    AdoptedItem,
    Bulletin,
    BulletinRow,
    FormerVillage,
    VillageMonthState,
    VillageTotals,
)

VillageMonthKey = tuple[date, str]
"""Identifies a village's month: its first day and the village's id."""
ScoredMonths = Mapping[VillageMonthKey, "ScoredMonth"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredMonth:
    """A village's month with its score; the score is None where no scheme applies."""

    month: VillageMonth
    state: VillageMonthState
    score: Score | None

    @property
    def points(self) -> Decimal:
        """The points of the month; 0 where it has no score."""
        return self.score.total if self.score else ZERO_POINTS


@dataclass(frozen=True, slots=True, kw_only=True)
class BulletinBasis:
    """The data from which a bulletin is built."""

    now: ScoredMonths
    """The months of the year, and at least three before this one, as known when it is built."""
    then: ScoredMonths | None
    """The same as known when the last bulletin was built; None where there was none."""
    levels: Mapping[str, str]
    schemes: Mapping[str, ScoringScheme]


MonthCache = dict[tuple[int, int], VillageMonth]
"""The months already read, by case number and the log position of the newest entry about each."""


def score_months(
    cases: Iterable[Case],
    duty: Duty,
    names: VillageRound,
    calendar: Calendar,
    schemes: Mapping[str, ScoringScheme],
    *,
    read: MonthCache | None = None,
) -> dict[VillageMonthKey, ScoredMonth]:
    """Return every village's month with its score; months in the cache ``read`` are not read again."""
    months: dict[VillageMonthKey, VillageMonth] = {}
    read = {} if read is None else read
    for case in cases:
        if opening := case.opening:
            known = (case.number, case.last_position)
            month = read.get(known) or read_month(case, opening, duty, names, calendar)
            read[known] = months[opening.happened_on.replace(day=1), month.village] = month
    return {
        place: ScoredMonth(month=month, state=_state(month, names), score=_score(place, months, schemes))
        for place, month in months.items()
    }


def _state(month: VillageMonth, names: VillageRound) -> VillageMonthState:
    if month.closing is None and month.reported_on is None:
        return VillageMonthState.WAITS
    outcome = month.closing.outcome if month.closing else month.outcome
    known = {
        names.on_time: VillageMonthState.ON_TIME,
        names.late: VillageMonthState.LATE,
        names.declared: VillageMonthState.DECLARED,
        names.missing: VillageMonthState.MISSING,
    }
    return known[outcome]


def _score(
    place: VillageMonthKey,
    months: Mapping[VillageMonthKey, VillageMonth],
    schemes: Mapping[str, ScoringScheme],
) -> Score | None:
    first, village = place
    month = months[place]
    if not month.scheme:
        return None
    quarter = [months[each, village] for each in quarter_months(first) if (each, village) in months]
    return score(month.scoring_facts(quarter), schemes[month.scheme])


def build_bulletin(month: date, office: Office, basis: BulletinBasis, *, dated: date) -> Bulletin:
    """Build the bulletin of a month. At least one village's month must exist."""
    here = [basis.now[place] for place in _keys_of_month(basis.now, month)]
    scored = all(each.score for each in here)
    ranked = scored and office.bulletin.ranking
    rows = tuple(_row(basis, office, month, each) for each in here)
    return Bulletin(
        agency=office.name,
        short_name=office.short_name,
        month=month,
        due=max(each.month.due for each in here),
        last=max(each.month.last for each in here),
        provisional=any(each.month.provisional for each in here),
        closed=all(each.month.closing for each in here),
        dated=dated,
        ranked=ranked,
        scored=scored,
        schemes=scheme_names(here, basis.schemes),
        rows=_ranked_rows(rows) if ranked else in_roster_order(rows, office),
        former_villages=tuple(_departed_villages(basis, office, month)),
        sums=sum_months(here),
        before=sum_months(_scored_in_month(basis.now, month_before(month))),
        year=sum_months(_scored_in_year(basis.now, month)),
        trend=tuple(
            (first, sum_months(_scored_in_month(basis.now, first))) for first in _months_up_to(month)
        ),
        adopted=_bulletin_items(
            office, _adopted_items({place: basis.now[place] for place in _keys_of_month(basis.now, month)})
        ),
        adopted_since=_bulletin_items(office, _newly_adopted_items(basis, month)),
        levels=basis.levels,
        tables=office.bulletin.tables,
        to=office.bulletin.to,
        copy_to=office.bulletin.copy_to,
    )


def scheme_names(scored: Iterable[ScoredMonth], schemes: Mapping[str, ScoringScheme]) -> tuple[str, ...]:
    """Return the names of the schemes by which these months are scored, each once."""
    keys = dict.fromkeys(each.month.scheme for each in scored if each.score)
    return tuple(schemes[key].name for key in keys)


def sum_months(scored: Iterable[ScoredMonth]) -> VillageTotals:
    """Return the totals of these months."""
    each = list(scored)
    return VillageTotals(
        months=len(each),
        states=Counter(one.state for one in each),
        items=sum(one.month.items for one in each),
        adopted=sum(one.month.adopted for one in each),
        points=sum((one.points for one in each), ZERO_POINTS),
    )


def ranks(values: Sequence[Decimal | Fraction]) -> list[int]:
    """Return the rank of each value, 1 for the highest; equal values share a rank, and the next rank is skipped."""
    return [1 + sum(other > value for other in values) for value in values]


def village_name(office: Office, village: str) -> str:
    """Return the name of a village; its id where the office's file no longer has it."""
    return next((each.name for each in office.villages if each.id == village), village)


def in_roster_order(rows: Iterable[BulletinRow], office: Office) -> tuple[BulletinRow, ...]:
    """Return the rows in the order of the office's file."""
    return tuple(sorted(rows, key=lambda row: roster_position(office, row.village)))


def roster_position(office: Office, village: str) -> int:
    """Return the index of a village in the office's file; past the end where it is not in it."""
    ids = [each.id for each in office.villages]
    return ids.index(village) if village in ids else len(ids)


def _ranked_rows(rows: Sequence[BulletinRow]) -> tuple[BulletinRow, ...]:
    """Return the rows with their ranks of this month and, among villages that had one, of the month before."""
    places = ranks([row.points or ZERO_POINTS for row in rows])
    points_before = [row.before for row in rows if row.before is not None]
    rank_before = dict(zip(points_before, ranks(points_before), strict=True))
    ranked = [
        replace(row, rank=place, rank_before=None if row.before is None else rank_before[row.before])
        for row, place in zip(rows, places, strict=True)
    ]
    return tuple(sorted(ranked, key=lambda row: row.rank or 0))


def _row(basis: BulletinBasis, office: Office, first: date, scored: ScoredMonth) -> BulletinRow:
    month, village = scored.month, scored.month.village
    before = basis.now.get((month_before(first), village))
    year = _scored_of_village(basis.now, village, _months_up_to(first))
    sums = sum_months(year)
    levels = Counter(level for *_, level in {(each.item, each.title, each.level) for each in month.adoptions})
    return BulletinRow(
        village=village,
        name=village_name(office, village),
        state=scored.state,
        reported_on=month.reported_on,
        items=month.items,
        minimum=month.minimum,
        adopted=month.adopted,
        at_levels=dict(levels),
        level_points=_points_by_level(scored.score),
        points=scored.score.total if scored.score else None,
        earlier_adjustment=_earlier_points_change(basis, first, village),
        before=before.points if before and before.score else None,
        year_points=sums.points if any(each.score for each in year) else None,
        year_items=sums.items,
        year_adopted=sums.adopted,
    )


def _points_by_level(score_made: Score | None) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for line in score_made.lines if score_made else ():
        if line.level:
            found[line.level] = found.get(line.level, ZERO_POINTS) + line.points
    return found


def _earlier_points_change(basis: BulletinBasis, first: date, village: str) -> Decimal:
    """Return how many points a village's earlier months of the year have gained since the last bulletin."""
    if basis.then is None:
        return ZERO_POINTS
    now, then = (
        sum(
            (each.points for each in _scored_of_village(book, village, _months_up_to(first)[:-1])),
            ZERO_POINTS,
        )
        for book in (basis.now, basis.then)
    )
    return now - then


def _departed_villages(basis: BulletinBasis, office: Office, first: date) -> Iterator[FormerVillage]:
    here = {village for _, village in _keys_of_month(basis.now, first)}
    there = dict.fromkeys(
        village for month, village in basis.now if month.year == first.year and month < first
    )
    for village in sorted(there, key=lambda each: roster_position(office, each)):
        earlier = _earlier_points_change(basis, first, village) if village not in here else ZERO_POINTS
        if earlier:
            yield FormerVillage(
                village=village, name=village_name(office, village), earlier_adjustment=earlier
            )


def _keys_of_month(book: ScoredMonths, first: date) -> list[VillageMonthKey]:
    return [place for place in book if place[0] == first]


def _scored_in_month(book: ScoredMonths, first: date) -> list[ScoredMonth]:
    return [book[place] for place in _keys_of_month(book, first)]


def _scored_in_year(book: ScoredMonths, first: date) -> list[ScoredMonth]:
    """Return the months of the year up to the month ``first``."""
    return [each for (month, _), each in book.items() if month.year == first.year and month <= first]


def _scored_of_village(book: ScoredMonths, village: str, months: Sequence[date]) -> list[ScoredMonth]:
    """Return the village's own months among these; it may be missing in some."""
    return [book[month, village] for month in months if (month, village) in book]


def _months_up_to(first: date) -> list[date]:
    return [first.replace(month=number) for number in range(1, first.month + 1)]


class _AdoptedAt(NamedTuple):
    """An item that was adopted at a level."""

    month: date
    village: str
    title: str
    item: int
    level: str
    address: str


def _adopted_items(book: ScoredMonths) -> set[_AdoptedAt]:
    return {
        _AdoptedAt(first, village, each.title, each.item, each.level, each.address)
        for (first, village), scored in book.items()
        for each in scored.month.adoptions
    }


def _newly_adopted_items(basis: BulletinBasis, first: date) -> set[_AdoptedAt]:
    """Return the items of earlier months that were adopted since the last bulletin."""
    if basis.then is None:
        return set()
    return {each for each in _adopted_items(basis.now) - _adopted_items(basis.then) if each.month < first}


def _bulletin_items(office: Office, found: Iterable[_AdoptedAt]) -> tuple[AdoptedItem, ...]:
    """Return each item once with all its levels, sorted by month, village and title."""
    by_item: dict[tuple[date, int, str, int, str], list[_AdoptedAt]] = {}
    for each in found:
        place = roster_position(office, each.village)
        by_item.setdefault((each.month, place, each.title, each.item, each.village), []).append(each)
    return tuple(
        AdoptedItem(
            month=month,
            village=village_name(office, village),
            title=title,
            levels=tuple(level for level in ADOPTION_LEVELS if level in {one.level for one in adopted}),
            item=item,
            address=_lowest_address(adopted),
        )
        for (month, _, title, item, village), adopted in sorted(by_item.items())
    )


def _lowest_address(adopted: Sequence[_AdoptedAt]) -> str:
    """Return the address at the lowest level that has one: the town's own page."""
    order = {level: place for place, level in enumerate(ADOPTION_LEVELS)}
    known = sorted((order.get(one.level, len(order)), one.address) for one in adopted if one.address)
    return known[0][1] if known else ""
