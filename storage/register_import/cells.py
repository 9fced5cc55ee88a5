"""Reads a cell of a register as a day, a number, an amount or text; or returns what is wrong with it.

A fault names the rule and what would be allowed. Nothing is rounded or guessed: a two-digit year, a comma in the
wrong place or 31 February is reported, not corrected.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

TEXT_LIMIT = 200  # characters; a register's remark, not a document
DIGITS_LIMIT = 12  # before the point; no town has a thousand thousand million of anything
FEN = Decimal("0.01")  # the smallest money there is
EARLIEST = date(1949, 10, 1)  # no office of today has an older register: a slip of the keys
DAY_EXAMPLE = "2024-01-31"
AMOUNT_EXAMPLE = "12000.50"

_WHITE = " \t\r\n\v\f\u00a0\u3000\u200b\u2060\ufeff"  # with the invisible ones that copying brings along
_GUARDED = re.compile(r'="(.*)"', re.DOTALL)
_CLOCK = r"(?:[ T]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_DAY = re.compile(
    r"(?:([0-9]{4})\s{0,3}([-/.])\s{0,3}([0-9]{1,2})\s{0,3}\2\s{0,3}([0-9]{1,2})"
    r"|([0-9]{4})\s{0,3}年\s{0,3}([0-9]{1,2})\s{0,3}月\s{0,3}([0-9]{1,2})\s{0,3}[日号]?"
    r"|([0-9]{4})([0-9]{2})([0-9]{2}))" + _CLOCK
)
_NUMBER = re.compile(r"([-+]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)")
_SHORTENED = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2,}")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSEEN_IN_PROSE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """A fault of a cell, with the rule and what would be allowed."""

    rule: str
    expected: str = ""


def clean_text(text: str) -> str:
    """Return the text without white space around it, and without Excel's ``="…"`` that keeps leading zeros."""
    text = text.strip(_WHITE)
    if text.startswith('="') and (guarded := _GUARDED.fullmatch(text)):
        return guarded[1].strip(_WHITE)
    return text


def read_day(value: str | date) -> date | CellFault:
    """Read a day from a date cell, or from year, month and day in one of the usual spellings."""
    if isinstance(value, str):
        match = _DAY.fullmatch(unicodedata.normalize("NFKC", value))
        if not match:
            return CellFault(rule="not_a_date", expected=DAY_EXAMPLE)
        groups = match.groups()
        year, month, day = (int(part) for part in (groups[0:1] + groups[2:4] + groups[4:]) if part)
        if not (year and 1 <= month <= 12):  # noqa: PLR2004 - months of a year
            return CellFault(rule="impossible_date", expected=DAY_EXAMPLE)
        last = monthrange(year, month)[1]
        if not 1 <= day <= last:
            return CellFault(
                rule="impossible_date", expected=f"{year:04}-{month:02}-01 … {year:04}-{month:02}-{last}"
            )
        value = date(year, month, day)
    return value if value >= EARLIEST else CellFault(rule="early_date", expected=EARLIEST.isoformat())


def read_whole(value: str | date) -> int | CellFault:
    """Read a whole number from 0 on."""
    number = _number(value, example="12")
    if isinstance(number, CellFault):
        return number
    return int(number) if number == number.to_integral_value() else CellFault(rule="not_whole", expected="12")


def read_amount(value: str | date) -> Decimal | CellFault:
    """Read an amount in yuan, exactly, with two decimal places, so that 12.5 and 12.50 are equal."""
    number = _number(value, example=AMOUNT_EXAMPLE)
    if isinstance(number, CellFault):
        return number
    fen = number.quantize(FEN)
    return fen if fen == number else CellFault(rule="too_precise", expected=AMOUNT_EXAMPLE)


def _number(value: str | date, *, example: str) -> Decimal | CellFault:
    text = value if isinstance(value, str) else value.isoformat()
    match = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text))
    if not match:
        return CellFault(rule="not_a_number", expected=example)
    sign, digits = match[1], match[2].replace(",", "")
    if len(digits.partition(".")[0].lstrip("0")) > DIGITS_LIMIT or len(digits) > TEXT_LIMIT:
        return CellFault(rule="too_large", expected="9" * DIGITS_LIMIT)
    number = Decimal(digits)
    return number if sign != "-" or not number else CellFault(rule="negative", expected="≥ 0")


def read_prose(value: str | date) -> str | CellFault:
    """Read a remark: line breaks are kept, other invisible characters are a fault."""
    text = value if isinstance(value, str) else value.isoformat()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _checked_text(text, _UNSEEN_IN_PROSE)


def read_number(value: str | date) -> str | CellFault:
    """Read a case's number as the office writes it; Excel's two ways of spoiling one are different faults."""
    if not isinstance(value, str):
        return CellFault(rule="number_became_date", expected=f"{value.year}-{value.month}")
    if _SHORTENED.fullmatch(value):
        return CellFault(rule="number_rounded")
    return _checked_text(value, _UNSEEN)


def _checked_text(text: str, unseen: re.Pattern[str]) -> str | CellFault:
    if len(text) > TEXT_LIMIT:
        return CellFault(rule="text_too_long", expected=str(TEXT_LIMIT))
    return CellFault(rule="control_character") if unseen.search(text) else text


def value_excerpt(value: str | date, limit: int = 40) -> str:
    """Return a value shortened for a message, with invisible characters made visible."""
    text = value if isinstance(value, str) else value.isoformat()
    text = _UNSEEN.sub(lambda sign: f"<U+{ord(sign[0]):04X}>", text[: limit + 1])
    return text if len(text) <= limit else text[: limit - 1] + "…"
