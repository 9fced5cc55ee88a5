"""What to look for in words: a list of rules as data, and the review of a text by it.

The list is the office's to extend (``config/data/wording.toml`` explains each part). A rule only asks a
person to look: it changes nothing and stops nothing. The same review serves a finished report and a draft.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from re import Pattern
from typing import Any

from config.findings import Finding, Severity

NUMBER = r"(?P<n>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千万]+)"
_WIDE = str.maketrans("０１２３４５６７８９．", "0123456789.")
_CHINESE = r"[\u4e00-\u9fff，。、；：！？”“]"
_PAIRS = {"（": "）", "(": ")", "〔": "〕", "《": "》", "【": "】", "“": "”"}
_WIDTH = str.maketrans("()", "（）")
_ITEM = re.compile(
    r"(?:^|[，。；：、\s])(?:\d{1,2}|[a-zA-Z])(?=[)）])"
)  # 1）…；2）…: an item, not half a pair


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """One paragraph and where it stands; ``words`` describe the place to a person."""

    place: str
    text: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """What an agency is, by its name, and which words for a whole area are its own."""

    key: str
    name: Pattern[str]
    own: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A wrong character or word, and the right one."""

    key: str
    pattern: Pattern[str]
    right: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Something that must be said the same way all through a text: the pattern's group ``said``."""

    key: str
    pattern: Pattern[str]
    within: Pattern[str]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
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
class Wording:
    """The whole list."""

    levels: tuple[Level, ...]
    makers: frozenset[str]
    areas: Mapping[str, Pattern[str]]
    slips: tuple[Slip, ...]
    agreements: tuple[Agreement, ...]
    statements: tuple[Statement, ...]
    clause_unless: Pattern[str]
    said: Mapping[str, Pattern[str]]

    def level(self, agency: str) -> Level | None:
        """What an agency is, by the end of its name; a remark in brackets behind it does not count."""
        name = re.sub(r"[（(][^）)]*[）)]\s*$", "", agency).strip()
        return next((level for level in self.levels if level.name.search(name)), None) if name else None


def read_wording(data: Mapping[str, Any], office: Mapping[str, Any] | None = None) -> Wording:
    """The list from its data file, with what an office adds to its slips and agreements."""
    more = office or {}
    return Wording(
        levels=tuple(_level(entry) for entry in data["levels"]),
        makers=frozenset(data["regulations"]["makers"]),
        areas={word: re.compile(pattern) for word, pattern in data["areas"].items()},
        slips=tuple(Slip(**_compiled(entry)) for entry in [*data["slips"], *more.get("slips", ())]),
        agreements=tuple(
            Agreement(**_compiled(entry)) for entry in [*data["agreements"], *more.get("agreements", ())]
        ),
        statements=tuple(_statement(entry) for entry in data["statements"]["said"]),
        clause_unless=re.compile(data["statements"]["clause_unless"]),
        said={key: re.compile(pattern) for key, pattern in data["said"].items()},
    )


def _level(entry: Mapping[str, Any]) -> Level:
    words = {key: tuple(entry.get(key, ())) for key in ("own", "wrong", "odd")}
    return Level(key=entry["key"], name=re.compile(entry["name"]), **words)


def _compiled(entry: Mapping[str, Any]) -> dict[str, Any]:
    patterns = {"pattern", "within", "none", "unless"}
    return {key: re.compile(value) if key in patterns else value for key, value in entry.items()}


def _statement(entry: Mapping[str, Any]) -> Statement:
    numbered = {**entry, "pattern": entry["pattern"].replace("{n}", NUMBER + r"\s*")}
    return Statement(**{**_compiled(numbered), "cells": tuple(entry["cells"])})


def flat(text: str) -> str:
    """Digits in one width; Chinese signs stay, for they part the clauses."""
    return text.translate(_WIDE)


def review(passages: Iterable[Passage], wording: Wording, level: Level | None = None) -> Iterator[Finding]:
    """Everything in a text that a person should look at, in the order of the text within each rule."""
    read = tuple(passages)
    yield from _slips(read, wording)
    yield from _agreements(read, wording)
    yield from _areas(read, wording, level)
    for passage in read:
        yield from _brackets(passage)


def _finding(rule: str, passage: Passage, *, severity: Severity = Severity.WARNING, **parts: Any) -> Finding:
    words = {**passage.words, **parts.pop("words", {})}
    return Finding(rule=rule, severity=severity, place=passage.place, words=words, **parts)


def _slips(passages: tuple[Passage, ...], wording: Wording) -> Iterator[Finding]:
    for passage in passages:
        for slip in wording.slips:
            for found in slip.pattern.finditer(flat(passage.text)):
                rule = "text.slip" if slip.right else "text.doubled"
                words = {"why": slip.why, "near": near(passage.text, found.start(), found.end())}
                yield _finding(rule, passage, found=found.group(), expected=slip.right, words=words)


def near(text: str, start: int, end: int, around: int = 6) -> str:
    """The words around a finding, so that a person finds it at once."""
    shown = text[max(0, start - around) : end + around]
    return ("…" if start > around else "") + shown + ("…" if end + around < len(text) else "")


def _agreements(passages: tuple[Passage, ...], wording: Wording) -> Iterator[Finding]:
    """The first way of saying it is taken for the right one; each later one that differs is a finding."""
    for rule in wording.agreements:
        first: tuple[str, Passage] | None = None
        for passage in passages:
            for said in _said(rule, passage.text):
                if first is None:
                    first = (said, passage)
                elif said != first[0]:
                    words = {"why": rule.why, "first_place": _spoken(first[1])}
                    yield _finding("text.inconsistent", passage, found=said, expected=first[0], words=words)


def _said(rule: Agreement, text: str) -> Iterator[str]:
    for sentence in re.split(r"[。；\n]", text):
        if rule.within.search(sentence):
            yield from (found.group("said") for found in rule.pattern.finditer(sentence))


def _spoken(passage: Passage) -> str:
    return f"{passage.words.get('section', '')}#{passage.words.get('paragraph', '')}"


def _areas(passages: tuple[Passage, ...], wording: Wording, level: Level | None) -> Iterator[Finding]:
    """Another place's word for a whole area: a warning each time; a higher level's: one note."""
    noted: set[str] = set()
    for passage in passages if level else ():
        for word, severity in _foreign(level, noted):
            found = wording.areas[word].search(passage.text)
            if found is None:
                continue
            if severity is Severity.NOTE:
                noted.add(word)
            words = {"near": near(passage.text, found.start(), found.end())}
            rule = "text.area" if severity is Severity.WARNING else "text.higher_area"
            own = "、".join(level.own) if level else ""
            yield _finding(rule, passage, severity=severity, found=found.group(), expected=own, words=words)


def _foreign(level: Level | None, noted: set[str]) -> list[tuple[str, Severity]]:
    if level is None:
        return []
    odd = [(word, Severity.NOTE) for word in level.odd if word not in noted]
    return [(word, Severity.WARNING) for word in level.wrong] + odd


def _brackets(passage: Passage) -> Iterator[Finding]:
    """Half-width brackets in Chinese, two widths in one pair, brackets that close nothing or stay open."""
    open_: list[tuple[int, str]] = []
    text = passage.text
    items = {item.end() for item in _ITEM.finditer(text)}
    for at, sign in enumerate(text):
        if sign in _PAIRS:
            open_.append((at, sign))
        elif sign in _PAIRS.values() and at not in items:
            if not open_ or _PAIRS[open_[-1][1]].translate(_WIDTH) != sign.translate(_WIDTH):
                yield _finding(
                    "text.bracket_unbalanced", passage, found=sign, words={"near": near(text, at, at + 1)}
                )
            else:
                yield from _pair(passage, open_.pop()[0], at)
    for at, sign in open_:
        yield _finding("text.bracket_unbalanced", passage, found=sign, words={"near": near(text, at, at + 1)})


def _pair(passage: Passage, start: int, end: int) -> Iterator[Finding]:
    inside = passage.text[start : end + 1]
    mixed = (inside[0], inside[-1]) in {("(", "）"), ("（", ")")}
    half = inside[0] == "(" and inside[-1] == ")" and re.search(_CHINESE, inside)
    if mixed or half:
        right = inside[0].translate(_WIDTH) + inside[1:-1] + inside[-1].translate(_WIDTH)
        yield _finding("text.bracket_width", passage, found=inside, expected=right)
