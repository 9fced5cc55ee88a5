"""Finds identity numbers as defined by GB 11643: region, day of birth, serial number, check character.

Old numbers (15 digits, before 1999) have no check character: they count where region and day are plausible
and nothing before them says what else they are; the old business licence also has 15 digits and begins with
a region. Foreigners' permanent residence cards are built the same way since 2023 and begin with 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from string import ascii_uppercase, digits

from storage.proofread.personal_data.digit_runs import DigitRun
from storage.proofread.personal_data.matches import (
    PersonalDataKind,
    PersonalDataMatch,
    continues_as_code,
    is_organisation_number,
    is_other_number,
    label_before,
)

NEW_LENGTH, OLD_LENGTH = 18, 15
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999, 4.3
CHECKS = "10X98765432"
_CODES = "1112131415212223313233343536374142434445465051525354616263646571818283"
PROVINCES = frozenset(_CODES[at : at + 2] for at in range(0, len(_CODES), 2))
"""GB/T 2260; 71, 81, 82, 83: Taiwan, Hong Kong, Macao, and Taiwan residents' permits."""
_FOREIGN = "9"  # [unconfirmed] 9, the province that issued it, three digits of nationality, then as usual
_NUMBER = re.compile(r"\d{17}[\dX]")
_DATED_NUMBER = re.compile(r"[1-9]\d{5}(?:19|20)\d{9}[\dX]")
_OLD_NUMBER = re.compile(r"[1-8]\d{7}[01]\d[0-3]\d{4}")
_LABEL = re.compile(r"(?:身份证|身份号码|公民身份|证件号|居民证|证号)[^，。；\d]{0,8}$")
_CODE_SIGNS = [sign for sign in digits + ascii_uppercase if sign not in "IOSVZ"]  # GB 32100-2015
_CODE_WEIGHTS = tuple(pow(3, at, 31) for at in range(17))
_NEW_GROUPS = ((6, 8, 4), (6, 4, 4, 4))
_OLD_GROUPS = ((15,), (6, 6, 3), (6, 9), (3, 3, 6, 3))


def check_character(body: str) -> str:
    """Return the eighteenth character for the first seventeen digits."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def is_identity(number: str) -> bool:
    """Whether 18 characters are an identity number: region, day and check character."""
    if not _NUMBER.fullmatch(number) or not _region(number) or not _is_day(number[6:14]):
        return False
    return check_character(number[:17]) == number[17]


def is_old_identity(number: str) -> bool:
    """Whether 15 digits can be an old one: region and day, for there is nothing more to check."""
    return number.isdecimal() and number[:2] in PROVINCES and _is_day("19" + number[6:12])


def is_identity_like(number: str) -> bool:
    """Whether the first 14 of 18 digits are an identity number's, whatever became of the last ones."""
    return len(number) == NEW_LENGTH and _region(number) and _is_day(number[6:14])


def is_credit_code(code: str) -> bool:
    """Whether 18 characters are an organisation's unified social credit code (GB 32100)."""
    if any(sign not in _CODE_SIGNS for sign in code):
        return False
    total = sum(
        _CODE_SIGNS.index(sign) * weight for sign, weight in zip(code[:17], _CODE_WEIGHTS, strict=True)
    )
    return _CODE_SIGNS[-total % 31] == code[17]


def _region(number: str) -> bool:
    return number[:2] in PROVINCES or (number[0] == _FOREIGN and number[1:3] in PROVINCES)


def _is_day(text: str) -> bool:
    """Whether the text is a day from 1900 on: nobody born earlier has a number."""
    if text[:2] not in {"19", "20"}:
        return False
    try:
        date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return False
    return True


def find_identity_numbers(text: str, found: Sequence[DigitRun]) -> Iterator[PersonalDataMatch]:
    """Yield identity numbers in a half-width text, however their digits are spaced, alone or in a longer number."""
    taken = -1
    for run in found:
        for start, end, number in sorted(_windows(run)):
            if start > taken and is_identity(number) and not _is_code(text, start, number):
                taken = end - 1
                yield PersonalDataMatch(kind=PersonalDataKind.IDENTITY, start=start, end=end, digits=number)


def _windows(run: DigitRun) -> Iterator[tuple[int, int, str]]:
    """Yield eighteen characters made of whole groups, and any eighteen inside one longer group."""
    for part in run.parts(NEW_LENGTH, NEW_LENGTH, _DATED_NUMBER):
        yield part.start, part.end, part.digits
    for group in run.groups:
        if len(group.text) > NEW_LENGTH and group.end - group.start == len(group.text):
            for at in range(len(group.text) - NEW_LENGTH + 1):
                yield group.start + at, group.start + at + NEW_LENGTH, group.text[at : at + NEW_LENGTH]


def _is_code(text: str, start: int, number: str) -> bool:
    """Whether it is an organisation's code that happens to pass: by its label, or by its first digit."""
    return is_organisation_number(text, start) or (number[0] == _FOREIGN and is_credit_code(number))


def find_old_identity_numbers(text: str, found: Sequence[DigitRun]) -> Iterator[PersonalDataMatch]:
    """Yield old identity numbers, unless a label before them says that they are something else."""
    for run in found:
        for part in run.parts(OLD_LENGTH, OLD_LENGTH, _OLD_NUMBER):
            labelled = bool(_LABEL.search(label_before(text, part.start)))
            fits = part.is_unbroken or part.sizes in _OLD_GROUPS or labelled
            other = is_other_number(text, part.start) or continues_as_code(text, part.end)
            if fits and is_old_identity(part.digits) and (labelled or not other):
                yield PersonalDataMatch(
                    kind=PersonalDataKind.IDENTITY_OLD, start=part.start, end=part.end, digits=part.digits
                )


def find_mistyped_identity_numbers(text: str, found: Sequence[DigitRun]) -> Iterator[PersonalDataMatch]:
    """Yield numbers labelled as identity numbers with a wrong check character: a person's, with a mistyped digit."""
    for run in found:
        for part in run.parts(NEW_LENGTH, NEW_LENGTH, _NUMBER):
            called = _LABEL.search(label_before(text, part.start))
            if called and "身份" in called.group():
                yield PersonalDataMatch(
                    kind=PersonalDataKind.IDENTITY_LIKE, start=part.start, end=part.end, digits=part.digits
                )


def find_doubtful_identity_numbers(text: str, found: Sequence[DigitRun]) -> Iterator[PersonalDataMatch]:
    """Yield numbers with a region, a day and a wrong check character that nothing says are anything else.

    They may be numbers of permits or parcels, which are built alike, so a person looks: they are advice to whoever
    submits a text, and no record is refused for one.
    """
    for run in found:
        for part in run.parts(NEW_LENGTH, NEW_LENGTH, _DATED_NUMBER):
            fits = part.is_unbroken or part.sizes in _NEW_GROUPS
            other = is_other_number(text, part.start) or continues_as_code(text, part.end)
            looks = is_identity_like(part.digits) and not is_identity(part.digits)
            if fits and looks and not other and not is_credit_code(part.digits):
                yield PersonalDataMatch(
                    kind=PersonalDataKind.IDENTITY_DOUBTFUL,
                    start=part.start,
                    end=part.end,
                    digits=part.digits,
                )
