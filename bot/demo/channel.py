"""A channel of the demo that keeps every message to and from a post, to be read afterwards.

It has every capability of a channel, so that the richest rendering is shown. Nothing leaves the process.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from config.clock import Clock
from scheduler.delivery.channel import Button, ChannelCapabilities, Message, SendOutcome, SendResult

NAME = "demo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatLine:
    """One message in a post's chat."""

    at: datetime
    own: bool
    """Whether the post said it; else it was said to the post."""
    text: str
    buttons: tuple[str, ...] = ()
    edited: bool = False
    """Whether it took the place of an earlier message."""


@dataclass(slots=True, kw_only=True)
class DemoChannel:
    """A channel with one chat for each post; an address is the post's id."""

    clock: Clock
    name: ClassVar[str] = NAME
    capabilities: ClassVar[ChannelCapabilities] = ChannelCapabilities(
        buttons=True, edit=True, files=True, silent=True
    )
    chats: dict[str, list[ChatLine]] = field(default_factory=lambda: defaultdict(list))
    shown: dict[str, tuple[str, Message]] = field(default_factory=dict)
    """The message each post looks at: the last one said or changed, by its id."""
    _message_count: int = 0

    def send(self, address: str, message: Message) -> SendResult:
        """Keep a message in the chat."""
        self._message_count += 1
        return self._record_message(address, str(self._message_count), message, edited=False)

    def edit(self, address: str, message_id: str, message: Message) -> SendResult:
        """Keep the changed message; the former one stays readable above it."""
        return self._record_message(address, message_id, message, edited=True)

    def record_own_message(self, address: str, text: str) -> None:
        """Keep what the post wrote or pressed."""
        self.chats[address].append(ChatLine(at=self.clock.now(), own=True, text=text))

    def buttons(self, address: str) -> dict[str, tuple[str, Button]]:
        """The buttons that the post can press, by label, each with its message."""
        if address not in self.shown:
            return {}
        number, message = self.shown[address]
        return {button.label: (number, button) for row in message.rows for button in row}

    def _record_message(self, address: str, message_id: str, message: Message, *, edited: bool) -> SendResult:
        labels = tuple(button.label for row in message.rows for button in row)
        names = "".join(f"［{one.name}］" for one in message.pictures)
        text = "\n".join(filter(None, (message.text, names)))
        line = ChatLine(at=self.clock.now(), own=False, text=text, buttons=labels, edited=edited)
        self.chats[address].append(line)
        if message.pictures:  # they stand below the message whose buttons are pressed
            return SendResult(outcome=SendOutcome.SENT, message=message_id)
        current = self.shown.get(address)
        if not edited or current is None or current[0] == message_id:
            self.shown[address] = (message_id, message)
        return SendResult(outcome=SendOutcome.SENT, message=message_id)
