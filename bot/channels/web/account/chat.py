"""Shows the user's chat in the browser, and hands their messages and button presses to the dispatcher.

The page asks every few seconds whether anything is new. Without script it is a page with a form and a button to look
again.
"""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, PageRequest
from bot.channels.web.request.viewer import viewing
from bot.channels.web_chat import WEB_CHANNEL, WebChannel
from bot.delivery.reply_sender import ReplySender
from bot.dialog.command import Intent
from bot.dialog.incoming import IncomingUpdate, UpdateKind
from bot.dispatch.dispatcher import Dispatcher
from bot.language.verbs import KEYED_KINDS, Verb, VerbKind, parse_verb
from storage.messaging.accounts import Accounts
from storage.messaging.web_chat import WebChat

NO_CONTENT = 204  # the page keeps what it shows
FORM_KINDS = frozenset({VerbKind.FILL, VerbKind.CONFIRM, VerbKind.PAGE, VerbKind.CANCEL})
"""Verbs of an open form in the chat, whose own buttons carry them."""


def chat_page(page: PageRequest) -> Response:
    """The page of the chat; status 204 where nothing is newer than the ``seen`` message."""
    with page.app.store.reading() as connection:
        chat = WebChat(connection, page.app.office.slug, page.me.id)
        newest, messages = chat.newest(), chat.read()
    if page.query_value("seen") == str(newest):
        return Response(status_code=NO_CONTENT)
    return page.render("chat.html", messages=messages, newest=newest)


def send_chat_message(page: PageRequest) -> Response:
    """Handle what the user wrote, or the button they pressed here or on another page; the reply is in the chat."""
    intent = _button_intent(page) if page.form.get("act") else None
    if intent and intent.kind is VerbKind.ITEM:
        return page.redirect(_item_form(page, intent.case))  # it takes photographs, which the chat does not
    update = _incoming_update(page, pressed=intent is not None)
    app, office = page.app, page.app.office.slug
    channel, dispatcher = WebChannel(app.store, office, app.clock), Dispatcher(app=app, session=page.account)
    with app.store.writing(office) as connection:
        accounts = Accounts(connection, office)
        if page.session and accounts.at(WEB_CHANNEL, update.sender) is None:
            accounts.bind(
                update.sender,
                WEB_CHANNEL,
                update.sender,
                at=page.at,
                joined=page.session.joined,
                confirmed_by=page.session.confirmed_by,
            )
        chat = WebChat(connection, office, update.sender)
        if own_line := update.text or _press_line(page, chat, intent):
            chat.add(own_line, at=page.at, own=True)
        if intent:
            reply = dispatcher.perform(connection, update, intent, channel.capabilities)
        else:
            reply = dispatcher.handle(connection, update, channel.capabilities)
    sender = ReplySender(store=app.store, office=office, clock=app.clock, channels={WEB_CHANNEL: channel})
    sender.send_reply(update, reply)
    return page.redirect("/chat#end")


def _press_line(page: PageRequest, chat: WebChat, intent: Intent | None) -> str:
    """The press as a line of the user's own: its receipt replaces a card further up, below which they wrote since."""
    message = page.form.get("message", "")
    if intent and intent.kind not in KEYED_KINDS:
        label = page.say(f"verb.{intent.kind}").split("|")[0] + (f" {intent.case}" if intent.case else "")
    elif message.isdecimal():
        label = chat.button_label(int(message), page.form.get("handle", ""))
    else:
        return ""
    return page.say("page.chat.pressed", label=label) if label else ""


def _button_intent(page: PageRequest) -> Intent:
    """What a button outside the chat stands for. NoSuchPage where it is no button of ours."""
    verb, case = parse_verb(page.form["act"]), page.form.get("case", "")
    is_number = case.isascii() and case.isdigit() and int(case) < 2**63
    if verb is None or not is_number or not _has_button(page, verb):
        raise NoSuchPage
    return Intent(kind=verb.kind, key=verb.key, case=int(case), basis=page.form.get("basis", ""))


def _item_form(page: PageRequest, number: int) -> str:
    """The address of the form that hands in an item, or hands in again one that was returned."""
    if not number:
        return "/items/new"
    with viewing(page) as viewer:
        returned = viewer.context.case(number)[1].opened_with_text
    return f"/items/{number}/again" if returned else "/items/new"


def _has_button(page: PageRequest, verb: Verb) -> bool:
    if verb.kind is VerbKind.STEP:
        return any(duty.step(verb.key) for duty in page.app.duties.values())
    return verb.kind not in KEYED_KINDS | FORM_KINDS


def _incoming_update(page: PageRequest, *, pressed: bool) -> IncomingUpdate:
    """The request as an update of the chat; a button of the chat itself carries its callback token and message."""
    token = page.form.get("handle", "")
    return IncomingUpdate(
        channel=WEB_CHANNEL,
        what=UpdateKind.PRESSED if token or pressed else UpdateKind.TEXT,
        sender=page.me.id,
        chat=page.me.id,
        private=True,
        text="" if token or pressed else page.form.get("text", ""),
        callback_token="" if pressed else token,
        message=page.form.get("message", "") if token and not pressed else "",
        said_at=page.at,
        read_until=_read_until(page),
    )


def _read_until(page: PageRequest) -> datetime | None:
    """When the chat that the browser shows was drawn: what came later, whoever wrote had not read."""
    try:
        return datetime.fromisoformat(page.form.get("read_until", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
