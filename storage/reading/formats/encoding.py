"""Decodes the bytes of a file: by the encoding it declares, then UTF-8, then GB18030; nothing else is guessed."""

from __future__ import annotations

import codecs
import re

from storage.reading.formats.errors import read_error

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s{0,4}=\s{0,4}["']?\s{0,4}([A-Za-z0-9_-]{1,40})""")
_HEAD = 4096  # bytes in which a page must declare its encoding; browsers look into the first 1024


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
