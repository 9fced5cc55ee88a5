"""Gives the outbox sender what it needs of an office: addresses, words, current notices, substitutes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from bot.delivery.address_book import OfficeAddressBook
from bot.delivery.group_announcements import GroupMessageRenderer, departed_group_notices
from bot.delivery.live_cards import remove_buttons
from bot.language.digest import DigestRenderer
from bot.publishing.texts import findings_for_digest, text_beginning
from bot.services.app import OfficeApp
from bot.services.office_notices import current_notices
from config.declarations.duty import Duty
from config.findings import Finding
from scheduler.delivery.channel import Channel, Message, MessageRef, SendOutcome
from scheduler.sweep.reminder_queue import substitutes
from storage.content.content_store import ContentStore
from storage.events.case import Case
from storage.messaging.outbox import OutboxEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDeliveryPorts:
    """One office on these channels (``scheduler/delivery/ports.py``)."""

    app: OfficeApp
    channels: Mapping[str, Channel]
    on_fault: Callable[[Exception], object]

    def address_book(self, connection: Connection) -> OfficeAddressBook:
        """The accounts and groups of the office."""
        return OfficeAddressBook(connection, self.app)

    def render(self, person: str, rows: Sequence[OutboxEntry]) -> Message:
        """A digest or a card in the person's language; an announcement for a group."""
        digest = DigestRenderer(recorder=self.app.recorder, findings=self._findings, text=self._text)
        return GroupMessageRenderer(self.app, digest)(person, rows)

    def current_notices(self, connection: Connection, rows: Sequence[OutboxEntry]) -> list[int]:
        """Those of cases and accounts that are still true, and of groups that are still there."""
        departed = departed_group_notices(self.app, connection, self.channels, rows)
        return [number for number in current_notices(self.app, connection, rows) if number not in departed]

    def substitutes(self, connection: Connection, person: str) -> Sequence[str]:
        """The deputies, then the party-and-government office."""
        return substitutes(self.app.recorder, connection, person)

    def mark_replaced(self, old: MessageRef, text: str) -> bool:
        """Take the buttons of a replaced message away. False where its channel did not answer."""
        sent = remove_buttons(self.channels, old, text)
        return sent is None or sent.outcome in {SendOutcome.SENT, SendOutcome.REFUSED}

    def _text(self, connection: Connection, case: Case, duty: Duty) -> str:
        return text_beginning(connection, self.app.office.slug, case, duty)

    def report_fault(self, fault: Exception) -> None:
        """Report a fault to whoever runs the sender."""
        self.on_fault(fault)

    def _findings(self, connection: Connection, digest: str) -> Sequence[Finding]:
        return findings_for_digest(self.app, ContentStore(connection, self.app.office.slug), digest)
