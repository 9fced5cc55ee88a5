"""The training town at a terminal: its user types as one post at a time, and every message is printed.

``@党政办主任`` switches to another post, ``+1h`` and ``+1d`` move the clock; a number presses that button.
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
from bot.runtime.office_channels import create_outbox_sender
from bot.runtime.training_town import run_due_jobs
from bot.services.app import OfficeApp
from bot.services.error_log import log_fault
from config.clock import ManualClock
from config.errors import Refusal
from scheduler.delivery.channel import Channel
from storage.events.account_events import TERMINAL
from storage.messaging.accounts import Accounts

_CLOCK_ADVANCE = re.compile(r"\+(\d{1,3})([hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


class NobodyHere(Refusal):
    """“{found}” is no post of this town. Write @ and one of: {known}."""


@dataclass(slots=True, kw_only=True)
class TerminalChat:
    """One training town at one terminal."""

    app: OfficeApp
    clock: ManualClock
    console: ConsoleChannel
    current_person: str = ""
    """The id of the person who types now."""
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
                accounts.bind(
                    person.id, self.console.name, person.post, at=self.clock.now(), confirmed_by=TERMINAL
                )

    def switch_person(self, name: str) -> None:
        """Type as another person, named by post or id. Raises NobodyHere."""
        people = self.app.office.people
        person = next((one.id for one in people if name in {one.post, one.id}), "")
        if not person:
            raise NobodyHere(found=name, known="、".join(one.post for one in people))
        self.current_person = person

    def enter_line(self, line: str) -> None:
        """Handle one typed line, then run the jobs that are due."""
        text = line.strip()
        if text.startswith("@"):
            self.switch_person(text.removeprefix("@").strip())
            return
        if later := _CLOCK_ADVANCE.fullmatch(text):
            self.clock.move(int(later[1]) * _UNITS[later[2]])
        elif text:
            self._handle_update(
                self.console.parse_line(text, self.app.office.person(self.current_person).post)
            )
        on_fault = partial(log_fault, self.app.home.path)
        run_due_jobs(self.app, create_outbox_sender(self.app, self.channels, on_fault))

    def _handle_update(self, update: IncomingUpdate) -> None:
        with self.app.store.writing(self.app.office.slug) as connection:
            reply = self.dispatcher.handle(connection, update, self.console.capabilities)
        self.reply_sender.send_reply(update, reply)


def run_terminal_chat(terminal: TerminalChat, lines: Iterable[str], book: Phrasebook) -> None:
    """Handle every line until the input ends. A refusal is printed, and the chat goes on."""
    for line in lines:
        try:
            terminal.enter_line(line)
        except Refusal as refusal:
            terminal.console.out.write(f"{book.error(refusal)}\n")
