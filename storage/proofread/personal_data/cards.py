"""Bank cards, passports and vehicle plates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storage.proofread.personal_data.digit_runs import GAP, UNSEEN, Run
from storage.proofread.personal_data.matches import Kind, Spot, before, counted, in_a_code, named_otherwise

CARD_LEAST, CARD_MOST = 16, 19
ISSUER, PARTS = 6, 2  # the issuer's digits, then all others
# How a card's number begins, and how long it is then. 62 is the domestic one; 9… are older cards of single banks.
_CARD = re.compile(
    r"(?:62|60|65|68|69|9[0458])\d{14,17}|4\d{15}|5[1-5]\d{14}|35\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}"
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
_PASSPORT_CALLED = re.compile(
    rf"(?:护照|通行证|passport)[^，。；\d]{{0,8}}?(?P<number>(?:[A-Z]{{1,2}}{GAP}\d(?:{GAP}\d){{6,9}})|1[45]\d{{7}})"
    r"(?![A-Z0-9])",
    re.IGNORECASE,
)
_DAY = re.compile(r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def passes_luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    total = 0
    for at, digit in enumerate(reversed(number)):
        value = int(digit) * (at % 2 + 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the two digits of a doubled one, added
    return total % 10 == 0


def card_spots(text: str, found: Sequence[Run]) -> Iterator[Spot]:
    """Bank cards in a levelled text."""
    for run in found:
        for part in run.parts(CARD_LEAST, CARD_MOST):
            number = part.digits.rstrip("X")
            if _CARD.fullmatch(number) and passes_luhn(number) and _is_card(text, run, part):
                yield Spot(kind=Kind.BANK_CARD, start=part.start, end=part.end, digits=number)


def _is_card(text: str, run: Run, part: Run) -> bool:
    if named_otherwise(text, part.start) or counted(text, part.start, part.end) or in_a_code(text, part.end):
        return False
    fours = set(part.sizes[:-1]) == {4}
    usual = fours or (part.sizes[0] == ISSUER and len(part.groups) == PARTS)
    return part.whole or (usual and run.tiled(part)) or bool(_CARD_LABEL.search(before(text, part.start)))


def plate_spots(text: str, _found: Sequence[Run]) -> Iterator[Spot]:
    """Vehicle plates, the longer green ones and those that end in a character included."""
    for plate in _PLATE.finditer(text):
        if sum(sign.isdecimal() for sign in plate.group()) > PLATE_DIGITS:
            yield Spot(kind=Kind.PLATE, start=plate.start(), end=plate.end(), digits=plate.group())


def passport_spots(text: str, _found: Sequence[Run]) -> Iterator[Spot]:
    """Passports and travel permits: the present ones by their look, all others where they are called so."""
    for found in _PASSPORT_CALLED.finditer(text):
        start, end = found.span("number")
        yield Spot(kind=Kind.PASSPORT, start=start, end=end, digits=found["number"])
    for found in _PASSPORT.finditer(text):
        dated = _DAY.fullmatch(re.sub(r"\D", "", found.group()))
        if not dated and not named_otherwise(text, found.start()):
            yield Spot(kind=Kind.PASSPORT, start=found.start(), end=found.end(), digits=found.group())
