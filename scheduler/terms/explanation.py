"""Explains a due date: turns the day ranges of a replayed term into lines.

The replay keeps day ranges, which cost little; they become lines only when someone asks 为什么, because the sweep
dates a hundred thousand cases and explains none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from config.calendar.working_calendar import Calendar, CalendarDay, days_between

COUNTED = "counted"
"""A range whose working days count. The ranges without a counting reason say why none of their days does."""
CALENDAR_DAYS = "calendar_days"
"""A range in which every day counts; a last day that is a day off moves on."""
EVERY_DAY = "every_day"
"""A range in which every day counts and the last day stays even if it is a day off: no notice can move it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalWait:
    """A wait for somebody outside the office: the step that began it, the state, since when, until when at most."""

    step: str
    state: str
    until: str
    """The step that ends it."""
    pair: str
    since: date
    limit: date | None
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LateStep:
    """A step or close that came after its last day.

    ``why`` says which limit passed: ``within`` the step's own term; ``term`` the case's due day, so that the step has
    no effect; ``answer`` the time of somebody outside; ``closed`` the due day of the answer itself; ``fulfilled``
    the due day of the step that the term is for; ``stale`` the renewal came after the term had run out; ``sent`` the
    answer was sent after its due day; ``unofficial`` it was sent as official papers may not be, which limits no day.
    """

    why: str
    step: str
    day: date
    limit: date
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """Consecutive days that are treated alike, with the step and the article that are the reason.

    ``why`` is COUNTED, CALENDAR_DAYS or EVERY_DAY; the state of a wait; ``restarted`` or ``concluded`` for days of a
    term that no longer runs; ``carried_over`` or ``set_date`` for days up to a date that was not counted;
    ``not_begun`` or ``overdue`` for days before and after the term. ``last`` is None while the range is open.
    """

    first: date
    last: date | None
    why: str
    step: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationLine:
    """One line of the explanation; ``days`` is the number of its days that count: all of them, or 0.

    ``why`` is the key of a sentence under ``clock.why``; ``name`` the holiday the days belong to and
    ``basis`` the notice that fixed them. Where ``known`` is false, no notice is here and only weekends are days off;
    ``predates`` says that it is no notice to wait for: the days lie before the first year that is known.
    """

    first: date
    last: date | None
    days: int
    why: str
    article: str
    step: str = ""
    name: str = ""
    basis: str = ""
    known: bool = True
    predates: bool = False


def explain_days(day_ranges: Iterable[DayRange], calendar: Calendar) -> Iterator[ExplanationLine]:
    """Yield the lines of these day ranges; the days they count add up to the running term."""
    for day_range in day_ranges:
        if day_range.why == COUNTED and day_range.last is not None:
            yield from _working_days_lines(day_range, day_range.last, calendar)
        elif day_range.why in {CALENDAR_DAYS, EVERY_DAY} and day_range.last is not None:
            yield _calendar_days_line(day_range, day_range.last, calendar)
        else:
            yield ExplanationLine(
                first=day_range.first,
                last=day_range.last,
                days=0,
                why=day_range.why,
                article=day_range.article,
                step=day_range.step,
            )


def _calendar_days_line(day_range: DayRange, last: date, calendar: Calendar) -> ExplanationLine:
    """Return one line for the range: its date can move only if its last day is a day off."""
    return ExplanationLine(
        first=day_range.first,
        last=last,
        days=(last - day_range.first).days + 1,
        why=day_range.why,
        article=day_range.article,
        step=day_range.step,
        known=day_range.why == EVERY_DAY or calendar.day(last).known,
        predates=calendar.predates_notices(last),
    )


def _working_days_lines(day_range: DayRange, last: date, calendar: Calendar) -> Iterator[ExplanationLine]:
    for _reason, same in groupby(map(calendar.day, days_between(day_range.first, last)), key=_reason_of):
        days = list(same)
        yield ExplanationLine(
            first=days[0].day,
            last=days[-1].day,
            days=len(days) if days[0].is_workday else 0,
            why=days[0].kind.value,
            article=day_range.article,
            step=day_range.step,
            name=days[0].name,
            basis=days[0].basis,
            known=days[0].known,
            predates=calendar.predates_notices(days[0].day),
        )


def _reason_of(day: CalendarDay) -> tuple[str, str, str, bool]:
    return day.kind.value, day.name, day.basis, day.known
