"""The tables of the channels: where people are reached, what their buttons stand for, what was handed over.

Neither log nor derived from it, and nothing of it is for ever: a press is a fact only once the desk recorded it.
Apart from ``storage/database/tables.py`` only for its length.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from storage.database import tables  # noqa: F401 - first: it sets how constraints are named

PENDING_CONDITION = "handled_at is null and aside_at is null"


class AccountRow(SQLModel, table=True):
    """Where a person is reached (``storage/messaging/accounts.py``): an address is one person's, a person may have several."""

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
    state: str
    marked_at: datetime
    why: str = ""
    chosen_at: datetime | None = None
    """When whoever is in several offices of one bot last said that they speak to this one."""


class PlaceRow(SQLModel, table=True):
    """A group: it belongs to one office, whoever else uses the same bot."""

    __tablename__ = "place"
    __table_args__ = (Index("uq_place_address", "channel", "address", unique=True),)

    office: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    address: str = Field(primary_key=True)
    title: str
    state: str
    marked_at: datetime
    why: str = ""


class HandleRow(SQLModel, table=True):
    """What a button stands for (``storage/messaging/callback_tokens.py``): only the hash of the random token it carries."""

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


class DialogueRow(SQLModel, table=True):
    """A half-filled form (``storage/messaging/dialog_state.py``): a restart forgets nothing of it."""

    __tablename__ = "dialogue"

    office: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    form: str
    data: str
    expires_at: datetime


class CardRow(SQLModel, table=True):
    """The one live card of a person and a task, to be edited in place."""

    __tablename__ = "card"
    __table_args__ = (
        Index("ix_card_case", "office", "case"),
        Index("ix_card_message", "office", "channel", "address", "message"),
    )

    office: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    what: str = Field(primary_key=True)
    channel: str
    address: str
    message: str
    version: str
    said_at: datetime


class InboxRow(SQLModel, table=True):
    """One update of a channel (``scheduler/delivery/inbox.py``), under the id the channel gave it.

    ``office`` is whose bot it is: two bots count their updates apart. A bot that several offices share is one
    office's, and whom an update is for is found out when it is handled.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        Index("uq_inbox_update", "office", "channel", "update_id", unique=True),
        Index("ix_inbox_received", "office", "channel", "received_at"),
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
    """Its place in the order of arrival: update ids may start anew anywhere after a quiet week."""
    channel: str
    update_id: str
    chat: str
    body: str
    received_at: datetime
    not_before: datetime
    attempts: int = 0
    fault: str = ""
    handled_at: datetime | None = None
    aside_at: datetime | None = None


class ListeningRow(SQLModel, table=True):
    """When a channel was last heard with nothing left behind: what is older than a day the other side forgets."""

    __tablename__ = "listening"

    office: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    heard_at: datetime


class ArrivalRow(SQLModel, table=True):
    """A file that was sent in a chat (``storage/messaging/incoming_files.py``), until it is laid down or forgotten."""

    __tablename__ = "arrival"
    __table_args__ = (Index("ix_arrival_arrived", "office", "arrived_at"),)

    office: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    place: int = Field(primary_key=True)
    name: str
    content: bytes
    why: str = ""
    arrived_at: datetime


class PageMessageRow(SQLModel, table=True):
    """One message of the local page's chat (``storage/messaging/web_chat.py``)."""

    __tablename__ = "page_message"
    __table_args__ = (Index("ix_page_message_person", "office", "person", "number"),)

    office: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    person: str
    own: bool
    text: str
    buttons: str
    said_at: datetime
    changed: int


ACCOUNTS = SQLModel.metadata.tables["account"]
PLACES = SQLModel.metadata.tables["place"]
HANDLES = SQLModel.metadata.tables["handle"]
DIALOGUES = SQLModel.metadata.tables["dialogue"]
CARDS = SQLModel.metadata.tables["card"]
INBOX = SQLModel.metadata.tables["inbox"]
LISTENING = SQLModel.metadata.tables["listening"]
ARRIVALS = SQLModel.metadata.tables["arrival"]
PAGE_MESSAGES = SQLModel.metadata.tables["page_message"]
