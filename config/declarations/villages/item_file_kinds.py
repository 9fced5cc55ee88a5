"""The kinds of files that a village's item may carry. A further kind is one row here, with its words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFileKind:
    """A kind of files that an item may carry; its count is a field of the item and a column of the list."""

    key: str
    """Of its count, and of its words: ``talk.item.<key>``, ``page.lists.column.<key>``."""
    label: str
    """Of its count."""
    input: str
    """The name of its field on the page, with the words ``page.item.<input>``."""
    suffixes: frozenset[str] = frozenset()
    """The endings of its files, in small letters; empty for the kind of all other files."""


PHOTOGRAPHS = ItemFileKind(
    key="pictures",
    label="照片张数",
    input="photos",
    suffixes=frozenset({".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}),
)
"""They are prepared for publication, and their originals stay inside (``storage/content/pictures.py``)."""
ITEM_FILE_KINDS = (PHOTOGRAPHS, ItemFileKind(key="files", label="文件个数", input="files"))
"""All kinds, the one of all other files last. A further kind is one row here, with its words."""


def file_counts(names: Iterable[str]) -> dict[str, int]:
    """How many of these files are of each kind, by the kind's key; a kind of which there is none is left out."""
    kinds = [_file_kind(name).key for name in names]
    return {kind.key: kinds.count(kind.key) for kind in ITEM_FILE_KINDS if kind.key in kinds}


def _file_kind(name: str) -> ItemFileKind:
    stem, _, ending = name.rpartition(".")
    suffix = f".{ending.lower()}" if stem else ""
    return next(kind for kind in ITEM_FILE_KINDS if suffix in kind.suffixes or not kind.suffixes)
