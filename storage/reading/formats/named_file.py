"""Reads a file that a person named, and says plainly why it cannot be read."""

from __future__ import annotations

from pathlib import Path

from storage.reading.formats.errors import read_error


def read_file(path: Path) -> bytes:
    """Read a file that a person named. Unreadable where it is missing, empty, a folder or not permitted."""
    try:
        if path.is_dir():
            raise read_error(path.name, "folder")
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise read_error(path.name, "missing") from error
    except OSError as error:
        raise read_error(path.name, "denied") from error
    if not content:
        raise read_error(path.name, "empty")
    return content
