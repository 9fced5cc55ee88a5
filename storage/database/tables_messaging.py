"""The tables of the channels: addresses of people, callback tokens, dialogs, live cards, the inbox and files.

They are neither the log nor derived from it, and their rows expire: a press becomes a fact only when the recorder
has written it to the log. The classes without ``Row`` in their names are records that the stores in
``storage/messaging/`` hand out as they are; the others are read and written by Core statements (docs/decisions/0022).
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, Enum, Index, text
from sqlmodel import Field, SQLModel

from storage.database import tables  # noqa: F401 - first: it sets how constraints are named

FORM_SLOT = "form"
"""Where the half-filled form of a person is kept."""
PENDING_CONDITION = "handled_at is null and aside_at is null"


class AddressState(StrEnum):
    """Whether messages can be sent to an address."""

    OK = "ok"
    BLOCKED = "blocked"
    LEFT = "left"
    NOT_FOUND = "not_found"
    MOVED = "moved"
    SIGNED_OUT = "signed_out"
    """The chat on the page of somebody who has no session any more."""


STATE_TYPE = Enum(
    AddressState,
    native_enum=False,
    length=32,
    values_callable=lambda states: [state.value for state in states],
)
"""The state as its text: a further state needs no new type in PostgreSQL."""


class Account(SQLModel, table=True):
    """An address of a channel at which a person is reached: it is one person's, and a person may have several."""

    __tablename__ = "account"
    __table_args__ = (
        Index("ix_account_person", "office", "person"),
        Index("ix_account_address", "channel", "address"),  # which offices an address belongs to
    )

    office: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    person: str
    bound_at: datetime
    state: AddressState = Field(sa_type=STATE_TYPE)
    marked_at: datetime
    why: str = ""
    """A key, never a text: ``blocked``, ``left`` …"""
    chosen_at: datetime | None = None
    """When a person who is in several offices of one bot last chose this one."""
    heard_at: datetime | None = None
    """When the person last wrote from here: of several addresses that one is used first."""
    preferred: bool = False
    """True for the address that the person set to be used first, whatever they wrote from last."""
    joined: int = 0
    """The log position of its ``AccountJoined``; 0 where the program did not record one."""
    confirmed_by: str = ""
    """Who confirmed it as a second person; empty where nobody did."""
    salt: str = ""
    """Random: with it the digest of ``AccountJoined`` tells whether this is the account that joined."""


class JoinRequest(SQLModel, table=True):
    """A chat account or a browser session that waits for a second person; it may be used for nothing before."""

    __tablename__ = "join_request"

    office: str = Field(default="", primary_key=True)
    """Filled in by the store."""
    joined: int = Field(primary_key=True)
    """The log position of its ``AccountJoined``."""
    person: str
    channel: str
    address: str
    """The chat's address, or the id of the browser session."""
    code: str
    """What both screens show; it is deleted with the request."""
    invited_by: str
    wrong_codes: int = 0
    asked_at: datetime
    salt: str = ""


class ChatGroup(SQLModel, table=True):
    """A chat group: it belongs to one office, whichever offices share the bot."""

    __tablename__ = "place"
    __table_args__ = (Index("uq_place_address", "channel", "address", unique=True),)

    office: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    title: str
    state: AddressState = Field(sa_type=STATE_TYPE)
    marked_at: datetime
    why: str = ""


class CallbackTokenRow(SQLModel, table=True):
    """The action behind a button (``storage/messaging/callback_tokens.py``), under the hash of the button's token."""

    __tablename__ = "handle"
    __table_args__ = (
        Index("uq_handle_token", "token", unique=True),  # which office a press is for
        Index("ix_handle_case", "office", "case", "person"),
        Index("ix_handle_expires", "office", "expires_at"),
    )

    office: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    person: str
    act: str
    case: int
    basis: str
    data: str
    expires_at: datetime
    used_at: datetime | None = None


class DialogState(SQLModel, table=True):
    """A half-filled form of a person on a channel; it survives a restart. The store fills in the key."""

    __tablename__ = "dialogue"

    office: str = Field(default="", primary_key=True)
    person: str = Field(default="", primary_key=True)
    channel: str = Field(default="", primary_key=True)
    slot: str = Field(default=FORM_SLOT, primary_key=True)
    """``form``, or ``list``: the cases of the list that the person was shown last."""
    form: str
    data: dict[str, Any] = Field(sa_type=JSON)
    """The answers so far."""
    expires_at: datetime


class LiveCard(SQLModel, table=True):
    """The one live card of a person and a task: where it stands and what it says, to be edited in place."""

    __tablename__ = "card"
    __table_args__ = (
        Index("ix_card_case", "office", "case"),
        Index("ix_card_message", "office", "channel", "address", "message"),
    )

    office: str = Field(default="", primary_key=True)
    """Filled in by the store."""
    person: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    what: str = Field(primary_key=True)
    channel: str
    address: str
    message: str
    """The channel's own id of the message."""
    version: str
    """A hash of what the card says: an edit that changes nothing is not made."""
    said_at: datetime
    """When the card was sent or changed last."""
    shown_at: datetime = Field(default=None)
    """When the person was first shown this version. Words said earlier are not about it. Filled in by the store."""


class OwedReplyState(StrEnum):
    """What is known of a reply that says what was recorded."""

    IN_HAND = "in_hand"  # the process that recorded it sends it
    WAITING = "waiting"  # it was certainly not sent, and is said later
    UNCERTAIN = "uncertain"  # it may have arrived: it is not repeated by itself, and shown at the next word


class OwedReply(SQLModel, table=True):
    """A reply that says what was recorded, kept in the transaction that recorded it until it was said."""

    __tablename__ = "owed_reply"
    __table_args__ = (Index("ix_owed_reply_chat", "office", "channel", "chat"),)

    office: str = Field(default="", primary_key=True)
    """Filled in by the store."""
    id: str = Field(primary_key=True)
    channel: str
    chat: str
    topic: str = ""
    text: str
    """Without buttons: a button's secret is stored nowhere."""
    state: str = OwedReplyState.IN_HAND
    owed_at: datetime


class InboxRow(SQLModel, table=True):
    """One update of a channel (``scheduler/delivery/inbox.py``), under the id the channel gave it.

    ``office`` is the owner of the bot: two bots number their updates independently. A bot that several offices
    share belongs to one of them; the office an update is for is found when it is handled.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("uq_inbox_update", "office", "channel", "update_id", unique=True),
        Index("ix_inbox_received", "office", "channel", "received_at"),
        Index("ix_inbox_content", "office", "channel", "content_key"),
        Index(
            "ix_inbox_pending",
            "office",
            "channel",
            "number",
            sqlite_where=text(PENDING_CONDITION),
            postgresql_where=text(PENDING_CONDITION),
        ),
    )

    office: str = Field(primary_key=True)
    number: int = Field(primary_key=True, sa_type=BigInteger)
    """The order of arrival: the channel's update ids may start again anywhere after a week without updates."""
    channel: str
    update_id: str
    content_key: str = ""
    """Made of sender, time and text where the channel sends a message again under another id; else empty."""
    chat: str
    body: str
    received_at: datetime
    not_before: datetime
    attempts: int = 0
    fault: str = ""
    handled_at: datetime | None = None
    aside_at: datetime | None = None


class ListeningRow(SQLModel, table=True):
    """The last instant at which a channel had nothing left to hand over: it forgets updates older than a day."""

    __tablename__ = "listening"

    office: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    heard_at: datetime


class LineState(SQLModel, table=True):
    """The long connection of a channel (``storage/channels/line_states.py``), and which process holds it."""

    __tablename__ = "line"

    office: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    holder: str = ""
    """The process that holds the connection: only one may."""
    held_until: datetime | None = None
    connected_at: datetime | None = None
    """Since when it is connected; None where it is not."""
    heard_at: datetime | None = None
    """The last sign of life of the platform."""
    sent_at: datetime | None = None
    gaps: int = 0
    """How often the connection was interrupted while the platform kept nothing for us."""
    gap_seconds: int = 0
    """How long these interruptions lasted together, in seconds."""
    why: str = ""
    """A key of why it is not connected."""


class JoinWord(SQLModel, table=True):
    """A six-digit word by which somebody joins, under its hash (``storage/channels/join_words.py``)."""

    __tablename__ = "join_word"

    office: str = Field(primary_key=True)
    word: str = Field(primary_key=True)
    person: str
    expires_at: datetime
    used_at: datetime | None = None
    invited_by: str = ""
    """The person's id, or ``terminal``."""
    position: int = 0
    """The log position of its ``AccountInvited``."""


class RecoveryCode(SQLModel, table=True):
    """A code of a keeper's recovery sheet, under its hash (``storage/channels/recovery_codes.py``)."""

    __tablename__ = "recovery_code"

    office: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    person: str
    invited_by: str
    """Who had the sheet printed: the person, or ``terminal`` for the first keeper of a new office."""
    position: int
    """The log position of its ``RecoverySheetPrinted``."""
    used_at: datetime | None = None


class HandledAmount(SQLModel, table=True):
    """What of one kind was handled of one address in a window (``storage/messaging/rate_limits.py``)."""

    __tablename__ = "handled_amount"

    office: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    """``updates`` or ``bytes``."""
    began_at: datetime
    amount: int = Field(sa_type=BigInteger)
    told: bool = False
    """True once its sender was told that what is more is not handled before the window ends."""


class WrongGuess(SQLModel, table=True):
    """A six-digit word that was none, and the address it came from: guesses are limited."""

    __tablename__ = "wrong_guess"
    __table_args__ = (Index("ix_wrong_guess_at", "office", "at"),)

    office: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    channel: str
    address: str
    at: datetime


class IncomingFile(SQLModel, table=True):
    """A file that a chat message brought, until it is filed or dropped; or the reason why it did not come.

    The store fills in whose it is and when it arrived.
    """

    __tablename__ = "arrival"
    __table_args__ = (Index("ix_arrival_arrived", "office", "arrived_at"),)

    office: str = Field(default="", primary_key=True)
    person: str = Field(default="", primary_key=True)
    channel: str = Field(default="", primary_key=True)
    message: str = Field(primary_key=True)
    """The channel's id of the message."""
    place: int = Field(primary_key=True)
    """Which of the message's files, from 0."""
    name: str
    content: bytes
    """As it may leave the office: of a photograph without place and camera."""
    original: bytes = b""
    """The photograph as it came; empty for any other file."""
    words: str = ""
    """The text of a document."""
    why: str = ""
    """A key (``too_large``, ``timeout``); empty where the file is here."""
    arrived_at: datetime = Field(default=None)


class ChatMessage(SQLModel, table=True):
    """One message of the local page's chat (``storage/messaging/web_chat.py``)."""

    __tablename__ = "page_message"
    __table_args__ = (Index("ix_page_message_person", "office", "person", "number"),)

    office: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    person: str
    own: bool
    """True if the person wrote it."""
    text: str
    buttons: list[Any] = Field(sa_type=JSON)
    """Rows of buttons, each a label and a callback token."""
    said_at: datetime
    changed_at: datetime | None = None
    """When its words last changed in place; None if they stand as they were said."""
    changed: int
    """Rises whenever anything in this chat changes, so that a page can ask for what is new."""


INBOX = SQLModel.metadata.tables["inbox"]
LISTENING = SQLModel.metadata.tables["listening"]
ACCOUNTS = SQLModel.metadata.tables["account"]
DIALOGUES = SQLModel.metadata.tables["dialogue"]
HANDLED_AMOUNTS = SQLModel.metadata.tables["handled_amount"]
OWED_REPLIES = SQLModel.metadata.tables["owed_reply"]
CALLBACK_TOKENS = SQLModel.metadata.tables["handle"]
