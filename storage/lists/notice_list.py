"""The query of the list of deliveries: the notices of the outbox, by person, state and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from storage.database.tables_delivery import OUTBOX
from storage.lists.keyset import RowWindow, SortOrder, count_up_to, read_page

NOTICE_ORDERS = ("number", "created_at", "sent_at")
"""The columns by which notices are ordered."""
_SHOWN = (
    "number",
    "person",
    "case",
    "what",
    "topic",
    "basis",
    "state",
    "attempts",
    "channel",
    "why",
    "created_at",
    "not_before",
    "sent_at",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeFilter:
    """Which notices a list holds; what is left out asks for nothing."""

    people: Sequence[str] | None = None
    states: Sequence[str] = ()
    case: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    numbers: Sequence[int] | None = None

    def conditions(self, office: str) -> list[Any]:
        """The filter as conditions on ``outbox``."""
        found = [OUTBOX.c.office == office]
        found += [OUTBOX.c.person.in_(self.people)] if self.people is not None else []
        found += [OUTBOX.c.state.in_(self.states)] if self.states else []
        found += [OUTBOX.c.case == self.case] if self.case is not None else []
        found += [OUTBOX.c.created_at >= self.since] if self.since else []
        found += [OUTBOX.c.created_at < self.until] if self.until else []
        return [*found, OUTBOX.c.number.in_(self.numbers)] if self.numbers is not None else found


@dataclass(frozen=True, slots=True)
class NoticeList:
    """One office's notices over an open connection, as the list shows them."""

    connection: Connection
    office: str

    def page(
        self, asked: NoticeFilter, column: str, window: RowWindow, *, descending: bool
    ) -> list[Row[Any]]:
        """The notices of one page, in the order of a column of ``NOTICE_ORDERS``."""
        order = SortOrder(table=OUTBOX, column=column, descending=descending)
        return read_page(self.connection, self._query(asked), order, window)

    def count(self, asked: NoticeFilter, most: int) -> int:
        """How many notices there are; ``most`` where there are at least so many."""
        return count_up_to(self.connection, self._query(asked), most)

    def _query(self, asked: NoticeFilter) -> Select[Any]:
        return select(*(OUTBOX.c[name] for name in _SHOWN)).where(*asked.conditions(self.office))
