"""The notices of the outbox as the auditor reads them: what was queued and what became of it. Read only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, exists, or_, select

from storage.database.tables import CASES, chunks
from storage.database.tables_delivery import OUTBOX
from storage.messaging.outbox import OutboxState

PENDING_STATES = (OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.SENDING)
NOTIFIED_STATES = (*PENDING_STATES, OutboxState.SENT, OutboxState.UNCERTAIN)
LOOKBACK = timedelta(days=30)


class DeliveryLogEntry(NamedTuple):
    """The parts of a notice that an audit compares."""

    case: int
    key: str
    person: str
    what: str
    rung: str
    basis: str
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class DeliveryLog:
    """One office's notices, read by the auditor."""

    connection: Connection
    office: str

    def about(self, cases: Sequence[int]) -> dict[int, list[DeliveryLogEntry]]:
        """All notices ever queued about these cases, by case."""
        found: dict[int, list[DeliveryLogEntry]] = defaultdict(list)
        for some in chunks(cases):
            for row in self._rows(OUTBOX.c.case.in_(some)):
                found[row.case].append(row)
        return found

    def known(self, keys: Sequence[str]) -> set[str]:
        """Which of these notices exist, by their keys."""
        found: set[str] = set()
        for some in chunks(keys):
            query = select(OUTBOX.c.key).where(OUTBOX.c.office == self.office, OUTBOX.c.key.in_(some))
            found.update(self.connection.execute(query).scalars())
        return found

    def overdue(self, before: datetime, *, most: int) -> list[DeliveryLogEntry]:
        """Notices that could have been sent before an instant, and were not."""
        return self._rows(OUTBOX.c.state.in_(PENDING_STATES), OUTBOX.c.not_before < before, most=most)

    def undelivered(self, before: datetime, *, most: int) -> list[DeliveryLogEntry]:
        """Notices of the last month that no channel accepted, where no one else got a notice of the same step.

        It is over once somebody gets a later notice of the matter, or the case is closed: nothing is left to repair.
        """
        other = OUTBOX.alias()
        matter = (other.c[name] == OUTBOX.c[name] for name in ("office", "case", "what"))
        rung = (other.c[name] == OUTBOX.c[name] for name in ("rung", "basis"))
        since = or_(and_(*rung), other.c.number > OUTBOX.c.number)
        heard = exists().where(and_(*matter, since, other.c.state.in_(NOTIFIED_STATES)))
        here = (CASES.c.office == OUTBOX.c.office, CASES.c.number == OUTBOX.c.case)
        closed = exists().where(and_(*here, CASES.c.closed_on.is_not(None)))
        lately = OUTBOX.c.created_at.between(before - LOOKBACK, before)
        return self._rows(OUTBOX.c.state == OutboxState.REFUSED, lately, ~heard, ~closed, most=most)

    def _rows(self, *conditions: Any, most: int | None = None) -> list[DeliveryLogEntry]:
        columns = [OUTBOX.c[name] for name in DeliveryLogEntry._fields]
        query = select(*columns).where(OUTBOX.c.office == self.office, *conditions)
        query = query.order_by(OUTBOX.c.number).limit(most)
        return [DeliveryLogEntry._make(row) for row in self.connection.execute(query)]
