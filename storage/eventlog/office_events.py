"""Facts about the office as a whole, read at every sitting: notices, delegations, hand-overs, seals.

They are a handful among a million entries, so an index holds only them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import bindparam, select, text

from storage.database.tables import EVENTS, OFFICEWIDE
from storage.eventlog.log import Log
from storage.events.codec import entry_from
from storage.events.events import Entry

# The condition of the index, word for word, so that the database sees that the index serves.
_FACTS = (
    select(EVENTS.c.body, EVENTS.c.hash)
    .where(EVENTS.c.office == bindparam("office"), text(OFFICEWIDE))
    .order_by(EVENTS.c.position)
)


def officewide(log: Log) -> Iterator[Entry]:
    """These facts in their order."""
    for body, digest in log.connection.execute(_FACTS, {"office": log.office}):
        yield entry_from(body, digest)
