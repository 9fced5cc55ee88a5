"""Cases in lists: what is open and by when (待办), and all of them with a search on one line (案件)."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.web.request.request import Visit
from bot.services.case_search import found, openings
from scheduler.worklist.agenda import agenda
from storage.eventlog.known_calendar import calendar_with
from storage.eventlog.projections import Index

MOST_TASKS = 200  # more open cases than anyone looks through: the rest is counted
MOST_LINES = 50


def open_cases(visit: Visit) -> Response:
    """What is open, the most urgent first."""
    works = visit.works
    with works.log() as log:
        calendar = calendar_with(works.calendar, log)
        index = Index(log.connection, log.office, works.duties)
        cases = index.cases(index.open_cases())
    tasks = agenda(cases.values(), works.duties, calendar, works.today)
    overdue = sum(task.overdue for task in tasks)
    return visit.show("agenda.html", tasks=tasks[:MOST_TASKS], count=len(tasks), overdue=overdue)


def found_cases(visit: Visit) -> Response:
    """The newest cases, or those that were searched for."""
    works, query = visit.works, visit.asked("q")
    with works.store.reading() as connection:
        # One more than is shown tells whether there are more.
        lines = found(works, connection, query, limit=MOST_LINES + 1, before=_whole(visit.asked("before")))
        shown = lines[:MOST_LINES]
        began = openings(works, connection, shown)
    more = shown[-1].number if len(lines) > MOST_LINES else 0
    return visit.show("cases.html", lines=shown, query=query, more=more, duties=works.duties, openings=began)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) < 2**63 else None
