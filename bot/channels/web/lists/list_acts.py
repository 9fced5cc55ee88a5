"""Does one act on several rows of a list, and saves a list as a view of one's own.

Each row is its own command and its own transaction, the same as a single act: what one row refuses stands at that
row, and the others are done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from starlette.responses import Response

from bot.channels.web.lists.access import list_reader, listing_of
from bot.channels.web.lists.list_page import read_asked, render_list
from bot.channels.web.lists.list_view import RowResult
from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.viewer import request_context_of
from bot.channels.web_chat import WEB_CHANNEL
from bot.commands.reminders import nudge
from bot.dialog.command import Intent
from bot.dialog.turn import NotThere
from bot.language.verbs import VerbKind
from bot.services.lists import asked as addresses
from bot.services.lists.listing import ListAct, Listing
from bot.services.villages.board import ItemState, item_state
from bot.services.villages.item_records import receive_item
from config.errors import Refusal
from storage.lists.saved_views import SavedViews

ROW_PREFIX = "row."
EXPORT, SAVE_VIEW, DELETE_VIEW = "export", "save_view", "delete_view"


class NotToBeReceived(Refusal):
    """Number {case} does not wait to be received: it is {state}. Open it to see what can be done."""


class NoRowChosen(Refusal):
    """No row is chosen. Tick the rows first, or press x on each; then choose what to do with them."""


def submit_list_form(page: PageRequest) -> Response:
    """Do an act on the chosen rows, or save or delete a view. NoSuchPage."""
    listing = listing_of(page, page.request.path_params["listing"])
    act = page.form.get("act", "")
    if act in {SAVE_VIEW, DELETE_VIEW}:
        return _change_views(page, listing, act)
    if act not in {EXPORT, *listing.acts} or (act == ListAct.RECEIVE and not page.may_record):
        raise NoSuchPage
    chosen = _chosen(page)
    if not chosen:
        return render_list(page, listing.key, problem=page.labels.book.error(NoRowChosen()))
    if act == EXPORT:
        return _export_chosen(page, listing, chosen)
    results = {number: _result(page, ListAct(act), number) for number in chosen}
    done = sum(one.done for one in results.values())
    summary = page.say(f"page.lists.done.{act}", done=done, refused=len(results) - done)
    return render_list(page, listing.key, results, summary=summary)


def _chosen(page: PageRequest) -> list[int]:
    """The numbers of the rows that were ticked, in the order of the page."""
    names = (name.removeprefix(ROW_PREFIX) for name in page.form if name.startswith(ROW_PREFIX))
    return [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 10]  # noqa: PLR2004 - digits of 2³¹


def _result(page: PageRequest, act: ListAct, number: int) -> RowResult:
    """What the act comes to at one row: done, or why not, in words."""
    try:
        return RowResult(done=True, words=_COMMANDS[act](page, number))
    except Refusal as refused:
        return RowResult(done=False, words=page.labels.book.error(refused))


def _receive(page: PageRequest, number: int) -> str:
    """收下, as on the board of the month: only what waits for it. NotToBeReceived."""
    with page.app.recorder.transaction(actor=page.me.id, means=WEB_CHANNEL, account=page.account) as uow:
        case = uow.context.case(number)
        duty = page.app.duties.get(case.opening.kind) if case.opening else None
        if duty is None or not duty.opened_with_text:
            raise NotThere(case=number)
        state = item_state(case, duty)
        if state not in {ItemState.WAITS, ItemState.RECEIVED}:
            raise NotToBeReceived(case=number, state=page.say(f"item.state.{state}"))
        receive_item(uow, number)
    return page.say("page.lists.received" if state is ItemState.WAITS else "page.lists.received_before")


def _remind(page: PageRequest, number: int) -> str:
    """催办, as the button of the case: whoever may not read it learns nothing of it."""
    with page.app.store.writing(page.app.office.slug) as connection:
        reply = nudge(request_context_of(page, connection), Intent(kind=VerbKind.NUDGE, case=number))
    return " ".join(reply.lines)


_COMMANDS: Mapping[ListAct, Callable[[PageRequest, int], str]] = {
    ListAct.RECEIVE: _receive,
    ListAct.REMIND: _remind,
}


def _export_chosen(page: PageRequest, listing: Listing, chosen: list[int]) -> Response:
    with list_reader(page) as reader:
        query = replace(read_asked(page, listing, reader), only=tuple(chosen))
        written = addresses.query_string(listing, addresses.from_start(query))
    return page.redirect(f"/lists/{listing.key}.xlsx?{written}")


def _change_views(page: PageRequest, listing: Listing, act: str) -> Response:
    """Save the list as it is shown under a name, or delete a view; then the list as it was."""
    with list_reader(page) as reader:
        query = addresses.from_start(read_asked(page, listing, reader))
    name, office = page.form.get("name", ""), page.app.office.slug
    try:
        with page.app.store.writing(office) as connection:
            views = SavedViews(connection, office, page.me.id)
            change = (
                partial(views.save, listing.key, name, addresses.query_string(listing, query))
                if act == SAVE_VIEW
                else partial(views.delete, listing.key, name)
            )
            change()
    except Refusal as refused:
        return render_list(page, listing.key, problem=page.labels.book.error(refused))
    return page.redirect(addresses.address(listing, query))
