"""Finds telephone numbers: a mobile number is a person's, a landline where the words before it say whose it is.

Any other landline is only advice, as it may be an office's.
Hotlines (12345, 110, 400-…) are left out. Numbers that an office gives out are named in its own file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storage.proofread.personal_data.digit_runs import DigitRun, digit_runs
from storage.proofread.personal_data.matches import (
    PersonalDataKind,
    PersonalDataMatch,
    continues_as_code,
    is_amount,
    is_other_number,
    label_before,
)

_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9]\d{9})X?")
_LANDLINE = re.compile(r"(?:0|(?:00)?860?)(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")
_AREA = re.compile(r"[(（](0\d{2,3})[)）]")
_LABEL = re.compile(
    r"(?:电话|手机|联系方式|联系人|座机|传真|热线|号码|微信|QQ|Tel|Phone|Mobile|Fax)[^，。；\d]{0,8}$",
    re.IGNORECASE,
)
_PERSONS_OWN = re.compile(
    r"(?:(?:申请人|当事人|信访人|投诉人|举报人|来电人|户主|家属|监护人|被征收人|[一-龥]某{1,2}|家庭|家里|家中|住宅|个人|私人|本人)"
    r"的?(?:家庭|家里|住宅|个人|联系)?(?:电话|座机|固话|号码)|宅电)(?:号码?|为|是|[:：\s])*$"
)
_OFFICES_OWN = re.compile(
    r"(?:政府|局|中心|办|室|所|站|厅|窗口|委|院|馆|社|公司|学校|厂|热线|值班|总机|传真|前台|单位|部门|科|股|会|街道)[^。；\d]{0,12}$"
)
_DIRECT = re.compile(
    r"(?:电话|座机|固话|宅电|传真|热线|Tel|Phone|Fax)(?:号码?|为|是|[:：\s])*$", re.IGNORECASE
)
_LETTERS = re.compile(
    r"(?<![A-Za-z])(?!(?:tel|phone|mobile|mob|m|t|p|wx|vx|v|x)[^A-Za-z]?$)[A-Za-z]+[-_]?$", re.IGNORECASE
)
_MOBILE_GROUPS = frozenset({(3, 4, 4), (3, 3, 5), (4, 4, 3), (3, 8), (7, 4), (5, 6)})
_LOCAL = re.compile(r"[2-8]\d{6,7}")
MIN_LOCAL_DIGITS, MAX_LOCAL_DIGITS = 7, 8
MIN_LANDLINE_DIGITS, MAX_LANDLINE_DIGITS = 10, 14
MIN_MOBILE_DIGITS, MAX_MOBILE_DIGITS = 11, 15


def find_mobiles(text: str, found: Sequence[DigitRun]) -> Iterator[PersonalDataMatch]:
    """Yield mobile numbers in a half-width text."""
    for run in found:
        for part in run.parts(MIN_MOBILE_DIGITS, MAX_MOBILE_DIGITS, _MOBILE):
            number = _MOBILE.fullmatch(part.digits)
            if number and _is_mobile(text, run, part):
                yield PersonalDataMatch(
                    kind=PersonalDataKind.MOBILE, start=part.start, end=part.end, digits=number[1]
                )


def _is_mobile(text: str, run: DigitRun, part: DigitRun) -> bool:
    words = label_before(text, part.start)
    if _LABEL.search(words):
        return True
    if (
        is_other_number(text, part.start)
        or is_amount(text, part.start, part.end)
        or continues_as_code(text, part.end)
    ):
        return False
    if _LETTERS.search(words) or _is_dated(part):
        return False
    return part.is_unbroken or (run.is_repetition_of(part) and _is_grouped(part))


def _is_grouped(part: DigitRun) -> bool:
    """Whether it is spaced as people space a mobile number; spaced otherwise, it may be a row of figures."""
    of_country = part.sizes[1:] if part.digits.startswith(("86", "0086")) else part.sizes
    return bool({part.sizes, of_country} & _MOBILE_GROUPS) or set(part.sizes) == {1}


def _is_dated(part: DigitRun) -> bool:
    """Whether it is a day and a number, such as 1999-12-31 123, and not one number."""
    year, *rest = [group.text for group in part.groups]
    short = rest and len(rest[0]) <= len("12")
    return bool(re.fullmatch(r"1[89]\d{2}", year) and short)


def find_landlines(text: str, found: Sequence[DigitRun]) -> Iterator[PersonalDataMatch]:
    """Yield landlines with their area code, or with a label that says telephone."""
    plain = _AREA.sub(r" \1-", text)
    for run in found if plain == text else digit_runs(plain):
        for part in run.parts(MIN_LANDLINE_DIGITS, MAX_LANDLINE_DIGITS, _LANDLINE):
            if _is_landline(plain, run, part):
                yield _landline(plain, part)
        for part in run.parts(MIN_LOCAL_DIGITS, MAX_LOCAL_DIGITS, _LOCAL):
            if _DIRECT.search(label_before(plain, part.start)):
                yield _landline(plain, part)


def _landline(text: str, part: DigitRun) -> PersonalDataMatch:
    is_persons = bool(_PERSONS_OWN.search(label_before(text, part.start)))
    kind = PersonalDataKind.HOME_PHONE if is_persons else PersonalDataKind.LANDLINE
    return PersonalDataMatch(kind=kind, start=part.start, end=part.end, digits=part.digits)


def is_offices_landline(text: str, match: PersonalDataMatch) -> bool:
    """Whether the words before a landline name an office, so that it is no applicant's."""
    return bool(_OFFICES_OWN.search(label_before(text, match.start)))


def _is_landline(text: str, run: DigitRun, part: DigitRun) -> bool:
    """Whether it begins with 0, or with the country code 86 where no other figures stand around it."""
    if is_other_number(text, part.start) or is_amount(text, part.start, part.end):
        return False
    domestic = part.digits.startswith("0")
    foreign = part.groups[0].text == "86" and (part.is_unbroken or run.is_repetition_of(part))
    return domestic or foreign
