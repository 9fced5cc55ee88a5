"""Prepares a file that somebody hands in: a photograph for publication, and the words of a document.

Both read bytes that somebody else made and can take seconds: it is done before a writing transaction, never in one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from config.errors import Unreadable
from storage.content.pictures import is_picture, prepare_picture, published_name
from storage.reading.formats.zip_archive import ARCHIVE_ERRORS

READABLE_SUFFIXES = frozenset({".docx", ".txt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedFile:
    """A file as it may leave the office, with what was read from it."""

    name: str
    content: bytes
    """Of a photograph: upright, at most 2,000 px, without the data of the camera."""
    original: bytes = b""
    """The photograph as it came; empty for any other file."""
    alt: str = ""
    """What a photograph shows; people are asked for it."""
    words: str = ""
    """The text of a document that is read as an item: its first line is the title."""

    @property
    def is_picture(self) -> bool:
        """Whether it is a photograph."""
        return bool(self.original)


def prepare_file(name: str, content: bytes) -> PreparedFile:
    """Prepare a file that was handed in. Raises PictureUnreadable and PictureTooLarge."""
    if is_picture(name, content):
        return PreparedFile(
            name=published_name(name), content=prepare_picture(name, content), original=content
        )
    return PreparedFile(name=name, content=content, words=_words(name, content))


def _words(name: str, content: bytes) -> str:
    """The text of a document; empty where it has none that is read here. It is then kept as an attachment."""
    if PurePath(name.lower()).suffix not in READABLE_SUFFIXES:
        return ""
    from storage.reading.texts.manuscript import manuscript_in  # noqa: PLC0415 - readers of four formats, for a document alone

    try:
        read = manuscript_in(name, content)
    except (Unreadable, *ARCHIVE_ERRORS):
        return ""
    return f"{read.title}\n{read.body}".strip()
