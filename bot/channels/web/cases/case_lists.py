"""Lists cases: the open ones by due date (待办), and all of them with a one-line search (案件)."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.request import PageRequest
from bot.services.case_search import case_openings, search_cases
from scheduler.worklist.agenda import agenda
from storage.eventlog.known_calendar import known_calendar
from storage.eventlog.projections import CaseProjections

MAX_TASKS = 200  # more open cases than anyone looks through: the rest is counted
MAX_LINES = 50


def open_cases_page(page: PageRequest) -> Response:
    """The open cases, the most urgent first."""
    app = page.app
    with app.log() as log:
        calendar = known_calendar(app.calendar, log)
        index = CaseProjections(log.connection, log.office, app.duties)
        cases = index.cases(index.open_cases())
    tasks = agenda(cases.values(), app.duties, calendar, app.today)
    overdue = sum(task.overdue for task in tasks)
    return page.render("agenda.html", tasks=tasks[:MAX_TASKS], count=len(tasks), overdue=overdue)


def search_page(page: PageRequest) -> Response:
    """The newest cases, or those that match the search."""
    app, query = page.app, page.query_value("q")
    with app.store.reading() as connection:
        # One more than is shown tells whether there are more.
        lines = search_cases(
            app, connection, query, limit=MAX_LINES + 1, before=_parse_number(page.query_value("before"))
        )
        shown = lines[:MAX_LINES]
        began = case_openings(app, connection, shown)
    more = shown[-1].number if len(lines) > MAX_LINES else 0
    return page.render("cases.html", lines=shown, query=query, more=more, duties=app.duties, openings=began)


def _parse_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) < 2**63 else None
