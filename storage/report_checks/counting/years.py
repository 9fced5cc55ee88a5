"""Reads the years of a sentence: to which one a number belongs, and what a year beside 结转 says of requests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from storage.report_checks.counting.lexicon import ACTION, YEAR, Token

_CARRIED_IN = re.compile(r"(?:结转|转入|转来|遗留)(?!到|至|下|次|20)")
_CARRIED_OUT = re.compile(r"(?:结转|转入|转|顺延|延续)(?:到|至|入)?$")
_NOT_CARRIED_IN = re.compile(
    r"(?:并|均|也)?(?:没有|未有|无|未|不存在)(?P<carried>结转|转入|转来|遗留)(?!到|至|下|次|20)"
)
_LONGEST = 4  # characters of the longest word before a year: 结转至
_BETWEEN_YEARS = frozenset({"、", "和", "及", "与"})


@dataclass(slots=True, kw_only=True)
class YearReader:
    """Follows the years that a sentence names, to tell whether a number is of the report's own."""

    text: str
    year: int
    is_own: bool = True
    """Whether what follows is about the report's year."""
    _named: list[Token] = field(default_factory=list, init=False)
    _numbers: int = field(default=0, init=False)

    @property
    def are_listed(self) -> bool:
        """Whether several years share out the numbers that follow: 2023年、2024年、2025年分别为58件、78件、89件."""
        return len(self._named) > 1

    @property
    def is_later_of_list(self) -> bool:
        """Whether a number is the second or later one of a list of years."""
        return self.are_listed and self._numbers > 1

    def name(self, token: Token) -> None:
        """Take a year that is named."""
        in_row = self._named and not self._numbers
        between = self.text[self._named[-1].end : token.start] if in_row else ""
        self._named = [*self._named, token] if between in _BETWEEN_YEARS else [token]
        self._numbers = 0
        self.is_own = int(token.value) == self.year

    def take_span(self, token: Token) -> None:
        """Take a word for another time, unless it is the report's own year: 2025年以来."""
        is_since = token.key == "以来" and self._named and self._named[-1].end == token.start
        self.is_own = bool(self.is_own and is_since)

    def take_number(self) -> None:
        """Let a number belong to its own one of several years."""
        if self.are_listed:
            place = min(self._numbers, len(self._named) - 1)
            self.is_own = int(self._named[place].value) == self.year
            self._numbers += 1


def carried_years(tokens: Sequence[Token], text: str, year: int) -> list[Token]:
    """Return the tokens with the years before and after ``year`` read as actions where they stand beside 结转.

    2024年结转 and 上年度无结转 are about what was carried in, 结转至2026年 about what was carried out.
    """
    found: list[Token] = []
    for token in _with_denied_carrying(tokens, text, year):
        made = _carried(token, text, year) if token.kind == YEAR else token
        while found and found[-1].end > made.start:  # 转入 may be a word of its own
            found.pop()
        found.append(made)
    return found


def _with_denied_carrying(tokens: Sequence[Token], text: str, year: int) -> list[Token]:
    """Return the tokens with 结转 as an action where 上年度无结转 parts it from its year: it speaks of this year."""
    found: list[Token] = []
    for token in tokens:
        is_before = token.kind == "past" or (token.kind == YEAR and int(token.value) == year - 1)
        denied = _NOT_CARRIED_IN.match(text, token.end) if is_before else None
        found.append(token._replace(kind="now", key="本年") if denied else token)
        if denied:
            found.append(Token(ACTION, "carried_in", *denied.span("carried")))
    return sorted(found, key=lambda token: token.start)


def _carried(token: Token, text: str, year: int) -> Token:
    """Return the action that a year stands for; the year itself where it stands for none."""
    if int(token.value) == year - 1:
        after = _CARRIED_IN.match(text, token.end)
        return Token(ACTION, "carried_in", token.start, after.end()) if after else token
    if int(token.value) == year + 1:
        start = max(0, token.start - _LONGEST)
        before = _CARRIED_OUT.search(text[start : token.start])
        return Token(ACTION, "carried_out", start + before.start(), token.end) if before else token
    return token
