"""Finds cases by one line of words: a number, a word of the title, a kind, or a name in the office's file.

The chat and the page find the same. Villages, departments, columns and dates are found by their names, not their ids.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlalchemy import Connection

from bot.language.date_parser import half_width
from bot.services.app import OfficeApp
from storage.eventlog.projections import CaseProjections
from storage.events.case import CaseLine
from storage.events.events import Opened
from storage.lists.case_list import SearchWord, find_cases

MAX_WORDS = 5
_FULL_WIDTH = re.compile(r"[０-９Ａ-Ｚａ-ｚ]+")
_NUMBERED = re.compile(r"(?<!\S)案件\s*(\d+)号?(?!\S)")


def search_cases(
    app: OfficeApp, connection: Connection, words: str, *, limit: int, before: int | None = None
) -> list[CaseLine]:
    """The cases that match every word, the one with this number first, then the newest."""
    return find_cases(connection, app.office.slug, search_words(app, words), limit=limit, before=before)


def case_openings(app: OfficeApp, connection: Connection, lines: list[CaseLine]) -> Mapping[int, Opened]:
    """The opening record of each case, which holds its name."""
    cases = CaseProjections(connection, app.office.slug, app.duties).cases([line.number for line in lines])
    return {number: case.opening for number, case in cases.items() if case.opening}


def search_words(app: OfficeApp, words: str) -> list[SearchWord]:
    """The words of a line, each with the kinds and the places that it names; “案件3” is the case of that number."""
    said = _NUMBERED.sub(r"\1", _FULL_WIDTH.sub(lambda found: half_width(found[0]), words))
    return [_search_word(app, word) for word in said.split()[:MAX_WORDS]]


def _search_word(app: OfficeApp, word: str) -> SearchWord:
    low, office = word.casefold(), app.office
    kinds = [duty.kind for duty in app.duties.values() if low in duty.label.casefold() or low in duty.kind]
    named = [(row.id, row.name) for row in office.villages]
    named += [(row.id, row.name) for row in office.departments]
    named += [(row.id, row.name) for row in office.columns]
    named += [(row.id, row.name) for row in office.year_dates]
    ids = [row_id for row_id, name in named if low in name.casefold()]
    return SearchWord(word=word, kinds=tuple(kinds), ids=tuple(ids))
