"""Long lists cut into pieces that a database takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

CHUNK = 500  # SQLite takes at most 999 variables in older builds
Item = TypeVar("Item")


def chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in their order, so many at a time."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
