"""Damage done to a log in memory, to see that it is found."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from storage.eventlog.log import row_faults
from storage.events.codec import GENESIS, canonical_entry, record_type
from storage.events.events import LogEntry, case_of


class StoredRow(NamedTuple):
    """An entry as its table holds it."""

    office: str
    position: int
    type: str
    case: int
    key: str
    body: str
    hash: str


def numbered(body: str, entry: LogEntry, office: str = "") -> StoredRow:
    """An entry's row with this body."""
    record = entry.record
    return StoredRow(
        office or entry.office,
        entry.position,
        record_type(record),
        case_of(record),
        entry.key,
        body,
        entry.hash,
    )


def flips(entries: Sequence[LogEntry], office: str) -> tuple[int, list[tuple[int, int]]]:
    """Flip every byte of every body and every hash in turn: how many were tried, and which went unseen."""
    tried, missed, before = 0, [], GENESIS
    for entry in entries:
        whole = numbered(canonical_entry(entry), entry)
        for place, damaged in enumerate(_damaged(whole)):
            tried += 1
            if not list(row_faults(damaged, entry.position - 1, before, office)):  # type: ignore[arg-type]
                missed.append((entry.position, place))
        before = entry.hash
    return tried, missed


def unseen_moves(entries: Sequence[LogEntry], office: str) -> tuple[int, list[str]]:
    """Delete, double and swap every row in turn; what verify's walk did not find."""
    rows = [numbered(canonical_entry(entry), entry) for entry in entries]
    tried, missed = 0, []
    for place in range(len(rows)):
        after = rows[place + 1 : place + 2]
        for name, some in (
            ("deleted", after),
            ("doubled", [rows[place], rows[place]]),
            ("swapped", [*after, rows[place]] if after else []),
        ):
            if not some:
                continue  # a missing end is the head's to find (the log's own tests); the last has no next
            tried += 1
            if not _walk(rows[:place][-1:], some, office):
                missed.append(f"{name} {place + 1}")
    return tried, missed


def _walk(standing: Sequence[StoredRow], rows: Sequence[StoredRow], office: str) -> bool:
    last, before = (standing[-1].position, standing[-1].hash) if standing else (0, GENESIS)
    for row in rows:
        if list(row_faults(row, last, before, office)):  # type: ignore[arg-type]
            return True
        last, before = row.position, row.hash
    return False


def _damaged(row: StoredRow) -> Iterator[StoredRow]:
    for name in ("body", "hash"):
        content = getattr(row, name)
        for place, character in enumerate(content):
            other = chr(ord(character) ^ 1)
            yield row._replace(**{name: content[:place] + other + content[place + 1 :]})
