"""Keeps the live card of a person and a task: the newest message about the task, and the only one with buttons.

Removing the buttons of the replaced card is best effort, after the transaction, and never sends a second message: a
card that could not be changed answers a press with the current state.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.dialog.reply import CardKey
from scheduler.delivery.channel import Channel, Message, MessageRef, SendResult
from storage.messaging.dialog_state import LiveCard, LiveCards


def replace_live_card(
    cards: LiveCards, person: str, task: CardKey, sent: MessageRef, at: datetime
) -> MessageRef | None:
    """Store a message as the live card. Returns the message of the card it replaces, if that is another."""
    card = LiveCard(
        person=person,
        case=task.case,
        what=task.what,
        channel=sent.channel,
        address=sent.address,
        message=sent.message,
        version=task.version,
        said_at=at,
    )
    before = cards.put(card)
    return message_ref_of(before) if before and message_ref_of(before) != sent else None


def message_ref_of(card: LiveCard) -> MessageRef:
    """Return the message that carries a card."""
    return MessageRef(card.channel, card.address, card.message)


def remove_buttons(channels: Mapping[str, Channel], old: MessageRef, text: str) -> SendResult | None:
    """Replace a message by this text without buttons; None if its channel cannot edit."""
    channel = channels.get(old.channel)
    if channel is None or not channel.capabilities.edit:
        return None
    return channel.edit(old.address, old.message, Message(text=text))
