"""Cases in lists: what is open and by when (待办), and all of them with a search on one line (案件)."""

from __future__ import annotations

from starlette.responses import Response

from bot.channels.pages.visit import Visit
from scheduler.agenda import agenda
from storage.index import Index
from storage.notices import calendar_with
from storage.search import find_lines

MOST_TASKS = 200  # more open cases than anyone looks through: the rest is counted
MOST_LINES = 50
MOST_WORDS = 5


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
    words = query.split()[:MOST_WORDS]
    with works.store.reading() as connection:
        lines = find_lines(
            connection,
            works.office.slug,
            words,
            [_kinds_named(word, visit) for word in words],
            limit=MOST_LINES + 1,  # one more than is shown tells whether there are more
            before=_whole(visit.asked("before")),
        )
    shown = lines[:MOST_LINES]
    more = shown[-1].number if len(lines) > MOST_LINES else 0
    return visit.show("cases.html", lines=shown, query=query, more=more, duties=works.duties)


def _kinds_named(word: str, visit: Visit) -> list[str]:
    """The kinds a word may mean, by either language's name."""
    low, duties = word.lower(), visit.works.duties.values()
    return [duty.kind for duty in duties if low in duty.label.lower() or low in duty.kind]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) < 2**63 else None
