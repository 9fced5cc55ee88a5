"""Proves an office: its log in itself, and against everything that stands outside the log and would know better.

Whoever can write the database can write every hash anew, so the log alone proves little. Held against it are the
triggers that the schema declares, the rows derived from it, the accounts that joined by it, and where earlier logs
ended: the backups, and fingerprints that somebody kept elsewhere. What nothing outside can know is said as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.services.app import OfficeApp
from storage.content.content_store import ContentStore
from storage.content.signature_vouching import SignatureNote, all_signatures, signature_notes
from storage.database.backup import BACKUP_FOLDER, DamagedBackup, read_backup
from storage.database.schema import differing_guards
from storage.eventlog.log import Log, LogFault
from storage.eventlog.projections import CaseProjections
from storage.events.account_events import TERMINAL, AccountJoined, confirmation_key
from storage.messaging.accounts import Account, Accounts, account_digest
from storage.messaging.sessions import SESSION_CHANNEL, BrowserSession, SessionStore


@dataclass(frozen=True, slots=True, kw_only=True)
class NightlyProof:
    """What a proof found."""

    faults: tuple[LogFault, ...]
    entries: int
    fingerprint: str
    compared: int
    """How many earlier ends of the log, kept outside it, were found in it."""
    compared_upto: int
    """The last position that such an end vouches for: nothing outside knows of what came after."""
    notes: tuple[SignatureNote, ...] = ()


def prove(app: OfficeApp, fingerprints: Sequence[str] = (), backups: Sequence[Path] = ()) -> NightlyProof:
    """Verify the log, its triggers, texts and accounts, and that it goes on from each of these earlier ends."""
    with app.log() as log:
        end = log.end()
        outside = [*_fingerprint_ends(log, fingerprints), *_backup_ends(log, backups)]
        faults = (
            *log.verify(),
            *damaged_text_faults(log),
            *_guard_faults(log),
            *_account_faults(app, log),
            *(one for one in outside if one.what != "found"),
        )
        notes = () if any(one.what == "unreadable" for one in faults) else _notes(log)
    found = [one.position for one in outside if one.what == "found"]
    return NightlyProof(
        faults=faults,
        entries=end.position,
        fingerprint=end.hash,
        compared=len(found),
        compared_upto=max(found, default=0),
        notes=tuple(notes),
    )


def prove_nightly(app: OfficeApp) -> NightlyProof:
    """The same against every backup that is kept, and the rows derived from the log as well."""
    proof = prove(app, backups=kept_backups(app))
    if any(one.what in {"unreadable", "missing", "changed"} for one in proof.faults):
        return proof  # rows derived from a damaged log would only say it again
    with app.store.reading() as connection:
        differing = CaseProjections(connection, app.office.slug, app.duties).differences()
    rows = tuple(LogFault(position=0, what="row", detail=name) for name in differing)
    return replace(proof, faults=proof.faults + rows)


def kept_backups(app: OfficeApp) -> Sequence[Path]:
    """The nightly backups of the office's folder, the oldest first."""
    return sorted((app.home.path / BACKUP_FOLDER).glob("????-??-??.zip"))


def _notes(log: Log) -> list[SignatureNote]:
    return signature_notes(log, all_signatures(log))


def damaged_text_faults(log: Log) -> Iterator[LogFault]:
    """Faults of submitted texts whose stored bytes differ from what was submitted."""
    for digest in ContentStore(log.connection, log.office).damaged():
        yield LogFault(position=0, what="text", detail=digest)


def _guard_faults(log: Log) -> Iterator[LogFault]:
    for name in differing_guards(log.connection):
        yield LogFault(position=0, what="guard", detail=name)


def _fingerprint_ends(log: Log, fingerprints: Iterable[str]) -> Iterator[LogFault]:
    for one in fingerprints:
        position = log.position_of(one.strip().lower())
        yield LogFault(position=position, what="found" if position else "fingerprint", detail=one)


def _backup_ends(log: Log, backups: Iterable[Path]) -> Iterator[LogFault]:
    for path in backups:
        try:
            made = read_backup(path)
        except DamagedBackup:
            yield LogFault(position=0, what="backup_broken", detail=path.name)
            continue
        if made.position == 0 or log.position_of(made.fingerprint) == made.position:
            yield LogFault(position=made.position, what="found", detail=path.name)
        else:
            yield LogFault(position=made.position, what="backup", detail=path.name)


def _account_faults(app: OfficeApp, log: Log) -> Iterator[LogFault]:
    """The accounts and sessions that did not come in by the log: bound past the program, or changed since."""
    accounts = Accounts(log.connection, log.office).all()
    sessions = SessionStore(log.connection, log.office).sessions(at=app.clock.now())
    for account in accounts:
        if not _joined_by_log(log, account):
            yield LogFault(position=account.joined, what="account", detail=account.person)
    for session in sessions:
        if not _signed_in_by_log(log, session):
            yield LogFault(position=session.joined, what="account", detail=session.person)


def _joined_by_log(log: Log, account: Account) -> bool:
    found = _join(log, account.joined)
    if found is None or (found.person, found.channel) != (account.person, account.channel):
        return False
    if account.channel == SESSION_CHANNEL:  # the person's chat on the page, whichever session opened it
        return account.address == account.person
    digest = account_digest(account.salt, account.channel, account.address)
    return found.digest == digest and _is_admitted(log, found, account.joined, account.confirmed_by)


def _signed_in_by_log(log: Log, session: BrowserSession) -> bool:
    found = _join(log, session.joined)
    if found is None or found.person != session.person:
        return False
    same = found.digest == account_digest("", SESSION_CHANNEL, session.id)
    return same and _is_admitted(log, found, session.joined, session.confirmed_by)


def _is_admitted(log: Log, found: AccountJoined, joined: int, confirmed_by: str) -> bool:
    """Whether the log says that the account was let in, and by whom it says it was confirmed."""
    confirmed = log.entry_with_key(confirmation_key(joined))
    if confirmed:
        return confirmed_by == confirmed.actor
    return found.admitted and confirmed_by in {"", TERMINAL}


def _join(log: Log, position: int) -> AccountJoined | None:
    entry = next(iter(log.read(after=position - 1, upto=position)), None) if position else None
    return entry.record if entry and isinstance(entry.record, AccountJoined) else None
