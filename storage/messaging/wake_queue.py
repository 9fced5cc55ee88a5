"""The wake-up queue: when the sweep next looks at each case. It is a hint: a wake-up too many only costs time.

The sweep takes due cases from here only, so it costs what is due and not what exists. A transaction that records
something about a case wakes it too; a case whose wake-up is missing is found by the auditor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select

from storage.database.tables import CASES, EVENTS, chunks, equals_bound, in_bound
from storage.database.tables_delivery import WAKES
from storage.eventlog.derived_rows import STILL_OPEN
from storage.events.codec import stored_name
from storage.events.events import Closed

_DELETE = delete(WAKES).where(*equals_bound(WAKES, "office"), in_bound(WAKES.c.case, "cases"))
_INSERT = insert(WAKES)
_SELECT_DUE = (
    select(WAKES.c.case)
    .where(*equals_bound(WAKES, "office"), WAKES.c.at <= bindparam("by"))
    .order_by(WAKES.c.at, WAKES.c.case)
    .limit(bindparam("most"))
)
# Unordered: an ORDER BY case would walk every wake-up there is instead of those that are due.
_SELECT_DUE_OF_KINDS = (
    select(WAKES.c.case)
    .join(CASES, (WAKES.c.office == CASES.c.office) & (WAKES.c.case == CASES.c.number))
    .where(*equals_bound(WAKES, "office"), WAKES.c.at <= bindparam("by"), in_bound(CASES.c.kind, "kinds"))
)


class QuarantinedCase(NamedTuple):
    """A case whose handling failed, and the instant at which it is tried again."""

    case: int
    until: datetime
    fault: str


@dataclass(frozen=True, slots=True)
class WakeQueue:
    """One office's wake-ups over an open connection. A caller that writes holds the office's write lock."""

    connection: Connection
    office: str

    def due(self, at: datetime, *, most: int) -> list[int]:
        """At most ``most`` cases that are due at an instant, the longest due first."""
        asked = {"office": self.office, "by": at, "most": most}
        return list(self.connection.execute(_SELECT_DUE, asked).scalars())

    def due_of_kinds(self, kinds: Sequence[str], at: datetime) -> list[int]:
        """The due cases of some kinds, by number."""
        asked = {"office": self.office, "by": at, "kinds": kinds}
        return sorted(self.connection.execute(_SELECT_DUE_OF_KINDS, asked).scalars())

    def next(self) -> datetime | None:
        """The next instant at which a case is due; None if there is none."""
        query = select(func.min(WAKES.c.at)).where(WAKES.c.office == self.office)
        found: datetime | None = self.connection.execute(query).scalar()
        return found

    def set(self, wakes: Mapping[int, datetime | None], *, gone: Iterable[int] = ()) -> None:
        """Set the wake-ups of cases, None for those that wait for a record; delete those of ``gone``."""
        rows = [
            {"at": at, "set_aside_until": None, "fault": ""} | self._key(case) for case, at in wakes.items()
        ]
        self._replace([*wakes, *gone], rows)

    def wake(self, cases: Iterable[int], at: datetime) -> None:
        """Wake cases at an instant, quarantined ones too, because something about them has changed."""
        self.set(dict.fromkeys(cases, at))

    def wake_all(self, at: datetime, *, since: date | None = None) -> None:
        """Wake every case that is open, was opened since a day, or has a wake-up already."""
        lines = select(CASES.c.number).where(CASES.c.office == self.office)
        recent = [CASES.c.opened_on >= since] if since else []
        found = self.connection.execute(lines.where(or_(CASES.c.closed_on.is_(None), *recent))).scalars()
        kept = self.connection.execute(select(WAKES.c.case).where(WAKES.c.office == self.office)).scalars()
        self.wake(sorted({*found, *kept}), at)

    def quarantine(self, case: int, until: datetime, fault: str) -> None:
        """Quarantine a case whose handling failed until an instant; the others go on."""
        self._replace([case], [{"at": until, "set_aside_until": until, "fault": fault} | self._key(case)])

    def quarantined(self) -> list[QuarantinedCase]:
        """The quarantined cases."""
        query = select(WAKES.c.case, WAKES.c.set_aside_until, WAKES.c.fault)
        query = query.where(WAKES.c.office == self.office, WAKES.c.set_aside_until.is_not(None))
        return [QuarantinedCase._make(row) for row in self.connection.execute(query.order_by(WAKES.c.case))]

    def open_without_wake(self, cases: Sequence[int] | None = None) -> list[int]:
        """Open cases, of all or of some, without a wake-up: the sweep would never see them. There should be none."""
        here = (WAKES.c.office == CASES.c.office) & (WAKES.c.case == CASES.c.number)
        lost = (CASES.c.office == self.office, CASES.c.closed_on.is_(None), WAKES.c.case.is_(None))
        query = select(CASES.c.number).join(WAKES, here, isouter=True).where(*lost).order_by(CASES.c.number)
        if cases is None:
            return list(self.connection.execute(query).scalars())
        some = (query.where(CASES.c.number.in_(part)) for part in chunks(cases))
        return [number for part in some for number in self.connection.execute(part).scalars()]

    def next_open_cases(self, case: int, *, most: int) -> list[int]:
        """At most ``most`` open cases with higher numbers than one, in their order."""
        query = select(CASES.c.number).where(CASES.c.office == self.office, CASES.c.number > case)
        query = query.where(CASES.c.carried_to == STILL_OPEN).order_by(CASES.c.number).limit(most)
        return list(self.connection.execute(query).scalars())

    def open_count(self) -> int:
        """The number of open cases."""
        query = select(func.count()).where(CASES.c.office == self.office, CASES.c.carried_to == STILL_OPEN)
        return int(self.connection.execute(query).scalar_one())

    def rebuild(self, at: datetime) -> None:
        """Rebuild the queue: wake every open case, and every closed one about which something was recorded later."""
        self.connection.execute(delete(WAKES).where(WAKES.c.office == self.office))
        here = (EVENTS.c.office == self.office, EVENTS.c.case != 0)
        closed = select(EVENTS.c.case, func.min(EVENTS.c.position).label("at")).where(*here)
        closed_at = closed.where(EVENTS.c.type == stored_name(Closed)).group_by(EVENTS.c.case).subquery()
        later = select(EVENTS.c.case).join(closed_at, closed_at.c.case == EVENTS.c.case)
        later = later.where(*here, EVENTS.c.position > closed_at.c.at).distinct()
        reopened = self.connection.execute(later).scalars()
        lines = select(CASES.c.number).where(CASES.c.office == self.office, CASES.c.closed_on.is_(None))
        self.wake(sorted({*reopened, *self.connection.execute(lines).scalars()}), at)

    def _replace(self, cases: Sequence[int], rows: Sequence[dict[str, Any]]) -> None:
        for some in chunks(cases):
            self.connection.execute(_DELETE, {"office": self.office, "cases": some})
        if rows:
            self.connection.execute(_INSERT, list(rows))

    def _key(self, case: int) -> dict[str, Any]:
        return {"office": self.office, "case": case}
