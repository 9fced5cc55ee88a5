"""The outbox: notices that wait to be sent, and what became of those that were.

A notice is one reason to tell one person something; its key makes it unique, whatever runs twice. Notices are sent in
bundles (``scheduler/delivery/outbox_sender.py``), so each notice carries the state of its bundle's sending.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, Update, bindparam, func, insert, or_, select, update

from storage.database.tables import chunks, equals_bound, in_bound
from storage.database.tables_delivery import OUTBOX
from storage.messaging.notice import OutboxNotice


class OutboxState(StrEnum):
    """The state of a notice."""

    QUEUED = "queued"
    CLAIMED = "claimed"  # one instance of the program has taken it and has not sent it yet
    SENDING = "sending"  # and is sending it: from here on it may have arrived
    SENT = "sent"
    UNCERTAIN = "uncertain"  # it may have arrived; only a statutory one is repeated
    REFUSED = "refused"  # for good, by every channel of this person
    STALE = "stale"  # its matter changed before it was sent


FINAL_STATES = (OutboxState.SENT, OutboxState.UNCERTAIN, OutboxState.REFUSED, OutboxState.STALE)
IN_HAND_STATES = (OutboxState.CLAIMED, OutboxState.SENDING)


class OutboxEntry(NamedTuple):
    """A notice and the state of its sending."""

    number: int
    notice: OutboxNotice
    state: OutboxState
    attempts: int
    repeated: bool
    """True if it may have arrived before: a statutory notice says so."""
    claim: str
    channel: str
    address: str
    message: str
    sent_at: datetime | None
    why: str


def _notice_values(notice: OutboxNotice) -> dict[str, Any]:
    """The fields of a notice. (``asdict`` copies each of them deeply, a third of the time of a large sweep.)"""
    return {part: getattr(notice, part) for part in _PARTS}


_PARTS = tuple(OutboxNotice.__dataclass_fields__)
_INITIAL_VALUES = {
    "state": OutboxState.QUEUED,
    "attempts": 0,
    "repeated": False,
    "claim": "",
    "channel": "",
    "address": "",
    "message": "",
    "why": "",
}

_OFFICE_CONDITION = equals_bound(OUTBOX, "office")
_READY = (OUTBOX.c.state == OutboxState.QUEUED, OUTBOX.c.not_before <= bindparam("by"))
_LAST_SENT = (
    select(OUTBOX.c.person, func.max(OUTBOX.c.sent_at).label("heard"))
    .where(*_OFFICE_CONDITION, OUTBOX.c.sent_at.is_not(None))
    .group_by(OUTBOX.c.person)
    .subquery()
)
_DUE = (
    select(OUTBOX.c.person, func.min(OUTBOX.c.until), _LAST_SENT.c.heard)
    .join(_LAST_SENT, _LAST_SENT.c.person == OUTBOX.c.person, isouter=True)
    .where(*_OFFICE_CONDITION, *_READY)
    .group_by(OUTBOX.c.person, _LAST_SENT.c.heard)
)
_ROWS = (
    select(OUTBOX)
    .where(*_OFFICE_CONDITION)
    .order_by(OUTBOX.c.until.is_(None), OUTBOX.c.until, OUTBOX.c.number)
)
_READY_FOR = _ROWS.where(*_READY, *equals_bound(OUTBOX, "person"))
_CLAIMED = _ROWS.where(*equals_bound(OUTBOX, "claim"), OUTBOX.c.state == OutboxState.CLAIMED)
_ABANDONED = _ROWS.where(OUTBOX.c.state.in_(IN_HAND_STATES), OUTBOX.c.claimed_until < bindparam("by"))
_SOME = _ROWS.where(in_bound(OUTBOX.c.number, "numbers"))
_ABOUT = _ROWS.where(*equals_bound(OUTBOX, "case"))
_NOTIFIED = (
    select(OUTBOX.c.case)
    .where(*_OFFICE_CONDITION, OUTBOX.c.person == bindparam("person"), OUTBOX.c.state != OutboxState.STALE)
    .distinct()
)
_SINCE = _ROWS.where(OUTBOX.c.created_at >= bindparam("by"))
_COUNT_SINCE = (
    select(func.count())
    .select_from(OUTBOX)
    .where(*_OFFICE_CONDITION, OUTBOX.c.created_at >= bindparam("by"), in_bound(OUTBOX.c.state, "states"))
)
_WAITING = _ROWS.where(OUTBOX.c.state.not_in(FINAL_STATES))
_QUEUED_ABOUT = select(OUTBOX.c.number, OUTBOX.c.key, OUTBOX.c.what).where(
    *_OFFICE_CONDITION, in_bound(OUTBOX.c.case, "cases"), OUTBOX.c.state == OutboxState.QUEUED
)
_KNOWN = select(OUTBOX.c.key).where(*_OFFICE_CONDITION, in_bound(OUTBOX.c.key, "keys"))
_LAST = select(func.max(OUTBOX.c.number)).where(*_OFFICE_CONDITION)
_PUT = insert(OUTBOX)


@cache
def _update_columns(*names: str) -> Update:
    """The statement that sets these columns of some notices."""
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    return (
        update(OUTBOX)
        .where(OUTBOX.c.office == bindparam("of"), in_bound(OUTBOX.c.number, "these"))
        .values(values)
    )


@cache
def _update_claimed(*names: str, counts: bool) -> Update:
    """The same for the notices of a claim, also those made uncertain while a slow sender was at them."""
    own, late = OUTBOX.c.state.in_(IN_HAND_STATES), OUTBOX.c.state == OutboxState.UNCERTAIN
    tried = _update_columns(*names).where(OUTBOX.c.claim == bindparam("by"), or_(own, late))
    return tried.values({"attempts": OUTBOX.c.attempts + 1}) if counts else tried


@dataclass(frozen=True, slots=True)
class Outbox:
    """One office's notices over an open connection."""

    connection: Connection
    office: str

    def put(self, notices: Iterable[OutboxNotice]) -> int:
        """Queue notices; those stored already stay as they are. Returns how many are new.

        The caller holds the office's write lock, so nothing comes between the look and the writing; the unique
        index is what would catch a caller who does not.
        """
        wanted = {notice.key: notice for notice in notices}
        known = self._known(list(wanted))
        new = [notice for key, notice in wanted.items() if key not in known]
        number = self._last_number()
        rows = [
            {
                "office": self.office,
                "number": place,
                "key": notice.key,
                **_notice_values(notice),
                **_INITIAL_VALUES,
            }
            for place, notice in enumerate(new, number + 1)
        ]
        if rows:
            self.connection.execute(_PUT, rows)
        return len(new)

    def due(self, at: datetime) -> list[tuple[str, date | None, datetime | None]]:
        """The people with notices to send now: each with the nearest last day and the last instant of a sending."""
        found = self.connection.execute(_DUE, {"office": self.office, "by": at})
        return [(row[0], row[1], row[2]) for row in found]

    def claim(
        self, person: str, at: datetime, claim: str, until: datetime, *, most: int
    ) -> list[OutboxEntry]:
        """Claim a person's ready notices, the most pressing first. Nobody else may claim them before ``until``."""
        found = [row.number for row in self._rows(_READY_FOR, by=at, person=person)][:most]
        self._set(found, state=OutboxState.CLAIMED, claim=claim, claimed_until=until)
        return self.get(found)

    def mark_sending(self, claim: str, channel: str, address: str) -> list[OutboxEntry]:
        """Set the notices of a claim to sending, just before they are sent; none if the claim was taken back."""
        numbers = [row.number for row in self._rows(_CLAIMED, claim=claim)]
        self._set(numbers, state=OutboxState.SENDING, channel=channel, address=address)
        return self.get(numbers)

    def release_to_claimed(self, numbers: Sequence[int], claim: str) -> None:
        """Set notices back to claimed: a channel refused them, and another is tried."""
        self._update_by_claim(numbers, claim, {"state": OutboxState.CLAIMED})

    def mark_done(
        self,
        numbers: Sequence[int],
        claim: str,
        state: OutboxState,
        *,
        at: datetime,
        message: str = "",
        why: str = "",
    ) -> None:
        """Record the result of a sending; of a claim that was taken back only on uncertain notices."""
        values = {
            "state": state,
            "message": message,
            "why": why,
            "sent_at": at if state is OutboxState.SENT else None,
        }
        self._update_by_claim(numbers, claim, values)

    def requeue(
        self,
        numbers: Sequence[int],
        claim: str,
        not_before: datetime,
        why: str,
        *,
        repeated: bool,
        counts: bool = True,
    ) -> None:
        """Queue notices again: they were not sent, or they are statutory and it is uncertain."""
        values: dict[str, Any] = {
            "state": OutboxState.QUEUED,
            "claim": "",
            "not_before": not_before,
            "why": why,
        }
        values |= {"repeated": True} if repeated else {}
        self._update_by_claim(numbers, claim, values, counts=counts)

    def abandoned(self, at: datetime) -> list[OutboxEntry]:
        """Notices whose claim ran out: the instance that took them has stopped."""
        return list(self._rows(_ABANDONED, by=at))

    def get(self, numbers: Sequence[int]) -> list[OutboxEntry]:
        """Notices by their numbers."""
        return [row for some in chunks(numbers) for row in self._rows(_SOME, numbers=some)]

    def about(self, case: int) -> list[OutboxEntry]:
        """All notices about a case, sent or not."""
        return list(self._rows(_ABOUT, case=case))

    def cases_notified(self, person: str) -> frozenset[int]:
        """The cases about which the person was written to, or is about to be."""
        found = self.connection.execute(_NOTIFIED, {"office": self.office, "person": person})
        return frozenset(found.scalars())

    def since(self, at: datetime) -> Iterator[OutboxEntry]:
        """The notices queued since an instant."""
        return self._rows(_SINCE, by=at)

    def count_since(self, at: datetime, states: Collection[OutboxState]) -> int:
        """How many of the notices queued since an instant are in these states."""
        asked = {"office": self.office, "by": at, "states": list(states)}
        return int(self.connection.execute(_COUNT_SINCE, asked).scalar_one())

    def unfinished(self) -> list[OutboxEntry]:
        """The notices that are not in a final state."""
        return list(self._rows(_WAITING))

    def cancel_superseded(
        self, cases: Sequence[int], wanted: Collection[str], kinds: Collection[str]
    ) -> None:
        """Cancel the queued notices of these kinds about these cases whose keys are not wanted any more."""
        for some in chunks(cases):
            found = self.connection.execute(_QUEUED_ABOUT, {"office": self.office, "cases": some}).all()
            self.mark_stale([number for number, key, what in found if what in kinds and key not in wanted])

    def mark_stale(self, numbers: Sequence[int]) -> None:
        """Cancel queued notices whose matter has changed."""
        for some in chunks(numbers):
            here = (
                OUTBOX.c.office == self.office,
                OUTBOX.c.number.in_(some),
                OUTBOX.c.state == OutboxState.QUEUED,
            )
            self.connection.execute(update(OUTBOX).where(*here).values(state=OutboxState.STALE))

    def _update_by_claim(
        self, numbers: Sequence[int], claim: str, values: dict[str, Any], *, counts: bool = False
    ) -> None:
        query = _update_claimed(*values, counts=counts)
        for some in chunks(numbers):
            self.connection.execute(query, {"of": self.office, "these": some, "by": claim, **values})

    def _set(self, numbers: Sequence[int], **values: Any) -> None:
        for some in chunks(numbers):
            self.connection.execute(_update_columns(*values), {"of": self.office, "these": some, **values})

    def _rows(self, query: Select[Any], **asked: object) -> Iterator[OutboxEntry]:
        for row in self.connection.execute(query, {"office": self.office, **asked}).mappings():
            yield OutboxEntry(
                number=row["number"],
                notice=OutboxNotice(**{part: row[part] for part in _PARTS}),
                state=OutboxState(row["state"]),
                **{part: row[part] for part in OutboxEntry._fields[3:]},
            )

    def _known(self, keys: Sequence[str]) -> set[str]:
        found: set[str] = set()
        for some in chunks(keys):
            found.update(self.connection.execute(_KNOWN, {"office": self.office, "keys": some}).scalars())
        return found

    def _last_number(self) -> int:
        return self.connection.execute(_LAST, {"office": self.office}).scalar() or 0
