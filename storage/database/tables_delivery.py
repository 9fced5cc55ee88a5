"""The tables of delivery: wake-ups of cases, the outbox, and the slots that the rate limits count.

They are neither the log nor derived from it: what was sent when cannot be worked out again.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from storage.database import tables  # noqa: F401 - first: it sets how constraints are named

QUEUED_CONDITION = "state = 'queued'"
IN_HAND_CONDITION = "state in ('claimed', 'sending')"


class WakeRow(SQLModel, table=True):
    """When the sweep next looks at a case (``storage/messaging/wake_queue.py``); ``gongkai rebuild`` remakes it."""

    __tablename__ = "wake"
    __table_args__ = (Index("ix_wake_at", "office", "at", "case"),)

    office: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    at: datetime | None = None
    """Empty while nothing about the case changes by the passing of time."""
    set_aside_until: datetime | None = None
    """The case failed and is tried again at this instant; ``fault`` is the name of the error."""
    fault: str = ""


class OutboxRow(SQLModel, table=True):
    """One notice (``storage/messaging/outbox.py``): its key makes it unique, whatever runs twice."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("uq_outbox_office_key", "office", "key", unique=True),
        Index("ix_outbox_case", "office", "case"),
        Index("ix_outbox_heard", "office", "person", "sent_at"),
        Index("ix_outbox_created", "office", "created_at"),
        Index(
            "ix_outbox_queued",
            "office",
            "not_before",
            sqlite_where=text(QUEUED_CONDITION),
            postgresql_where=text(QUEUED_CONDITION),
        ),
        Index(
            "ix_outbox_in_hand",
            "office",
            "claimed_until",
            sqlite_where=text(IN_HAND_CONDITION),
            postgresql_where=text(IN_HAND_CONDITION),
        ),
    )

    office: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    key: str
    person: str
    case: int
    what: str
    rung: str
    basis: str
    until: date | None = None
    statutory: bool
    rings: bool
    topic: str
    for_person: str
    created_at: datetime
    not_before: datetime
    state: str
    attempts: int = 0
    repeated: bool = False
    claim: str = ""
    claimed_until: datetime | None = None
    channel: str = ""
    address: str = ""
    message: str = ""
    sent_at: datetime | None = None
    why: str = ""


class Slot(SQLModel, table=True):
    """One message sent or being sent: the sliding windows of the rate limits count these over all instances."""

    __table_args__ = (
        Index("ix_slot_at", "channel", "at"),
        Index("ix_slot_address", "channel", "address", "at"),
    )

    office: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    channel: str
    address: str
    at: datetime


WAKES = SQLModel.metadata.tables["wake"]
OUTBOX = SQLModel.metadata.tables["outbox"]
SLOTS = SQLModel.metadata.tables["slot"]
