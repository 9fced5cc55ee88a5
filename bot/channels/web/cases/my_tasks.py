"""Lists what waits for the signed-in user (待办), each task as its card with its buttons.

A button runs the same action as on the card in the chat, on the version shown here; the reply appears in the chat.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.channels.web.cases.action_buttons import action_buttons
from bot.dialog.turn import AssignedAction, RequestContext
from bot.language.verbs import Verb, VerbKind
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


def task_list(context: RequestContext, cases: Mapping[int, Case]) -> TaskList:
    """The user's tasks among the open cases, the most urgent first."""
    pending = context.pending(cases)
    return TaskList(
        tasks=tuple(_task_views(context, pending[:MAX_TASKS])),
        count=len(pending),
        late=sum(_is_late(context, one) for one in pending),
    )


def _task_views(context: RequestContext, pending: list[AssignedAction]) -> Iterator[TaskView]:
    for one in pending:
        card = context.card(one)
        text = one.wait.what in TEXT_PAGE_WAIT_KINDS and chain_kind(one.case, one.duty)
        yield TaskView(
            case=one.case.number,
            head=card.lines[0],
            lines=card.lines[1:],
            path=f"/{'items' if one.duty.opened_with_text else 'texts' if text else 'cases'}/{one.case.number}",
            basis=one.wait.basis,
            buttons=action_buttons(context, (*card.verbs, Verb(VerbKind.MORE)), one.duty),
            late=_is_late(context, one),
        )


def _is_late(context: RequestContext, one: AssignedAction) -> bool:
    return bool(one.wait.until and one.wait.until < context.today)
