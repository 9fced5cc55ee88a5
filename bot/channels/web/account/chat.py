"""The chat of the local page: the same conversation as on every channel, in a browser.

It shows what was said, sends words and presses, and asks every few seconds whether anything is new. Without script
it is a page with a form and a button to look again.
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


def chat_page(visit: PageRequest) -> Response:
    """The chat; only what is new where the page asks for it."""
    person = visit.person.id if visit.person else ""
    with visit.app.store.reading() as connection:
        chat = WebChat(connection, visit.app.office.slug, person)
        newest, said = chat.newest(), chat.read()
    if visit.query_value("seen") == str(newest):
        return Response(status_code=NO_CONTENT)
    return visit.render("chat.html", said=said, newest=newest)


def send_chat_message(visit: PageRequest) -> Response:
    """What somebody wrote or pressed."""
    update = _incoming_update(visit, visit.me.id)
    app, office = visit.app, visit.app.office.slug
    channel = WebChannel(app.store, office, app.clock)
    with app.store.writing(office) as connection:
        accounts = Accounts(connection, office)
        if accounts.at(NAME, update.sender) is None:
            accounts.bind(update.sender, NAME, update.sender, at=visit.at)
        if update.text:
            WebChat(connection, office, update.sender).add(update.text, at=visit.at, own=True)
        if visit.form.get("act"):
            update = replace(
                update, what=UpdateKind.PRESSED, callback_token=_make_callback_token(visit, connection)
            )
        reply = Dispatcher(app=app).handle(connection, update, channel.capabilities)
    ReplySender(store=app.store, office=office, clock=app.clock, channels={NAME: channel}).send_reply(
        update, reply
    )
    return visit.redirect("/chat#end")


def _make_callback_token(visit: PageRequest, connection: Connection) -> str:
    """A button outside the chat says what it stands for; it is pressed as if it stood on a card there."""
    act, case = visit.form["act"], visit.form.get("case", "")
    steps = {f"{STEP}:{step.key}" for duty in visit.app.duties.values() for step in duty.steps}
    if act not in HANDLERS_BY_VERB.keys() | steps or not (
        case.isascii() and case.isdigit() and int(case) < 2**63
    ):
        raise NoSuchPage
    basis = visit.form.get("basis", "")
    pressed = CallbackAction(
        person=visit.me.id, act=act, case=int(case), basis=basis, expires_at=visit.at + PRESS_LIFETIME
    )
    return CallbackTokens(connection, visit.app.office.slug).issue(pressed)


def _incoming_update(visit: PageRequest, person: str) -> IncomingUpdate:
    handle = visit.form.get("handle", "")
    return IncomingUpdate(
        channel=NAME,
        what=UpdateKind.PRESSED if handle else UpdateKind.TEXT,
        sender=person,
        chat=person,
        private=True,
        text="" if handle else visit.form.get("text", ""),
        callback_token=handle,
        message=visit.form.get("message", "") if handle else "",
        said_at=visit.at,
    )
