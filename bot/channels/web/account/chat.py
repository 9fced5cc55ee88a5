"""The chat of the local page: the same conversation as on every channel, in a browser.

It shows what was said, sends words and presses, and asks every few seconds whether anything is new. Without script
it is a page with a form and a button to look again.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection
from starlette.responses import Response

from bot.channels.web.request.request import NoSuchPage, Visit
from bot.channels.web_chat import NAME, PageChannel
from bot.delivery.reply_sender import Mouth
from bot.dialog.forms import STEP
from bot.dialog.incoming import Heard, What
from bot.dispatch.dispatcher import VERBS, Conversation
from storage.messaging.accounts import Accounts
from storage.messaging.callback_tokens import Act, Handles
from storage.messaging.web_chat import PageChat

UNCHANGED = 204  # the page keeps what it shows
PRESSED_LASTS = timedelta(minutes=1)


def talk(visit: Visit) -> Response:
    """The chat; only what is new where the page asks for it."""
    person = visit.person.id if visit.person else ""
    with visit.works.store.reading() as connection:
        chat = PageChat(connection, visit.works.office.slug, person)
        newest, said = chat.newest(), chat.read()
    if visit.asked("seen") == str(newest):
        return Response(status_code=UNCHANGED)
    return visit.show("chat.html", said=said, newest=newest)


def speak(visit: Visit) -> Response:
    """What somebody wrote or pressed."""
    heard = _heard(visit, visit.me.id)
    works, office = visit.works, visit.works.office.slug
    channel = PageChannel(works.store, office, works.clock)
    with works.store.writing(office) as connection:
        accounts = Accounts(connection, office)
        if accounts.at(NAME, heard.sender) is None:
            accounts.bind(heard.sender, NAME, heard.sender, at=visit.at)
        if heard.text:
            PageChat(connection, office, heard.sender).add(heard.text, at=visit.at, own=True)
        if visit.form.get("act"):
            heard = replace(heard, what=What.PRESSED, handle=_handle(visit, connection))
        reply = Conversation(works=works).hear(connection, heard, channel.abilities)
    Mouth(store=works.store, office=office, clock=works.clock, channels={NAME: channel}).say(heard, reply)
    return visit.go("/chat#end")


def _handle(visit: Visit, connection: Connection) -> str:
    """A button outside the chat says what it stands for; it is pressed as if it stood on a card there."""
    act, case = visit.form["act"], visit.form.get("case", "")
    steps = {f"{STEP}:{step.key}" for duty in visit.works.duties.values() for step in duty.steps}
    if act not in VERBS.keys() | steps or not (case.isascii() and case.isdigit() and int(case) < 2**63):
        raise NoSuchPage
    basis = visit.form.get("basis", "")
    pressed = Act(
        person=visit.me.id, act=act, case=int(case), basis=basis, expires_at=visit.at + PRESSED_LASTS
    )
    return Handles(connection, visit.works.office.slug).make(pressed)


def _heard(visit: Visit, person: str) -> Heard:
    handle = visit.form.get("handle", "")
    return Heard(
        channel=NAME,
        what=What.PRESSED if handle else What.TEXT,
        sender=person,
        place=person,
        private=True,
        text="" if handle else visit.form.get("text", ""),
        handle=handle,
        message=visit.form.get("message", "") if handle else "",
        said_at=visit.at,
    )
