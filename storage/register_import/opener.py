"""Opens a register's file: checks its size and kind, then reads it as CSV or XLSX by its content.

File names are not reliable (web pages called .xls, workbooks called .csv), so the first bytes decide. Whatever could
make reading slow or large is refused before it is read.
"""

from __future__ import annotations

import stat
from pathlib import Path

from storage.isolation.isolated_reading import REGISTER, isolated
from storage.register_import.csv import read_csv
from storage.register_import.errors import register_read_error
from storage.register_import.sheet import RegisterSheet
from storage.register_import.xlsx import read_workbook

SIZE_LIMIT_MB = 100
MEGABYTE = 1024 * 1024
ZIP_MARK = b"PK"
OLE_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and any workbook behind a password


@isolated("path", REGISTER)
def read_sheet(path: Path) -> RegisterSheet:
    """Read the register's table in a file. Raises ``Unreadable`` where there is none."""
    _check_place(path)
    try:
        with path.open("rb") as file:
            head = file.read(512)
        if not head:
            raise register_read_error(path.name, "empty")
        if head.startswith(OLE_MARK):
            raise register_read_error(path.name, "old_workbook")
        if head.startswith(ZIP_MARK):
            return read_workbook(path)
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            raise register_read_error(path.name, "web_page")
        return read_csv(path)
    except OSError as error:
        raise register_read_error(path.name, "denied", detail=error.strerror or error) from error


def _check_place(path: Path) -> None:
    """Refuse anything but a file, and too big a one, before opening it: opening a pipe would wait for ever."""
    try:
        facts = path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a NUL in the name
        raise register_read_error(path.name, "missing") from error
    except OSError as error:
        raise register_read_error(path.name, "denied", detail=error.strerror or error) from error
    if not stat.S_ISREG(facts.st_mode):
        raise register_read_error(path.name, "no_file")
    if facts.st_size > SIZE_LIMIT_MB * MEGABYTE:
        size = -(-facts.st_size // MEGABYTE)
        raise register_read_error(path.name, "too_big", size=size, limit=SIZE_LIMIT_MB)
