"""Search of cases by the words a person types: a number, a reference, a title, a kind, a village's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, case, or_, select

from storage.database.tables import CASES
from storage.events.case import CaseLine

NUMBER_LIMIT = 2**31  # the database's integers hold less; no case has a larger number
NUMBER_DIGITS = 10


class SearchWord(NamedTuple):
    """One word, the kinds it names, and the ids of the villages or columns it names: references end in these."""

    word: str
    kinds: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


def find_cases(
    connection: Connection,
    office: str,
    words: Sequence[SearchWord],
    *,
    limit: int,
    before: int | None = None,
) -> list[CaseLine]:
    """The newest ``limit`` cases that match every word, after the one whose number was given.

    ``before``: only cases with lower numbers, to continue an earlier list.
    """
    query = select(*(CASES.c[name] for name in CaseLine._fields)).where(CASES.c.office == office)
    for asked in words:
        query = query.where(or_(*word_conditions(asked)))
    if before is not None:
        query = query.where(CASES.c.number < before)
    numbers = [int(asked.word) for asked in words if _is_number(asked.word)]
    first = case((CASES.c.number.in_(numbers), 0), else_=1)
    rows = connection.execute(query.order_by(first, CASES.c.number.desc()).limit(limit))
    return [CaseLine._make(row) for row in rows]


def word_conditions(asked: SearchWord) -> list[Any]:
    """The conditions on ``case_row`` of which any tells that a case matches the word."""
    reference = CASES.c.reference
    meanings = [reference.contains(asked.word, autoescape=True), CASES.c.kind.in_(asked.kinds)]
    meanings += [reference.in_(asked.ids), CASES.c.words.contains(asked.word, autoescape=True)]
    meanings += [reference.endswith(f"/{one}", autoescape=True) for one in asked.ids]
    meanings += [CASES.c.words.contains(f" {one} ", autoescape=True) for one in asked.ids]
    if _is_number(asked.word):
        meanings.append(CASES.c.number == int(asked.word))
    return meanings


def _is_number(word: str) -> bool:
    return word.isascii() and word.isdigit() and len(word) <= NUMBER_DIGITS and int(word) < NUMBER_LIMIT
