"""The mouth: says a reply on the channel where somebody spoke, once what it reports is kept.

Each person has one live card for each task. Where a channel can edit, the card is changed in place and what came of
it replaces its buttons, on everybody's card; where that fails a new message is said. The truth is in the database:
a card that could not be changed answers a tap with how things stand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.hearing import Heard, What
from bot.replies import Reply, rendered
from config.clock import Clock
from scheduler.channel import Channel, Message, Outcome
from storage.accounts import Accounts
from storage.dialogues import Card, Cards
from storage.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Mouth:
    """Says replies for one office, on all its channels."""

    store: Store
    office: str
    clock: Clock
    channels: Mapping[str, Channel]

    def say(self, heard: Heard, reply: Reply | None) -> None:
        """Answer whoever spoke; then the other cards of what has moved on lose their buttons."""
        if reply is None:
            return
        channel = self.channels[heard.channel]
        message = rendered(reply, channel.abilities)
        said = self._said(channel, heard, message)
        if reply.task and said:
            self._keep(heard, reply, said)
        for case in reply.ends:
            self._end(case, reply)

    def _said(self, channel: Channel, heard: Heard, message: Message) -> str:
        """In place of the pressed card where that can be done, else as a new message. Returns its id."""
        if heard.what is What.PRESSED and channel.abilities.edit and heard.message:
            sent = channel.edit(heard.place, heard.message, message)
            if sent.outcome is not Outcome.REFUSED:
                return sent.message or heard.message
        return channel.send(heard.place, message).message

    def _keep(self, heard: Heard, reply: Reply, said: str) -> None:
        """This is the live card now; the one it replaces has no buttons any more."""
        with self.store.writing(self.office) as connection:
            account = Accounts(connection, self.office).at(heard.channel, heard.sender)
            if account is None or reply.task is None:
                return
            card = Card(
                person=account.person,
                case=reply.task.case,
                what=reply.task.what,
                channel=heard.channel,
                address=heard.place,
                message=said,
                version=reply.task.version,
                said_at=self.clock.now(),
            )
            before = Cards(connection, self.office).put(card)
        if before and before.message != said:
            self._silence(before, reply.text)

    def _end(self, case: int, reply: Reply) -> None:
        with self.store.writing(self.office) as connection:
            cards = Cards(connection, self.office)
            over = cards.about(case)
            for card in over:
                cards.end(card.person, card.case, card.what)
        for card in over:
            self._silence(card, reply.text)

    def _silence(self, card: Card, text: str) -> None:
        """Best effort: a card that cannot be changed still answers a tap."""
        channel = self.channels.get(card.channel)
        if channel and channel.abilities.edit:
            channel.edit(card.address, card.message, Message(text=text))
