"""The live card of a person and a task: what is said anew takes its place, and what it replaces loses its buttons.

Taking the buttons away is best effort, after everything is kept, and never a second message: a card that could not
be changed answers a tap with how things stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from bot.dialog.reply import Task
from scheduler.delivery.channel import Channel, Message, Said, Sent
from storage.messaging.dialog_state import Card, Cards


def now_live(cards: Cards, person: str, task: Task, said: Said, at: datetime) -> Said | None:
    """What was said here is the live card now. Returns where the one stands that it replaces, if that is another."""
    card = Card(
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
    return place_of(before) if before and place_of(before) != said else None


def place_of(card: Card) -> Said:
    """Where a card stands."""
    return Said(card.channel, card.address, card.message)


def without_buttons(channels: Mapping[str, Channel], old: Said, text: str) -> Sent | None:
    """Let a message say this and offer nothing any more; nothing where it cannot be changed."""
    channel = channels.get(old.channel)
    if channel is None or not channel.abilities.edit:
        return None
    return channel.edit(old.address, old.message, Message(text=text))
