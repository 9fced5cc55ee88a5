"""What may stand in an office file: its tables and keys; and the findings when something else does.

Declared as data, so that a new key is one line here. Each fault is noted with the line it stands on; an
empty required field is its own finding (``office.to_fill``), which makes the blank office a list of what to
fill in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from config.declarations.annual_dates import MOVES, RULES, UNITS
from config.declarations.duty import MonthDay
from config.declarations.website_freshness import FRESHNESS
from config.findings import Finding
from config.office.model import CHAIN_KINDS, FILE_CHANNELS, LANGUAGES, LEVELS, SCOPES
from config.office.model import TABLES as BULLETIN_TABLES
from config.toml_lines import KeyPath, line_of

_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
_DAY = re.compile(r"(\d\d)-(\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MOST = 9999  # of anything a month can ask for
_ANY_YEAR = 2023  # not a leap year: 29 February is no day of every year


class Kind(StrEnum):
    """What a key holds."""

    TEXT = "text"
    ID = "id"  # stored for ever, so ASCII
    DAY = "day"  # MM-DD
    DATE = "date"  # YYYY-MM-DD
    NUMBER = "number"  # a whole one, from 0
    FLAG = "flag"  # true or false
    TEXTS = "texts"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key of a table."""

    kind: Kind = Kind.TEXT
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of the file: ``[name]``, or ``[[name]]`` when there may be many."""

    keys: Mapping[str, Key]
    many: bool = False
    required: bool = False


_ID_KEY, _TEXT, _OPTIONAL = Key(kind=Kind.ID), Key(), Key(required=False)
_NUMBER = Key(kind=Kind.NUMBER, required=False)
STAGE_KEYS = {
    "name": _TEXT,
    "by": _TEXT,
    "rule": Key(required=False, choices=("any", "all")),
    "days": _NUMBER,
    "meaning": _OPTIONAL,
}
TABLES: Mapping[str, Table] = {
    "office": Table(
        required=True,
        keys={
            "slug": _ID_KEY,
            "name": _TEXT,
            "short_name": _TEXT,
            "level": Key(choices=tuple(LEVELS)),
            "county": _TEXT,
            "scope": Key(choices=tuple(SCOPES)),
        },
    ),
    "person": Table(
        required=True,
        many=True,
        keys={
            "id": _ID_KEY,
            "post": _TEXT,
            "department": _OPTIONAL,
            "roles": Key(kind=Kind.TEXTS, required=False),
            "deputy": _OPTIONAL,
            "language": Key(required=False, choices=LANGUAGES),
        },
    ),
    "leading_group": Table(
        required=True,
        keys={
            "head": _OPTIONAL,  # asked for by office_check, with a sentence of its own
            "deputies": Key(kind=Kind.TEXTS, required=False),
            "members": Key(kind=Kind.TEXTS, required=False),
        },
    ),
    "department": Table(required=True, many=True, keys={"id": _ID_KEY, "name": _TEXT, "head": _TEXT}),
    "village": Table(
        many=True,
        keys={
            "id": _ID_KEY,
            "name": _TEXT,
            "reporter": _TEXT,
            "leader": _TEXT,
            "since": Key(kind=Kind.DATE, required=False),
            "until": Key(kind=Kind.DATE, required=False),
        },
    ),
    "chain": Table(
        many=True,  # office_check asks for each chain by its kind
        keys={"for": Key(choices=tuple(CHAIN_KINDS)), "stages": Key(kind=Kind.ROWS)},
    ),
    "override": Table(keys={"by": Key(kind=Kind.TEXTS)}),
    "chat": Table(keys={"files": Key(kind=Kind.TEXTS, required=False, choices=FILE_CHANNELS)}),
    "contacts": Table(
        keys={"reconsideration_organ": _TEXT, "court": _TEXT, "contact": _TEXT, "pay_to": _OPTIONAL}
    ),
    "report": Table(
        keys={
            "due": Key(kind=Kind.DAY, required=False),
            "heading": _OPTIONAL,
            "moves": Key(required=False, choices=tuple(MOVES)),
        }
    ),
    "months": Table(
        keys={
            "due": Key(choices=tuple(MonthDay)),
            "due_number": _NUMBER,  # asked for by office_check where ``due`` needs it
            "grace": _NUMBER,
            "minimum": _NUMBER,
            "scheme": _OPTIONAL,
        }
    ),
    "bulletin": Table(
        keys={
            "ranking": Key(kind=Kind.FLAG, required=False),
            "tables": Key(kind=Kind.TEXTS, required=False, choices=BULLETIN_TABLES),
            "to": _OPTIONAL,
            "copy_to": _OPTIONAL,
        }
    ),
    "site": Table(
        keys={
            "hosts": Key(kind=Kind.TEXTS, required=False),
            "allow_private": Key(kind=Kind.FLAG, required=False),
        }
    ),
    "column": Table(
        many=True,
        keys={
            "id": _ID_KEY,
            "name": _TEXT,
            "url": _TEXT,
            "kind": Key(choices=tuple(FRESHNESS)),
            "owner": _TEXT,
            "days": _NUMBER,
        },
    ),
    "phrase": Table(many=True, keys={"key": _TEXT, "zh": _OPTIONAL, "en": _OPTIONAL}),
    "ladder": Table(many=True, keys={"for": _TEXT, "rungs": Key(kind=Kind.TEXTS)}),
    "date": Table(
        many=True,  # office_check asks for what each rule needs
        keys={
            "id": _ID_KEY,
            "name": _TEXT,
            "owner": _TEXT,
            "rule": Key(required=False, choices=tuple(RULES)),
            "day": Key(kind=Kind.DAY, required=False),
            "month": _NUMBER,
            "number": _NUMBER,
            "before": _OPTIONAL,
            "after": _OPTIONAL,
            "days": _NUMBER,
            "unit": Key(required=False, choices=tuple(UNITS)),
            "moves": Key(required=False, choices=tuple(MOVES)),
            "evidence": _OPTIONAL,
            "sign_off": Key(required=False, choices=tuple(CHAIN_KINDS)),
            "article": _OPTIONAL,
            "ahead": _NUMBER,
        },
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """The findings so far, and the lines to put them on."""

    lines: Mapping[KeyPath, int]
    findings: list[Finding] = field(default_factory=list)

    def note(self, rule: str, path: KeyPath, *, found: str = "", expected: str = "", **words: str) -> None:
        """Note a fault at a path of the file."""
        line = str(line_of(self.lines, path))
        self.findings.append(
            Finding(
                rule=f"office.{rule}",
                place=f"line {line}",
                found=found,
                expected=expected,
                words={**words, "line": line, "item": _key_name(path), "table": _table_name(path)},
            ),
        )

    def noted(self, path: KeyPath) -> bool:
        """Whether a fault was noted at this very path."""
        at = (f"line {line_of(self.lines, path)}", _key_name(path))
        return any((one.place, one.words["item"]) == at for one in self.findings)


def suggest(wrong: str, allowed: Mapping[str, object] | tuple[str, ...]) -> str:
    """The allowed word nearest to a wrong one; all of them where none is near."""
    near = get_close_matches(wrong, list(allowed), n=1)
    return near[0] if near else ", ".join(dict.fromkeys(allowed))


def rows_of(data: Mapping[str, Any], name: str) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """The tables of a name, each with its path; none where something else stands there."""
    value = data.get(name)
    if not _is_table(name, value):
        return
    if TABLES[name].many:
        yield from (((name, at), row) for at, row in enumerate(value or ()))
    else:
        yield (name,), value or {}


def check_shape(data: Mapping[str, Any], notes: Notes) -> None:
    """Note every table and key that is unknown, missing, empty, or of another type."""
    for name in data:
        if name not in TABLES:
            notes.note("unknown_table", (name,), found=name, expected=suggest(name, TABLES))
    for name, table in TABLES.items():
        if name not in data:
            if table.required:
                notes.note("missing_table", (), expected=_brackets(name))
        elif not _is_table(name, data[name]):
            notes.note("not_table", (name,), expected=_brackets(name))
        for path, row in rows_of(data, name):
            _check_keys(row, table.keys, path, notes)


def _check_keys(row: Mapping[str, Any], keys: Mapping[str, Key], path: KeyPath, notes: Notes) -> None:
    for name in row:
        if name not in keys:
            notes.note("unknown_key", (*path, name), found=name, expected=suggest(name, keys))
    for name, key in keys.items():
        if name in row:
            _check_value(row[name], key, (*path, name), notes)
        elif key.required:
            notes.note("missing_key", path, expected=name)


def _check_value(value: Any, key: Key, path: KeyPath, notes: Notes) -> None:
    if key.kind is Kind.ROWS:
        _check_rows(value, path, notes)
    elif key.kind is Kind.TEXTS:
        _check_texts(value, key, path, notes)
    elif key.kind is Kind.NUMBER:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST:
            notes.note("not_number", path, found=str(value))
    elif key.kind is Kind.FLAG:
        if not isinstance(value, bool):
            notes.note("not_flag", path, found=str(value))
    elif not isinstance(value, str):
        notes.note("not_text", path, found=str(value))
    elif value.strip():
        _check_text(value, key, path, notes)
    elif key.required:
        notes.note("to_fill", path)


def _check_text(value: str, key: Key, path: KeyPath, notes: Notes) -> None:
    if "\n" in value:
        notes.note("two_lines", path)
    elif key.choices and value not in key.choices:
        near = get_close_matches(value, key.choices, n=1)
        notes.note("no_choice", path, found=value, expected=", ".join(near or key.choices))
    elif key.kind is Kind.ID and not _ID.fullmatch(value):
        notes.note("bad_id", path, found=value)
    elif key.kind is Kind.DAY and not _is_day(value):
        notes.note("bad_day", path, found=value)
    elif key.kind is Kind.DATE and read_date(value) is None:
        notes.note("bad_date", path, found=value)


def _check_texts(value: Any, key: Key, path: KeyPath, notes: Notes) -> None:
    if not isinstance(value, list):
        notes.note("not_list", path, found=str(value))
        return
    for at, item in enumerate(value):
        _check_value(item, replace(_TEXT, choices=key.choices), (*path, at), notes)


def _check_rows(value: Any, path: KeyPath, notes: Notes) -> None:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        notes.note("not_stages", path)
    elif not value:
        notes.note("no_stages", path)
    else:
        for at, row in enumerate(value):
            _check_keys(row, STAGE_KEYS, (*path, at), notes)


def read_date(value: str) -> date | None:
    """A day as written, YYYY-MM-DD; None for anything else."""
    try:
        return date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        return None


def _is_day(value: str) -> bool:
    found = _DAY.fullmatch(value)
    if found is None:
        return False
    try:
        date(_ANY_YEAR, int(found[1]), int(found[2]))
    except ValueError:
        return False
    return True


def _is_table(name: str, value: Any) -> bool:
    if TABLES[name].many:
        return isinstance(value, list) and all(isinstance(row, dict) for row in value)
    return isinstance(value, dict)


def _key_name(path: KeyPath) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _table_name(path: KeyPath) -> str:
    return _brackets(str(path[0])) if path else ""


def _brackets(name: str) -> str:
    return f"[[{name}]]" if name in TABLES and TABLES[name].many else f"[{name}]"
