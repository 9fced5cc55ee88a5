"""Shows a month's items as a board, and receives or returns several of them at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from bot.channels.web.items.item import RECEIVE
from bot.channels.web.request.forms import NotFilled, read_text
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.submission import record_submission
from bot.services.villages.board import BOARD_STATES, ItemLine, ItemState, items_of_months, list_items
from bot.services.villages.item_records import receive_item
from bot.services.villages.months import NotAMonth, VillageMonthView, parse_month
from config.declarations.villages.item_fields import RETURNED
from scheduler.recording.unit_of_work import UnitOfWork

CHOSEN_PREFIX = "item."
RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The items of a month by their states."""

    columns: Mapping[ItemState, Sequence[ItemLine]]
    others: Sequence[ItemLine]
    """Refused and withdrawn ones."""


def month_board(page: PageRequest, months: Sequence[VillageMonthView]) -> Board:
    """The board of some villages' months."""
    lines = items_of_months(page.app, months)
    return Board(
        columns={state: [line for line in lines if line.state is state] for state in BOARD_STATES},
        others=[line for line in lines if line.state not in BOARD_STATES],
    )


def path_month(page: PageRequest) -> date:
    """The first day of the month in the path. NoSuchPage where that names none."""
    try:
        return parse_month(page.request.path_params["month"])
    except NotAMonth:
        raise NoSuchPage from None


def decide_on_items(page: PageRequest) -> Response:
    """Receive or return the chosen items, all in one transaction. NotFilled where none is chosen."""
    chosen = _chosen(page, list_items(page.app, path_month(page)))
    act = page.form.get("act", "")
    if act not in {RECEIVE, RETURN}:
        raise NoSuchPage
    if not chosen:
        raise NotFilled(label=page.say("page.item.chosen"))
    reason = read_text("reason", page.say("page.reason"), page.form, required=act == RETURN)

    def command(uow: UnitOfWork, _key: str) -> None:
        for number in chosen:
            if act == RECEIVE:
                receive_item(uow, number)
            else:
                uow.cases.step(number, RETURNED, uow.context.today, {"reason": reason})

    record_submission(page, command)
    return page.redirect(f"/months/{page.request.path_params['month']}?done={len(chosen)}#board")


def _chosen(page: PageRequest, lines: Sequence[ItemLine]) -> list[int]:
    """The numbers of the chosen items that still wait to be received."""
    return [
        line.number
        for line in lines
        if line.state is ItemState.WAITS and page.form.get(f"{CHOSEN_PREFIX}{line.number}")
    ]
