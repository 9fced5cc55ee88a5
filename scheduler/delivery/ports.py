"""What the outbox sender needs of an office, as one protocol: addresses, words, current notices, substitutes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from scheduler.delivery.channel import Button, ChannelCapabilities, Message, MessageRef
from storage.messaging.outbox import OutboxEntry


class AddressBook(Protocol):
    """The addresses of an office's people, over an open connection (``storage/messaging/accounts.py``)."""

    def addresses_of(self, person: str) -> Sequence[tuple[str, str]]:
        """A person's channels and addresses, the best first."""
        ...

    def buttons_for(
        self, person: str, rows: Sequence[OutboxEntry], abilities: ChannelCapabilities
    ) -> Sequence[Sequence[Button]]:
        """The buttons under a person's bundle; created in the transaction that marks the bundle as being sent."""
        ...

    def mark_unreachable(self, channel: str, address: str, why: str, at: datetime) -> None:
        """Record that an address reaches nobody any more."""
        ...

    def update_address(self, channel: str, address: str, to: str, at: datetime) -> None:
        """Record that an address was replaced by another."""
        ...

    def record_sent(
        self, rows: Sequence[OutboxEntry], said: MessageRef, at: datetime, listed: Sequence[int]
    ) -> MessageRef | None:
        """Record the message a bundle was sent as, and the cases it ``listed``. Returns what it replaces, if any."""
        ...


class DeliveryPorts(Protocol):
    """One office as the outbox sender sees it."""

    def address_book(self, connection: Connection) -> AddressBook:
        """The office's addresses over this connection."""
        ...

    def render(self, person: str, rows: Sequence[OutboxEntry]) -> Message:
        """The message of a person's bundle, without its buttons."""
        ...

    def current_notices(self, connection: Connection, rows: Sequence[OutboxEntry]) -> Collection[int]:
        """The numbers of those that are still true; the others are not sent."""
        ...

    def substitutes(self, connection: Connection, person: str) -> Sequence[str]:
        """Who may receive a bundle in place of a person whom no channel reaches, in the order of trying."""
        ...

    def mark_replaced(self, old: MessageRef, text: str) -> bool:
        """Change a message that a newer one with this text replaced. Returns whether its channel answered."""
        ...

    def report_fault(self, fault: Exception) -> None:
        """Report a fault of one person's bundle or notice; the others are delivered all the same."""
        ...
