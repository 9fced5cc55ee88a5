"""Matches whole sentences against the tables of everyday expressions, and finds a verb's word inside a sentence.

An expression may hold slots: ``{case}``, ``{village}``, ``{day}``, ``{number}`` and ``{words}``. Spaces, punctuation,
width, case and traditional characters make no difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from bot.language.date_parser import DAY_EXPRESSION
from bot.language.verbs import Verb, VerbKind, parse_verb
from bot.utterances.command_parser import NUMBER_PATTERN
from bot.utterances.vocabulary import WordTables

_SLOT = re.compile(r"\{(\w+)\}")
_SPACE = re.compile(r"\s+")
_IGNORED = re.compile(r"[\s,，.。:：、;；!！?？~～…“”\"'()（）【】\[\]「」《》\-—]+")
_SEPARATOR = r"[\s:：,，]*"
_COUNT = r"\d{1,6}|[一二两三四五六七八九十]{1,3}"
UNSEEN_INSIDE = frozenset(
    {
        VerbKind.FILL,
        VerbKind.CONFIRM,
        VerbKind.PAGE,
        VerbKind.MORE,
        VerbKind.SEARCH,
        VerbKind.YEAR,
        VerbKind.ENTER,
    }
    | {
        VerbKind.FEEDBACK,
        VerbKind.SHOW,
        VerbKind.TEXT,
        VerbKind.FILES,
        VerbKind.HELP,
        VerbKind.CANCEL,
        VerbKind.LET_IN,
        VerbKind.SIGN_IN,
    }
    | {VerbKind.RECEIVE, VerbKind.TAKE_UP, VerbKind.CIRCULATE, VerbKind.COMMENT}
)
"""Verbs whose words are everyday words too: inside a sentence they mean nothing."""
MIN_WORD_INSIDE = 2  # characters of a verb's word that is looked for inside a sentence


class Expression(NamedTuple):
    """A sentence that the tables know: what it is heard as, and its slots."""

    verb: Verb
    slots: Mapping[str, str]


@dataclass(frozen=True)
class Expressions:
    """The everyday expressions of an office."""

    tables: WordTables
    words: Mapping[str, Verb]
    """The exact words of the vocabulary: with a space or a slip of the width they are expressions too."""
    villages: Sequence[str] = field(default=())

    def match(self, line: str) -> Expression | None:
        """The expression that a whole line is; None where the tables have none. The line is in matching form."""
        bare = bare_form(line)
        if bare in self._literals:
            return Expression(self._literals[bare], {})
        for pattern, verb in self._patterns:
            if found := pattern.fullmatch(line.strip()):
                return Expression(
                    verb, {name: value.strip() for name, value in found.groupdict().items() if value}
                )
        return None

    def find_inside(self, line: str) -> tuple[Verb, int, int] | None:
        """The first verb whose word stands inside a line, with its place."""
        found = self._inside.search(line)
        return (self.words[found[0]], found.start(), found.end()) if found else None

    @cached_property
    def _literals(self) -> Mapping[str, Verb]:
        words = {bare_form(word): verb for word, verb in self.words.items() if bare_form(word)}
        return {**words, **_literal_forms(self.tables)}

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], Verb], ...]:
        villages = tuple(self.villages)
        return tuple(
            (_pattern(said, villages if "{village}" in said else ()), verb)
            for said, verb in _slotted_forms(self.tables)
        )

    @cached_property
    def _inside(self) -> re.Pattern[str]:
        words = (word for word, verb in self.words.items() if verb.kind not in UNSEEN_INSIDE)
        long = sorted((word for word in words if len(word) >= MIN_WORD_INSIDE), key=len, reverse=True)
        parts = (rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in long)
        return re.compile("|".join(parts) or r"(?!)")


@lru_cache(maxsize=8)  # the shipped tables, and those of a few offices: thousands of forms are read once
def _forms(tables: WordTables) -> tuple[tuple[str, Verb], ...]:
    """The expressions of the tables in matching form, each with the verb it is heard as."""
    pairs = ((matching_form(said, tables.simplified), parse_verb(means)) for said, means in tables.forms)
    return tuple((said, verb) for said, verb in pairs if verb)


@lru_cache(maxsize=8)
def _literal_forms(tables: WordTables) -> Mapping[str, Verb]:
    return {bare_form(said): verb for said, verb in _forms(tables) if "{" not in said and bare_form(said)}


@lru_cache(maxsize=8)
def _slotted_forms(tables: WordTables) -> tuple[tuple[str, Verb], ...]:
    """The expressions with slots, the strictest first."""
    slotted = [(said, verb) for said, verb in _forms(tables) if "{" in said]
    return tuple(sorted(slotted, key=lambda form: ("{words}" in form[0], -len(_SLOT.sub("", form[0])))))


@lru_cache(maxsize=1024)
def _pattern(said: str, villages: tuple[str, ...]) -> re.Pattern[str]:
    """The pattern of an expression with slots."""
    slots = {
        "case": NUMBER_PATTERN,
        "number": _COUNT,
        "village": "|".join(map(re.escape, villages)) or r"(?!)",
        "day": DAY_EXPRESSION,
        "words": r"[^\s:：,，].*",
    }
    parts, at = [], 0
    for slot in _SLOT.finditer(said):
        parts += [_literal(said[at : slot.start()]), rf"(?P<{slot[1]}>{slots[slot[1]]})"]
        at = slot.end()
    written = r"\s*".join(part for part in (*parts, _literal(said[at:])) if part) + r"[\s。.!！~～?？]*"
    return re.compile(written, re.IGNORECASE)


def matching_form(line: str, simplified: Mapping[int, str]) -> str:
    """A line as it is compared: simplified characters, lower case, one space between words."""
    return _SPACE.sub(" ", line.translate(simplified).casefold()).strip()


def bare_form(line: str) -> str:
    """A line without spaces and punctuation; a lone sign stays."""
    return _IGNORED.sub("", line) or line.strip()


def _literal(text: str) -> str:
    return (
        _SEPARATOR.join(re.escape(part) for part in re.split(r"[\s:：,，]+", text.strip()))
        if text.strip()
        else ""
    )
