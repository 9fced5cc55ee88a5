"""Backups: one archive with all files of an office's folder and a manifest of their fingerprints, and its restore.

A SQLite database is copied by SQLite's online backup, so it is consistent while the program runs. Of a PostgreSQL
database one office's rows are copied, in one consistent view, into a SQLite file: the archive has the same form, and
either engine restores it. A restore checks every file against the manifest before it writes the first one, and
writes into an empty folder only.
"""

from __future__ import annotations

import errno
import json
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from config.durable_files import (
    PRIVATE_FILE,
    PRIVATE_FOLDER,
    make_folder,
    replace_file,
    restrict_to_owner,
    sync_tree,
)
from config.errors import Damage, Refusal
from config.office.folder import OfficeFolder
from config.os_errors import os_errors_as_refusals
from config.settings import machine_settings
from storage.database.engines import is_postgresql
from storage.database.office_copy import copy_office, offices_in
from storage.database.schema import create_store, newest_revision, open_store, upgrade_store
from storage.database.store import Store

MANIFEST = "manifest.json"
LOG_FILE, KEY_SUFFIX, UNFINISHED_PREFIX = "gongkai.log", ".key", "."
"""No backup holds the program's log, the keys of sessions and chat bots, or files that were being written."""
BACKUP_FOLDER = "backups"
"""The folder of the nightly backups (``bot/runtime/scheduled_jobs.py``): no backup holds the earlier ones."""
BLOCK_BYTES = 1 << 20
ARCHIVE_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""The errors that reading a part of a damaged archive raises."""
DAMAGE_REASONS = {
    "cut": "it is no zip file, or was not copied to its end",
    "torn": "{name} in it is broken",
    "no_manifest": "it has no manifest.json",
    "not_listed": "{name} in it is not what its manifest lists",
}


class DamagedBackup(Damage):
    """{file} is not a whole backup: {why}. Nothing was restored; use another copy."""


class NewerBackup(Refusal):
    """{file} was made by a newer version ({found}; this one knows {newest}). Install that version first."""


class NotEmpty(Refusal):
    """{path} is not empty, and a restore never writes over anything. Name a new folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupContents:
    """The number of files in a backup, and the end of its log."""

    files: int
    position: int
    fingerprint: str


def make_backup(home: OfficeFolder, store: Store, office: str, target: Path, at: datetime) -> BackupContents:
    """Write a backup of an office: whole or not at all. PlaceRefused if the target cannot be written."""
    with os_errors_as_refusals(target):
        return _make_backup(home, store, office, target, at)


def _make_backup(home: OfficeFolder, store: Store, office: str, target: Path, at: datetime) -> BackupContents:
    make_folder(target.parent)
    # A folder of our own beside the target, with a name that nobody foresees and no right for anybody else.
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        database, part = Path(scratch) / home.database.name, Path(scratch) / "backup.part"
        if is_postgresql(store.engine):
            _export_office(store, office, database)
        else:
            _copy_database(home.database, database)
        manifest = {
            **_log_end(database),
            "revision": newest_revision(),
            "made_at": at.isoformat(),
            "files": {},
        }
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, path in [(home.database.name, database), *_other_files(home)]:
                archive.write(path, name)
                with path.open("rb") as file:
                    manifest["files"][name] = _digest(file)
            archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        part.chmod(PRIVATE_FILE)
        replace_file(part, target)
    return _backup_contents(manifest)


def backups_of(home: OfficeFolder) -> list[Path]:
    """The nightly backups that lie in an office's folder, the oldest first."""
    return sorted((home.path / BACKUP_FOLDER).glob("????-??-??.zip"))


def read_backup(source: Path) -> BackupContents:
    """Where the log of a backup ends; every file of it is checked first. DamagedBackup, NewerBackup, PlaceRefused."""
    with _open_backup(source) as archive:
        return _backup_contents(_verified_manifest(archive, source))


def restore_backup(source: Path, home: OfficeFolder, address: str = "") -> BackupContents:
    """Restore a backup into an empty folder, and its log into the PostgreSQL database at ``address``, if given.

    DamagedBackup, NewerBackup, NotEmpty or OfficeThere before anything is written.
    """
    if home.path.exists() and any(home.path.iterdir()):
        raise NotEmpty(path=home.path)
    with _open_backup(source) as archive:
        manifest = _verified_manifest(archive, source)
        files = set(manifest["files"])
        with (
            _imported_to_postgresql(archive, home, address) if address else nullcontext(),
            os_errors_as_refusals(home.path),
        ):
            make_folder(home.path)
            names = files - ({home.database.name} if address else set())
            home.path.chmod(PRIVATE_FOLDER)  # before anything of it lies there
            for name in names:
                archive.extract(name, home.path)
            restrict_to_owner(home.path)
            sync_tree([home.path / name for name in names], home.path)
    return _backup_contents(manifest)


@contextmanager
def _open_backup(source: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive. PlaceRefused if it cannot be read, DamagedBackup if it is no archive."""
    with os_errors_as_refusals(source):
        file = source.open("rb")
    with file:
        try:
            archive = zipfile.ZipFile(file)
        except zipfile.BadZipFile as error:
            raise _damaged_backup(source, "cut") from error
        with archive:
            yield archive


def _damaged_backup(source: Path, reason: str, name: str = "") -> DamagedBackup:
    return DamagedBackup(file=source, reason=reason, why=DAMAGE_REASONS[reason].format(name=name), name=name)


def _export_office(store: Store, office: str, database: Path) -> None:
    """Copy one office's rows of a PostgreSQL database into a new SQLite file."""
    copy = create_store(database)
    with store.reading() as rows, copy.writing(office) as target:
        copy_office(rows, target, office)
    copy.engine.dispose()


@contextmanager
def _imported_to_postgresql(archive: zipfile.ZipFile, home: OfficeFolder, address: str) -> Iterator[None]:
    """Copy the archive's log into a PostgreSQL database; it is committed if the block succeeds."""
    with tempfile.TemporaryDirectory() as scratch:
        database = Path(archive.extract(home.database.name, scratch))
        upgrade_store(database)  # the copy may be of an older version; what it is carried into is of this one
        copy, store = open_store(database), create_store(database, address)
        try:
            with copy.reading() as rows, ExitStack() as kept:
                for office in offices_in(rows):
                    copy_office(rows, kept.enter_context(store.writing(office)), office)
                yield
        finally:
            copy.engine.dispose()
            store.engine.dispose()


def _copy_database(source: Path, target: Path) -> None:
    live, copy = sqlite3.connect(source), sqlite3.connect(target)
    try:
        live.backup(copy)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise OSError(errno.ENOSPC, str(error)) from error  # the same of every other file of the archive
    finally:
        copy.close()
        live.close()


def _log_end(database: Path) -> dict[str, Any]:
    connection = sqlite3.connect(database)
    try:
        row = connection.execute("select position, hash from head").fetchone()
    finally:
        connection.close()
    position, fingerprint = row or (0, "")
    return {"position": position, "fingerprint": fingerprint}


def _other_files(home: OfficeFolder) -> Iterator[tuple[str, Path]]:
    secret_files = {file.resolve() for file in machine_settings().secret_files()}
    for path in sorted(home.path.rglob("*")):
        if path.is_relative_to(home.path / BACKUP_FOLDER):
            continue
        beside_database = path.name.startswith(home.database.name)  # its journals are in the copy already
        if (
            path.is_file()
            and not path.is_symlink()
            and not beside_database
            and path.name != LOG_FILE
            and path.suffix != KEY_SUFFIX
            and not path.name.startswith(UNFINISHED_PREFIX)
            and path.resolve() not in secret_files
        ):
            yield path.relative_to(home.path).as_posix(), path


def _digest(file: IO[bytes]) -> str:
    found = sha256()
    while block := file.read(BLOCK_BYTES):
        found.update(block)
    return found.hexdigest()


def _verified_manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    """The manifest, after its files were found unchanged and no other is there. DamagedBackup, NewerBackup."""
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        files, revision = dict(manifest["files"]), str(manifest["revision"])
    except (KeyError, ValueError, TypeError, *ARCHIVE_ERRORS) as error:
        raise _damaged_backup(source, "no_manifest") from error
    if revision > newest_revision():
        raise NewerBackup(file=source, found=revision, newest=newest_revision())
    if set(archive.namelist()) != {MANIFEST, *files}:
        raise _damaged_backup(source, "not_listed", MANIFEST)
    for name, digest in files.items():
        place = PurePosixPath(name)
        try:
            whole = (
                not place.is_absolute() and ".." not in place.parts and _digest_of(archive, name) == digest
            )
        except ARCHIVE_ERRORS as error:
            raise _damaged_backup(source, "torn", name) from error
        if not whole:
            raise _damaged_backup(source, "not_listed", name)
    return manifest


def _digest_of(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as file:
        return _digest(file)


def _backup_contents(manifest: dict[str, Any]) -> BackupContents:
    return BackupContents(
        files=len(manifest["files"]),
        position=manifest["position"],
        fingerprint=manifest["fingerprint"],
    )
