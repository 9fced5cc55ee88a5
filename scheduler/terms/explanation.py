"""Why a date is what it is: the days of a replayed term, line by line.

The replay keeps stretches, which cost next to nothing; they are spelled out into lines only when someone asks
为什么, because the sweep dates a hundred thousand cases and explains none of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from config.calendar.working_calendar import Calendar, CalendarDay, days_between

COUNTED = "counted"
"""A stretch whose working days count; every other one says why none of its days does."""
CALENDAR_DAYS = "calendar_days"
"""A stretch whose days all count."""
EVERY_DAY = "every_day"
"""One whose last day stands even where it is a day off, so that no notice on days off can move it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalWait:
    """Whom a case waits for: by which step, in which state, since when, until when at the latest."""

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
    """Something that was done, but later than on its last day.

    ``why``: ``within`` its own term; ``term``, after the case was due and so without force; ``answer``, by
    someone outside after theirs; ``closed``, the answer itself; ``fulfilled``, a step the term was for;
    ``mark_stale``, a renewal only after what it renews had run out.
    """

    why: str
    step: str
    day: date
    limit: date
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRange:
    """Days in a row that are treated alike, and the step and article that make them so.

    ``why`` is COUNTED or CALENDAR_DAYS; the state that was waited in; ``restarted`` or ``concluded`` for days
    of a term that no longer runs; ``carried_over`` or ``set_date`` for days up to a date that was not
    counted; ``not_begun`` or ``overdue`` for days before and after the term. ``last`` is None while nobody
    knows.
    """

    first: date
    last: date | None
    why: str
    step: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplanationLine:
    """One line of the explanation: ``days`` is how many of its days count, all of them or none.

    ``why`` is the key of a sentence under ``clock.why``; ``name`` the holiday the days belong to and
    ``basis`` the notice that fixed them. Where ``known`` is false no notice is out and only weekends speak.
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


def explain_days(stretches: Iterable[DayRange], calendar: Calendar) -> Iterator[ExplanationLine]:
    """The lines of these stretches; what their lines count adds up to the running term."""
    for stretch in stretches:
        if stretch.why == COUNTED and stretch.last is not None:
            yield from _working_days_lines(stretch, stretch.last, calendar)
        elif stretch.why in {CALENDAR_DAYS, EVERY_DAY} and stretch.last is not None:
            yield _calendar_days_line(stretch, stretch.last, calendar)
        else:
            yield ExplanationLine(
                first=stretch.first,
                last=stretch.last,
                days=0,
                why=stretch.why,
                article=stretch.article,
                step=stretch.step,
            )


def _calendar_days_line(stretch: DayRange, last: date, calendar: Calendar) -> ExplanationLine:
    """Only the last day's being a day off can move the date."""
    return ExplanationLine(
        first=stretch.first,
        last=last,
        days=(last - stretch.first).days + 1,
        why=stretch.why,
        article=stretch.article,
        step=stretch.step,
        known=stretch.why == EVERY_DAY or calendar.day(last).known,
    )


def _working_days_lines(stretch: DayRange, last: date, calendar: Calendar) -> Iterator[ExplanationLine]:
    for _reason, same in groupby(map(calendar.day, days_between(stretch.first, last)), key=_reason_of):
        days = list(same)
        yield ExplanationLine(
            first=days[0].day,
            last=days[-1].day,
            days=len(days) if days[0].is_workday else 0,
            why=days[0].kind.value,
            article=stretch.article,
            step=stretch.step,
            name=days[0].name,
            basis=days[0].basis,
            known=days[0].known,
        )


def _reason_of(day: CalendarDay) -> tuple[str, str, str, bool]:
    return day.kind.value, day.name, day.basis, day.known
