"""Reads the file with an office's own expressions; a faulty file is refused with every fault and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from config.errors import BadInput
from config.findings import Finding
from config.toml_lines import syntax_error_line

# What an entry may hold, and how many of these from the front it must hold.
ENTRY_KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "slips": (("key", "pattern", "right", "why"), ("source", "note", "levels")),
    "agreements": (("key", "pattern", "within", "why"), ()),
    "orders": (("key", "items", "why"), ("source",)),
    "innocent": (("text", "why"), ()),
    "public_numbers": (("number", "why"), ()),
}
BUILT_IN_RULES = (
    "bracket_width",
    "bracket_unbalanced",
    "quote_width",
    "stop_width",
    "no_such_day",
    "weekday",
    "span",
    "year",
)
"""Rules that have no entry in the list but can be switched off as well."""
_LISTS = frozenset({"items", "levels"})
_ESCAPED, _CLASS = re.compile(r"\\.", re.DOTALL), re.compile(r"\[\^?\]?[^\[\]]*\]")
_ENDLESS, _REPEAT = re.compile(r"[*+]|\{\d{0,9},\}"), re.compile(r"\{(?:\d{0,9},)?(\d{1,9})\}")
MAX_REPEATS, MAX_REPEATED = 2, 40
_KEYED = ("slips", "agreements", "orders")


def parse_office_expressions(text: str, file: str, shipped: Mapping[str, Any]) -> dict[str, Any]:
    """Read the office's entries as data. Raises BadInput with everything that is wrong in the file."""
    try:
        data = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        line, found = syntax_error_line(text, error)
        words = {"line": str(line)}
        raise BadInput(
            [Finding(rule="expressions.syntax", place=file, found=found, words=words)], file=file
        ) from error
    findings = list(_office_findings(data, shipped))
    if findings:
        raise BadInput(findings, file=file)
    return data


def _office_findings(data: Mapping[str, Any], shipped: Mapping[str, Any]) -> Iterator[Finding]:
    yield from _unknown_keys(data, ("off", *ENTRY_KEYS), "")
    yield from _switched_off_findings(data.get("off", []), shipped)
    keys = {entry["key"] for part in _KEYED for entry in shipped.get(part, ())}
    for part, names in ENTRY_KEYS.items():
        entries = data.get(part, [])
        if not isinstance(entries, list):
            yield _finding("not_entries", part, part)
            continue
        for number, entry in enumerate(entries, start=1):
            place = f"[[{part}]] {number}"
            yield from (
                _entry_findings(entry, place, names)
                if isinstance(entry, dict)
                else [_finding("not_entries", part, place)]
            )
            if part in _KEYED and isinstance(entry, dict) and str(entry.get("key")) in keys:
                yield _finding("twice", str(entry["key"]), place)


def _entry_findings(
    entry: Mapping[str, Any], place: str, names: tuple[tuple[str, ...], tuple[str, ...]]
) -> Iterator[Finding]:
    needed, more = names
    yield from _unknown_keys(entry, (*needed, *more), place)
    for name in needed:
        if name not in entry or (name != "right" and not entry[name]):
            yield _finding("missing", name, place)
    for name, value in entry.items():
        kind = list if name in _LISTS else bool if name == "note" else str
        if name in {*needed, *more} and not isinstance(value, kind):
            yield _finding("wrong_kind", name, place)
        elif name in {"pattern", "within"}:
            yield from _pattern_findings(value, place, said="within" in needed and name == "pattern")


def _pattern_findings(value: str, place: str, *, said: bool) -> Iterator[Finding]:
    try:
        groups = re.compile(value).groupindex
    except re.error as error:
        yield _finding("bad_pattern", value, place, str(error))
        return
    if r"\A" in value or r"\Z" in value:  # the whole text is searched first, where these match only its ends
        yield _finding("bad_pattern", value, place, "^ $")
    if said and "said" not in groups:
        yield _finding("no_said", value, place, "(?P<said>…)")
    if re.compile(value).search(""):
        yield _finding("fits_nothing", value, place)
    elif _may_be_slow(value):
        yield _finding("slow_pattern", value, place, "{0,12}")


def _may_be_slow(pattern: str) -> bool:
    """Whether a pattern repeats without end, repeats a group, or repeats often: a long text could take it hours.

    Backtracking tries every way in which repeats can share a text; two short ones are the most that stay quick.
    """
    bare = _CLASS.sub("x", _ESCAPED.sub("x", pattern))
    repeats = [int(most) for most in _REPEAT.findall(bare)]
    endless = bool(_ENDLESS.search(bare)) or "){" in bare
    return endless or len(repeats) > MAX_REPEATS or any(most > MAX_REPEATED for most in repeats)


def _switched_off_findings(off: Any, shipped: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield a finding for each key in ``off`` that names no rule: it is misspelt."""
    known = {entry["key"] for part in _KEYED for entry in shipped.get(part, ())}
    known |= {*shipped["areas"], *BUILT_IN_RULES}
    if not isinstance(off, list):
        yield _finding("wrong_kind", "off", "off")
        return
    for key in off:
        if key not in known:
            yield _finding("unknown_key", str(key), "off", "、".join(sorted(known)))


def _unknown_keys(data: Mapping[str, Any], known: tuple[str, ...], place: str) -> Iterator[Finding]:
    for key in data:
        if key not in known:
            yield _finding("unknown_part", key, place, "、".join(known))


def _finding(rule: str, found: str, place: str, expected: str = "") -> Finding:
    words = {"place": place}
    return Finding(rule=f"expressions.{rule}", place=place, found=found, expected=expected, words=words)
