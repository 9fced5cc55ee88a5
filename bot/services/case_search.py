"""Finding cases by one line: a number, a word of the title, a kind, or a name in the office's file.

The chat and the page find the same: what the office's file gives a name to is found by it, whatever its id is.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from bot.services.app import Works
from storage.eventlog.projections import Index
from storage.eventlog.search import Asked, find_lines
from storage.events.case import Line
from storage.events.events import Opened

MOST_WORDS = 5


def found(
    works: Works, connection: Connection, words: str, *, limit: int, before: int | None = None
) -> list[Line]:
    """The cases that every word fits, the one with this number first, then the newest."""
    asked = [_meant(works, word) for word in words.split()[:MOST_WORDS]]
    return find_lines(connection, works.office.slug, asked, limit=limit, before=before)


def openings(works: Works, connection: Connection, lines: list[Line]) -> Mapping[int, Opened]:
    """How each of them began: what it is called stands there."""
    cases = Index(connection, works.office.slug, works.duties).cases([line.number for line in lines])
    return {number: case.opening for number, case in cases.items() if case.opening}


def _meant(works: Works, word: str) -> Asked:
    low, office = word.casefold(), works.office
    kinds = [duty.kind for duty in works.duties.values() if low in duty.label.casefold() or low in duty.kind]
    named = [(row.id, row.name) for row in office.villages]
    named += [(row.id, row.name) for row in office.departments]
    named += [(row.id, row.name) for row in office.columns]
    named += [(row.id, row.name) for row in office.year_dates]
    ids = [row_id for row_id, name in named if low in name.casefold()]
    return Asked(word=word, kinds=tuple(kinds), ids=tuple(ids))
