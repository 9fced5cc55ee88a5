"""The office's event log: append, read, verify. It is append-only, numbered without gaps and chained by hashes.

A caller that appends holds the office's write lock, so the end it read is the end after which it writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, bindparam, insert, select, text, update

from config.errors import Refusal
from storage.database.tables import EVENTS, HEADS, OFFICE_EVENTS_CONDITION, chunks
from storage.events.codec import (
    DECODE_ERRORS,
    GENESIS,
    canonical_entry,
    decode_entry,
    fingerprint,
    record_type,
    stored_name,
)
from storage.events.events import LogEntry, Record, case_of
from storage.events.office_events import ClockSettled

STREAM_BATCH = 1000  # entries in memory at a time

# Built once: building a statement takes several times as long as running a small one.
_SELECT_END = select(HEADS).where(HEADS.c.office == bindparam("office"))
_UPDATE_END = (
    update(HEADS)
    .where(HEADS.c.office == bindparam("of"))
    .values({name: bindparam(name) for name in ("position", "hash", "next_case")})
)
_SELECT_KEYS = select(EVENTS.c.key).where(
    EVENTS.c.office == bindparam("office"), EVENTS.c.key.in_(bindparam("keys", expanding=True))
)
_SELECT_LAST = (
    select(EVENTS.c.body, EVENTS.c.hash)
    .where(EVENTS.c.office == bindparam("office"))
    .order_by(EVENTS.c.position.desc())
    .limit(1)
)
_INSERT = insert(EVENTS)


class MovedOn(Refusal):
    """Someone else recorded something meanwhile (the log stands at №{position}). Look again, then repeat."""


class NewEvent(NamedTuple):
    """A record to be appended, and the key under which it is recorded at most once, if it has one."""

    record: Record
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEnd:
    """The end of a log: its last position and hash, and the number of the next case."""

    position: int
    hash: str
    next_case: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFault:
    """One place where the log differs from what was written."""

    position: int
    what: str
    """``changed``, ``missing``, ``out_of_place``, ``column``, ``unreadable`` or ``end``."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Log:
    """One office's log over an open connection."""

    connection: Connection
    office: str

    def end(self) -> LogEnd:
        """The end of the log."""
        row = self.connection.execute(_SELECT_END, {"office": self.office}).first()
        if row is None:
            return LogEnd(position=0, hash=GENESIS, next_case=1)
        return LogEnd(position=row.position, hash=row.hash, next_case=row.next_case)

    def last_recorded_at(self) -> datetime | None:
        """The instant of the last entry; None while there is none."""
        row = self.connection.execute(_SELECT_LAST, {"office": self.office}).first()
        return decode_entry(row.body, row.hash).recorded_at if row else None

    def rewrite_end(self) -> None:
        """Write the log's end unchanged: proves that the database can still be written, and records nothing."""
        end = self.end()
        self.connection.execute(
            _UPDATE_END,
            {"of": self.office, "position": end.position, "hash": end.hash, "next_case": end.next_case},
        )

    def append(
        self, events: Sequence[NewEvent], *, at: datetime, actor: str, means: str, expected: int | None = None
    ) -> list[LogEntry]:
        """Append events in order, under one instant; an event whose key is recorded already is left out.

        Raises MovedOn if the log does not end at ``expected``.
        """
        if not events and expected is None:
            return []
        end = self.end()
        if expected is not None and expected != end.position:
            raise MovedOn(position=end.position)
        known = self.known_keys([event.key for event in events if event.key])
        entries: list[LogEntry] = []
        rows: list[dict[str, Any]] = []
        previous_hash = end.hash
        for event in events:
            if event.key in known:
                continue
            known |= {event.key} - {""}
            place = end.position + len(entries) + 1
            entry = LogEntry(
                office=self.office,
                position=place,
                recorded_at=at,
                actor=actor,
                means=means,
                key=event.key or f"at {place}",
                record=event.record,
                hash="",
            )
            body = canonical_entry(entry)
            previous_hash = fingerprint(previous_hash, body)
            entries.append(replace(entry, hash=previous_hash))
            rows.append(_row(entry, body, previous_hash))
        if entries:
            self._write(entries, rows, end)
        return entries

    def read(
        self, *, after: int = 0, upto: int | None = None, cases: Iterable[int] | None = None
    ) -> Iterator[LogEntry]:
        """Entries in order, of all or of some cases, after a position and up to another, streamed."""
        query = _entries_query(bounded=upto is not None, chosen=cases is not None)
        asked = {"office": self.office, "after": after, "upto": upto}
        if cases is None:
            yield from self._stream(query, asked)
            return
        for some in chunks(sorted(set(cases))):
            # The column is only a search key; verify() checks that it agrees with the body.
            yield from self._stream(query, {**asked, "cases": some})

    def settlements(self) -> list[LogEntry]:
        """The entries at which the clock was settled, in order."""
        here = (EVENTS.c.office == self.office, EVENTS.c.type == stored_name(ClockSettled))
        query = select(EVENTS.c.body, EVENTS.c.hash).where(*here, text(OFFICE_EVENTS_CONDITION))
        rows = self.connection.execute(query.order_by(EVENTS.c.position)).all()
        return [decode_entry(body, digest) for body, digest in rows]

    def cases_recorded_after(self, *, after: int) -> set[int]:
        """The cases of the entries after a position; the entries themselves are not decoded."""
        query = select(EVENTS.c.case).where(EVENTS.c.office == self.office, EVENTS.c.position > after)
        return set(self.connection.execute(query.distinct()).scalars()) - {0}

    def entry_chain(self, case: int) -> Iterator[tuple[str, str, str]]:
        """A case's entries as they are stored: the fingerprint before each, its canonical text, its own."""
        before = EVENTS.alias("before")
        behind = (before.c.office == EVENTS.c.office) & (before.c.position == EVENTS.c.position - 1)
        query = select(before.c.hash, EVENTS.c.body, EVENTS.c.hash).join_from(
            EVENTS, before, behind, isouter=True
        )
        query = query.where(EVENTS.c.office == self.office, EVENTS.c.case == case)
        for earlier, body, digest in self.connection.execute(query.order_by(EVENTS.c.position)):
            yield earlier or GENESIS, body, digest

    def has_ended_with(self, digest: str) -> bool:
        """True if the log once ended with this fingerprint."""
        return bool(self.position_of(digest))

    def position_of(self, digest: str) -> int:
        """The position at which the log ended with this fingerprint; 0 where it never did."""
        query = select(EVENTS.c.position).where(EVENTS.c.office == self.office, EVENTS.c.hash == digest)
        found: int | None = self.connection.execute(query).scalar()
        return found or 0

    def entry_with_key(self, key: str) -> LogEntry | None:
        """The entry recorded under a key; None where there is none."""
        query = select(EVENTS.c.body, EVENTS.c.hash).where(
            EVENTS.c.office == self.office, EVENTS.c.key == key
        )
        row = self.connection.execute(query).first()
        return decode_entry(row.body, row.hash) if row else None

    def verify(self) -> Iterator[LogFault]:
        """Check every entry's content and place, and the end; yield each difference from what was written."""
        last, before = 0, GENESIS
        query = select(EVENTS).where(EVENTS.c.office == self.office).order_by(EVENTS.c.position)
        with self.connection.execute(query.execution_options(yield_per=STREAM_BATCH)) as rows:
            for row in rows:
                yield from row_faults(row, last, before, self.office)
                last, before = row.position, row.hash
        end = self.end()
        if (end.position, end.hash) != (last, before):
            yield LogFault(position=last + 1, what="end", detail=f"№{end.position}")

    def _stream(self, query: Select[Any], asked: dict[str, Any]) -> Iterator[LogEntry]:
        # Closed here, because a reader of only the first entry leaves the rest unread on the server.
        with self.connection.execute(query, asked) as rows:
            for body, digest in rows:
                yield decode_entry(body, digest)

    def known_keys(self, keys: Sequence[str]) -> set[str]:
        """Which of these keys are recorded already."""
        known: set[str] = set()
        for some in chunks(keys):
            known.update(
                self.connection.execute(_SELECT_KEYS, {"office": self.office, "keys": some}).scalars()
            )
        return known

    def _write(self, entries: Sequence[LogEntry], rows: Sequence[dict[str, Any]], end: LogEnd) -> None:
        self.connection.execute(_INSERT, rows)
        cases = [case_of(entry.record) for entry in entries]
        values = {
            "position": entries[-1].position,
            "hash": entries[-1].hash,
            "next_case": max([end.next_case, *(case + 1 for case in cases)]),
        }
        if not self.connection.execute(_UPDATE_END, {"of": self.office, **values}).rowcount:
            self.connection.execute(insert(HEADS).values(office=self.office, **values))


@cache
def _entries_query(*, bounded: bool, chosen: bool) -> Select[Any]:
    """The query for entries of ``office`` after a position, ``bounded`` by another, ``chosen`` by cases."""
    # As a term, not as the column: of several cases the planner would else read the whole log in order.
    position = EVENTS.c.position + 0 if chosen else EVENTS.c.position
    query = select(EVENTS.c.body, EVENTS.c.hash)
    query = query.where(EVENTS.c.office == bindparam("office"), position > bindparam("after"))
    if bounded:
        query = query.where(position <= bindparam("upto"))
    if chosen:
        query = query.where(EVENTS.c.case.in_(bindparam("cases", expanding=True)))
    return query.order_by(position).execution_options(yield_per=STREAM_BATCH)


def row_faults(row: Row[Any], last: int, before: str, office: str) -> Iterator[LogFault]:
    """The faults of one stored row, given the position and hash of the row before it."""
    position = row.position
    if position != last + 1:
        yield LogFault(position=last + 1, what="missing", detail=f"№{position}")
    elif fingerprint(before, row.body) != row.hash:
        yield LogFault(position=position, what="changed")
    try:
        entry = decode_entry(row.body, row.hash)
    except DECODE_ERRORS as error:
        yield LogFault(position=position, what="unreadable", detail=type(error).__name__)
        return
    if (entry.office, entry.position) != (office, position):
        yield LogFault(position=position, what="out_of_place", detail=f"№{entry.position}")
    columns = (record_type(entry.record), case_of(entry.record), entry.key)
    if columns != (row.type, row.case, row.key):
        yield LogFault(position=position, what="column")


def position_at(log: Log, instant: datetime) -> int:
    """The last position recorded before an instant.

    The recorder keeps instants in order, except where the clock was settled: what stands before such an entry was
    recorded before it, whatever the clock showed.
    """
    settled = [(entry.position, entry.recorded_at) for entry in log.settlements()]
    low, high = 0, log.end().position
    while low < high:
        middle = (low + high + 1) // 2
        entry = next(iter(log.read(after=middle - 1, upto=middle)))
        at = min([entry.recorded_at, *(at for position, at in settled if position > middle)])
        low, high = (middle, high) if at < instant else (low, middle - 1)
    return low


def _row(entry: LogEntry, body: str, digest: str) -> dict[str, Any]:
    return {
        "office": entry.office,
        "position": entry.position,
        "type": record_type(entry.record),
        "case": case_of(entry.record),
        "key": entry.key,
        "body": body,
        "hash": digest,
    }
