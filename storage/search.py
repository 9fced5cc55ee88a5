"""Finding cases by what a person types on one line: a number, a reference, a kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from storage.cases import Line
from storage.tables import CASES

NUMBER_DIGITS = 18  # more than any case has; a longer number would not fit the database's integers


def find_lines(
    connection: Connection,
    office: str,
    words: Sequence[str],
    kinds: Sequence[Iterable[str]],
    *,
    limit: int,
    before: int | None = None,
) -> list[Line]:
    """The newest cases that every word fits; ``kinds`` are those that each word names.

    ``before`` goes on where an earlier list ended.
    """
    query = select(*(CASES.c[name] for name in Line._fields)).where(CASES.c.office == office)
    for word, named in zip(words, kinds, strict=True):
        query = query.where(or_(*_meanings(word, named)))
    if before is not None:
        query = query.where(CASES.c.number < before)
    rows = connection.execute(query.order_by(CASES.c.number.desc()).limit(limit))
    return [Line._make(row) for row in rows]


def _meanings(word: str, kinds: Iterable[str]) -> list[Any]:
    meanings = [CASES.c.reference.contains(word, autoescape=True), CASES.c.kind.in_(list(kinds))]
    if word.isascii() and word.isdigit() and len(word) <= NUMBER_DIGITS:
        meanings.append(CASES.c.number == int(word))
    return meanings
