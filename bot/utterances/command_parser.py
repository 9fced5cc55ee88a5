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
from bot.utterances.case_numbers import leading_case_numbers, trimmed

MAX_TEXT_LENGTH = 4000  # characters that are read of a message; the rest of a longer one is ignored
MAX_COMMAND_LENGTH = 80  # characters: no verb with its number is longer
_AMOUNT = re.compile(r"(\d{1,12}(?:\.\d{1,2})?)\s*(?:元|yuan)?", re.IGNORECASE)
_NUMBER_FOLLOWS = re.compile(r"(?:案件|第)\s?\d")
_EDGE = re.compile(r"[\s\d#№,，.。:：、;；!！?？]")
_HALF_WIDTH = {
    sign: sign - ord("０") + ord("0")
    for first, last in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ"))
    for sign in range(ord(first), ord(last) + 1)
} | {ord("＃"): ord("#")}
_BRACKETS = "【】「」『』[]《》“”\"'"
NOTHING_SIMPLIFIED: Mapping[int, str] = {}
_TRIM = " \t,，.。:：、;；!！?？"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A parsed message."""

    verb: Verb | None
    """None where the message contains no verb."""
    case: int = 0
    """0 where no case was named; of several, the first."""
    more_cases: tuple[int, ...] = ()
    """The other cases of a list such as 20、21."""
    rest: str = ""
    text_after_verb: str = field(default="", compare=False)
    """Everything behind the verb, a leading number included, for verbs that are about no case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbVocabulary:
    """The words of an office, casefolded, each with the verb it means."""

    words: Mapping[str, Verb] = field(default_factory=dict)
    simplified: Mapping[int, str] = field(default_factory=dict)
    """By the code of a traditional character, the simplified one that it is heard as."""

    def match_verb(self, text: str) -> tuple[Verb, str] | None:
        """The verb that a text begins with, and what follows it; None where it begins with none."""
        matched = match_word(self.words, text, self.simplified)
        return (self.words[matched[0]], matched[1]) if matched else None


def match_word(
    words: Iterable[str], text: str, simplified: Mapping[int, str] = NOTHING_SIMPLIFIED
) -> tuple[str, str] | None:
    """The longest of the casefolded words that a text begins with, and what follows it."""
    low = text.translate(simplified).casefold()
    found = (word for word in words if low.startswith(word) and _is_word_end(low, len(word)))
    longest = max(found, key=len, default=None)
    return None if longest is None else (longest, text[len(longest) :].strip(_TRIM))


def normalize_line(text: str) -> str:
    """The text as one line, without control and invisible characters, and with half-width letters and digits."""
    joined = " ".join(text[:MAX_TEXT_LENGTH].split())
    shown = "".join(sign for sign in joined if sign.isprintable() and unicodedata.category(sign) != "Cf")
    return shown.translate(_HALF_WIDTH).strip()


def parse_command(text: str, vocabulary: VerbVocabulary) -> Command:
    """The command in a text. A bare number names a case; a text without a verb has verb None."""
    return parse_line(normalize_line(text), vocabulary)


def parse_line(line: str, vocabulary: VerbVocabulary) -> Command:
    """The command in a normalized line."""
    line = line.strip(_BRACKETS).removeprefix("/")  # Telegram's menu of commands writes “/todo”
    numbers, after = leading_case_numbers(line)
    rest = trimmed(after)
    if numbers and rest:
        matched = vocabulary.match_verb(rest)
        if matched:
            return _command(matched[0], numbers, matched[1], matched[1])
    matched = vocabulary.match_verb(line)
    if matched is None:
        return Command(verb=None, case=numbers[0] if len(numbers) == 1 and not rest else 0, rest=line)
    verb, after = matched
    numbers, rest = leading_case_numbers(after)
    return _command(verb, numbers, trimmed(rest) if numbers else after, after)


def _command(verb: Verb, numbers: tuple[int, ...], rest: str, after: str) -> Command:
    case, more = (numbers[0], numbers[1:]) if numbers else (0, ())
    return Command(verb=verb, case=case, more_cases=more, rest=rest, text_after_verb=after)


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


def _is_word_end(text: str, at: int) -> bool:
    return at >= len(text) or bool(_EDGE.match(text[at])) or bool(_NUMBER_FOLLOWS.match(text, at))
