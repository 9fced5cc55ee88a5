"""The wordlist: levels of agencies, wrong expressions and official orders, as data.

``config/data/wording.toml`` holds what the report's check needs, ``config/data/expressions.toml`` the wrong
expressions, which an office may add to or switch off. ``storage/proofread/expressions.py`` reviews finished reports
and drafts by it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from re import Pattern
from typing import Any

from config.findings import Severity

_PATTERNS = frozenset({"pattern", "within"})


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyLevel:
    """A level of agency, told by its name, with the words for an area that it may use."""

    key: str
    name: Pattern[str]
    own: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    we: tuple[str, ...] = ()
    """How the agency speaks of itself: 我镇."""
    we_above: tuple[str, ...] = ()
    """How it may speak of the area it lies in: 我县."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongExpression:
    """A wrong expression, and the right one; where ``right`` is empty, a word is written twice.

    ``levels`` are the agencies it is wrong for, all where none is named; ``source`` is the text that the rule comes
    from, ``[practice]`` where there is none.
    """

    key: str
    pattern: Pattern[str]
    right: str
    why: str
    source: str = ""
    severity: Severity = Severity.WARNING
    levels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedNotice:
    """A notice on the form of reports that no longer holds for reports of the year ``since`` and later."""

    number: str
    pattern: Pattern[str]
    replaced_by: str
    since: int
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyRule:
    """A wording that must be the same throughout a text: the group ``said`` of the pattern."""

    key: str
    pattern: Pattern[str]
    within: Pattern[str]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRule:
    """An official list: items that a text lists together must be in this order, with or without gaps."""

    key: str
    items: tuple[str, ...]
    pattern: Pattern[str]
    """Two or more of the items, joined to each other."""
    why: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wordlist:
    """The whole wordlist.

    ``off`` are the keys an office has switched off, ``public`` the telephone numbers it gives out.
    """

    levels: tuple[AgencyLevel, ...]
    makers: frozenset[str]
    areas: Mapping[str, Pattern[str]]
    slips: tuple[WrongExpression, ...]
    agreements: tuple[ConsistencyRule, ...]
    orders: tuple[OrderRule, ...]
    innocent: Pattern[str]
    said: Mapping[str, Pattern[str]]
    self_words: tuple[str, ...] = ()
    notices: tuple[ReplacedNotice, ...] = ()
    aspects: Mapping[str, Pattern[str]] = field(default_factory=dict)
    """By the name of each aspect of section one, what shows that it is treated."""
    off: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()

    def level(self, agency: str) -> AgencyLevel | None:
        """Return an agency's level by the end of its name, without a remark in brackets; None where none matches."""
        name = re.sub(r"[（(][^（(）)]*[）)]$", "", agency.strip()).strip()
        return next((level for level in self.levels if level.name.search(name)), None) if name else None


def parse_wordlist(data: Mapping[str, Any], office: Mapping[str, Any] | None = None) -> Wordlist:
    """Build the wordlist from its data files, with the expressions an office adds and switches off."""
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
        said={key: re.compile(pattern) for key, pattern in data["said"].items()},
        aspects={aspect: re.compile(pattern) for aspect, pattern in data["aspects"].items()},
        self_words=tuple(data["self"]["words"]),
        notices=tuple(ReplacedNotice(**_compile_patterns(entry)) for entry in data["notices"]),
        off=off,
        public=frozenset(re.sub(r"\D", "", entry["number"]) for entry in more.get("public_numbers", ())),
    )


def _active_entries(
    part: str, data: Mapping[str, Any], more: Mapping[str, Any], off: Collection[str]
) -> list[Mapping[str, Any]]:
    """Return the shipped entries and the office's own, without those switched off."""
    return [entry for entry in [*data.get(part, ()), *more.get(part, ())] if entry["key"] not in off]


def _level(entry: Mapping[str, Any]) -> AgencyLevel:
    words = {key: tuple(entry.get(key, ())) for key in ("own", "wrong", "odd", "we", "we_above")}
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
    """Return a pattern for any of the allowed expressions; without any, one that never matches."""
    texts = sorted({entry["text"] for entry in entries}, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, texts)) or "(?!)")


def _compile_patterns(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Compile an entry's patterns; ``^`` and ``$`` match at lines, so that a whole text can be searched at once."""
    return {
        key: re.compile(value, re.MULTILINE) if key in _PATTERNS else value for key, value in entry.items()
    }
