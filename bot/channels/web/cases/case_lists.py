"""Lists cases: the open ones by due date (待办), and all of them with a one-line search (案件)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.channels.web.request.request import PageRequest
from bot.channels.web.workbench.bars import band_label
from bot.services.case_search import case_openings, search_cases
from bot.services.workbench.case_counts import case_counts, days_so_far
from config.declarations.duty import Duty
from scheduler.worklist.agenda import QUARTERS, AgendaItem, DueGroup, agenda
from storage.eventlog.known_calendar import known_calendar
from storage.eventlog.projections import CaseCount, CaseProjections

MAX_TASKS = 200  # more open cases than anyone looks through: the rest is counted
MAX_LINES = 50
MAX_COUNTED = 500  # more cases of one year than a township has: the rest is said to be there


def open_cases_page(page: PageRequest) -> Response:
    """The open cases, the most urgent first: all of them, or those that the address asks for.

    ``due`` asks for one urgency, ``kind`` for one kind, and ``age`` for one quarter of that kind's term.
    """
    app = page.app
    with app.log() as log:
        calendar = known_calendar(app.calendar, log)
        index = CaseProjections(log.connection, log.office, app.duties)
        cases = index.cases(index.open_cases())
    items = agenda(cases.values(), app.duties, calendar, app.today)
    asked = _agenda_filter(page)
    tasks = [item for item in items if asked.admits(item)]
    overdue = sum(task.overdue for task in tasks)
    return page.render(
        "agenda.html",
        tasks=tasks[:MAX_TASKS],
        count=len(tasks),
        overdue=overdue,
        filters=_filter_words(page, asked),
        query=page.request.url.query,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AgendaFilter:
    """Which of the open cases the address asks for; what it asks for and nothing has is left out."""

    due: DueGroup | None
    duty: Duty | None
    age: int | None
    """A quarter of the term of ``duty``."""

    def admits(self, item: AgendaItem) -> bool:
        """Whether a case is asked for."""
        return (
            self.due in {None, item.due_group}
            and (self.duty is None or item.duty is self.duty)
            and self.age in {None, item.age_band}
        )


def _agenda_filter(page: PageRequest) -> AgendaFilter:
    due, age = page.query_value("due"), _parse_number(page.query_value("age"))
    duty = page.app.duties.get(page.query_value("kind"))
    return AgendaFilter(
        due=DueGroup(due) if due in set(DueGroup) else None,
        duty=duty,
        age=age if duty and age is not None and age <= QUARTERS else None,
    )


def _filter_words(page: PageRequest, asked: AgendaFilter) -> list[str]:
    words = [page.say(f"page.workbench.due.{asked.due}")] if asked.due else []
    words += [page.labels.duty(asked.duty)] if asked.duty else []
    return words + ([band_label(page, asked.duty, asked.age)] if asked.duty and asked.age is not None else [])


def search_page(page: PageRequest) -> Response:
    """The newest cases, those that match the search, or those that a number of the first page counts."""
    app, query = page.app, page.query_value("q")
    count, year = _asked_count(page), _parse_number(page.query_value("year"))
    with app.store.reading() as connection:
        # One more than is shown tells whether there are more.
        if count and year and date.min.year <= year <= app.today.year:
            index = CaseProjections(connection, app.office.slug, app.duties)
            lines = index.counted_lines(count, *days_so_far(app.today, year), limit=MAX_COUNTED + 1)
            shown = lines[:MAX_COUNTED]
        else:
            before = _parse_number(page.query_value("before"))
            lines = search_cases(app, connection, query, limit=MAX_LINES + 1, before=before)
            shown, count = lines[:MAX_LINES], None
        began = case_openings(app, connection, shown)
    more = shown[-1].number if len(lines) > len(shown) and not count else 0
    return page.render(
        "cases.html",
        lines=shown,
        query=query,
        more=more,
        duties=app.duties,
        openings=began,
        counted=page.say(f"page.workbench.year.{count.key}", year=year) if count else "",
        hidden=bool(count) and len(lines) > len(shown),
    )


def _asked_count(page: PageRequest) -> CaseCount | None:
    asked = page.query_value("counted")
    return next((count for count in case_counts(page.app.duties) if count.key == asked), None)


def _parse_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) < 2**63 else None
