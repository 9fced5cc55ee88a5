"""What somebody wrote, as a command: a verb, the number of a case, and the rest in their own words.

Every button has a text twin (“同意 12”, “退回 12 标题写错”), in Chinese or English. A verb counts only where it
stands alone: “同意的话我再看” says nothing, and nothing is ever guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

MAX_TEXT_LENGTH = 4000  # characters anybody is read for; the rest of a longer text is not looked at
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
    """One thing somebody wants."""

    verb: str
    """The key of a verb, or ``step:…``, ``close:…``, ``count:…`` for what is declared; empty where none was heard."""
    case: int = 0
    """0 where no case was named."""
    rest: str = ""
    text_after_verb: str = field(default="", compare=False)
    """Everything behind the verb, a number at its beginning included: of a title it is a part, and of no case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerbVocabulary:
    """Every word that is a verb, and the verb it means; the longest word wins."""

    words: Mapping[str, str] = field(default_factory=dict)

    def match_verb(self, text: str) -> tuple[str, str] | None:
        """The verb at the beginning of a text, or after a case's number, and what stands after it."""
        low = text.casefold()
        for word in sorted(self.words, key=len, reverse=True):
            if low.startswith(word) and _is_word_end(low, len(word)):
                return self.words[word], text[len(word) :].strip(_TRIM)
        return None


def normalize_line(text: str) -> str:
    """One line: no control signs, nothing invisible, full-width letters and digits as narrow ones."""
    joined = " ".join(text[:MAX_TEXT_LENGTH].split())
    shown = "".join(sign for sign in joined if sign.isprintable() and unicodedata.category(sign) != "Cf")
    return shown.translate(_HALF_WIDTH).strip()


def parse_command(text: str, vocabulary: VerbVocabulary) -> Command:
    """The command in a text. A bare number names a case; what holds no verb has none."""
    said = normalize_line(text).removeprefix("/")  # “/todo” is what Telegram's menu of commands writes
    number, rest = _leading_case_number(said)
    if number and rest:
        found = vocabulary.match_verb(rest)
        if found:
            return Command(verb=found[0], case=number, rest=found[1], text_after_verb=found[1])
    found = vocabulary.match_verb(said)
    if found is None:
        return Command(verb="", case=number if number and not rest else 0, rest=said)
    verb, after = found
    number, rest = _leading_case_number(after)
    return Command(verb=verb, case=number, rest=rest if number else after, text_after_verb=after)


def body_after_verb(text: str, vocabulary: VerbVocabulary) -> str:
    """Everything behind a verb and its number, line by line and as it was written; all of it where there is none."""
    first, _, rest = text.strip().partition("\n")
    said = parse_command(first, vocabulary)
    if not said.verb:
        return text.strip()
    starts = range(min(len(first), MAX_COMMAND_LENGTH))
    own = next(
        (first[at:].strip() for at in starts if normalize_line(first[at:]).strip(_TRIM) == said.rest), ""
    )
    return "\n".join(part for part in (own, rest) if part.strip())


def parse_amount(rest: str) -> Decimal | None:
    """The amount in “12000 元”; None where the text is none."""
    found = _AMOUNT.fullmatch(rest.replace(",", "").replace("，", "").strip())
    return Decimal(found[1]) if found else None


def _leading_case_number(text: str) -> tuple[int, str]:
    """A number at the beginning that can be a case's, and what follows; 0 where there is none."""
    found = _NUMBER.match(text)
    return (int(found[1]), text[found.end() :].strip(_TRIM)) if found else (0, text)


def _is_word_end(text: str, at: int) -> bool:
    return at >= len(text) or bool(_EDGE.match(text[at]))
