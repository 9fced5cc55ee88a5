"""The live card of a person and a task: what is said anew takes its place, and what it replaces loses its buttons.

Taking the buttons away is best effort, after everything is kept, and never a second message: a card that could not
be changed answers a tap with how things stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.dialog.reply import CardKey
from scheduler.delivery.channel import Channel, Message, MessageRef, SendResult
from storage.messaging.dialog_state import LiveCard, LiveCards


def replace_live_card(
    cards: LiveCards, person: str, task: CardKey, said: MessageRef, at: datetime
) -> MessageRef | None:
    """What was said here is the live card now. Returns where the one stands that it replaces, if that is another."""
    card = LiveCard(
        person=person,
        case=task.case,
        what=task.what,
        channel=said.channel,
        address=said.address,
        message=said.message,
        version=task.version,
        said_at=at,
    )
    before = cards.put(card)
    return message_ref_of(before) if before and message_ref_of(before) != said else None


def message_ref_of(card: LiveCard) -> MessageRef:
    """Where a card stands."""
    return MessageRef(card.channel, card.address, card.message)


def remove_buttons(channels: Mapping[str, Channel], old: MessageRef, text: str) -> SendResult | None:
    """Let a message say this and offer nothing any more; nothing where it cannot be changed."""
    channel = channels.get(old.channel)
    if channel is None or not channel.capabilities.edit:
        return None
    return channel.edit(old.address, old.message, Message(text=text))
