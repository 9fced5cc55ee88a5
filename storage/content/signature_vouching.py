"""Says of each signature who let its account in, where that was not two people, and by whose consent a deputy signed.

It reads the log alone: the invitation, the join and the confirmation of the account each signature names. What it
finds is printed on the processing sheet and by ``gongkai verify``; the recorder refuses what it can know beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial

from sqlalchemy import ColumnElement, select

from storage.database.tables import EVENTS, chunks
from storage.eventlog.log import Log
from storage.eventlog.recorded_office import office_events
from storage.events.account_events import TERMINAL, AccountJoined, confirmation_key
from storage.events.codec import decode_entry, stored_name
from storage.events.delegations import Absences, fold_absences
from storage.events.events import LogEntry, Overridden, Signed

TERMINAL_MEANS = "command"


class NoteKind(StrEnum):
    """What is to be known about a signature."""

    AT_TERMINAL = "at_terminal"  # given by a command at the terminal
    UNRECORDED = "unrecorded"  # no join of its account stands in the log
    ONE_VOUCHER = "one_voucher"  # one person, or the terminal, alone let its account in
    TERMINAL_VOUCHER = "terminal_voucher"  # of the two who let it in, one is the terminal
    CONSENTED_FOR = (
        "consented_for"  # a deputy's: a second keeper consented for an absent person who was not reached
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureNote:
    """One thing to be known about one signature."""

    position: int
    case: int
    kind: NoteKind
    who: tuple[str, ...] = ()
    """Who let the account in; of a delegation, who recorded it and who consented."""
    reason: str = ""
    """Why the absent person could not be reached."""


@dataclass(frozen=True, slots=True)
class _Accounts:
    """The joins and confirmations of the log, by the position of the join."""

    joined: Mapping[int, AccountJoined]
    confirmed: Mapping[int, str] = field(default_factory=dict)

    def vouchers(self, position: int) -> tuple[str, ...]:
        """Who let an account in, each once: who invited it, and who confirmed it."""
        people = (self.joined[position].invited_by, self.confirmed.get(position, ""))
        return tuple(dict.fromkeys(one for one in people if one))


def signature_notes(log: Log, entries: Iterable[LogEntry]) -> list[SignatureNote]:
    """Everything to be known about the signatures and overrides among these entries, in their order."""
    signed = [entry for entry in entries if isinstance(entry.record, Signed | Overridden)]
    accounts = _accounts(log, frozenset(_record(entry).account for entry in signed) - {0})
    absences = fold_absences(office_events(log)) if any(map(_is_by_deputy, signed)) else Absences()
    return [note for entry in signed for note in _notes(entry, accounts, absences)]


def all_signatures(log: Log) -> Iterator[LogEntry]:
    """Every signature and override of the log; it reads all of it."""
    query = select(EVENTS.c.body, EVENTS.c.hash).where(
        EVENTS.c.office == log.office, EVENTS.c.type.in_([stored_name(kind) for kind in (Signed, Overridden)])
    )
    for body, digest in log.connection.execute(query.order_by(EVENTS.c.position)):
        yield decode_entry(body, digest)


def _is_by_deputy(entry: LogEntry) -> bool:
    return isinstance(entry.record, Signed) and bool(entry.record.deputy_for)


def _notes(entry: LogEntry, accounts: _Accounts, absences: Absences) -> Iterator[SignatureNote]:
    record = _record(entry)
    make = partial(SignatureNote, position=entry.position, case=record.case)
    if record.account in accounts.joined:
        vouchers = accounts.vouchers(record.account)
        if len(vouchers) == 1:
            yield make(kind=NoteKind.ONE_VOUCHER, who=vouchers)
        elif TERMINAL in vouchers:
            yield make(kind=NoteKind.TERMINAL_VOUCHER, who=vouchers)
    elif record.account == 0 and entry.means == TERMINAL_MEANS:
        yield make(kind=NoteKind.AT_TERMINAL)
    else:
        yield make(kind=NoteKind.UNRECORDED)
    yield from _delegation_notes(record, make, absences)


def _delegation_notes(
    record: Signed | Overridden, make: Callable[..., SignatureNote], absences: Absences
) -> Iterator[SignatureNote]:
    person = record.deputy_for if isinstance(record, Signed) else ""
    for one in absences.delegations:
        by_it = person and (one.person, one.deputy) == (person, record.by) and one.covers(record.happened_on)
        if by_it and one.unreached:
            who = (one.recorded_by, one.consented_by)
            yield make(kind=NoteKind.CONSENTED_FOR, who=who, reason=one.unreached)


def _accounts(log: Log, positions: frozenset[int]) -> _Accounts:
    """The joins at these positions and their confirmations, which are found by their key."""
    by_key = {confirmation_key(position): position for position in positions}
    joined, confirmed = {}, {}
    for some in chunks(sorted(positions)):
        for entry in _entries(log, EVENTS.c.position.in_(some)):
            if isinstance(entry.record, AccountJoined):
                joined[entry.position] = entry.record
    for keys in chunks(sorted(by_key)):
        for entry in _entries(log, EVENTS.c.key.in_(keys)):
            confirmed[by_key[entry.key]] = entry.actor
    return _Accounts(joined, confirmed)


def _record(entry: LogEntry) -> Signed | Overridden:
    record = entry.record
    if not isinstance(record, Signed | Overridden):
        raise TypeError(type(record))
    return record


def _entries(log: Log, condition: ColumnElement[bool]) -> Iterator[LogEntry]:
    query = select(EVENTS.c.body, EVENTS.c.hash).where(EVENTS.c.office == log.office, condition)
    for body, digest in log.connection.execute(query.order_by(EVENTS.c.position)):
        yield decode_entry(body, digest)
