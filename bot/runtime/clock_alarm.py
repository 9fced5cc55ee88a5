"""Tells the keepers of the registers at once that the machine's clock cannot be right.

It goes past the outbox: what waits there is dated by that clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.channels.web_chat import WEB_CHANNEL
from bot.language.phrasebook import office_phrasebook
from bot.services.app import OfficeApp
from bot.services.office_notices import KEEPERS
from config.office.model import Person
from scheduler.delivery.channel import Channel, Message
from storage.eventlog.clock_readings import ClockLeapt
from storage.messaging.accounts import Accounts


@dataclass(frozen=True, slots=True)
class ClockAlarm:
    """Passes every fault on, and tells the keepers of one that is a leap of the clock. A fault is passed on once."""

    app: OfficeApp
    channels: Mapping[str, Channel]
    on_fault: Callable[[Exception], object]

    def __call__(self, fault: Exception) -> None:
        """Report a fault of a sweep."""
        self.on_fault(fault)
        if isinstance(fault, ClockLeapt):
            for person in self._keepers():
                text = office_phrasebook(self.app.office, person.language).error(fault)
                for channel, address in self._addresses(person):
                    self.channels[channel].send(address, Message(text=text))

    def _keepers(self) -> Iterator[Person]:
        held = {person.id: person for role in KEEPERS for person in self.app.office.holders(role)}
        yield from held.values()

    def _addresses(self, person: Person) -> list[tuple[str, str]]:
        """The person's page, where it stands when they look, and every address of theirs that works."""
        with self.app.store.reading() as connection:
            accounts = Accounts(connection, self.app.office.slug).reachable(person.id)
        found = {(one.channel, one.address) for one in accounts} | {(WEB_CHANNEL, person.id)}
        return sorted(address for address in found if address[0] in self.channels)
