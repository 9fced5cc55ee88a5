"""Finds bank cards, passports and vehicle plates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storage.proofread.personal_data.digit_runs import GAP, UNSEEN, DigitRun
from storage.proofread.personal_data.matches import (
    PersonalDataKind,
    PersonalDataMatch,
    continues_as_code,
    is_amount,
    is_other_number,
    label_before,
)

MIN_CARD_DIGITS, MAX_CARD_DIGITS = 16, 19
ISSUER_DIGITS, ISSUER_GROUPS = 6, 2  # the issuer's digits, then all others
# How a card's number begins, and how long it is then. 62 is the domestic one; 9… are older cards of single banks.
_CARD = re.compile(
    r"(?:(?:62|60|65|68|69|9[0458])\d{14,17}|4\d{15}|5[1-5]\d{14}|35\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13})X?"
)
_CARD_LABEL = re.compile(r"(?:卡号|银行卡|储蓄卡|社保卡|一卡通|账号|帐号|账户|帐户)[^，。；\d]{0,8}$")
_SIGN, _GREEN = "A-HJ-NP-Z0-9", "A-HJK"  # no I and no O; D and F at first, by now more letters
_PROVINCE = "京津沪渝冀豫云辽黑湘皖鲁苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼新"
_PLATE = re.compile(
    rf"(?<![更创全翻最A-Z0-9])[{_PROVINCE}]{GAP}[A-HJ-NP-Z]{GAP}(?:"
    rf"[{_GREEN}]{GAP}[{_SIGN}](?:{GAP}\d){{4}}|\d(?:{GAP}\d){{4}}{GAP}[{_GREEN}]"
    rf"|[{_SIGN}](?:{GAP}[{_SIGN}]){{3}}{GAP}[学警港澳挂领]|[{_SIGN}](?:{GAP}[{_SIGN}]){{4}})(?![A-Z0-9])",
    re.IGNORECASE,
)
PLATE_DIGITS = 2  # of five or four signs after the letter at least so many are digits
_FOUR = rf"\d(?:{UNSEEN}\d){{3}}"
_PASSPORT = re.compile(
    rf"(?<![A-Z0-9])(?:[EG]{GAP}{_FOUR}|E{GAP}[A-HJ-NP-Z]{GAP}\d(?:{UNSEEN}\d){{2}}){GAP}{_FOUR}(?![A-Z0-9])",
    re.IGNORECASE,
)
_NAMED_PASSPORT = re.compile(
    rf"(?:护照|通行证|passport)[^，。；\d]{{0,8}}?(?P<number>(?:[A-Z]{{1,2}}{GAP}\d(?:{GAP}\d){{6,9}})|1[45]\d{{7}})"
    r"(?![A-Z0-9])",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def is_card_like(number: str) -> bool:
    """Whether a number begins and is as long as a bank card's, whatever became of its last digits."""
    return bool(_CARD.fullmatch(number))


def passes_luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    total = 0
    for at, digit in enumerate(reversed(number)):
        value = int(digit) * (at % 2 + 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the two digits of a doubled one, added
    return total % 10 == 0


def find_cards(text: str, found: Sequence[DigitRun]) -> Iterator[PersonalDataMatch]:
    """Yield bank cards in a half-width text."""
    for run in found:
        for part in run.parts(MIN_CARD_DIGITS, MAX_CARD_DIGITS, _CARD):
            number = part.digits.rstrip("X")
            if passes_luhn(number) and _is_card(text, run, part):
                yield PersonalDataMatch(
                    kind=PersonalDataKind.BANK_CARD, start=part.start, end=part.end, digits=number
                )


def _is_card(text: str, run: DigitRun, part: DigitRun) -> bool:
    if (
        is_other_number(text, part.start)
        or is_amount(text, part.start, part.end)
        or continues_as_code(text, part.end)
    ):
        return False
    fours = set(part.sizes[:-1]) == {4}
    usual = fours or (part.sizes[0] == ISSUER_DIGITS and len(part.groups) == ISSUER_GROUPS)
    return (
        part.is_unbroken
        or (usual and run.is_repetition_of(part))
        or bool(_CARD_LABEL.search(label_before(text, part.start)))
    )


def find_plates(text: str, _found: Sequence[DigitRun]) -> Iterator[PersonalDataMatch]:
    """Yield vehicle plates, including the longer green ones and those that end in a character."""
    for plate in _PLATE.finditer(text):
        if sum(sign.isdecimal() for sign in plate.group()) > PLATE_DIGITS:
            yield PersonalDataMatch(
                kind=PersonalDataKind.PLATE, start=plate.start(), end=plate.end(), digits=plate.group()
            )


def find_passports(text: str, _found: Sequence[DigitRun]) -> Iterator[PersonalDataMatch]:
    """Yield passports and travel permits: the present ones by their form, others where a label names them."""
    for found in _NAMED_PASSPORT.finditer(text):
        start, end = found.span("number")
        yield PersonalDataMatch(kind=PersonalDataKind.PASSPORT, start=start, end=end, digits=found["number"])
    for found in _PASSPORT.finditer(text):
        dated = _DAY.fullmatch(re.sub(r"\D", "", found.group()))
        if not dated and not is_other_number(text, found.start()):
            yield PersonalDataMatch(
                kind=PersonalDataKind.PASSPORT, start=found.start(), end=found.end(), digits=found.group()
            )
