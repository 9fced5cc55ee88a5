"""What waits for whoever is signed in (待办): each thing as its card, with its buttons. Everybody's first page.

A button here says the same as on the card in the chat, on what was shown here; the answer stands in the chat.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from starlette.responses import Response

from bot.channels.web.request.request import Visit
from bot.channels.web.request.viewer import looking, turn_of
from bot.dialog.turn import Pending, Turn
from scheduler.worklist.pending import AT_A_STAGE, What
from storage.events.case import chain_kind

MOST_MINE = 50  # more than anybody does in a day: the rest is counted
READ_FIRST = AT_A_STAGE | {What.REWRITE, What.RELEASE, What.MEND}
"""What is about a text: its page is opened, and not its case's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One thing that waits, as it is shown."""

    case: int
    head: str
    lines: tuple[str, ...]
    path: str
    basis: str
    buttons: tuple[tuple[str, str], ...]
    late: bool


def my_list(visit: Visit) -> Response:
    """What waits for them, the most urgent first."""
    with looking(visit) as sight:
        turn = turn_of(visit, sight.turn.connection)
        pending = turn.pending()
        tasks = list(_tasks(turn, pending[:MOST_MINE]))
    late = sum(_is_late(turn, one) for one in pending)
    return visit.show("mine.html", tasks=tasks, count=len(pending), late=late)


def _tasks(turn: Turn, pending: list[Pending]) -> Iterator[Task]:
    for one in pending:
        card = turn.card(one)
        text = one.wait.what in READ_FIRST and chain_kind(one.case, one.duty)
        yield Task(
            case=one.case.number,
            head=card.lines[0],
            lines=card.lines[1:],
            path=f"/texts/{one.case.number}" if text else f"/cases/{one.case.number}",
            basis=one.wait.basis,
            buttons=tuple((verb, turn.word(verb, one.duty)) for verb in (*card.verbs, "more")),
            late=_is_late(turn, one),
        )


def _is_late(turn: Turn, one: Pending) -> bool:
    return bool(one.wait.until and one.wait.until < turn.today)
