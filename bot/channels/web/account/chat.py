"""Shows the user's chat in the browser and sends their messages and button presses to the dispatcher.

The page asks every few seconds whether anything is new. Without script it is a page with a form and a button to look
again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection
from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web_chat import NAME, WebChannel
from bot.delivery.reply_sender import ReplySender
from bot.dialog.forms import STEP
from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dispatch.dispatcher import HANDLERS_BY_VERB, Dispatcher
from storage.messaging.accounts import Accounts
from storage.messaging.callback_tokens import CallbackAction, CallbackTokens
from storage.messaging.web_chat import WebChat

NO_CONTENT = 204  # the page keeps what it shows
PRESS_LIFETIME = timedelta(minutes=1)


def chat_page(page: PageRequest) -> Response:
    """The page of the chat; status 204 where nothing is newer than the ``seen`` message."""
    person = page.person.id if page.person else ""
    with page.app.store.reading() as connection:
        chat = WebChat(connection, page.app.office.slug, person)
        newest, said = chat.newest(), chat.read()
    if page.query_value("seen") == str(newest):
        return Response(status_code=NO_CONTENT)
    return page.render("chat.html", said=said, newest=newest)


def send_chat_message(page: PageRequest) -> Response:
    """Handle what the user wrote or pressed."""
    update = _incoming_update(page, page.me.id)
    app, office = page.app, page.app.office.slug
    channel = WebChannel(app.store, office, app.clock)
    with app.store.writing(office) as connection:
        accounts = Accounts(connection, office)
        if accounts.at(NAME, update.sender) is None:
            accounts.bind(update.sender, NAME, update.sender, at=page.at)
        if update.text:
            WebChat(connection, office, update.sender).add(update.text, at=page.at, own=True)
        if page.form.get("act"):
            update = replace(
                update, what=UpdateKind.PRESSED, callback_token=_make_callback_token(page, connection)
            )
        reply = Dispatcher(app=app).handle(connection, update, channel.capabilities)
    ReplySender(store=app.store, office=office, clock=app.clock, channels={NAME: channel}).send_reply(
        update, reply
    )
    return page.redirect("/chat#end")


def _make_callback_token(page: PageRequest, connection: Connection) -> str:
    """A button outside the chat says what it stands for; it is pressed as if it stood on a card there."""
    act, case = page.form["act"], page.form.get("case", "")
    steps = {f"{STEP}:{step.key}" for duty in page.app.duties.values() for step in duty.steps}
    if act not in HANDLERS_BY_VERB.keys() | steps or not (
        case.isascii() and case.isdigit() and int(case) < 2**63
    ):
        raise NoSuchPage
    basis = page.form.get("basis", "")
    pressed = CallbackAction(
        person=page.me.id, act=act, case=int(case), basis=basis, expires_at=page.at + PRESS_LIFETIME
    )
    return CallbackTokens(connection, page.app.office.slug).issue(pressed)


def _incoming_update(page: PageRequest, person: str) -> IncomingUpdate:
    handle = page.form.get("handle", "")
    return IncomingUpdate(
        channel=NAME,
        what=UpdateKind.PRESSED if handle else UpdateKind.TEXT,
        sender=person,
        chat=person,
        private=True,
        text="" if handle else page.form.get("text", ""),
        callback_token=handle,
        message=page.form.get("message", "") if handle else "",
        said_at=page.at,
    )
