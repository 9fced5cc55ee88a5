"""The practice town at a terminal: whoever sits there types as one post at a time, and all is printed.

``@党政办主任`` is another post's turn, ``+1h`` and ``+1d`` move the clock; a number presses the button that bears it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.channels.console import ConsoleChannel
from bot.delivery.reply_sender import ReplySender
from bot.dialog.incoming import IncomingUpdate
from bot.dispatch.dispatcher import Dispatcher
from bot.language.phrasebook import Phrasebook
from bot.runtime.training_town import run_due_jobs
from bot.runtime.wiring import create_outbox_sender
from bot.services.app import OfficeApp
from bot.services.error_log import log_fault
from config.clock import ManualClock
from config.errors import Refusal
from scheduler.delivery.channel import Channel
from storage.messaging.accounts import Accounts

_CLOCK_ADVANCE = re.compile(r"\+(\d{1,3})([hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


class NobodyHere(Refusal):
    """“{found}” is no post of this town. Write @ and one of: {known}."""


@dataclass(slots=True, kw_only=True)
class TerminalChat:
    """One town, one screen."""

    app: OfficeApp
    clock: ManualClock
    console: ConsoleChannel
    current_person: str = ""
    """Whoever types now, by id."""
    channels: dict[str, Channel] = field(init=False)
    dispatcher: Dispatcher = field(init=False)
    reply_sender: ReplySender = field(init=False)

    def __post_init__(self) -> None:
        office = self.app.office
        self.channels = {self.console.name: self.console}
        self.dispatcher = Dispatcher(app=self.app)
        self.reply_sender = ReplySender(
            store=self.app.store, office=office.slug, clock=self.clock, channels=self.channels
        )
        with self.app.store.writing(office.slug) as connection:
            accounts = Accounts(connection, office.slug)
            for person in office.people:
                accounts.bind(person.id, self.console.name, person.post, at=self.clock.now())

    def switch_person(self, name: str) -> None:
        """Somebody else's turn, by post or id. NobodyHere."""
        people = self.app.office.people
        found = next((one.id for one in people if name in {one.post, one.id}), "")
        if not found:
            raise NobodyHere(found=name, known="、".join(one.post for one in people))
        self.current_person = found

    def enter_line(self, line: str) -> None:
        """One line that was typed, and whatever becomes due by it."""
        said = line.strip()
        if said.startswith("@"):
            self.switch_person(said.removeprefix("@").strip())
            return
        if later := _CLOCK_ADVANCE.fullmatch(said):
            self.clock.move(int(later[1]) * _UNITS[later[2]])
        elif said:
            self._handle_update(
                self.console.parse_line(said, self.app.office.person(self.current_person).post)
            )
        told = partial(log_fault, self.app.home.path)
        run_due_jobs(self.app, create_outbox_sender(self.app, self.channels, told))

    def _handle_update(self, update: IncomingUpdate) -> None:
        with self.app.store.writing(self.app.office.slug) as connection:
            reply = self.dispatcher.handle(connection, update, self.console.capabilities)
        self.reply_sender.send_reply(update, reply)


def run_terminal_chat(terminal: TerminalChat, lines: Iterable[str], book: Phrasebook) -> None:
    """Everything somebody types until they close their end; what cannot be is said, and the town goes on."""
    for line in lines:
        try:
            terminal.enter_line(line)
        except Refusal as refusal:
            terminal.console.out.write(f"{book.error(refusal)}\n")
