"""How long 20 working days take: ours beside three packages, over the same random days.

    python -m benchmarks.workdays

Each way answers for every day; the answers are compared with ours, because a fast wrong date is no
yardstick. The best of several rounds is shown, in microseconds a date. Exit 1 when a package in pure Python
comes within 20 times of ours.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta

import chinese_calendar
import holidays
import numpy as np

from config.calendar.holiday_notices import shipped_calendar
from config.shipped_data import load_holiday_notices
from scheduler.terms import term_days

TERM = 20  # working days: the term of an answer, article 33
FIRST, LAST = date(2019, 1, 1), date(2026, 11, 15)  # every term from here ends in a published year
ROUNDS = 7
OURS = "ours: after (date and whether provisional)"
MARGIN = 20  # what we promise over the fastest package in pure Python

Way = Callable[[date], object]


def random_days(count: int) -> list[date]:
    """The same days on every run."""
    chance = random.Random(20)  # noqa: S311 - a yardstick, no secret
    return [FIRST + timedelta(days=chance.randrange((LAST - FIRST).days)) for _ in range(count)]


def walk_chinesecalendar(day: date) -> date:
    """That package tells one day at a time, so its user walks."""
    left = TERM
    while left:
        day += timedelta(days=1)
        left -= chinese_calendar.is_workday(day)
    return day


def ways() -> dict[str, tuple[Way, int]]:
    """Each way to count, with how many of the days it is given: the slow ones get fewer."""
    calendar = shipped_calendar(load_holiday_notices())
    china = holidays.country_holidays("CN", years=range(FIRST.year, LAST.year + 2))
    off = np.array([day for notice in calendar.notices.values() for day in notice.off], dtype="datetime64[D]")
    week = np.busdaycalendar(holidays=off)
    return {
        OURS: (lambda day: term_days.add_working_days(calendar, day, TERM).day, 20_000),
        "ours: Calendar.nth_after (the bare date)": (lambda day: calendar.nth_after(day, TERM), 20_000),
        "numpy busday_offset (written in C)": (
            lambda day: np.busday_offset(day, TERM, roll="backward", busdaycal=week).item(),
            20_000,
        ),
        "holidays get_nth_working_day": (lambda day: china.get_nth_working_day(day, TERM), 5_000),
        "chinesecalendar is_workday, day by day": (walk_chinesecalendar, 500),
    }


def microseconds(way: Way, days: list[date]) -> float:
    """One round's time for one date."""
    begun = time.perf_counter()
    for day in days:
        way(day)
    return (time.perf_counter() - begun) / len(days) * 1e6


def best_costs(table: dict[str, tuple[Way, int]], days: list[date]) -> dict[str, float]:
    """Each way's best round. The ways take turns, so that a busy moment of the machine falls on all alike."""
    rounds = [
        {name: microseconds(way, days[:count]) for name, (way, count) in table.items()} for _ in range(ROUNDS)
    ]
    return {name: min(cost[name] for cost in rounds) for name in table}


def main() -> int:
    """Print the table; say whether the promise holds."""
    table, days = ways(), random_days(20_000)
    ours = table[OURS][0]
    cost = best_costs(table, days)
    print(f"{TERM} working days, {ROUNDS} rounds, best; random days {FIRST} to {LAST}")
    for name, (way, count) in table.items():
        wrong = sum(way(day) != ours(day) for day in days[:count])
        ratio = cost[name] / cost[OURS]
        print(f"{name:45} {cost[name]:9.2f} µs  {ratio:8.1f} ×  other answers: {wrong / count:6.1%}")
    fastest = min(cost[name] for name in cost if name.startswith(("holidays", "chinesecalendar")))
    lead = fastest / cost[OURS]
    verdict = "held" if lead >= MARGIN else "BROKEN"
    print(f"promise: {MARGIN} × the fastest package in pure Python: {lead:.1f} × {verdict}")
    return 0 if lead >= MARGIN else 1


if __name__ == "__main__":
    sys.exit(main())
