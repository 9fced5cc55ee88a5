"""What to look for in words, as data: what an agency is, what it may say, and how a wrong expression looks.

``config/data/wording.toml`` holds what the report's check needs, ``config/data/expressions.toml`` the wrong
expressions, which an office may add to or switch off. ``storage/proofread/expressions.py`` reads texts by it:
a finished report and a draft before its reviewers by the same rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any

from config.findings import Severity

NUMBER_PATTERN = r"(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千万]+)"
_PATTERNS = frozenset({"pattern", "within", "none", "unless"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One paragraph and where it stands; ``words`` describe the place to a person."""

    place: str
    text: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLevel:
    """What an agency is, by its name, and which words for a whole area are its own."""

    key: str
    name: Pattern[str]
    own: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongExpression:
    """A wrong expression, and the right one; where ``right`` is empty, something stands there twice.

    ``levels`` are the agencies it is wrong for, all where none is named; ``source`` says where the rule comes
    from, ``[practice]`` where no text fixes it.
    """

    key: str
    pattern: Pattern[str]
    right: str
    why: str
    source: str = ""
    severity: Severity = Severity.WARNING
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyRule:
    """Something that must be said the same way all through a text: the pattern's group ``said``."""

    key: str
    pattern: Pattern[str]
    within: Pattern[str]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRule:
    """An official list: what stands side by side in a text stands in this order, with or without gaps."""

    key: str
    items: tuple[str, ...]
    pattern: Pattern[str]
    """Two or more of the items, joined to each other."""
    why: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberStatement:
    """A way of stating a number that stands in the tables: its cells are added up."""

    key: str
    cells: tuple[str, ...]
    pattern: Pattern[str]
    none: Pattern[str] | None = None
    within: Pattern[str] | None = None
    unless: Pattern[str] | None = None
    section: str = ""
    money: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordlist:
    """The whole list. ``off`` are the keys an office has switched off, ``public`` the numbers it gives out."""

    levels: tuple[AgencyLevel, ...]
    makers: frozenset[str]
    areas: Mapping[str, Pattern[str]]
    slips: tuple[WrongExpression, ...]
    agreements: tuple[ConsistencyRule, ...]
    orders: tuple[OrderRule, ...]
    innocent: Pattern[str]
    statements: tuple[NumberStatement, ...]
    clause_unless: Pattern[str]
    said: Mapping[str, Pattern[str]]
    off: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()

    def level(self, agency: str) -> AgencyLevel | None:
        """What an agency is, by the end of its name; a remark in brackets behind it does not count."""
        name = re.sub(r"[（(][^）)]*[）)]\s*$", "", agency).strip()
        return next((level for level in self.levels if level.name.search(name)), None) if name else None


def parse_wordlist(data: Mapping[str, Any], office: Mapping[str, Any] | None = None) -> Wordlist:
    """The list from its data files, with what an office adds to the expressions and takes off them."""
    more = office or {}
    off = frozenset(more.get("off", ()))
    return Wordlist(
        levels=tuple(_level(entry) for entry in data["levels"]),
        makers=frozenset(data["regulations"]["makers"]),
        areas={word: re.compile(pattern) for word, pattern in data["areas"].items()},
        slips=tuple(_slip(entry) for entry in _active_entries("slips", data, more, off)),
        agreements=tuple(
            ConsistencyRule(**_compile_patterns(entry))
            for entry in _active_entries("agreements", data, more, off)
        ),
        orders=tuple(_order(entry) for entry in _active_entries("orders", data, more, off)),
        innocent=_alternatives([*data.get("innocent", ()), *more.get("innocent", ())]),
        statements=tuple(_statement(entry) for entry in data["statements"]["said"]),
        clause_unless=re.compile(data["statements"]["clause_unless"]),
        said={key: re.compile(pattern) for key, pattern in data["said"].items()},
        off=off,
        public=frozenset(re.sub(r"\D", "", entry["number"]) for entry in more.get("public_numbers", ())),
    )


def _active_entries(
    part: str, data: Mapping[str, Any], more: Mapping[str, Any], off: Collection[str]
) -> list[Mapping[str, Any]]:
    """The shipped entries and the office's own, without those switched off."""
    return [entry for entry in [*data.get(part, ()), *more.get(part, ())] if entry["key"] not in off]


def _level(entry: Mapping[str, Any]) -> AgencyLevel:
    words = {key: tuple(entry.get(key, ())) for key in ("own", "wrong", "odd")}
    return AgencyLevel(key=entry["key"], name=re.compile(entry["name"]), **words)


def _slip(entry: Mapping[str, Any]) -> WrongExpression:
    rank = Severity.NOTE if entry.get("note") else Severity.WARNING
    said = {key: value for key, value in entry.items() if key != "note"}
    return WrongExpression(
        **{**_compile_patterns(said), "levels": tuple(entry.get("levels", ())), "severity": rank}
    )


def _order(entry: Mapping[str, Any]) -> OrderRule:
    item = "|".join(sorted(map(re.escape, entry["items"]), key=len, reverse=True))
    joined = re.compile(f"(?:{item})(?:[、，和与及]+(?:{item}))+")
    return OrderRule(**{**entry, "items": tuple(entry["items"]), "pattern": joined})


def _alternatives(entries: Iterable[Mapping[str, Any]]) -> Pattern[str]:
    """Any of the innocent expressions; without one, a pattern that never fits."""
    texts = sorted({entry["text"] for entry in entries}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, texts)) or "(?!)")


def _compile_patterns(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry's patterns compiled; ``^`` and ``$`` are a line's, so that a whole text can be asked at once."""
    return {
        key: re.compile(value, re.MULTILINE) if key in _PATTERNS else value for key, value in entry.items()
    }


def _statement(entry: Mapping[str, Any]) -> NumberStatement:
    numbered = {**entry, "pattern": entry["pattern"].replace("{n}", NUMBER_PATTERN + r"\s*")}
    return NumberStatement(**{**_compile_patterns(numbered), "cells": tuple(entry["cells"])})
