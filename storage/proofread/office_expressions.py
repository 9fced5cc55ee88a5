"""An office's own expressions: its file is read whole or refused with every fault, its entry, and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from config.errors import BadInput
from config.findings import Finding
from config.toml_lines import broken_line

# What an entry may hold, and how many of these from the front it must hold.
PARTS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "slips": (("key", "pattern", "right", "why"), ("source", "note", "levels")),
    "agreements": (("key", "pattern", "within", "why"), ()),
    "orders": (("key", "items", "why"), ("source",)),
    "innocent": (("text", "why"), ()),
    "public_numbers": (("number", "why"), ()),
}
BUILT_IN = (
    "bracket_width",
    "bracket_unbalanced",
    "quote_width",
    "stop_width",
    "no_such_day",
    "weekday",
    "span",
    "year",
)
"""Rules that are no entry of the list and can be switched off all the same."""
_LISTS = frozenset({"items", "levels"})
_KEYED = ("slips", "agreements", "orders")


def own_expressions(text: str, file: str, shipped: Mapping[str, Any]) -> dict[str, Any]:
    """The office's entries as data. BadInput with everything that cannot stand in them."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        line, found = broken_line(text, error)
        words = {"line": str(line)}
        raise BadInput(
            [Finding(rule="expressions.syntax", place=file, found=found, words=words)], file=file
        ) from error
    findings = list(_faults(data, shipped))
    if findings:
        raise BadInput(findings, file=file)
    return data


def _faults(data: Mapping[str, Any], shipped: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _strangers(data, ("off", *PARTS), "")
    yield from _off(data.get("off", []), shipped)
    keys = {entry["key"] for part in _KEYED for entry in shipped.get(part, ())}
    for part, names in PARTS.items():
        entries = data.get(part, [])
        if not isinstance(entries, list):
            yield _fault("not_entries", part, part)
            continue
        for number, entry in enumerate(entries, start=1):
            place = f"[[{part}]] {number}"
            yield from (
                _entry(entry, place, names)
                if isinstance(entry, dict)
                else [_fault("not_entries", part, place)]
            )
            if part in _KEYED and isinstance(entry, dict) and str(entry.get("key")) in keys:
                yield _fault("twice", str(entry["key"]), place)


def _entry(
    entry: Mapping[str, Any], place: str, names: tuple[tuple[str, ...], tuple[str, ...]]
) -> Iterator[Finding]:
    needed, more = names
    yield from _strangers(entry, (*needed, *more), place)
    for name in needed:
        if name not in entry or (name != "right" and not entry[name]):
            yield _fault("missing", name, place)
    for name, value in entry.items():
        kind = list if name in _LISTS else bool if name == "note" else str
        if name in {*needed, *more} and not isinstance(value, kind):
            yield _fault("wrong_kind", name, place)
        elif name in {"pattern", "within"}:
            yield from _pattern(value, place, said="within" in needed and name == "pattern")


def _pattern(value: str, place: str, *, said: bool) -> Iterator[Finding]:
    try:
        groups = re.compile(value).groupindex
    except re.error as error:
        yield _fault("bad_pattern", value, place, str(error))
        return
    if r"\A" in value or r"\Z" in value:  # a text is asked as a whole first: these would fit but its ends
        yield _fault("bad_pattern", value, place, "^ $")
    if said and "said" not in groups:
        yield _fault("no_said", value, place, "(?P<said>…)")
    if re.compile(value).search(""):
        yield _fault("fits_nothing", value, place)


def _off(off: Any, shipped: Mapping[str, Any]) -> Iterator[Finding]:
    """A key that switches nothing off is a misspelt one."""
    known = {entry["key"] for part in _KEYED for entry in shipped.get(part, ())}
    known |= {*shipped["areas"], *BUILT_IN}
    if not isinstance(off, list):
        yield _fault("wrong_kind", "off", "off")
        return
    for key in off:
        if key not in known:
            yield _fault("unknown_key", str(key), "off", "、".join(sorted(known)))


def _strangers(data: Mapping[str, Any], known: tuple[str, ...], place: str) -> Iterator[Finding]:
    for key in data:
        if key not in known:
            yield _fault("unknown_part", key, place, "、".join(known))


def _fault(rule: str, found: str, place: str, expected: str = "") -> Finding:
    words = {"place": place}
    return Finding(rule=f"expressions.{rule}", place=place, found=found, expected=expected, words=words)
