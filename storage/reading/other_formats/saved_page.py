"""Reads .mhtml files: a web page that a browser or Word saved with all its parts in one message (RFC 2557)."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser

from storage.isolation.isolated_reading import isolated
from storage.reading.formats.document import Document
from storage.reading.formats.errors import read_error
from storage.reading.formats.html import read_html

_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})


@isolated("name")
def read_saved_page(content: bytes, name: str) -> Document:
    """Read the first web page of a saved message. Raises Unreadable where there is none."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(content)
        pages = (part for part in message.walk() if part.get_content_type() in _PAGE_TYPES)
        page = next(pages, None)
        source = page.get_payload(decode=True) if page else None
    except (ValueError, LookupError, AttributeError, IndexError) as error:
        raise read_error(name, "damaged") from error
    if not isinstance(source, bytes) or not source.strip():
        raise read_error(name, "damaged")
    return read_html(source, name)
