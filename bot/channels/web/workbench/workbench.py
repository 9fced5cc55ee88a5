"""The first page (工作台): what waits for the user, and for whoever reads all cases how the office stands.

Everybody else, the villages above all, finds their own list alone: no number here counts a case that its reader may
not see. The open cases are folded once for the whole page; what is closed is counted by the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.channels.web.cases.my_tasks import task_list
from bot.channels.web.reports.village_months import village_month_rows
from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.viewer import Viewer, viewing
from bot.channels.web.workbench.bars import Bar, age_bars, month_bars, year_bars
from bot.services.office.joining import JoiningState, joining_state
from bot.services.workbench.case_counts import compare_years
from bot.services.workbench.faults import ProgramFaults, program_faults
from config.office.roles import AccessLevel
from scheduler.sweep.village_months import next_opening
from scheduler.villages.months import month_reference
from scheduler.worklist.agenda import AgendaItem, DueGroup, agenda
from storage.events.case import Case


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeOverview:
    """How the office stands today, as whoever reads all of its cases sees it."""

    due: tuple[tuple[DueGroup, int], ...]
    month: str
    months: tuple[Bar, ...]
    opens: date | None
    """When the sweep opens the villages' next months; None where no village reports."""
    ages: tuple[Bar, ...]
    """Empty while no request is open."""
    years: tuple[Bar, ...]
    faults: ProgramFaults | None
    """None for those who may not open the list of deliveries."""
    joining: JoiningState | None
    """None for those who invite nobody."""


def first_page(page: PageRequest) -> Response:
    """The first page after login: the user's own list, and the overview where they read all cases."""
    with viewing(page) as viewer:
        context = viewer.context
        cases = context.index.cases(context.index.open_cases())
        own = task_list(context, cases)
        overview = _overview(page, viewer, list(cases.values())) if viewer.can_view_all else None
    if overview is None:
        return page.render("mine.html", own=own)
    return page.render("workbench.html", own=own, overview=overview)


def _overview(page: PageRequest, viewer: Viewer, cases: Sequence[Case]) -> OfficeOverview:
    context, today = viewer.context, page.app.today
    items = agenda(cases, page.app.duties, context.calendar, today)
    return OfficeOverview(
        due=_due_counts(items),
        month=month_reference(today),
        months=tuple(month_bars(page, village_month_rows(page, today.replace(day=1)))),
        opens=next_opening(page.app.recorder, context.connection, today),
        ages=tuple(age_bars(page, items)),
        years=tuple(year_bars(page, list(compare_years(context.index, today)))),
        faults=_faults(page, viewer) if page.rights >= AccessLevel.RECORD else None,
        joining=joining_state(page.app, context.connection, page.at) if page.may_record else None,
    )


def _due_counts(items: Sequence[AgendaItem]) -> tuple[tuple[DueGroup, int], ...]:
    groups = [item.due_group for item in items]
    return tuple((group, groups.count(group)) for group in DueGroup)


def _faults(page: PageRequest, viewer: Viewer) -> ProgramFaults:
    return program_faults(page.app, viewer.context.connection, page.at)
