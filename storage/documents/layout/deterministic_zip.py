"""Repacks Office files (docx, xlsx) so that the same content gives the same bytes.

Both libraries write the machine's time into the archive and its properties. A paper that is signed by its hash
must not change when it is written again, so the time stamps are removed, not replaced by invented ones.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

TIMESTAMPS = re.compile(rb"<dcterms:(created|modified)\b[^<>]*>[^<]*</dcterms:\1>")
PROPERTIES_PART = "docProps/core.xml"


def repack(archive: bytes, changed: Mapping[str, bytes] | None = None) -> bytes:
    """The archive without its time stamps, with some parts replaced."""
    parts = {**_archive_parts(archive), **(changed or {})}
    parts[PROPERTIES_PART] = TIMESTAMPS.sub(b"", parts[PROPERTIES_PART])
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive_file:
        for name, content in parts.items():
            entry = ZipInfo(name)  # dated 1980-01-01, the earliest date in an archive
            entry.compress_type = ZIP_DEFLATED
            archive_file.writestr(entry, content)
    return packed.getvalue()


def archive_part(archive: bytes, name: str) -> bytes:
    """One part of an archive."""
    return _archive_parts(archive)[name]


def _archive_parts(archive: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}
