"""Bounds what the pages of a .pdf unpack to: their drawing instructions, which the reader works through one by one.

Only what is drawn is counted, the pages' own streams and the forms that they use; pictures and fonts are not read.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from pdfminer.pdftypes import PDFStream, dict_value, resolve1

from storage.reading.formats.errors import read_error

MAX_DRAWING_BYTES = 6 * 1024 * 1024  # a report of fifteen pages has less than one
MAX_FORM_DEPTH = 4  # forms inside forms
FLATE = "FlateDecode"


def require_bounded_drawing(page: Any, left: int, name: str) -> int:
    """How many bytes may still be drawn after this page. Raises Unreadable where it draws more than ``left``."""
    for stream in (*page.contents, *_forms(page.resources, MAX_FORM_DEPTH)):
        left -= _unpacked_bytes(resolve1(stream), left + 1)
        if left < 0:
            raise read_error(name, "bomb", limit=MAX_DRAWING_BYTES // 1024 // 1024)
    return left


def _unpacked_bytes(stream: Any, most: int) -> int:
    """How many bytes a stream unpacks to, counted no further than ``most``."""
    if not isinstance(stream, PDFStream) or not stream.rawdata:
        return 0
    filters = [filter_.name for filter_, _ in stream.get_filters()]
    if filters != [FLATE]:
        return len(stream.rawdata)
    try:
        return len(zlib.decompressobj().decompress(stream.rawdata, most))
    except zlib.error:  # the library reads what it can of it
        return len(stream.rawdata)


def _forms(resources: Any, depth: int) -> Iterator[PDFStream]:
    """Yield the forms that resources name, and those inside them."""
    for found in map(resolve1, dict_value(dict_value(resources).get("XObject", {})).values()):
        if isinstance(found, PDFStream) and getattr(found.get("Subtype"), "name", "") == "Form":
            yield found
            if depth and found.get("Resources"):
                yield from _forms(found["Resources"], depth - 1)
