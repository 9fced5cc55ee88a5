"""The information-processing fee: what a request costs, band by band, so that the notice can explain it.

条例 art. 42 and the measure in ``config/data/fees.toml``. By item, where all that one applicant asked in a
calendar month counts together, or by page, each request for itself: one basis per request, never both (art. 3
of the measure). Progressive: only the part in a band pays its rate. Amounts are whole yuan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Any, NamedTuple

from config.errors import Refusal


class NoFeesThen(Refusal):
    """No fee table is known for {day}; the first holds from {since}. Add it to config/data/fees.toml."""


class FeeBasis(StrEnum):
    """What a fee is counted by."""

    ITEM = "item"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """From this unit on each costs so much; with ``every``, each further so many cost ``more_yuan`` more."""

    first: int
    yuan: int
    every: int = 0
    more_yuan: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The fee tables that hold from a day on."""

    since: date
    number: str
    title: str
    bands: Mapping[FeeBasis, tuple[Band, ...]]


class RateBand(NamedTuple):
    """One band laid out: its units and its rate. ``last`` is None where it has no end."""

    first: int
    last: int | None
    yuan: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """What falls in one band: so many units at its rate."""

    band: RateBand
    count: int

    @property
    def amount_yuan(self) -> int:
        """What they cost."""
        return self.count * self.band.yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee that explains itself: its lines are all there is to it."""

    basis: FeeBasis
    number: str
    """The measure it rests on."""
    before: int
    lines: tuple[FeeLine, ...]

    @property
    def amount_yuan(self) -> int:
        """What is to be paid."""
        return sum(line.amount_yuan for line in self.lines)


class FeeRequest(NamedTuple):
    """A request of one applicant: its day and how many items it comes to."""

    day: date
    items: int


def fee_by_item(before: int, items: int, schedule: Schedule) -> Fee:
    """The fee for so many items, after ``before`` others of the same applicant in the same calendar month."""
    return _fee(FeeBasis.ITEM, before, items, schedule)


def fee_by_page(pages: int, schedule: Schedule) -> Fee:
    """The fee for the pages of one request."""
    return _fee(FeeBasis.PAGE, 0, pages, schedule)


def fees_by_month(asked: Sequence[FeeRequest], schedules: Sequence[Schedule]) -> tuple[Fee, ...]:
    """The fees by item of one applicant's requests, in their order: each month counts from nothing."""
    before: Counter[tuple[int, int]] = Counter()
    fees = []
    for request in asked:
        month = request.day.year, request.day.month
        fees.append(fee_by_item(before[month], request.items, schedule_on(schedules, request.day)))
        before[month] += request.items
    return tuple(fees)


def schedule_on(schedules: Sequence[Schedule], day: date) -> Schedule:
    """The tables that hold on a day. Raises NoFeesThen for one before them all."""
    holding = [schedule for schedule in schedules if schedule.since <= day]
    if not holding:
        raise NoFeesThen(day=day, since=min(schedule.since for schedule in schedules))
    return max(holding, key=lambda schedule: schedule.since)


def read_schedules(data: Mapping[str, Any]) -> tuple[Schedule, ...]:
    """The schedules of a data file. Raises ValueError where bands leave a gap or fall back."""
    return tuple(
        Schedule(
            since=entry["since"],
            number=entry["number"],
            title=entry["title"],
            bands={basis: _bands(entry[basis.value]) for basis in FeeBasis},
        )
        for entry in data["schedule"]
    )


def _bands(entries: Sequence[Mapping[str, int]]) -> tuple[Band, ...]:
    bands = tuple(
        Band(
            first=entry["from"],
            yuan=entry["yuan"],
            every=entry.get("every", 0),
            more_yuan=entry.get("more_yuan", 0),
        )
        for entry in entries
    )
    rising = all(low.first < high.first and not low.every for low, high in pairwise(bands))
    if not bands or bands[0].first != 1 or not rising:
        raise ValueError("bands start at 1, rise, and only the last one goes on in steps")
    return bands


def _rate_bands(bands: Sequence[Band]) -> Iterator[RateBand]:
    """Every band in order; a last one that goes on in steps never ends."""
    for band, following in pairwise(bands):
        yield RateBand(band.first, following.first - 1, band.yuan)
    top = bands[-1]
    if not top.every:
        yield RateBand(top.first, None, top.yuan)
        return
    first, yuan = top.first, top.yuan
    while True:
        yield RateBand(first, first + top.every - 1, yuan)
        first, yuan = first + top.every, yuan + top.more_yuan


def _fee(basis: FeeBasis, before: int, count: int, schedule: Schedule) -> Fee:
    if before < 0 or count < 0:
        raise ValueError(f"{before} before and {count} now: a count is never below nothing")
    first, last = before + 1, before + count
    lines = []
    for band in _rate_bands(schedule.bands[basis]):
        if band.first > last:
            break
        within = min(last, band.last or last) - max(first, band.first) + 1
        if within > 0:
            lines.append(FeeLine(band=band, count=within))
    return Fee(basis=basis, number=schedule.number, before=before, lines=tuple(lines))
