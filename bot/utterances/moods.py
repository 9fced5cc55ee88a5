"""Tells in which mood something is said: plainly, asked, on a condition, denied, reported, past or yet to come.

Only a plain statement records. The mood of a verb's own words is read from what stands beside the verb: the verb
itself is taken out before. The patterns are plain alternatives without nested repetition, so no text makes them slow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from bot.utterances.vocabulary import WordTables

QUESTION_MARKS = "?？"
_TRIM = " \t\n,，.。:：、;；!！~～…“”\"'()（）【】[]"
_NEVER = re.compile(r"(?!)")


class Mood(StrEnum):
    """How something is said."""

    PLAIN = "plain"
    ASKED = "asked"
    CONDITIONAL = "conditional"
    NEGATED = "negated"
    REPORTED = "reported"
    FUTURE = "future"
    PAST = "past"


@dataclass(frozen=True)
class MoodReader:
    """Reads moods by the words of the tables."""

    tables: WordTables

    def mood(self, words: str) -> Mood:
        """The mood of some words, given in their matching form."""
        text = words.strip(_TRIM)
        if not text:
            return Mood.PLAIN
        if text[-1] in QUESTION_MARKS or self._asked_end.search(text):
            return Mood.ASKED
        return next((mood for mood, pattern in self._patterns if pattern.search(text)), Mood.PLAIN)

    def words_beside(self, words: str) -> str:
        """What is left of the words beside a verb once punctuation and neutral words are taken away.

        A question mark is never neutral. Anything that is left must be asked about: it may not be dropped.
        """
        left = words
        while stripped := self._neutral.match(left):
            if not stripped.end():
                break
            left = left[stripped.end() :]
        while stripped := self._neutral_end.search(left):
            if stripped.start() == len(left):
                break
            left = left[: stripped.start()]
        return left.strip(_TRIM)

    @cached_property
    def _patterns(self) -> tuple[tuple[Mood, re.Pattern[str]], ...]:
        words = self.tables.moods
        return (
            (Mood.ASKED, _alternatives(words.asked)),
            (Mood.CONDITIONAL, _alternatives(words.conditional)),
            (Mood.REPORTED, _alternatives(words.reported)),
            (Mood.NEGATED, _alternatives(words.negated)),
            (Mood.FUTURE, _alternatives(words.future)),
            (Mood.PAST, _alternatives(words.past)),
        )

    @cached_property
    def _asked_end(self) -> re.Pattern[str]:
        return _alternatives(self.tables.moods.asked_end, end="$")

    @cached_property
    def _neutral(self) -> re.Pattern[str]:
        return re.compile(f"(?:{_joined(self.tables.neutral)}|[{re.escape(_TRIM)}])", re.IGNORECASE)

    @cached_property
    def _neutral_end(self) -> re.Pattern[str]:
        return re.compile(f"(?:{_joined(self.tables.neutral)}|[{re.escape(_TRIM)}])$", re.IGNORECASE)


def _alternatives(words: Iterable[str], end: str = "") -> re.Pattern[str]:
    """A pattern of any of the words; Latin words count whole."""
    joined = _joined(words)
    return re.compile(f"(?:{joined}){end}", re.IGNORECASE) if joined else _NEVER


def _joined(words: Iterable[str]) -> str:
    return "|".join(map(_whole, sorted(words, key=len, reverse=True)))


def _whole(word: str) -> str:
    bounded = word[0].isascii() and word[0].isalnum()
    return rf"\b{re.escape(word)}\b" if bounded else re.escape(word)
