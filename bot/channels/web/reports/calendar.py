"""Shows the dates due in a month: the whole office's to its staff, to village staff their own.

A date in a year whose holiday notice is not published yet is marked as provisional. One's own dates can be downloaded
as a calendar file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.viewer import Viewer, viewing
from bot.channels.web.texts.downloads import as_download
from bot.services.personal_calendar import person_ics
from bot.services.villages.months import NotAMonth, parse_month
from scheduler.villages.months import month_before, month_reference
from scheduler.worklist.pending import default_assignees
from scheduler.worklist.personal_calendar import case_name
from scheduler.worklist.recurring_cases import upcoming_cases

DAYS_PER_WEEK = 7
ICS_MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedItem:
    """One item that is due on a day."""

    day: date
    kind: str
    name: str
    what: str
    who: tuple[str, ...]
    case: int = 0
    """0 where its case is not opened yet."""
    provisional: bool = False
    unconfirmed: bool = False
    article: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthSheetDay:
    """One day of the month's table."""

    day: date
    is_workday: bool | None
    """None where the year's holiday notice is not known yet."""
    count: int


def dates_page(page: PageRequest) -> Response:
    """The page of a month's dates."""
    first = _month(page)
    after = month_before(first, -1)
    with viewing(page) as viewer:
        found = [*_pending_dates(viewer), *_upcoming_dates(viewer)]
        calendar = viewer.context.calendar
    dues = sorted(
        (one for one in found if first <= one.day < after), key=lambda one: (one.day, one.case, one.name)
    )
    overdue = [one for one in found if one.day < min(first, page.app.today) and one.case]
    days = [first + timedelta(days=place) for place in range((after - first).days)]
    sheet = [
        MonthSheetDay(
            day=day,
            is_workday=calendar.is_workday(day) if calendar.known(day.year) else None,
            count=sum(one.day == day for one in dues),
        )
        for day in days
    ]
    return page.render(
        "dates.html",
        month=month_reference(first),
        before=month_reference(month_before(first)),
        after=month_reference(after),
        weeks=_weeks(sheet),
        dues=[(day, [one for one in dues if one.day == day]) for day in dict.fromkeys(d.day for d in dues)],
        overdue=sorted(overdue, key=lambda one: one.day) if first <= page.app.today < after else [],
        known=calendar.known(first.year),
        before_data=calendar.predates_notices(first),
    )


def personal_calendar_file(page: PageRequest) -> Response:
    """One's own dates as a calendar file."""
    return as_download(person_ics(page.app, page.me.id), f"{page.me.id}.ics", ICS_MEDIA_TYPE)


def _month(page: PageRequest) -> date:
    try:
        return parse_month(page.query_value("month") or month_reference(page.app.today))
    except NotAMonth:
        raise NoSuchPage from None


def _pending_dates(viewer: Viewer) -> Iterator[DatedItem]:
    context = viewer.context
    for case in context.index.cases(context.index.open_cases()).values():
        duty = context.app.duties.get(case.opening.kind) if case.opening else None
        mine = [one.wait for one in context.pending_for_actor(case, duty)] if duty else []
        for wait in context.pending_actions(case, duty) if duty else ():
            if duty and wait.until and (viewer.can_view_all or wait in mine):
                yield DatedItem(
                    day=wait.until,
                    kind=context.labels.duty(duty),
                    name=context.card_builder.case_title(case),
                    what=context.labels.wait_label(wait),
                    who=tuple(map(context.labels.post, wait.who)),
                    case=case.number,
                    provisional=wait.provisional,
                    unconfirmed=wait.unconfirmed,
                    article=wait.article,
                )


def _upcoming_dates(viewer: Viewer) -> Iterator[DatedItem]:
    """The recurring cases that are due this year and not opened yet."""
    context = viewer.context
    for duty in context.app.duties.values():
        coming = list(upcoming_cases(duty, context.app.office, context.calendar, context.today))
        begun = context.index.find(duty.kind, [one.opening.reference for one in coming])
        for one in coming:
            who = default_assignees(duty, one.opening.facts, context.app.office)
            if one.opening.reference not in begun and (viewer.can_view_all or viewer.acting & set(who)):
                yield DatedItem(
                    day=one.day,
                    kind=context.labels.duty(duty),
                    name=case_name(duty, one.opening.facts, one.opening.reference),
                    what=context.say("page.dates.to_begin", day=context.labels.day(one.opening.happened_on)),
                    who=tuple(map(context.labels.post, who)),
                    provisional=one.provisional,
                    article=str(one.opening.facts.get("basis", "")) or duty.article,
                )


def _weeks(sheet: list[MonthSheetDay]) -> list[list[MonthSheetDay | None]]:
    """The days in rows of a week, from Monday."""
    blank: list[MonthSheetDay | None] = [None] * (sheet[0].day.isoweekday() - 1)
    cells = [*blank, *sheet]
    cells += [None] * (-len(cells) % DAYS_PER_WEEK)
    return [cells[at : at + DAYS_PER_WEEK] for at in range(0, len(cells), DAYS_PER_WEEK)]
