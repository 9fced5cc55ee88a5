"""Events about the office as a whole, read in every transaction: notices, delegations, hand-overs, seals.

They are a few among a million entries, so a partial index holds only them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select, text

from storage.database.tables import EVENTS, OFFICE_EVENTS_CONDITION
from storage.eventlog.log import Log
from storage.events.codec import decode_entry
from storage.events.events import LogEntry

# The condition of the index word for word, so that the database uses the index.
_SELECT = (
    select(EVENTS.c.body, EVENTS.c.hash)
    .where(EVENTS.c.office == bindparam("office"), text(OFFICE_EVENTS_CONDITION))
    .order_by(EVENTS.c.position)
)


def office_events(log: Log) -> Iterator[LogEntry]:
    """The events about the office as a whole, in their order."""
    for body, digest in log.connection.execute(_SELECT, {"office": log.office}):
        yield decode_entry(body, digest)
