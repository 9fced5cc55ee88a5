"""Gives the outbox sender what it needs of an office: addresses, words, current notices, substitutes.

The address book has people's addresses and the buttons of a notice, and keeps what became of what was sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from bot.commands.handover import consent_choices, own_awaiting
from bot.commands.join import STATE_BY_REFUSAL_REASON
from bot.delivery.group_announcements import GroupMessageRenderer, departed_group_notices
from bot.delivery.live_cards import remove_buttons, replace_live_card
from bot.dialog.forms import keep_shown_list
from bot.dialog.reply import CardKey, Choice, button_rows
from bot.dialog.task_cards import action_buttons
from bot.dialog.turn import RequestContext
from bot.language.digest import DigestRenderer
from bot.language.labels import ADDRESS_PREFIX
from bot.language.verbs import VerbKind
from bot.publishing.texts import findings_for_digest, text_beginning
from bot.services.app import OfficeApp
from bot.services.office.delegation_consent import ASKED
from bot.services.office_notices import current_notices
from config.declarations.duty import Duty
from config.findings import Finding
from scheduler.delivery.channel import Button, Channel, ChannelCapabilities, Message, MessageRef, SendOutcome
from scheduler.sweep.reminder_queue import substitutes
from storage.events.case import Case
from storage.messaging.accounts import Accounts, AddressState, ChatGroups
from storage.messaging.dialog_state import LiveCards
from storage.messaging.notice import OutboxNotice
from storage.messaging.outbox import OutboxEntry

ONLOOKER_VERBS = (VerbKind.NUDGE, VerbKind.WHY)
"""Verbs offered on a task that waits for somebody else: whoever gets it is notified because it is overdue."""


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
        return text_beginning(self.app.contents(connection), case, duty)

    def report_fault(self, fault: Exception) -> None:
        """Report a fault to whoever runs the sender."""
        self.on_fault(fault)

    def _findings(self, connection: Connection, digest: str) -> Sequence[Finding]:
        return findings_for_digest(self.app, self.app.contents(connection), digest)


@dataclass(frozen=True, slots=True)
class OfficeAddressBook:
    """The address book of one office, over an open connection."""

    connection: Connection
    app: OfficeApp

    def addresses_of(self, person: str) -> Sequence[tuple[str, str]]:
        """Return the channels and addresses of a person, the best first, or of a group."""
        if person.startswith(ADDRESS_PREFIX):
            channel, _, address = person.removeprefix(ADDRESS_PREFIX).partition(" ")
            return [(channel, address)]
        return [(one.channel, one.address) for one in self._accounts.reachable(person)]

    def buttons_for(
        self, person: str, rows: Sequence[OutboxEntry], abilities: ChannelCapabilities
    ) -> Sequence[Sequence[Button]]:
        """Return the buttons of a notice about one task: the actions of its card, or those open to others."""
        task = _single_task_notice(rows)
        recipient = self.app.office.find_person(person)
        asked = next((row.notice for row in rows if row.notice.what == ASKED), None)
        if (task is None and asked is None) or recipient is None or not abilities.buttons:
            return ()
        context = RequestContext(
            app=self.app,
            connection=self.connection,
            person=recipient,
            channel="",
            capabilities=abilities,
            sent_at=self.app.clock.now(),
        )
        return button_rows(_task_choices(context, task) if task else _consent_choices(context))

    def mark_unreachable(self, channel: str, address: str, why: str, at: datetime) -> None:
        """Mark an address that reaches nobody any more, with the reason."""
        state = STATE_BY_REFUSAL_REASON.get(why, AddressState.BLOCKED)
        for addresses in (self._accounts, self._groups):  # it is a person's or a group's
            addresses.mark(channel, address, state, at=at, why=why)

    def update_address(self, channel: str, address: str, to: str, at: datetime) -> None:
        """Replace an address that became another."""
        for addresses in (self._accounts, self._groups):
            addresses.change_address(channel, address, to, at=at)

    def record_sent(
        self, rows: Sequence[OutboxEntry], said: MessageRef, at: datetime, listed: Sequence[int]
    ) -> MessageRef | None:
        """Make a sent notice about one task its live card, which can be replied to and changed.

        Returns the message of the card that it replaces. Of several, their places are kept, as those of a list.
        """
        if listed:
            keep_shown_list(
                self.connection, self.app.office.slug, rows[0].notice.person, said.channel, listed, at=at
            )
        notice = _single_task_notice(rows)
        if notice is None or not said.message:
            return None
        task = CardKey(notice.case, notice.what, notice.basis)
        cards = LiveCards(self.connection, self.app.office.slug)
        return replace_live_card(cards, notice.person, task, said, at)

    @property
    def _groups(self) -> ChatGroups:
        return ChatGroups(self.connection, self.app.office.slug)

    @property
    def _accounts(self) -> Accounts:
        return Accounts(self.connection, self.app.office.slug)


def _single_task_notice(rows: Sequence[OutboxEntry]) -> OutboxNotice | None:
    """Return the notice of a bundle that is about one task of one case; None if it is about more."""
    (notice, *others) = [row.notice for row in rows]
    alone = all((one.case, one.what) == (notice.case, notice.what) for one in others)
    return notice if notice.case and alone else None


def _consent_choices(context: RequestContext) -> Sequence[Choice]:
    return [choice for found in own_awaiting(context)[:1] for choice in consent_choices(context, found)]


def _task_choices(context: RequestContext, task: OutboxNotice) -> Sequence[Choice]:
    case, duty = context.case(task.case)
    mine = next((one for one in context.pending_for_actor(case, duty) if one.wait.what == task.what), None)
    if mine:
        return action_buttons(context, mine)
    return [context.choice(verb, task.case) for verb in ONLOOKER_VERBS]
