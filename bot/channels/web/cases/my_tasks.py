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
