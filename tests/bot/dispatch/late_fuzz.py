"""Texts that were forwarded, come late or in another order: none decides about what was not seen, and each keeps its day.

On the office and the texts of ``fuzz.py``, undone in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.dialog.incoming import IncomingUpdate, UpdateKind
from config.clock import office_day
from storage.eventlog.log import Log
from storage.messaging.dialog_state import LiveCard, LiveCards
from tests.bot.dispatch.fuzz import APPROVALS, Found, Fuzz, _Undone

DATED_BY_SAYING = {"Counted", "ActivityHeld", "Acknowledged", "Signed"}
"""What is recorded at once, without a day of its own."""
SENDERS = ("secrecy_officer", "secrecy_officer", "secrecy_officer", "clerk", "jia_reporter")
LONGEST_DELAY = 2 * 24 * 60  # minutes


@dataclass(frozen=True)
class Late:
    """One text as it arrives."""

    text: str
    said_at: datetime
    forwarded: bool


def late_texts(mind: Fuzz, count: int) -> Found:
    """So many texts of one person in a row, some of them passed on, all of them late, most out of order."""
    found = Found()
    while found.tried < count:
        mind._undone(lambda connection, until, found: _batch(mind, connection, until, found), count, found)
    return found


def _batch(mind: Fuzz, connection: Connection, until: int, found: Found) -> None:
    while found.tried < until:
        sender = mind.chance.choice(SENDERS)
        with suppress(_Undone), mind.app.store.savepoint(connection, mind.app.office.slug):
            listener = Listener(mind, connection, sender, _card(mind, connection, sender))
            for late in _row(mind):
                listener.hear(late, found)
            raise _Undone


def _card(mind: Fuzz, connection: Connection, person: str) -> datetime:
    """They were first shown the text as it stands at some instant of the last two days."""
    shown_at = mind.app.clock.now() - timedelta(minutes=mind.chance.randrange(LONGEST_DELAY))
    card = LiveCard(
        person=person,
        case=mind.text,
        what="sign",
        channel="test",
        address=person,
        message="1",
        version=mind._basis,
        said_at=shown_at,
    )
    LiveCards(connection, mind.app.office.slug).put(card)
    return shown_at


def _row(mind: Fuzz) -> Iterator[Late]:
    chance, now = mind.chance, mind.app.clock.now()
    delays = [timedelta(minutes=chance.randrange(LONGEST_DELAY)) for _ in range(chance.randrange(1, 4))]
    for delay in delays:
        text = f"同意 {mind.text}" if chance.random() < 0.4 else mind._text()
        yield Late(text, now - delay, forwarded=chance.random() < 0.25)


def _wrong(kind: str, happened_on: object, late: Late, shown_at: datetime) -> str:
    if late.forwarded:
        return "passed on"
    if kind in APPROVALS and late.said_at < shown_at:
        return "said before it was seen"
    if kind in DATED_BY_SAYING and happened_on != office_day(late.said_at):
        return f"not of its day {office_day(late.said_at)}"
    return ""


@dataclass(frozen=True)
class Listener:
    """The office as it hears one person, who was shown the text at an instant."""

    mind: Fuzz
    connection: Connection
    sender: str
    shown_at: datetime

    def hear(self, late: Late, found: Found) -> None:
        before = self.mind._end(self.connection)
        update = IncomingUpdate(
            channel="test",
            what=UpdateKind.TEXT,
            sender=self.sender,
            chat=self.sender,
            private=True,
            text=late.text,
            forwarded=late.forwarded,
            said_at=late.said_at,
        )
        self.mind._hear(self.connection, update, found)
        for entry in Log(self.connection, self.mind.app.office.slug).read(after=before):
            wrong = _wrong(type(entry.record).__name__, entry.record.happened_on, late, self.shown_at)
            if wrong:
                found.wrong.append(f"{wrong}: {late.text[:60]!r} recorded {entry.record}")
            else:
                found.recorded += 1
