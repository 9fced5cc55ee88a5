"""Parses a written message into a command: a verb, the number of a case, and the rest in the writer's own words.

Every button can be written instead (“同意 12”, “退回 12 标题写错”), in Chinese or English. A verb counts only where a
word ends after it: “同意的话我再看” is no command, and nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bot.language.verbs import Verb

MAX_TEXT_LENGTH = 4000  # characters that are read of a message; the rest of a longer one is ignored
MAX_COMMAND_LENGTH = 80  # characters: no verb with its number is longer
_NUMBER = re.compile(r"[#№]?\s*(?:第)?(\d{1,12})(?:号|件)?(?![\d.,:\-/年月日元%])")
_AMOUNT = re.compile(r"(\d{1,12}(?:\.\d{1,2})?)\s*(?:元|yuan)?", re.IGNORECASE)
_EDGE = re.compile(r"[\s\d#№,，.。:：、;；!！?？]")
_HALF_WIDTH = {
    sign: sign - ord("０") + ord("0")
    for first, last in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ"))
    for sign in range(ord(first), ord(last) + 1)
} | {ord("＃"): ord("#")}
_TRIM = " \t,，.。:：、;；!！?？"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A parsed message."""

    verb: Verb | None
    """None where the message contains no verb."""
    case: int = 0
    """0 where no case was named."""
    rest: str = ""
    text_after_verb: str = field(default="", compare=False)
    """Everything behind the verb, a leading number included, for verbs that are about no case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbVocabulary:
    """The words of an office, casefolded, each with the verb it means."""

    words: Mapping[str, Verb] = field(default_factory=dict)

    def match_verb(self, text: str) -> tuple[Verb, str] | None:
        """The verb that a text begins with, and what follows it; None where it begins with none."""
        matched = match_word(self.words, text)
        return (self.words[matched[0]], matched[1]) if matched else None


def match_word(words: Iterable[str], text: str) -> tuple[str, str] | None:
    """The longest of the casefolded words that a text begins with, and what follows it."""
    low = text.casefold()
    for word in sorted(words, key=len, reverse=True):
        if low.startswith(word) and _is_word_end(low, len(word)):
            return word, text[len(word) :].strip(_TRIM)
    return None


def normalize_line(text: str) -> str:
    """The text as one line, without control and invisible characters, and with half-width letters and digits."""
    joined = " ".join(text[:MAX_TEXT_LENGTH].split())
    shown = "".join(sign for sign in joined if sign.isprintable() and unicodedata.category(sign) != "Cf")
    return shown.translate(_HALF_WIDTH).strip()


def parse_command(text: str, vocabulary: VerbVocabulary) -> Command:
    """The command in a text. A bare number names a case; a text without a verb has verb None."""
    line = normalize_line(text).removeprefix("/")  # Telegram's menu of commands writes “/todo”
    number, rest = _leading_case_number(line)
    if number and rest:
        matched = vocabulary.match_verb(rest)
        if matched:
            return Command(verb=matched[0], case=number, rest=matched[1], text_after_verb=matched[1])
    matched = vocabulary.match_verb(line)
    if matched is None:
        return Command(verb=None, case=number if number and not rest else 0, rest=line)
    verb, after = matched
    number, rest = _leading_case_number(after)
    return Command(verb=verb, case=number, rest=rest if number else after, text_after_verb=after)


def body_after_verb(text: str, vocabulary: VerbVocabulary) -> str:
    """The text behind a verb and its number, as it was written, line by line; all of it where there is no verb."""
    first, _, rest = text.strip().partition("\n")
    command = parse_command(first, vocabulary)
    if command.verb is None:
        return text.strip()
    tails = (first[start:] for start in range(min(len(first), MAX_COMMAND_LENGTH)))
    own = next((tail.strip() for tail in tails if normalize_line(tail).strip(_TRIM) == command.rest), "")
    return "\n".join(part for part in (own, rest) if part.strip())


def parse_amount(rest: str) -> Decimal | None:
    """The amount of a text such as “12000 元”, in yuan; None where the text is no amount."""
    matched = _AMOUNT.fullmatch(rest.replace(",", "").replace("，", "").strip())
    return Decimal(matched[1]) if matched else None


def _leading_case_number(text: str) -> tuple[int, str]:
    """The leading number that can be a case's, and what follows it; 0 and the text where there is none."""
    matched = _NUMBER.match(text)
    return (int(matched[1]), text[matched.end() :].strip(_TRIM)) if matched else (0, text)


def _is_word_end(text: str, at: int) -> bool:
    return at >= len(text) or bool(_EDGE.match(text[at]))
