"""The practice town at a terminal: whoever sits there types as one post at a time, and all is printed.

``@党政办主任`` is another post's turn, ``+1h`` and ``+1d`` move the clock; a number presses the button that bears it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

from bot.channels.console import Console
from bot.delivery.reply_sender import Mouth
from bot.dialog.incoming import Heard
from bot.dispatch.dispatcher import Conversation
from bot.language.phrasebook import Phrasebook
from bot.runtime.training_town import everything_due
from bot.runtime.wiring import courier_of
from bot.services.app import Works
from bot.services.error_log import log_fault
from config.clock import HandClock
from config.errors import Refusal
from scheduler.delivery.channel import Channel
from storage.messaging.accounts import Accounts

_LATER = re.compile(r"\+(\d{1,3})([hd])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


class NobodyHere(Refusal):
    """“{found}” is no post of this town. Write @ and one of: {known}."""


@dataclass(slots=True, kw_only=True)
class Terminal:
    """One town, one screen."""

    works: Works
    clock: HandClock
    console: Console
    sitting: str = ""
    """Whoever types now, by id."""
    channels: dict[str, Channel] = field(init=False)
    talk: Conversation = field(init=False)
    mouth: Mouth = field(init=False)

    def __post_init__(self) -> None:
        office = self.works.office
        self.channels = {self.console.name: self.console}
        self.talk = Conversation(works=self.works)
        self.mouth = Mouth(
            store=self.works.store, office=office.slug, clock=self.clock, channels=self.channels
        )
        with self.works.store.writing(office.slug) as connection:
            accounts = Accounts(connection, office.slug)
            for person in office.people:
                accounts.bind(person.id, self.console.name, person.post, at=self.clock.now())

    def seat(self, name: str) -> None:
        """Somebody else's turn, by post or id. NobodyHere."""
        people = self.works.office.people
        found = next((one.id for one in people if name in {one.post, one.id}), "")
        if not found:
            raise NobodyHere(found=name, known="、".join(one.post for one in people))
        self.sitting = found

    def types(self, line: str) -> None:
        """One line that was typed, and whatever becomes due by it."""
        said = line.strip()
        if said.startswith("@"):
            self.seat(said.removeprefix("@").strip())
            return
        if later := _LATER.fullmatch(said):
            self.clock.move(int(later[1]) * _UNITS[later[2]])
        elif said:
            self._hears(self.console.hear(said, self.works.office.person(self.sitting).post))
        told = partial(log_fault, self.works.home.path)
        everything_due(self.works, courier_of(self.works, self.channels, told))

    def _hears(self, heard: Heard) -> None:
        with self.works.store.writing(self.works.office.slug) as connection:
            reply = self.talk.hear(connection, heard, self.console.abilities)
        self.mouth.say(heard, reply)


def converse(terminal: Terminal, lines: Iterable[str], book: Phrasebook) -> None:
    """Everything somebody types until they close their end; what cannot be is said, and the town goes on."""
    for line in lines:
        try:
            terminal.types(line)
        except Refusal as refusal:
            terminal.console.out.write(f"{book.error(refusal)}\n")
