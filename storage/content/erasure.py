"""Deletes whatever still mentions an applicant outside of the log: messages, forms, notices, files on their way.

Every table is looked through unless it is declared in ``KEPT_TABLES``: a table that is added later is looked through
without a further word here. The log and what is derived from it hold nothing of an applicant (``RecordingContext
.refuse_personal_data``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from sqlalchemy import Connection, Row, Table, and_, delete, select
from sqlmodel import SQLModel

from storage.content.applicant import Applicant
from storage.database import tables, tables_approvals, tables_delivery, tables_messaging  # noqa: F401 - all tables

KEPT_TABLES = frozenset(
    {
        "event",
        "head",
        "case_row",
        "case_part",
        "count_row",
        "text_version",
        "contribution",
        "signature",
        "release",
    }
    | {"particular", "particular_key", "wake", "slot", "listening", "line", "session", "invitation"}
    | {
        "account",
        "join_request",
        "join_word",
        "recovery_code",
        "wrong_guess",
        "handled_amount",
        "place",
        "card",
        "clock_reading",
    }
)
"""The log and its projections, the applicants' own table, and tables of keys and of addresses of people."""
ENCODINGS = ("utf-8", "gb18030", "utf-16-le")
ROWS_AT_ONCE = 50
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def forget_mentions(connection: Connection, office: str, applicant: Applicant) -> int:
    """Delete an office's rows that mention an applicant's name, contact, address or number. Returns how many."""
    gone = 0
    for table in _searched():
        for row in list(_mentioning(connection, table, office, applicant)):
            here = and_(*(column == row._mapping[column.name] for column in table.primary_key.columns))  # noqa: SLF001
            connection.execute(delete(table).where(here))
            gone += 1
    return gone


def searched_tables() -> tuple[str, ...]:
    """The names of the tables from which an erasure deletes, the applicants' own among them."""
    return (*(table.name for table in _searched()), "particular", "particular_key")


def _searched() -> Iterator[Table]:
    yield from (table for table in SQLModel.metadata.sorted_tables if table.name not in KEPT_TABLES)


def _mentioning(
    connection: Connection, table: Table, office: str, applicant: Applicant
) -> Iterator[Row[tuple[object, ...]]]:
    query = select(table).where(table.c.office == office).execution_options(yield_per=ROWS_AT_ONCE)
    with connection.execute(query) as rows:
        for row in rows:
            if any(applicant.fields_mentioned_in(text) for value in row for text in _spellings(value)):
                yield row


def _spellings(value: object) -> Iterator[str]:
    """The texts that a stored value may be read as."""
    if isinstance(value, str):
        yield value
        if "\\u" in value:  # JSON that spells Chinese in escapes
            yield _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
        if "%" in value:  # an address spells Chinese so
            yield unquote_plus(value)
    elif isinstance(value, dict | list):
        yield json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bytes):
        yield from (value.decode(encoding, errors="ignore") for encoding in ENCODINGS)
