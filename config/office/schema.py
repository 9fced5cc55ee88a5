"""The tables and keys that an office's file may have, and the findings where it has something else.

Declared as data, so that a new key is one line here. Each fault is noted with the line it stands on; an
empty required field is its own finding (``office.to_fill``), which makes the blank office a list of what to
fill in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from difflib import get_close_matches
from enum import StrEnum
from typing import Any

from config.declarations.annual_dates import DATE_RULES, MOVES, UNITS
from config.declarations.disclosure_topics import SUBJECTS
from config.declarations.keys import ALL_HOLDERS, ANY_HOLDER
from config.declarations.terms import MonthDay
from config.declarations.villages.boards import FINANCES
from config.declarations.website_freshness import FRESHNESS_RULES
from config.findings import Finding
from config.office.model import BULLETIN_TABLES, CHAIN_KINDS, FILE_CHANNELS, LANGUAGES, OFFICE_LEVELS, SCOPES
from config.reporting.matters import CHANNELS
from config.toml_lines import KeyPath, line_of

_ID = re.compile(r"[a-z][a-z0-9_]{0,31}")
_DAY = re.compile(r"(\d\d)-(\d\d)")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_MAX_NUMBER = 9999  # of anything a month can ask for
_TIME_OF_DAY = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d", re.ASCII)
_NON_LEAP_YEAR = 2023  # not a leap year: 29 February is no day of every year


class TomlValueKind(StrEnum):
    """The type of a key's value."""

    TEXT = "text"
    ID = "id"  # stored for ever, so ASCII
    DAY = "day"  # MM-DD
    DATE = "date"  # YYYY-MM-DD
    TIME = "time"  # HH:MM
    NUMBER = "number"  # a whole one, from 0
    FLAG = "flag"  # true or false
    TEXTS = "texts"
    ROWS = "rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlKey:
    """One key of a table."""

    kind: TomlValueKind = TomlValueKind.TEXT
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlTable:
    """One table of the file: ``[name]``, or ``[[name]]`` when there may be many."""

    keys: Mapping[str, TomlKey]
    many: bool = False
    required: bool = False


_ID_KEY, _TEXT, _OPTIONAL = TomlKey(kind=TomlValueKind.ID), TomlKey(), TomlKey(required=False)
_NUMBER = TomlKey(kind=TomlValueKind.NUMBER, required=False)
_TIME = TomlKey(kind=TomlValueKind.TIME, required=False)
STAGE_KEYS = {
    "name": _TEXT,
    "by": _TEXT,
    "rule": TomlKey(required=False, choices=(ANY_HOLDER, ALL_HOLDERS)),
    "days": _NUMBER,
    "meaning": _OPTIONAL,
}
OFFICE_TABLES: Mapping[str, TomlTable] = {
    "office": TomlTable(
        required=True,
        keys={
            "slug": _ID_KEY,
            "name": _TEXT,
            "short_name": _TEXT,
            "level": TomlKey(choices=tuple(OFFICE_LEVELS)),
            "county": _TEXT,
            "scope": TomlKey(choices=tuple(SCOPES)),
        },
    ),
    "person": TomlTable(
        required=True,
        many=True,
        keys={
            "id": _ID_KEY,
            "post": _TEXT,
            "department": _OPTIONAL,
            "roles": TomlKey(kind=TomlValueKind.TEXTS, required=False),
            "deputies": TomlKey(kind=TomlValueKind.TEXTS, required=False),
            "language": TomlKey(required=False, choices=LANGUAGES),
        },
    ),
    "leading_group": TomlTable(
        required=True,
        keys={
            "head": _OPTIONAL,  # validation.py asks for it, with a sentence of its own
            "deputies": TomlKey(kind=TomlValueKind.TEXTS, required=False),
            "members": TomlKey(kind=TomlValueKind.TEXTS, required=False),
        },
    ),
    "department": TomlTable(required=True, many=True, keys={"id": _ID_KEY, "name": _TEXT, "head": _TEXT}),
    "village": TomlTable(
        many=True,
        keys={
            "id": _ID_KEY,
            "name": _TEXT,
            "reporter": _TEXT,
            "leader": _TEXT,
            "since": TomlKey(kind=TomlValueKind.DATE, required=False),
            "until": TomlKey(kind=TomlValueKind.DATE, required=False),
        },
    ),
    "chain": TomlTable(
        many=True,  # validation.py asks for each chain by its kind
        keys={"for": TomlKey(choices=tuple(CHAIN_KINDS)), "stages": TomlKey(kind=TomlValueKind.ROWS)},
    ),
    "override": TomlTable(keys={"by": TomlKey(kind=TomlValueKind.TEXTS)}),
    "hours": TomlTable(keys={"digest": _TIME, "first": _TIME, "last": _TIME}),
    "chat": TomlTable(
        keys={
            "files": TomlKey(kind=TomlValueKind.TEXTS, required=False, choices=FILE_CHANNELS),
            "items": TomlKey(kind=TomlValueKind.FLAG, required=False),
        }
    ),
    "contacts": TomlTable(
        keys={"reconsideration_organ": _TEXT, "court": _TEXT, "contact": _TEXT, "pay_to": _OPTIONAL}
    ),
    "report": TomlTable(
        keys={
            "due": TomlKey(kind=TomlValueKind.DAY, required=False),
            "heading": _OPTIONAL,
            "moves": TomlKey(required=False, choices=tuple(MOVES)),
        }
    ),
    "months": TomlTable(
        keys={
            "due": TomlKey(choices=tuple(MonthDay)),
            "due_number": _NUMBER,  # validation.py asks for it where ``due`` needs it
            "grace": _NUMBER,
            "minimum": _NUMBER,
            "scheme": _OPTIONAL,
        }
    ),
    "bulletin": TomlTable(
        keys={
            "ranking": TomlKey(kind=TomlValueKind.FLAG, required=False),
            "tables": TomlKey(kind=TomlValueKind.TEXTS, required=False, choices=BULLETIN_TABLES),
            "to": _OPTIONAL,
            "copy_to": _OPTIONAL,
        }
    ),
    "site": TomlTable(
        keys={
            "hosts": TomlKey(kind=TomlValueKind.TEXTS, required=False),
            "allow_private": TomlKey(kind=TomlValueKind.FLAG, required=False),
        }
    ),
    "column": TomlTable(
        many=True,
        keys={
            "id": _ID_KEY,
            "name": _TEXT,
            "url": _TEXT,
            "kind": TomlKey(choices=tuple(FRESHNESS_RULES)),
            "owner": _TEXT,
            "days": _NUMBER,
            "updated": TomlKey(kind=TomlValueKind.DATE, required=False),
        },
    ),
    "county_first": TomlTable(
        keys={
            "report": TomlKey(kind=TomlValueKind.FLAG, required=False),
            "matters": TomlKey(kind=TomlValueKind.TEXTS, required=False),
        }
    ),
    "messages": TomlTable(keys={"days": _NUMBER}),
    "village_affairs": TomlTable(keys={"finances": TomlKey(choices=tuple(FINANCES))}),
    "matter": TomlTable(
        many=True,
        keys={
            "id": _ID_KEY,
            "subject": TomlKey(choices=tuple(SUBJECTS)),
            "name": _TEXT,
            "owner": _TEXT,
            "what": _OPTIONAL,
            "channel": TomlKey(kind=TomlValueKind.TEXTS, required=False, choices=tuple(CHANNELS)),
            "days": _NUMBER,
            "unit": TomlKey(required=False, choices=tuple(UNITS)),
            "article": _OPTIONAL,
            "posted": _NUMBER,
            "posted_article": _OPTIONAL,
            "fed": _NUMBER,
            "unconfirmed": _OPTIONAL,
        },
    ),
    "phrase": TomlTable(many=True, keys={"key": _TEXT, "zh": _OPTIONAL, "en": _OPTIONAL}),
    "ladder": TomlTable(many=True, keys={"for": _TEXT, "rungs": TomlKey(kind=TomlValueKind.TEXTS)}),
    "date": TomlTable(
        many=True,  # schedule_validation.py asks for what each rule needs
        keys={
            "id": _ID_KEY,
            "name": _TEXT,
            "owner": _TEXT,
            "rule": TomlKey(required=False, choices=tuple(DATE_RULES)),
            "day": TomlKey(kind=TomlValueKind.DAY, required=False),
            "month": _NUMBER,
            "number": _NUMBER,
            "before": _OPTIONAL,
            "after": _OPTIONAL,
            "days": _NUMBER,
            "unit": TomlKey(required=False, choices=tuple(UNITS)),
            "moves": TomlKey(required=False, choices=tuple(MOVES)),
            "evidence": _OPTIONAL,
            "sign_off": TomlKey(required=False, choices=tuple(CHAIN_KINDS)),
            "article": _OPTIONAL,
            "ahead": _NUMBER,
        },
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingCollector:
    """Collects findings about an office's file, each with its line."""

    lines: Mapping[KeyPath, int]
    findings: list[Finding] = field(default_factory=list)

    def add_finding(
        self, rule: str, path: KeyPath, *, found: str = "", expected: str = "", **words: str
    ) -> None:
        """Add the finding of a rule at a path of the file."""
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

    def has_finding_at(self, path: KeyPath) -> bool:
        """Whether there is a finding at this very path."""
        at = (f"line {line_of(self.lines, path)}", _key_name(path))
        return any((one.place, one.words["item"]) == at for one in self.findings)


def suggest(wrong: str, allowed: Mapping[str, object] | tuple[str, ...]) -> str:
    """The allowed word nearest to a wrong one; all of them where none is near."""
    near = get_close_matches(wrong, list(allowed), n=1)
    return near[0] if near else ", ".join(dict.fromkeys(allowed))


def table_rows(data: Mapping[str, Any], name: str) -> Iterator[tuple[KeyPath, Mapping[str, Any]]]:
    """The tables of a name, each with its path; none where the name has a value of another type."""
    value = data.get(name)
    if not _is_table(name, value):
        return
    if OFFICE_TABLES[name].many:
        yield from (((name, at), row) for at, row in enumerate(value or ()))
    else:
        yield (name,), value or {}


def check_shape(data: Mapping[str, Any], notes: FindingCollector) -> None:
    """Note every table and key that is unknown, missing, empty, or of another type."""
    for name in data:
        if name not in OFFICE_TABLES:
            notes.add_finding("unknown_table", (name,), found=name, expected=suggest(name, OFFICE_TABLES))
    for name, table in OFFICE_TABLES.items():
        if name not in data:
            if table.required:
                notes.add_finding("missing_table", (), expected=_table_heading(name))
        elif not _is_table(name, data[name]):
            notes.add_finding("not_table", (name,), expected=_table_heading(name))
        for path, row in table_rows(data, name):
            _check_keys(row, table.keys, path, notes)


def _check_keys(
    row: Mapping[str, Any], keys: Mapping[str, TomlKey], path: KeyPath, notes: FindingCollector
) -> None:
    for name in row:
        if name not in keys:
            notes.add_finding("unknown_key", (*path, name), found=name, expected=suggest(name, keys))
    for name, key in keys.items():
        if name in row:
            _check_value(row[name], key, (*path, name), notes)
        elif key.required:
            notes.add_finding("missing_key", path, expected=name)


def _check_value(value: Any, key: TomlKey, path: KeyPath, notes: FindingCollector) -> None:
    if key.kind is TomlValueKind.ROWS:
        _check_rows(value, path, notes)
    elif key.kind is TomlValueKind.TEXTS:
        _check_texts(value, key, path, notes)
    elif key.kind is TomlValueKind.NUMBER:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MAX_NUMBER:
            notes.add_finding("not_number", path, found=str(value))
    elif key.kind is TomlValueKind.FLAG:
        if not isinstance(value, bool):
            notes.add_finding("not_flag", path, found=str(value))
    elif not isinstance(value, str):
        notes.add_finding("not_text", path, found=str(value))
    elif value.strip():
        _check_text(value, key, path, notes)
    elif key.required:
        notes.add_finding("to_fill", path)


def _check_text(value: str, key: TomlKey, path: KeyPath, notes: FindingCollector) -> None:
    if "\n" in value:
        notes.add_finding("two_lines", path)
    elif key.choices and value not in key.choices:
        near = get_close_matches(value, key.choices, n=1)
        notes.add_finding("no_choice", path, found=value, expected=", ".join(near or key.choices))
    elif key.kind is TomlValueKind.ID and not _ID.fullmatch(value):
        notes.add_finding("bad_id", path, found=value)
    elif key.kind is TomlValueKind.DAY and not _is_month_day(value):
        notes.add_finding("bad_day", path, found=value)
    elif key.kind is TomlValueKind.DATE and read_date(value) is None:
        notes.add_finding("bad_date", path, found=value)
    elif key.kind is TomlValueKind.TIME and read_time(value) is None:
        notes.add_finding("bad_time", path, found=value)


def _check_texts(value: Any, key: TomlKey, path: KeyPath, notes: FindingCollector) -> None:
    if not isinstance(value, list):
        notes.add_finding("not_list", path, found=str(value))
        return
    for at, item in enumerate(value):
        _check_value(item, replace(_TEXT, choices=key.choices), (*path, at), notes)


def _check_rows(value: Any, path: KeyPath, notes: FindingCollector) -> None:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        notes.add_finding("not_stages", path)
    elif not value:
        notes.add_finding("no_stages", path)
    else:
        for at, row in enumerate(value):
            _check_keys(row, STAGE_KEYS, (*path, at), notes)


def read_time(value: str) -> time | None:
    """A time of day, written HH:MM; None where it is none."""
    return time.fromisoformat(value) if _TIME_OF_DAY.fullmatch(value) else None


def read_date(value: str) -> date | None:
    """A day as written, YYYY-MM-DD; None for anything else."""
    try:
        return date.fromisoformat(value) if _DATE.fullmatch(value) else None
    except ValueError:
        return None


def _is_month_day(value: str) -> bool:
    found = _DAY.fullmatch(value)
    if found is None:
        return False
    try:
        date(_NON_LEAP_YEAR, int(found[1]), int(found[2]))
    except ValueError:
        return False
    return True


def _is_table(name: str, value: Any) -> bool:
    if OFFICE_TABLES[name].many:
        return isinstance(value, list) and all(isinstance(row, dict) for row in value)
    return isinstance(value, dict)


def _key_name(path: KeyPath) -> str:
    return next((part for part in reversed(path) if isinstance(part, str)), "")


def _table_name(path: KeyPath) -> str:
    return _table_heading(str(path[0])) if path else ""


def _table_heading(name: str) -> str:
    return f"[[{name}]]" if name in OFFICE_TABLES and OFFICE_TABLES[name].many else f"[{name}]"
