"""Half-filled forms, live cards and owed replies: a restart forgets nothing, and two instances see the same.

A person fills in one form at a time on a channel, and has one live card for each task: the card is edited in place,
and a new card of the same task replaces it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, ScalarResult, bindparam, delete, insert
from sqlalchemy import select as core_select
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database.store import orm_session
from storage.database.tables import equals_bound
from storage.database.tables_messaging import (
    DIALOGUES,
    FORM_SLOT,
    OWED_REPLIES,
    DialogState,
    LiveCard,
    OwedReply,
    OwedReplyState,
)

__all__ = [
    "DialogState",
    "DialogStates",
    "LiveCard",
    "LiveCards",
    "OwedReplies",
    "OwedReply",
    "OwedReplyState",
    "office_of_card",
]

_THIS_DIALOG = equals_bound(DIALOGUES, "office", "person", "channel", "slot")
_SELECT_DIALOG = core_select(DIALOGUES).where(*_THIS_DIALOG, DIALOGUES.c.expires_at > bindparam("at"))
_SELECT_EXPIRED = core_select(DIALOGUES).where(*_THIS_DIALOG, DIALOGUES.c.expires_at <= bindparam("at"))
_DISCARD_DIALOG, _SAVE_DIALOG = delete(DIALOGUES).where(*_THIS_DIALOG), insert(DIALOGUES)
"""Core statements, built once: every press asks if its person is filling in a form, or left one open."""
_IN_CHAT = (
    *equals_bound(OWED_REPLIES, "office", "channel", "chat"),
    OWED_REPLIES.c.state == OwedReplyState.UNCERTAIN,
)
_OLDEST_FIRST = (OWED_REPLIES.c.owed_at, OWED_REPLIES.c.id)
_UNCERTAIN = core_select(OWED_REPLIES.c.text).where(*_IN_CHAT).order_by(*_OLDEST_FIRST)
_END_UNCERTAIN = delete(OWED_REPLIES).where(*_IN_CHAT)
_KEEP, _SETTLE = insert(OWED_REPLIES), delete(OWED_REPLIES).where(*equals_bound(OWED_REPLIES, "office", "id"))
"""Core statements too: each press owes its answer, and settles it once it was said."""


@dataclass(frozen=True, slots=True)
class DialogStates:
    """One office's half-filled forms over an open connection."""

    connection: Connection
    office: str
    slot: str = FORM_SLOT
    """What is kept of a person: the open form, or the list that was shown last."""

    def save(self, person: str, channel: str, dialog: DialogState) -> None:
        """Save how far a person has come; the form they were filling in before is replaced."""
        key = self._key(person, channel)
        self.connection.execute(_DISCARD_DIALOG, key)
        said = {"form": dialog.form, "data": dialog.data, "expires_at": dialog.expires_at}
        self.connection.execute(_SAVE_DIALOG, key | said)

    def get(self, person: str, channel: str, *, at: datetime) -> DialogState | None:
        """The form a person is filling in, unless it has expired."""
        row = (
            self.connection.execute(_SELECT_DIALOG, self._key(person, channel) | {"at": at})
            .mappings()
            .first()
        )
        return DialogState(**row) if row else None

    def take_expired(self, person: str, channel: str, *, at: datetime) -> DialogState | None:
        """The form that a person left open until it expired, which is deleted; None where there is none."""
        key = self._key(person, channel)
        row = self.connection.execute(_SELECT_EXPIRED, key | {"at": at}).mappings().first()
        if row is None:
            return None
        self.connection.execute(_DISCARD_DIALOG, key)
        return DialogState(**row)

    def discard(self, person: str, channel: str) -> bool:
        """Delete a person's form. True if there was one."""
        return self.connection.execute(_DISCARD_DIALOG, self._key(person, channel)).rowcount > 0

    def _key(self, person: str, channel: str) -> dict[str, object]:
        return {"office": self.office, "person": person, "channel": channel, "slot": self.slot}


@dataclass(frozen=True, slots=True)
class LiveCards:
    """One office's live cards over an open connection."""

    connection: Connection
    office: str

    def put(self, card: LiveCard) -> LiveCard | None:
        """Save the live card of its person and task. Returns the card it replaces.

        A version that is shown again was first shown when it was shown before.
        """
        with orm_session(self.connection) as session:
            before = self._find(session, person=card.person, case=card.case, what=card.what).first()
            card.shown_at = card.shown_at or card.said_at
            if before is not None:
                if before.version == card.version:
                    card.shown_at = min(card.shown_at, before.shown_at)
                session.delete(before)
                session.flush()  # a session inserts before it deletes
            card.office = self.office
            session.add(card)
            return before

    def get(self, person: str, case: int, what: str) -> LiveCard | None:
        """The live card of a person and a task."""
        with orm_session(self.connection) as session:
            return self._find(session, person=person, case=case, what=what).first()

    def versions_seen_by(self, person: str, at: datetime) -> dict[int, str]:
        """By case, the version that a person was shown last, without those first shown after an instant."""
        with orm_session(self.connection) as session:
            cards = self._find(session, person=person)
            return {card.case: card.version for card in cards if card.shown_at <= at}

    def about(self, case: int) -> list[LiveCard]:
        """Everybody's live cards about a case: each is edited when the case moves on."""
        with orm_session(self.connection) as session:
            return list(self._find(session, case=case))

    def of_message(self, channel: str, address: str, message: str) -> LiveCard | None:
        """The live card that is this message."""
        with orm_session(self.connection) as session:
            return self._find(session, channel=channel, address=address, message=message).first()

    def end(self, person: str, case: int, what: str) -> None:
        """Delete the live card of a person and a task."""
        with orm_session(self.connection) as session:
            if card := session.get(LiveCard, (self.office, person, case, what)):
                session.delete(card)

    def _find(self, session: Session, **key: object) -> ScalarResult[LiveCard]:
        return session.exec(_select_cards(*key), params={"office": self.office, **key})


@dataclass(frozen=True, slots=True)
class OwedReplies:
    """One office's replies that say what was recorded and were not said yet, over an open connection."""

    connection: Connection
    office: str

    def put(self, reply: OwedReply) -> None:
        """Keep a reply, in the transaction that records what it says."""
        self.connection.execute(_KEEP, reply.model_dump() | {"office": self.office})

    def settle(self, reply_id: str) -> None:
        """Delete a reply that was said."""
        self.connection.execute(_SETTLE, {"office": self.office, "id": reply_id})

    def mark(self, reply_id: str, state: OwedReplyState) -> None:
        """Keep what is known of a reply."""
        with orm_session(self.connection) as session:
            if reply := session.get(OwedReply, (self.office, reply_id)):
                reply.state = state

    def take_uncertain(self, channel: str, chat: str) -> list[str]:
        """The texts that may not have arrived in a chat, the oldest first. They are deleted: they are said now."""
        here = {"office": self.office, "channel": channel, "chat": chat}
        texts = list(self.connection.scalars(_UNCERTAIN, here))
        if texts:
            self.connection.execute(_END_UNCERTAIN, here)
        return texts

    def resume(self, channel: str) -> list[OwedReply]:
        """The replies of a channel that an earlier run did not send; those it was just sending become uncertain."""
        with orm_session(self.connection) as session:
            found = list(session.exec(self._select(col(OwedReply.channel) == channel)))
            for reply in found:
                if reply.state == OwedReplyState.IN_HAND:
                    reply.state = OwedReplyState.UNCERTAIN
            return [reply for reply in found if reply.state == OwedReplyState.WAITING]

    def _select(self, *conditions: Any) -> SelectOfScalar[OwedReply]:
        query = select(OwedReply).where(col(OwedReply.office) == self.office, *conditions)
        return query.order_by(col(OwedReply.owed_at), col(OwedReply.id))


@cache
def _select_cards(*names: str) -> SelectOfScalar[LiveCard]:
    """The live cards of ``office`` with these columns given, the oldest first."""
    conditions = [col(getattr(LiveCard, name)) == bindparam(name) for name in ("office", *names)]
    return select(LiveCard).where(*conditions).order_by(col(LiveCard.said_at))


def delete_expired_forms(connection: Connection, office: str, before: datetime) -> int:
    """Delete the forms that expired before an instant, with those whose office was never told. Returns how many."""
    old = delete(DIALOGUES).where(DIALOGUES.c.office.in_([office, ""]), DIALOGUES.c.expires_at < before)
    return connection.execute(old).rowcount


def office_of_card(connection: Connection, channel: str, address: str, message: str) -> str:
    """The office, of several that share a bot, whose live card a message is; empty if it is none."""
    query = select(LiveCard.office).where(
        col(LiveCard.channel) == channel,
        col(LiveCard.address) == address,
        col(LiveCard.message) == message,
    )
    with orm_session(connection) as session:
        return session.exec(query).first() or ""
