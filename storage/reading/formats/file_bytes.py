"""Reads the bytes of a file that a person named, and decodes them where they are a text.

A text is decoded by the encoding that it declares, then as UTF-8, then as GB18030; nothing else is guessed.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from storage.reading.formats.errors import read_error

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,4}=\s{0,4}["']?\s{0,4}([A-Za-z0-9_-]{1,40})""")
_HEAD = 4096  # bytes in which a page must declare its encoding; browsers look into the first 1024


def read_file(path: Path, most: int = 0) -> bytes:
    """Read a file that a person named. Unreadable where it is missing, empty, a folder or not permitted.

    ``most`` is the number of bytes that it may have, looked at before it is read; 0 where it may have any.
    """
    try:
        if path.is_dir():
            raise read_error(path.name, "folder")
        if most and path.stat().st_size > most:
            raise read_error(path.name, "too_large", limit=most // 1024 // 1024)
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise read_error(path.name, "missing") from error
    except OSError as error:
        raise read_error(path.name, "denied") from error
    if not content:
        raise read_error(path.name, "empty")
    return content


def decode_file(content: bytes, name: str) -> str:
    """Decode a file. Raises Unreadable where it is in no known encoding."""
    found = decode_text(content)
    if found is None:
        raise read_error(name, "encoding")
    return found[0]


def decode_text(content: bytes, declared: str = "") -> tuple[str, str] | None:
    """Return the text and its encoding, or None; ``declared`` is the encoding in the server's header, tried first."""
    for encoding in _candidates(content, declared):
        try:
            text = content.decode(encoding)
        except (LookupError, UnicodeError):
            continue  # not this one: the next candidate is tried, and after the last there is no answer
        if "\x00" not in text:
            return text, encoding
    return None


def declared_charset(content_type: str) -> str:
    """Return the encoding that a header names; empty where it names none."""
    found = _CHARSET.search(content_type.encode("ascii", "ignore"))
    return found.group(1).decode("ascii").lower() if found else ""


def _candidates(content: bytes, by_server: str) -> list[str]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return [encoding]
    declared = _CHARSET.search(content[:_HEAD])
    named = declared.group(1).decode("ascii").lower() if declared else ""
    # A page that declares gb2312 often needs the last.
    return [*(each for each in (by_server, named) if each), "utf-8", "gb18030"]
