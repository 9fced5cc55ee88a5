"""Compares two documents of an office table by table: which rows came, went or changed, and in which keys."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from config.office.schema import OFFICE_TABLES, table_rows

ROW_KEYS = ("id", "for", "key")
"""The keys by which a row of a table is known; the first that a row has."""
DOCUMENT_FILE = "office.toml"
NAME_KEYS = ("name", "post", "id", "for", "key")


class RowChange(StrEnum):
    """What became of a row or a text."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedValue:
    """A key of a row with its value before and after; empty where it was not written."""

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDifference:
    """A row, or a text beside the document (table ``file``), that differs between two versions of an office."""

    table: str
    row: str
    name: str
    kind: RowChange
    values: tuple[ChangedValue, ...] = ()


def office_differences(before: str, after: str) -> tuple[OfficeDifference, ...]:
    """The rows that differ between two documents, in the order of the tables. Both must be valid TOML."""
    old, new = tomllib.loads(before), tomllib.loads(after)
    return tuple(difference for table in OFFICE_TABLES for difference in _row_differences(table, old, new))


def file_differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[OfficeDifference, ...]:
    """The texts beside the document that differ, by path."""
    paths = sorted(before.keys() | after.keys())
    changed = (path for path in paths if before.get(path, "") != after.get(path, ""))
    return tuple(
        OfficeDifference(table="file", row=path, name=path, kind=_kind(before.get(path), after.get(path)))
        for path in changed
    )


def _row_differences(
    table: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[OfficeDifference]:
    before, after = _rows_by_key(table, old), _rows_by_key(table, new)
    for row in dict.fromkeys((*before, *after)):
        was, becomes = before.get(row), after.get(row)
        if was == becomes:
            continue
        values = tuple(_changed_values(was or {}, becomes or {}))
        if values or was is None or becomes is None:
            shown = becomes or was or {}
            name = next((str(shown[key]) for key in NAME_KEYS if shown.get(key)), "")
            yield OfficeDifference(table=table, row=row, name=name, kind=_kind(was, becomes), values=values)


def _rows_by_key(table: str, data: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {
        next(
            (str(row[key]) for key in ROW_KEYS if row.get(key)), table if len(path) == 1 else str(path[1])
        ): row
        for path, row in table_rows(data, table)
    }


def _changed_values(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ChangedValue]:
    for key in dict.fromkeys((*before, *after)):
        was, becomes = _as_text(before.get(key)), _as_text(after.get(key))
        if was != becomes:
            yield ChangedValue(key=key, before=was, after=becomes)


def _as_text(value: Any) -> str:
    """A value as people read it: a list by its parts, a stage by its name and who signs it."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "、".join(map(_as_text, value))
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values())
    return str(value)


def _kind(before: object, after: object) -> RowChange:
    if not before:
        return RowChange.ADDED
    return RowChange.CHANGED if after else RowChange.REMOVED
