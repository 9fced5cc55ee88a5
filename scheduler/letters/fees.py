"""Calculates the information-processing fee of a request, band by band, so that the notice can explain it.

条例 art. 42 and the measure in ``config/data/fees.toml``. By item, all requests of one applicant in a
calendar month count together; by page, each request counts alone. A request has one basis, never both (art. 3 of the
measure). The fee is progressive: only the part in a band pays its rate. Amounts are whole yuan.
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
    """The unit a fee is counted in."""

    ITEM = "item"
    PAGE = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A band of units from ``first`` on, at ``yuan`` each; every ``every`` units the rate rises by ``more_yuan``."""

    first: int
    yuan: int
    every: int = 0
    more_yuan: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The fee tables that apply from a day on."""

    since: date
    number: str
    title: str
    bands: Mapping[FeeBasis, tuple[Band, ...]]


class RateBand(NamedTuple):
    """One band with its first and last unit and its rate in yuan; ``last`` is None where it has no end."""

    first: int
    last: int | None
    yuan: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeeLine:
    """The units of a request that fall in one band."""

    band: RateBand
    count: int

    @property
    def amount_yuan(self) -> int:
        """Their cost in whole yuan."""
        return self.count * self.band.yuan


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fee with the lines that add up to it."""

    basis: FeeBasis
    number: str
    """The number of the measure it is based on."""
    before: int
    """Units of the same applicant and month that were counted before."""
    lines: tuple[FeeLine, ...]

    @property
    def amount_yuan(self) -> int:
        """The amount to pay, in whole yuan."""
        return sum(line.amount_yuan for line in self.lines)


class FeeRequest(NamedTuple):
    """A request of one applicant: its day and its number of items."""

    day: date
    items: int


def fee_by_item(before: int, items: int, schedule: Schedule) -> Fee:
    """Return the fee for these items, after ``before`` others of the same applicant in the calendar month."""
    return _fee(FeeBasis.ITEM, before, items, schedule)


def fee_by_page(pages: int, schedule: Schedule) -> Fee:
    """Return the fee for the pages of one request."""
    return _fee(FeeBasis.PAGE, 0, pages, schedule)


def fees_by_month(requests: Sequence[FeeRequest], schedules: Sequence[Schedule]) -> tuple[Fee, ...]:
    """Return the fees by item of one applicant's requests, in their order; each month is counted from 0."""
    before: Counter[tuple[int, int]] = Counter()
    fees = []
    for request in requests:
        month = request.day.year, request.day.month
        fees.append(fee_by_item(before[month], request.items, schedule_on(schedules, request.day)))
        before[month] += request.items
    return tuple(fees)


def schedule_on(schedules: Sequence[Schedule], day: date) -> Schedule:
    """Return the schedule that applies on a day. Raises NoFeesThen for a day before them all."""
    applicable = [schedule for schedule in schedules if schedule.since <= day]
    if not applicable:
        raise NoFeesThen(day=day, since=min(schedule.since for schedule in schedules))
    return max(applicable, key=lambda schedule: schedule.since)


def read_schedules(data: Mapping[str, Any]) -> tuple[Schedule, ...]:
    """Read the schedules of a data file. Raises ValueError where bands leave a gap or are out of order."""
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
    """Yield every band in order; a last one that rises in steps goes on without end."""
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
        raise ValueError(f"{before} before and {count} now: a count is never negative")
    first, last = before + 1, before + count
    lines = []
    for band in _rate_bands(schedule.bands[basis]):
        if band.first > last:
            break
        within = min(last, band.last or last) - max(first, band.first) + 1
        if within > 0:
            lines.append(FeeLine(band=band, count=within))
    return Fee(basis=basis, number=schedule.number, before=before, lines=tuple(lines))
