"""The local web page as a delivery channel: messages to a person are rows of their chat and can be edited in place.

An address is the id of a person of the office.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from config.clock import Clock
from scheduler.delivery.channel import ChannelCapabilities, Message, SendOutcome, SendResult
from storage.database.store import Store
from storage.messaging.sessions import SESSION_CHANNEL
from storage.messaging.web_chat import WebChat

WEB_CHANNEL = SESSION_CHANNEL


@dataclass(frozen=True, slots=True)
class WebChannel:
    """The channel of the local web page; it sends by writing to our own database."""

    store: Store
    office: str
    clock: Clock

    name: ClassVar[str] = WEB_CHANNEL
    capabilities: ClassVar[ChannelCapabilities] = ChannelCapabilities(
        buttons=True, edit=True, silent=True, max_length=20_000
    )

    def send(self, address: str, message: Message) -> SendResult:
        """Add a message to a person's chat. It is a row in our own database, so it is sent or it raises."""
        with self.store.writing(self.office) as connection:
            chat = WebChat(connection, self.office, address)
            number = chat.add(message.text, at=self.clock.now(), buttons=buttons_of(message))
        return SendResult(outcome=SendOutcome.SENT, message=str(number))

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Edit a message in place; refused with ``not_found`` where there is no such message."""
        with self.store.writing(self.office) as connection:
            chat = WebChat(connection, self.office, address)
            changed = message_id.isdecimal() and chat.change(
                int(message_id), message.text, buttons_of(message), at=self.clock.now()
            )
        if not changed:
            return SendResult(outcome=SendOutcome.REFUSED, why="not_found")
        return SendResult(outcome=SendOutcome.SENT, message=message_id)


def buttons_of(message: Message) -> list[list[list[str]]]:
    """A message's rows of buttons as they are stored: label and callback token."""
    return [[[button.label, button.callback_token] for button in row] for row in message.rows]
