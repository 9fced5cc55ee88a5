"""The calendar of dates: what is due in a month, of the whole office for whoever reads all, else one's own.

What rests on a year whose notice is not out is provisional, and says so. One's own dates can be taken away as a
calendar file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web.request.viewer import Sight, looking
from bot.channels.web.texts.downloads import as_file
from bot.services.personal_calendar import person_ics
from bot.services.village_months import NotAMonth, read_month_name
from scheduler.villages.months import month_before, reference_month
from scheduler.worklist.pending import named_by
from scheduler.worklist.personal_calendar import name_of
from scheduler.worklist.recurring_cases import to_come

WEEK = 7
ICS = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that is due on a day."""

    day: date
    kind: str
    name: str
    what: str
    who: tuple[str, ...]
    case: int = 0
    """0 where it has not begun yet."""
    provisional: bool = False
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the month's sheet."""

    day: date
    works: bool | None
    """Whether it is worked; None where nobody knows yet."""
    count: int


def one_month(visit: Visit) -> Response:
    """A month of dates."""
    first = _month(visit)
    after = month_before(first, -1)
    with looking(visit) as sight:
        found = [*_waiting(sight), *_coming(sight)]
        calendar = sight.turn.calendar
    dues = sorted(
        (one for one in found if first <= one.day < after), key=lambda one: (one.day, one.case, one.name)
    )
    overdue = [one for one in found if one.day < min(first, visit.works.today) and one.case]
    days = [first + timedelta(days=place) for place in range((after - first).days)]
    sheet = [
        Day(
            day=day,
            works=calendar.is_workday(day) if calendar.known(day.year) else None,
            count=sum(one.day == day for one in dues),
        )
        for day in days
    ]
    return visit.show(
        "dates.html",
        month=reference_month(first),
        before=reference_month(month_before(first)),
        after=reference_month(after),
        weeks=_weeks(sheet),
        dues=[(day, [one for one in dues if one.day == day]) for day in dict.fromkeys(d.day for d in dues)],
        overdue=sorted(overdue, key=lambda one: one.day) if first <= visit.works.today < after else [],
        known=calendar.known(first.year),
    )


def mine(visit: Visit) -> Response:
    """One's own dates as a calendar file."""
    return as_file(person_ics(visit.works, visit.me.id), f"{visit.me.id}.ics", ICS)


def _month(visit: Visit) -> date:
    try:
        return read_month_name(visit.asked("month") or reference_month(visit.works.today))
    except NotAMonth:
        raise NoSuchPage from None


def _waiting(sight: Sight) -> Iterator[Due]:
    turn = sight.turn
    for case in turn.index.cases(turn.index.open_cases()).values():
        duty = turn.works.duties.get(case.opening.kind) if case.opening else None
        for wait in turn.waits(case, duty) if duty else ():
            if duty and wait.until and (sight.reads_all or sight.acting & set(wait.who)):
                yield Due(
                    day=wait.until,
                    kind=turn.labels.duty(duty),
                    name=turn.dealer.name(case),
                    what=turn.labels.waited(wait),
                    who=tuple(map(turn.labels.post, wait.who)),
                    case=case.number,
                    provisional=wait.provisional,
                    article=wait.article,
                )


def _coming(sight: Sight) -> Iterator[Due]:
    """What the year will still ask, and has not begun."""
    turn = sight.turn
    for duty in turn.works.duties.values():
        coming = list(to_come(duty, turn.works.office, turn.calendar, turn.today))
        begun = turn.index.find(duty.kind, [one.opening.reference for one in coming])
        for one in coming:
            who = named_by(duty, one.opening.facts, turn.works.office)
            if one.opening.reference not in begun and (sight.reads_all or sight.acting & set(who)):
                yield Due(
                    day=one.day,
                    kind=turn.labels.duty(duty),
                    name=name_of(duty, one.opening.facts, one.opening.reference),
                    what=turn.say("page.dates.to_begin", day=turn.labels.day(one.opening.happened_on)),
                    who=tuple(map(turn.labels.post, who)),
                    provisional=one.provisional,
                    article=str(one.opening.facts.get("basis", "")) or duty.article,
                )


def _weeks(sheet: list[Day]) -> list[list[Day | None]]:
    """The days in rows of a week, from Monday."""
    blank: list[Day | None] = [None] * (sheet[0].day.isoweekday() - 1)
    cells = [*blank, *sheet]
    cells += [None] * (-len(cells) % WEEK)
    return [cells[at : at + WEEK] for at in range(0, len(cells), WEEK)]
