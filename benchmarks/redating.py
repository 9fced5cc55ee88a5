"""A hundred thousand open requests dated anew when a year's notice is entered, beside a day-by-day walk.

    python -m benchmarks.redating [CASES]

The walk is given every advantage: it shares our calendar, and finds no reasons, latest days or lateness. The
cases are mixed as an office's are: half of them bare, the rest corrected, consulted on, extended, waiting
or paid for. Their dates are compared with the walk's, because a fast wrong date is no yardstick. Exit 1 when
re-dating takes more than ten seconds for a hundred thousand, or when any date differs.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta

from config.calendar.holiday_notices import read_notice, shipped_calendar
from config.calendar.working_calendar import Calendar
from config.duties.request import DUTY
from config.shipped_data import load_holiday_notices
from scheduler.terms.deadlines import chronological, due_date, due_date_changes
from storage.events.case import Case
from storage.events.events import Facts, Opened, Record, Stepped

CASES = 100_000
SAMPLE = 1_000  # for the walk, which takes its time
PROMISE = 10.0  # seconds for a hundred thousand
FIRST, DAYS = date(2026, 9, 1), 100
ONE_DAY = timedelta(days=1)
# Invented: the notice of 2027 is not out. Any days off will do to move dates.
NOTICE_2027 = {
    "year": 2027,
    "number": "benchmark",
    "holiday": [
        {"name": "元旦", "off": ["2027-01-01", "2027-01-02", "2027-01-03"]},
        {"name": "春节", "off": [f"2027-02-{day:02}" for day in range(5, 12)], "work": ["2027-02-20"]},
    ],
}
# Steps as days after receipt; most cases have none.
SHAPES: tuple[tuple[int, tuple[tuple[str, int, dict[str, str | int]], ...]], ...] = (
    (50, ()),
    (12, (("correction_asked", 3, {"until": "2027-01-15"}), ("corrected", 15, {}))),
    (5, (("correction_asked", 5, {"until": "2027-01-15"}),)),
    (12, (("consulted", 4, {"with": "甲"}), ("consultation_ended", 18, {"with": "甲"}))),
    (5, (("consulted", 6, {"with": "甲", "party": "third_party"}),)),
    (3, (("consulted", 4, {"with": "甲"}), ("consulted", 6, {"with": "乙"}),
         ("consultation_ended", 11, {"with": "甲"}), ("consultation_ended", 20, {"with": "乙"}))),
    (8, (("extended", 14, {"days": 10}),)),
    (3, (("fee_noticed", 10, {}), ("fee_paid", 20, {}))),
    (2, (("consulted", 4, {"with": "甲"}), ("consultation_ended", 12, {"with": "甲"}),
         ("extended", 20, {"days": 20}))),
)  # fmt: skip


def cases(count: int) -> list[Case]:
    """The same open requests on every run."""
    chance = random.Random(20)  # noqa: S311 - a yardstick, no secret
    weights = [weight for weight, _ in SHAPES]
    made = []
    for number in range(1, count + 1):
        received = FIRST + timedelta(days=chance.randrange(DAYS))
        _, steps = chance.choices(SHAPES, weights)[0]
        story: list[Record] = [Opened(case=number, happened_on=received, kind=DUTY.kind)]
        story += [
            step_of(number, received + timedelta(days=after), key, facts) for key, after, facts in steps
        ]
        made.append(Case(number=number, timeline=tuple(enumerate(story, number * 10))))
    return made


def step_of(case: int, day: date, key: str, facts: Facts) -> Stepped:
    """One step of a case."""
    return Stepped(case=case, happened_on=day, step=key, facts=facts)


class Walk:
    """The same law, walked day by day: no day ranges, no bisection, no shared code."""

    def __init__(self, story: Sequence[Record], calendar: Calendar) -> None:
        self.events: dict[date, list[Record]] = {}
        for record in chronological(story, DUTY):
            self.events.setdefault(record.happened_on, []).append(record)
        self.calendar = calendar
        self.left, self.due, self.floor = 20, None, None
        self.waits: list[tuple[str, str]] = []

    def date(self) -> date | None:
        """When the answer is due; None while the case waits."""
        day, last = min(self.events), max(self.events)
        self.happen(day)
        while day < last or not (self.waits or self.due):
            day += ONE_DAY
            self.pass_day(day)
            self.happen(day)
        return None if self.waits else max(filter(None, (self.due, self.floor)))

    def pass_day(self, day: date) -> None:
        """A working day that begins with nobody waited for is one less."""
        if self.waits or self.due or not self.calendar.is_workday(day):
            return
        self.left = max(0, self.left - 1)
        if not self.left:
            self.due = day

    def happen(self, day: date) -> None:
        """What was recorded for this day; after the case was due it changes nothing."""
        for record in self.events.get(day, ()):
            over = self.due and not self.waits and day > max(filter(None, (self.due, self.floor)))
            if isinstance(record, Stepped) and not over:
                self.step(record, day)

    def step(self, record: Stepped, day: date) -> None:
        """One step."""
        whom = (record.step, str(record.facts.get("with", "")))
        asked = {
            "corrected": "correction_asked",
            "fee_paid": "fee_noticed",
            "consultation_ended": "consulted",
        }
        if record.step in {"correction_asked", "fee_noticed", "consulted"}:
            self.waits.append(whom)
            self.due = None
        elif record.step in asked and (asked[record.step], whom[1]) in self.waits:
            self.waits.remove((asked[record.step], whom[1]))
            self.left = self.left if record.step == "consultation_ended" else 20
            if not self.waits and not self.left and self.calendar.is_workday(day):
                self.due = day
        elif record.step == "extended":
            self.left += int(record.facts["days"])
            self.due = None
        elif record.step == "later_date_set":
            self.floor = date.fromisoformat(str(record.facts["until"]))


def seconds(begun: float) -> float:
    """Since then."""
    return time.perf_counter() - begun


def main() -> int:
    """Print the figures; say whether the promise holds."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else CASES
    before = shipped_calendar(load_holiday_notices())
    after = before.with_notice(read_notice(NOTICE_2027))
    everything = cases(count)
    begun = time.perf_counter()
    moved = sum(1 for _ in due_date_changes(everything, {DUTY.kind: DUTY}, before, after))
    ours = seconds(begun)
    stories = [case.records for case in everything[:SAMPLE]]
    begun = time.perf_counter()
    walked = [Walk(story, calendar).date() for story in stories for calendar in (before, after)]
    theirs = seconds(begun) / len(stories) * count
    dated = [due_date(story, DUTY, calendar).day for story in stories for calendar in (before, after)]
    wrong = sum(one != other for one, other in zip(walked, dated, strict=True))
    held = ours * CASES / count <= PROMISE and not wrong
    print(
        f"{count} open requests, each dated before and after a notice; {moved} dates move or become certain"
    )
    print(f"ours: replay and bisection   {ours:8.2f} s  {ours / count / 2 * 1e6:8.1f} µs a date")
    print(f"walked day by day (scaled)   {theirs:8.2f} s  {theirs / count / 2 * 1e6:8.1f} µs a date")
    print(f"ratio {theirs / ours:.1f} ×; {wrong} of {len(dated)} dates differ from the walk")
    print(f"promise: {CASES} in {PROMISE:.0f} s: {'held' if held else 'BROKEN'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
