"""Facts about the office as a whole, read at every sitting: notices, delegations, hand-overs, seals.

They are a handful among a million entries, so an index holds only them.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select, text

from storage.codec import entry_from
from storage.events import Entry
from storage.log import Log
from storage.tables import EVENTS, OFFICEWIDE


def officewide(log: Log) -> Iterator[Entry]:
    """These facts in their order."""
    # The condition of the index, word for word, so that the database sees that the index serves.
    query = select(EVENTS.c.body, EVENTS.c.hash).where(EVENTS.c.office == log.office, text(OFFICEWIDE))
    for body, digest in log.connection.execute(query.order_by(EVENTS.c.position)):
        yield entry_from(body, digest)
