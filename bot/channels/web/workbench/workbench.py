"""The first page (工作台): what waits for the user, and for whoever reads all cases how the office stands.

Everybody else, the villages above all, finds their own list alone: no number here counts a case that its reader may
not see. The open cases are folded once for the whole page; what is closed is counted by the database. A button of a
task runs the same action as on its card in the chat, on the version shown here; the reply appears in the chat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.channels.web.reports.village_months import village_month_rows
from bot.channels.web.request.request import PageRequest
from bot.channels.web.request.viewer import Viewer, action_buttons, viewing
from bot.channels.web.workbench.bars import Bar, age_bars, month_bars, year_bars
from bot.dialog.task_cards import task_card
from bot.dialog.turn import AssignedAction, RequestContext
from bot.language.verbs import Verb, VerbKind
from bot.services.office.joining import JoiningState, joining_state
from bot.services.workbench.case_counts import compare_years
from bot.services.workbench.faults import ProgramFaults, program_faults
from config.office.roles import AccessLevel
from scheduler.sweep.village_months import next_opening
from scheduler.villages.months import month_reference
from scheduler.worklist.agenda import AgendaItem, DueGroup, agenda
from scheduler.worklist.pending import STAGE_WAIT_KINDS, WaitKind
from storage.events.case import Case, chain_kind

MAX_TASKS = 50  # more than anybody does in a day: the rest is counted
TEXT_PAGE_WAIT_KINDS = STAGE_WAIT_KINDS | {WaitKind.REWRITE, WaitKind.RELEASE, WaitKind.MEND, WaitKind.READ}
"""Kinds of waits that concern a text: the task links to the text's page instead of the case's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """One task as the list shows it."""

    case: int
    head: str
    lines: tuple[str, ...]
    path: str
    basis: str
    buttons: tuple[tuple[str, str], ...]
    late: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskList:
    """The first of somebody's tasks as the page shows them, and how many there are."""

    tasks: tuple[TaskView, ...]
    count: int
    late: int


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
        cases = context.open_cases()
        own = _task_list(context, cases)
        overview = _overview(page, viewer, cases) if viewer.can_view_all else None
    if overview is None:
        return page.render("mine.html", own=own)
    return page.render("workbench.html", own=own, overview=overview)


def _task_list(context: RequestContext, cases: Mapping[int, Case]) -> TaskList:
    """The user's tasks among the open cases, the most urgent first."""
    pending = context.pending(cases)
    return TaskList(
        tasks=tuple(_task_views(context, pending[:MAX_TASKS])),
        count=len(pending),
        late=sum(_is_late(context, one) for one in pending),
    )


def _task_views(context: RequestContext, pending: list[AssignedAction]) -> Iterator[TaskView]:
    for one in pending:
        card = task_card(context, one)
        yield TaskView(
            case=one.case.number,
            head=card.lines[0],
            lines=card.lines[1:],
            path=f"/{_room(one)}/{one.case.number}",
            basis=one.wait.basis,
            buttons=action_buttons(context, (*card.verbs, Verb(VerbKind.MORE)), one.duty),
            late=_is_late(context, one),
        )


def _room(one: AssignedAction) -> str:
    """Where the task is done: an item's page, its text's, or the case's, which also concludes what was signed."""
    if one.duty.opened_with_text:
        return "items"
    released = one.wait.what is not WaitKind.RELEASE or any(step.requires_approval for step in one.duty.steps)
    on_text = one.wait.what in TEXT_PAGE_WAIT_KINDS and released and chain_kind(one.case, one.duty)
    return "texts" if on_text else "cases"


def _is_late(context: RequestContext, one: AssignedAction) -> bool:
    return bool(one.wait.until and one.wait.until < context.today)


def _overview(page: PageRequest, viewer: Viewer, cases: Mapping[int, Case]) -> OfficeOverview:
    context, today = viewer.context, page.app.today
    items = agenda(cases.values(), page.app.duties, context.calendar, today)
    return OfficeOverview(
        due=_due_counts(items),
        month=month_reference(today),
        months=tuple(month_bars(page, village_month_rows(viewer, today.replace(day=1)))),
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
