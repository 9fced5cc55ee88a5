"""The lexicon of counting sentences, and the tokens that it finds in a clause.

``config/data/counted.toml`` lists the words: things that are counted, what happens to them, times, parts, negations.
All words are literal, and the longest at a place counts, so reading is linear in the length of the text.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from re import Pattern
from typing import NamedTuple

from config.shipped_data import data_dir

OTHER = "other"
"""The topic of everything that is counted by no cell of the form."""
TOPIC, ACTION, NUMBER, YEAR, STOP, FILLER = "topic", "action", "number", "year", "stop", "filler"
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIAD = 10_000
_NUMERAL = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,18}(?:\.\d{1,6})?|[零〇一二两三四五六七八九十百千万]{1,12}"
CLAUSE_ENDS = frozenset("，；：:（）()。！？,;")
"""The stops between clauses: 、 joins what one clause counts."""
_STOPS = "，；：:（）()、。！？,;"


class Token(NamedTuple):
    """One word of a clause that the lexicon knows, with its place in the text."""

    kind: str
    """``topic``, ``action``, ``number``, ``year``, ``stop``, or the name of a list under ``[words]``."""
    key: str
    """The topic or the action; of a number its unit; of a part its dimension; else the word itself."""
    start: int
    end: int
    value: Decimal = Decimal(0)
    """Of a number, its value; of a year, the year."""


@dataclass(frozen=True, kw_only=True)
class CountLexicon:
    """The words, and which cells a topic and an action stand for."""

    scanner: Pattern[str]
    meanings: Mapping[str, tuple[str, str]]
    """The kind and key of each word."""
    filler: Pattern[str]
    cells: Mapping[str, Mapping[str, tuple[str, ...]]]
    unspoken: Mapping[str, str]
    """The action that is meant where only the topic is named."""
    applicant_kinds: Mapping[str, str]
    """The column of table 3 by the word for a kind of applicant."""

    def tokens(self, text: str) -> list[Token]:
        """Return the known words of a text, in order."""
        return [self._token(found) for found in self.scanner.finditer(text)]

    def _token(self, found: re.Match[str]) -> Token:
        start, end = found.span()
        if found["n"]:
            unit = found["unit"] + ("~" if found["odd"] else "")
            return Token(NUMBER, unit, start, end, read_number(found["n"]))
        if found["year"]:
            return Token(YEAR, found["year"], start, end, Decimal(found["year"]))
        if found["range"]:
            return Token("span", "", start, end)
        if found["rate"]:
            return Token("rate", "", start, end)
        word = found[0]
        kind, key = self.meanings.get(word, (STOP, word))
        return Token(kind, key, start, end)

    def words_of(self, key: str) -> tuple[str, ...]:
        """Return the words that mean a key."""
        return tuple(word for word, (_kind, meant) in self.meanings.items() if meant == key)

    def cells_of(self, topic: str, action: str) -> tuple[str, ...]:
        """Return the cells of a topic and an action; empty where the form has none."""
        return self.cells.get(topic, {}).get(action or self.unspoken.get(topic, ""), ())

    def is_filler(self, text: str) -> bool:
        """Whether a text names nothing of its own."""
        return self.filler.fullmatch(text) is not None


def text_beside(tokens: Sequence[Token], text: str, start: int, end: int) -> str:
    """Return the text from ``start`` to ``end`` without the words that the lexicon knows.

    ``tokens`` are all of the text, in order. A word that holds a negation and denies nothing is left in.
    """
    rest, at = [], start
    for place in range(bisect_left(tokens, start, key=_start_of), len(tokens)):
        token = tokens[place]
        if token.end > end:
            break
        if token.kind != "innocent":
            rest.append(text[at : token.start])
            at = token.end
    return "".join(rest) + text[at:end]


def _start_of(token: Token) -> int:
    return token.start


@cache
def load_count_lexicon() -> CountLexicon:
    """Return the shipped lexicon."""
    data = tomllib.loads((data_dir() / "counted.toml").read_text("utf-8"))
    meanings = _meanings(data)
    words = sorted((re.escape(word) for word in meanings), key=len, reverse=True)
    units = sorted((*data["units"]["count"], *data["units"]["money"]), key=len, reverse=True)
    scanner = re.compile(
        r"(?P<range>20\d{2}(?:年度?)?[-—~至到]+20\d{2}年)"
        r"|(?P<year>20\d{2})年(?:度)?"
        r"|(?P<rate>\d{1,18}(?:\.\d{1,6})?(?:%|％|个百分点|倍|成)|[一二两三四五六七八九十]{1,12}(?:成|倍)|百分之)"
        rf"|(?P<n>{_NUMERAL})(?P<odd>余|多|来)?(?P<unit>{'|'.join(units)})(?!月|日|年)"
        rf"|{'|'.join(words)}|[{re.escape(_STOPS)}]"
    )
    filler = "|".join(sorted(map(re.escape, data["words"]["filler"]), key=len, reverse=True))
    return CountLexicon(
        scanner=scanner,
        meanings=meanings,
        filler=re.compile(rf"(?>{filler}|\s)*+"),
        cells={
            topic: {key: tuple(cells) for key, cells in row.items()} for topic, row in data["cells"].items()
        },
        unspoken=data["unspoken"],
        applicant_kinds={word: key for key, words in data["kinds"].items() for word in words},
    )


def _meanings(data: Mapping[str, Mapping[str, list[str]]]) -> dict[str, tuple[str, str]]:
    """Return the kind and key of each word; a later list wins where a word stands in two."""
    found = {word: (key, word) for key, words in data["words"].items() if key != FILLER for word in words}
    found |= {word: (f"part_{key}", word) for key, words in data["dimensions"].items() for word in words}
    found |= {word: (TOPIC, key) for key, words in reversed([*data["topics"].items()]) for word in words}
    return found | {word: (ACTION, key) for key, words in data["actions"].items() for word in words}


def read_number(text: str) -> Decimal:
    """Read a number such as 1,234 or 一千二百三十四 or 二〇二三."""
    if text[0].isdecimal():
        return Decimal(text.replace(",", ""))
    if not set(text) & {*_TENS, "万"}:
        return Decimal("".join(str(_DIGITS[sign]) for sign in text))
    high, _wan, low = text.rpartition("万")
    return Decimal(_below_myriad(high) * _MYRIAD + _below_myriad(low))


def _below_myriad(text: str) -> int:
    total, digit = 0, 0
    for sign in text:
        if sign in _TENS:
            total += (digit or 1) * _TENS[sign]
            digit = 0
        else:
            digit = _DIGITS.get(sign, 0)
    return total + digit
