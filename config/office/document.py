"""Writes an office's document from its values, with the explanations of the blank one beside them.

The blank document (``config/data/office/blank.toml``) has a part for each subject, under a heading line; its comments
are kept, and its tables are written from the values. A document that exists is edited in place by ``edit_document``,
which keeps whatever comments a person wrote.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import tomlkit
from tomlkit.items import AoT

from config.errors import Refusal
from config.office.difference import NAME_KEYS, ROW_KEYS
from config.office.schema import OFFICE_TABLES, table_rows
from config.shipped_data import data_dir

TITLE = (
    "# 单位文件（office.toml）。写岗位，不写姓名；人员变动时岗位不变。\n"
    "# 改好后：gongkai office apply office.toml --dry-run，先看会动到什么。"
)
NAMING_KEYS = frozenset({"id", "post", "name", "slug", "title"})
"""Keys whose value is a name of its own and points at nobody."""
_HEADING = re.compile(r"^# ── ", re.MULTILINE)
_TABLE = re.compile(r"^(?:# )?\[\[?(\w+)\]\]?", re.MULTILINE)


class ChangedSince(Refusal):
    """{name} was changed again since then. Take the later change back first, or change it by hand."""


Values = Mapping[str, Any]
"""The tables of a document: a mapping for ``[table]``, a list of mappings for ``[[table]]``."""


def write_document(values: Values) -> str:
    """The document with these tables, each under its explanation. A table without values is left out."""
    parts, written = [], set[str]()
    for head, tables in _blank_parts():
        written |= set(tables)
        parts.append("\n".join([head, *(_tables(name, values[name]) for name in tables if values.get(name))]))
    rest = [_tables(name, values[name]) for name in values if name not in written and values[name]]
    return "\n\n".join(part.strip("\n") for part in [*parts, *rest]) + "\n"


def edit_document(document: str, table: str, row: str, changes: Mapping[str, Any]) -> str:
    """The document with values of one row changed or added; ``row`` is its id, empty for a ``[table]``.

    A value None takes its key away. A row that is not there is added.
    """
    return edit_rows(document, table, {row: changes})


def edit_rows(document: str, table: str, changed: Mapping[str, Mapping[str, Any]]) -> str:
    """The document with the rows of these ids changed or added, as ``edit_document`` does with one."""
    parsed = tomlkit.parse(document)
    for row, changes in changed.items():
        place = _row_of(parsed, table, row)
        for key, value in changes.items():
            if value is None:
                place.pop(key, None)
            else:
                place[key] = _item(value)
    return tomlkit.dumps(parsed)


def without_row(document: str, table: str, row: str) -> str:
    """The document without one row of a table, or without a table of one row; unchanged where there is none."""
    parsed = tomlkit.parse(document)
    if not OFFICE_TABLES[table].many:
        parsed.pop(table, None)
    rows = parsed.get(table)
    if isinstance(rows, AoT):
        for at in [at for at, one in enumerate(rows) if row in {one.get(key) for key in ROW_KEYS}]:
            del rows[at]
    return tomlkit.dumps(parsed)


def with_successor(document: str, person: str, successor: str) -> str:
    """The document in which somebody else takes every place of a person, their roles too, and the person is gone."""
    parsed = tomlkit.parse(document)
    people: Any = parsed["person"]
    rows = {str(row["id"]): row for row in people}
    roles = [*rows[successor].get("roles", []), *rows[person].get("roles", [])]
    if roles:
        rows[successor]["roles"] = list(dict.fromkeys(str(role) for role in roles))
    for row in people:
        if row["id"] == successor and person in row.get("deputies", []):
            row["deputies"].remove(person)
    _replace(parsed, person, successor)
    return without_row(tomlkit.dumps(parsed), "person", person)


def take_back(document: str, before: str, after: str) -> str:
    """The document without the change from ``before`` to ``after``; what was changed elsewhere since then stays.

    Raises ChangedSince where the same thing was changed again.
    """
    now, was, became = (_rows_of(text) for text in (document, before, after))
    for table, row in dict.fromkeys((*was, *became)):
        place = table, row
        if was.get(place) != became.get(place):
            document = _row_taken_back(document, place, now.get(place), was.get(place), became.get(place))
    return document


def _rows_of(document: str) -> dict[tuple[str, str], Mapping[str, Any]]:
    """Every row of a document by its table and its key; a table of one row has none."""
    data = tomllib.loads(document)
    return {(table, _key_of(row)): row for table in OFFICE_TABLES for _path, row in table_rows(data, table)}


def _key_of(row: Mapping[str, Any]) -> str:
    return next((str(row[key]) for key in ROW_KEYS if row.get(key)), "")


def _row_taken_back(
    document: str,
    place: tuple[str, str],
    now: Mapping[str, Any] | None,
    was: Mapping[str, Any] | None,
    became: Mapping[str, Any] | None,
) -> str:
    table, row = place
    if was is None or became is None:
        if now != became:
            raise ChangedSince(name=_name_of(now or was or became or {}))
        return edit_document(document, table, row, was) if was else without_row(document, table, row)
    changed = [key for key in {**was, **became} if was.get(key) != became.get(key)]
    if now is None or any(now.get(key) != became.get(key) for key in changed):
        raise ChangedSince(name=_name_of(became))
    return edit_document(document, table, row, {key: was.get(key) for key in changed})


def _name_of(row: Mapping[str, Any]) -> str:
    return next((str(row[key]) for key in NAME_KEYS if row.get(key)), "")


def _replace(part: Any, person: str, successor: str) -> None:
    """Name the successor wherever the document names the person, but for the row of the person itself."""
    keys = part.keys() if isinstance(part, dict) else range(len(part))
    for key in list(keys):
        value = part[key]
        if isinstance(value, dict | list):
            _replace(value, person, successor)
        elif value == person and key not in NAMING_KEYS:
            part[key] = successor
    if isinstance(part, list) and list(part).count(successor) > 1:
        del part[len(part) - 1 - list(part)[::-1].index(successor)]


def _row_of(parsed: tomlkit.TOMLDocument, table: str, row: str) -> Any:
    if not OFFICE_TABLES[table].many:
        if table not in parsed:
            parsed[table] = tomlkit.table()
        return parsed[table]
    rows: Any = parsed.setdefault(table, tomlkit.aot())
    key = next(key for key in ROW_KEYS if key in OFFICE_TABLES[table].keys)
    found = next((one for one in rows if one.get(key) == row), None)
    if found is None:
        rows.append(tomlkit.item({key: row}))
        found = rows[-1]
    return found


def _item(value: Any) -> Any:
    """A list of stages as people write it, one a line; anything else as it is."""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return tomlkit.parse(f"key = {_value(value)}")["key"]
    return value


def _blank_parts() -> Iterator[tuple[str, list[str]]]:
    """The comment at the head of each part of the blank document, and the tables that belong there."""
    text = (data_dir() / "office" / "blank.toml").read_text("utf-8")
    starts = [0, *(found.start() for found in _HEADING.finditer(text)), len(text)]
    for start, end in pairwise(starts):
        part = text[start:end]
        head = re.split(r"^\[", part, maxsplit=1, flags=re.MULTILINE)[0].strip("\n")
        tables = list(dict.fromkeys(_TABLE.findall(part)))
        yield (head if start else TITLE), tables


def _tables(name: str, values: Any) -> str:
    many = OFFICE_TABLES[name].many
    rows = values if many else [values]
    heading = f"[[{name}]]" if many else f"[{name}]"
    return "\n\n".join("\n".join([heading, *_lines(row)]) for row in rows)


def _lines(row: Mapping[str, Any]) -> Iterator[str]:
    return (f"{key} = {_value(value)}" for key, value in row.items() if value not in ("", None))


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(_lines(value)) + " }"
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "[\n" + "".join(f"    {_value(one)},\n" for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
