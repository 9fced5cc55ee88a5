"""What the SQLite of this Python does to its files, told to a simulated disk: a VFS of a few lines over the real one.

It changes nothing: every call goes to the system's VFS. It is told which files are opened, synced and removed. The
first sync of a new journal syncs its folder too, as SQLite's ``os_unix.c`` does. Only where ``_sqlite3`` uses the
library of the system; where the library is inside of it, ``NoLibrary`` is raised.
"""

import ctypes
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, POINTER, c_char_p, c_int, c_void_p
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.storage.database.power_cut.disk import Disk

OPEN_JOURNAL = 0x00000800 | 0x00004000 | 0x00080000  # SQLITE_OPEN_MAIN_JOURNAL, SUPER_JOURNAL, WAL
CLOSE, SYNC = 1, 5  # places in sqlite3_io_methods, counted in pointers: the first is the version
METHODS = 1 + 18


class NoLibrary(Exception):
    """SQLite is not a library of its own here."""


# A name goes through as a pointer: SQLite keeps it, and finds parameters behind its end.
Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
Delete = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)
Close = CFUNCTYPE(c_int, c_void_p)
Sync = CFUNCTYPE(c_int, c_void_p, c_int)


class Vfs(ctypes.Structure):
    """``sqlite3_vfs``, as far as it is read or replaced; the rest is carried over as it is."""

    _fields_ = [
        ("version", c_int),
        ("file_size", c_int),
        ("max_path", c_int),
        ("next", c_void_p),
        ("name", c_char_p),
        ("data", c_void_p),
        ("open", Open),
        ("delete", Delete),
        ("rest", c_void_p * 14),
    ]


@dataclass
class OpenFile:
    """A file that SQLite has open."""

    path: Path
    methods: Any
    """The real methods."""
    new_journal: bool


class Recorder:
    """The VFS. It lives as long as the process, for SQLite may call it until its last file is closed."""

    def __init__(self) -> None:
        self.library = _library()
        self.library.sqlite3_vfs_find.restype = POINTER(Vfs)
        self.real = self.library.sqlite3_vfs_find(None)
        self.files: dict[int, OpenFile] = {}
        self.tables: dict[int, Any] = {}
        self.disk: Disk | None = None
        self.after_each: Callable[[], object] = lambda: None
        self.vfs = Vfs.from_buffer_copy(self.real.contents)
        self.vfs.name, self.vfs.next = b"recorder", None
        self.vfs.open, self.vfs.delete = Open(self._open), Delete(self._delete)
        self.sync, self.close = Sync(self._sync), Close(self._close)

    @contextmanager
    def recording(self, disk: Disk, after_each: Callable[[], object] = lambda: None) -> Iterator[None]:
        """Every connection opened meanwhile is recorded; ``after_each`` is called after each change on the disk."""
        self.disk, self.after_each = disk, after_each
        self.library.sqlite3_vfs_register(ctypes.byref(self.vfs), 1)
        try:
            yield
        finally:
            self.library.sqlite3_vfs_register(self.real, 1)
            self.disk, self.after_each = None, lambda: None

    def _open(self, _vfs: int, name: int | None, file: int, flags: int, given: int | None) -> int:
        path = _path(name)
        was_there = path.exists()
        code: int = self.real.contents.open(ctypes.addressof(self.real.contents), name, file, flags, given)
        place = c_void_p.from_address(file)
        if code == sqlite3.SQLITE_OK and name and place.value:
            new = bool(flags & OPEN_JOURNAL) and not was_there
            self.files[file] = OpenFile(path, (c_void_p * METHODS).from_address(place.value), new)
            place.value = self._table(place.value)
        return code

    def _table(self, real: int) -> int:
        """The methods of a file with two of them replaced."""
        if real not in self.tables:
            self.tables[real] = (c_void_p * METHODS).from_buffer_copy((c_void_p * METHODS).from_address(real))
            self.tables[real][SYNC] = ctypes.cast(self.sync, c_void_p).value
            self.tables[real][CLOSE] = ctypes.cast(self.close, c_void_p).value
        return ctypes.addressof(self.tables[real])

    def _sync(self, file: int, flags: int) -> int:
        known = self.files[file]
        code: int = Sync(known.methods[SYNC])(file, flags)
        if self.disk is not None:
            self.disk.sync_file(known.path)
            if known.new_journal:
                self.disk.sync_folder(known.path.parent)
                known.new_journal = False
            self.after_each()
        return code

    def _close(self, file: int) -> int:
        known = self.files.pop(file)
        code: int = Close(known.methods[CLOSE])(file)
        return code

    def _delete(self, _vfs: int, name: int, sync_folder: int) -> int:
        code: int = self.real.contents.delete(ctypes.addressof(self.real.contents), name, sync_folder)
        path = _path(name)
        if self.disk is not None and code == sqlite3.SQLITE_OK:
            self.disk.remove(path)
            if sync_folder:
                self.disk.sync_folder(path.parent)
            self.after_each()
        return code


@cache
def the_recorder() -> Recorder:
    """The one of this process: it is never thrown away."""
    return Recorder()


def _path(name: int | None) -> Path:
    return Path(ctypes.string_at(name).decode()) if name else Path()


def _library() -> Any:
    """The library that ``sqlite3`` has loaded, by what the process has mapped."""
    for line in Path("/proc/self/maps").read_text("utf-8").splitlines():
        if "libsqlite3" in line:
            return ctypes.CDLL(line.split()[-1])
    raise NoLibrary
