"""Keeps the live card of a person and a task: the newest message about the task, and the only one with buttons.

Removing the buttons of the replaced card is best effort, after the transaction, and never sends a second message: a
card that could not be changed answers a press with the current state.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.dialog.incoming import IncomingUpdate
from bot.dialog.reply import CardKey
from scheduler.delivery.channel import Channel, Message, MessageRef, SendResult
from storage.messaging.dialog_state import LiveCard, LiveCards


def live_message_in_chat(cards: LiveCards, person: str, task: CardKey, update: IncomingUpdate) -> str:
    """The id of the message in the update's chat that is a person's live card of a task; empty where none is."""
    card = cards.get(person, task.case, task.what)
    return card.message if card and (card.channel, card.address) == (update.channel, update.chat) else ""


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
    return _message_of(before) if before and _message_of(before) != sent else None


def end_live_cards(cards: LiveCards, case: int, own: MessageRef) -> list[MessageRef]:
    """End everybody's cards about a case. Returns their messages, without one's own, whose buttons are new."""
    outdated = cards.about(case)
    for card in outdated:
        cards.end(card.person, card.case, card.what)
    return [found for found in map(_message_of, outdated) if found[1:] != own[1:]]


def remove_buttons(channels: Mapping[str, Channel], old: MessageRef, text: str) -> SendResult | None:
    """Replace a message by this text without buttons; None if its channel cannot edit."""
    channel = channels.get(old.channel)
    if channel is None or not channel.capabilities.edit:
        return None
    return channel.edit(old.address, old.message, Message(text=text))


def _message_of(card: LiveCard) -> MessageRef:
    return MessageRef(card.channel, card.address, card.message)
