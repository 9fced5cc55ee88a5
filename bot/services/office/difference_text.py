"""Says what differs between two versions of an office, and what a change does to its open cases."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.language.phrasebook import Phrasebook
from bot.services.office.ladder_text import ladder_name, rung_text
from config.office.difference import ChangedValue, OfficeDifference, RowChange
from config.office.schema import OFFICE_TABLES
from scheduler.worklist.office_impact import CaseImpact, OfficeImpact

LADDER = "ladder"
NO_NAMES: Mapping[str, str] = {}
NAMED_TABLES = ("person", "department")
NAMING_KEYS = frozenset({"reporter", "leader", "head", "owner", "deputies", "members", "by", "department"})
"""The keys in which ids of people and departments stand."""
SAID_WHOLE = {LADDER, *(name for name, table in OFFICE_TABLES.items() if not table.many)}
"""The tables whose rows are told with what stands in them when they come: they have no name that says it."""


def difference_lines(
    found: Iterable[OfficeDifference],
    book: Phrasebook,
    letters: Mapping[str, str] = NO_NAMES,
    posts: Mapping[str, str] = NO_NAMES,
) -> Iterator[str]:
    """A line for each row that came, went or changed, with the keys that changed.

    ``letters`` has a letter's name by its path, ``posts`` what a person or department is called by its id.
    """
    for one in found:
        yield book.say(
            f"office.difference.{one.kind}",
            table=book.say(f"office.table.{one.table}"),
            name=_row_name(one, book, letters),
        )
        if one.kind is RowChange.CHANGED or (one.kind is RowChange.ADDED and one.table in SAID_WHOLE):
            yield from (_value_line(one.table, value, book, posts) for value in one.values)


def names_in(documents: Iterable[str]) -> dict[str, str]:
    """What the people and departments of some versions are called, by id; of several the last version's name."""
    tables = [tomllib.loads(document) for document in documents]
    rows = (row for table in tables for name in NAMED_TABLES for row in table.get(name, ()))
    return {row["id"]: row.get("post") or row.get("name") or row["id"] for row in rows if "id" in row}


def impact_lines(impact: OfficeImpact, book: Phrasebook) -> Iterator[str]:
    """A line for each open case that moves, is stranded, or has to be submitted again."""
    for key, cases in (
        ("stranded", impact.stranded),
        ("restarted", impact.restarted),
        ("moved", impact.moved),
    ):
        yield from (_case_line(key, one, book) for one in cases)
    if not (impact.stranded or impact.restarted or impact.moved):
        yield book.say("office.impact.none")


def _row_name(one: OfficeDifference, book: Phrasebook, letters: Mapping[str, str]) -> str:
    if one.table == LADDER:
        return ladder_name(one.name, book)
    return file_name(one.row, book, letters) if one.table == "file" else one.name


def file_name(path: str, book: Phrasebook, letters: Mapping[str, str] = NO_NAMES) -> str:
    """What a text beside the document is called, with its path where that says which of several it is."""
    key = f"office.file.{path.partition('/')[0].partition('.')[0]}"
    return book.say(key, path=path, letter=letters.get(path, path)) if key in book.phrases else path


def _value_line(table: str, value: ChangedValue, book: Phrasebook, posts: Mapping[str, str]) -> str:
    if value.key in NAMING_KEYS:
        value = replace(value, before=_named(value.before, posts), after=_named(value.after, posts))
    nothing = book.say("office.difference.nothing")
    return book.say(
        "office.difference.value",
        item=key_label(table, value.key, book),
        before=_value_words(table, value.before, book) or nothing,
        after=_value_words(table, value.after, book) or nothing,
    )


def key_label(table: str, key: str, book: Phrasebook) -> str:
    """What a key of the document is called on the page; the key itself where the page does not show it."""
    own = (f"settings.key.{table}_{key}", f"settings.key.{key}")
    return next((book.phrases[one] for one in own if one in book.phrases), key)


def _value_words(table: str, value: str, book: Phrasebook) -> str:
    """A value as people read it: the steps of a ladder in words, everything else as it is written."""
    if table != LADDER:
        return value
    return "；".join(rung_text(rung, book) for rung in value.split("、") if rung)


def _named(value: str, posts: Mapping[str, str]) -> str:
    return "、".join(posts.get(one, one) for one in value.split("、"))


def _case_line(key: str, one: CaseImpact, book: Phrasebook) -> str:
    nobody = book.say("office.difference.nobody")
    return book.say(
        f"office.impact.{key}",
        case=one.case,
        reference=one.reference,
        before="、".join(one.before) or nobody,
        after="、".join(one.after) or nobody,
    )
