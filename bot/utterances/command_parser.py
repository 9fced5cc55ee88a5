"""Parses a written message into a command: a verb, the number of a case, and the rest in the writer's own words.

Every button can be written instead (“同意 12”, “退回 12 标题写错”), in Chinese or English. A verb counts only where a
word ends after it: “同意的话我再看” is no command, and nothing is guessed.

The number of a case is read as people write it: “13”, “13号”, “案件13”, “第十三件”, “同意20、21”. A place on the list
that was shown last (“第1件”) can look the same; which of them is meant is decided where the list is known.
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
_CHINESE_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CHINESE = "[零〇一二两三四五六七八九十]{1,3}"
NUMBER_PATTERN = (
    rf"(?:案件|第|[#№]|no\.?)?\s{{0,4}}第?(?:\d{{1,12}}|{_CHINESE}(?=号|件))(?:号案件|号件|号|件)?"
)
_MARK = r"(?:案件\s{0,4}|[#№]\s{0,4}|no\.?\s{0,4}|case\s{1,4})?"
_LEADING = re.compile(rf"{_MARK}第?([1-9]\d{{0,11}})(?:号案件|号|件)?(?![\d.,:\-/年月日元%])", re.IGNORECASE)
_FURTHER = re.compile(
    r"\s{0,4}(?:、|，|,|和|及|与|/|&|\band\b)\s{0,4}(?:案件\s{0,4}|[#№]\s{0,4})?第?(\d{1,12})(?:号案件|号|件)?"
    r"(?=$|[\s、，,和及与/&。.!！?？])",
    re.IGNORECASE,
)


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
    rest = after.strip(_TRIM)
    if numbers and rest:
        matched = vocabulary.match_verb(rest)
        if matched:
            return _command(matched[0], numbers, matched[1], matched[1])
    matched = vocabulary.match_verb(line)
    if matched is None:
        return Command(verb=None, case=numbers[0] if len(numbers) == 1 and not rest else 0, rest=line)
    verb, after = matched
    numbers, rest = leading_case_numbers(after)
    return _command(verb, numbers, rest.strip(_TRIM) if numbers else after, after)


def _command(verb: Verb, numbers: tuple[int, ...], rest: str, after: str) -> Command:
    case, more = (numbers[0], numbers[1:]) if numbers else (0, ())
    return Command(verb=verb, case=case, more_cases=more, rest=rest, text_after_verb=after)


def leading_case_numbers(text: str) -> tuple[tuple[int, ...], str]:
    """The numbers of cases that a text begins with, and what follows them; none and the text where there are none."""
    matched = _LEADING.match(text)
    if matched is None:
        return (), text
    numbers, at = [int(matched[1])], matched.end()
    while further := _FURTHER.match(text, at):
        numbers.append(int(further[1]))
        at = further.end()
    return tuple(dict.fromkeys(numbers)), text[at:]


def read_number(text: str) -> int:
    """The number in a matched “13号” or “第十三件”; 0 where there is none."""
    digits = re.search(r"\d{1,12}", text)
    if digits:
        return int(digits[0])
    chinese = re.search(_CHINESE, text)
    return _chinese_number(chinese[0]) if chinese else 0


def _chinese_number(text: str) -> int:
    """A Chinese numeral up to 99, such as 二十一; 0 for anything else."""
    tens, ten, ones = text.partition("十")
    if not ten:
        return _CHINESE_DIGITS.get(text, 0)
    if (tens and tens not in _CHINESE_DIGITS) or (ones and ones not in _CHINESE_DIGITS):
        return 0
    return _CHINESE_DIGITS.get(tens, 1) * 10 + _CHINESE_DIGITS.get(ones, 0)


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
