"""The tables of the log, its projections, files, applicants' data, invitations, sessions and people's own lists.

``event`` is the truth and only grows; ``head``, ``case_row`` and ``count_row`` are derived from it and can be
rebuilt. Every table carries the office and every query filters on it. At the end stand the parts of prepared
statements: they are built once, for building a small statement takes ten times as long as running it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Index, LargeBinary, Table, bindparam, text
from sqlmodel import Field, SQLModel

CHUNK_SIZE = 500  # SQLite takes at most 999 variables in older builds
Element = TypeVar("Element")

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING_CONVENTION

OFFICE_EVENTS_CONDITION = (
    "type in ('calendar_entered', 'delegated', 'delegation_consented', 'recalled', 'handed_over',"
    " 'clock_settled', 'sealed',"
    " 'restated')"
)
"""The facts about the office as a whole, as a condition on ``event``."""
OFFICE_VERSIONS_CONDITION = "type = 'office_changed'"
"""The versions of the office itself: each is a whole document, so no transaction reads them all."""


class Event(SQLModel, table=True):
    """One entry of the log: ``body`` holds all of it, the other columns repeat parts of it as search keys."""

    __table_args__ = (
        Index("uq_event_office_key", "office", "key", unique=True),
        Index("ix_event_office_case", "office", "case", "position"),
        # A handful among a million entries, read in every transaction (storage/eventlog/recorded_office.py).
        Index(
            "ix_event_officewide",
            "office",
            "position",
            sqlite_where=text(OFFICE_EVENTS_CONDITION),
            postgresql_where=text(OFFICE_EVENTS_CONDITION),
        ),
        Index(
            "ix_event_office_version",
            "office",
            "position",
            sqlite_where=text(OFFICE_VERSIONS_CONDITION),
            postgresql_where=text(OFFICE_VERSIONS_CONDITION),
        ),
    )

    office: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    type: str
    case: int
    key: str
    body: str
    hash: str


class Head(SQLModel, table=True):
    """The end of an office's log, written in the same transaction as the last entry: a missing entry shows."""

    office: str = Field(primary_key=True)
    position: int
    hash: str
    next_case: int


class ClockReading(SQLModel, table=True):
    """What the machine's clock showed when it was last found right, and how long the machine had run by then."""

    __tablename__ = "clock_reading"

    office: str = Field(primary_key=True)
    boot: str = Field(primary_key=True)
    read_at: datetime
    uptime: float
    """Seconds since the machine was started."""


class CaseRow(SQLModel, table=True):
    """A case as the annual report and the lists read it (derived)."""

    __tablename__ = "case_row"
    __table_args__ = (
        Index("uq_case_row_reference", "office", "kind", "reference", unique=True),
        Index("ix_case_row_called", "office", "reference"),
        # Each ends in the number, by which equal days are ordered: a list then pages along the index (decision 47).
        Index("ix_case_row_opened", "office", "opened_on", "number"),
        Index("ix_case_row_closed", "office", "closed_on", "number"),
        Index("ix_case_row_kind", "office", "kind", "opened_on", "number"),
        Index("ix_case_row_outcome", "office", "outcome", "opened_on", "number"),
        Index(
            "ix_case_row_drafted",
            "office",
            "drafted_on",
            "number",
            sqlite_where=text("drafted_on is not null"),
            postgresql_where=text("drafted_on is not null"),
        ),
        # The few cases open across more than one year's end: without this, carrying over would read them all.
        Index(
            "ix_case_row_carried",
            "office",
            "carried_to",
            sqlite_where=text("carried_to is not null"),
            postgresql_where=text("carried_to is not null"),
        ),
    )

    office: str = Field(primary_key=True)
    number: int = Field(primary_key=True)
    kind: str
    reference: str
    column: str
    opened_on: date
    closed_on: date | None = None
    outcome: str = ""
    words: str = ""
    drafted_on: date | None = None
    carried_to: int | None = None
    """The last year the case was carried into: its closing year when it was open over a whole year and more,
    9999 while it is open; empty for the many that were opened and closed in one year or two."""


class CasePart(SQLModel, table=True):
    """A case that another one counts, or counted before a correction (derived).

    It stays when the part is struck out: what was published before is read as of its position of the log.
    """

    __tablename__ = "case_part"
    __table_args__ = (Index("ix_case_part_number", "office", "number"),)

    office: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    """The kind of the case that counts it; ``reference`` is that case's own."""
    reference: str = Field(primary_key=True)
    number: int = Field(primary_key=True)


class CountRow(SQLModel, table=True):
    """One entry of a register of art. 20 or the information fee (derived)."""

    __tablename__ = "count_row"
    __table_args__ = (Index("ix_count_row_matter", "office", "matter", "happened_on"),)

    office: str = Field(primary_key=True)
    position: int = Field(primary_key=True)
    matter: str
    happened_on: date
    quantity: int
    amount_fen: int = Field(sa_type=BigInteger)
    """In fen (1/100 yuan), so that sums are exact in every database; 32 bits would end at 21 million yuan."""


class Particular(SQLModel, table=True):
    """An applicant's data: outside the log, and erasable by law (``storage/content/applicant_store.py``)."""

    __table_args__ = (Index("ix_particular_applicant", "office", "applicant"),)

    office: str = Field(primary_key=True)
    case: int = Field(primary_key=True)
    name: str
    contact: str
    address: str
    identity_kind: str
    identity_number: str
    note: str = ""
    applicant: str
    """A keyed hash: equal in all cases of one applicant, empty where the data do not tell applicants apart."""


class ParticularKey(SQLModel, table=True):
    """An office's random key for that hash; it is deleted with the last applicant's data."""

    __tablename__ = "particular_key"

    office: str = Field(primary_key=True)
    secret: str


class Invitation(SQLModel, table=True):
    """A join link for a person: only the hash of its token, so that nobody who reads the table can use it."""

    office: str = Field(primary_key=True)
    token: str = Field(primary_key=True)
    person: str
    expires_at: datetime
    used_at: datetime | None = None
    invited_by: str = ""
    """The person's id, or ``terminal``."""
    position: int = 0
    """The log position of its ``AccountInvited``."""


class BrowserSession(SQLModel, table=True):
    """A person signed in at one browser."""

    __tablename__ = "session"

    office: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    """The hash of the random secret in the browser's cookie."""
    person: str
    began_at: datetime
    expires_at: datetime
    joined: int = 0
    """The log position of its ``AccountJoined``; 0 where the program did not record one."""
    confirmed_by: str = ""
    """Who confirmed it as a second person; empty where nobody did."""
    waits: bool = False
    """True until a second person has confirmed it: it opens nothing before."""
    device: str = ""
    """The system and browser as they call themselves, so that its person knows it again; empty where unknown."""
    proved_at: datetime | None = None
    """When its person last showed anew who they are; None where they did not since it began."""


class SavedView(SQLModel, table=True):
    """How somebody likes to see a list: its address under a name of their own (``storage/lists/saved_views.py``)."""

    __tablename__ = "saved_view"

    office: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    listing: str = Field(primary_key=True)
    """The key of the list."""
    name: str = Field(primary_key=True)
    query: str
    """The query string of its address."""


class StoredContent(SQLModel, table=True):
    """A file's bytes under their SHA-256 (``storage/content/content_store.py``): outside the log, not derived."""

    __tablename__ = "document"

    office: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    content: bytes = Field(sa_type=LargeBinary)


EVENTS = SQLModel.metadata.tables["event"]
CLOCK_READINGS = SQLModel.metadata.tables["clock_reading"]
HEADS = SQLModel.metadata.tables["head"]
CASES = SQLModel.metadata.tables["case_row"]
COUNTS = SQLModel.metadata.tables["count_row"]
PARTS = SQLModel.metadata.tables["case_part"]
PARTICULARS = SQLModel.metadata.tables["particular"]
PARTICULAR_KEYS = SQLModel.metadata.tables["particular_key"]
SESSIONS = SQLModel.metadata.tables["session"]
DOCUMENTS = SQLModel.metadata.tables["document"]


def equals_bound(table: Table, *names: str) -> list[Any]:
    """The conditions that these columns equal the parameters of their names."""
    return [table.c[name] == bindparam(name) for name in names]


def in_bound(column: Any, name: str) -> Any:
    """The condition that a column is in the list given as the parameter of this name."""
    return column.in_(bindparam(name, expanding=True))


def chunks(items: Sequence[Element]) -> Iterator[Sequence[Element]]:
    """The items in their order, at most ``CHUNK_SIZE`` at a time."""
    for start in range(0, len(items), CHUNK_SIZE):
        yield items[start : start + CHUNK_SIZE]
