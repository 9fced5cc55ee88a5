"""Telephone numbers: a mobile number is a person's; a landline is told as advice, for it may be an office's.

Hotlines (12345, 110, 400-…) are nobody's. Numbers an office gives out itself are named in its own file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from storage.proofread.personal_data.digit_runs import Run, runs
from storage.proofread.personal_data.matches import Kind, Spot, before, counted, in_a_code, named_otherwise

_MOBILE = re.compile(r"(?:(?:00)?86)?(1[3-9]\d{9})")
_LANDLINE = re.compile(r"(?:0|(?:00)?860?)(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")
_AREA = re.compile(r"[(（](0\d{2,3})[)）]")
_LABEL = re.compile(
    r"(?:电话|手机|联系方式|联系人|座机|传真|热线|号码|微信|QQ|Tel|Phone|Mobile|Fax)[^，。；\d]{0,8}$",
    re.IGNORECASE,
)
_DIRECT = re.compile(r"(?:电话|座机|传真|热线|Tel|Phone|Fax)(?:号码?|为|是|[:：\s])*$", re.IGNORECASE)
_LETTERS = re.compile(
    r"(?<![A-Za-z])(?!(?:tel|phone|mobile|mob|m|t|p|wx|vx|v|x)[^A-Za-z]?$)[A-Za-z]+[-_]?$", re.IGNORECASE
)
_MOBILE_GROUPS = frozenset({(3, 4, 4), (3, 3, 5), (4, 4, 3), (3, 8), (7, 4), (5, 6)})
_LOCAL = re.compile(r"[2-8]\d{6,7}")
LOCAL_LEAST, LOCAL_MOST = 7, 8
LANDLINE_LEAST, LANDLINE_MOST = 10, 14
MOBILE_LEAST, MOBILE_MOST = 11, 15


def mobile_spots(text: str, found: Sequence[Run]) -> Iterator[Spot]:
    """Mobile numbers in a levelled text."""
    for run in found:
        for part in run.parts(MOBILE_LEAST, MOBILE_MOST):
            number = _MOBILE.fullmatch(part.digits.rstrip("X"))
            if number and _is_mobile(text, run, part):
                yield Spot(kind=Kind.MOBILE, start=part.start, end=part.end, digits=number[1])


def _is_mobile(text: str, run: Run, part: Run) -> bool:
    words = before(text, part.start)
    if _LABEL.search(words):
        return True
    if named_otherwise(text, part.start) or counted(text, part.start, part.end) or in_a_code(text, part.end):
        return False
    if _LETTERS.search(words) or _is_dated(part):
        return False
    return part.whole or (run.tiled(part) and _is_grouped(part))


def _is_grouped(part: Run) -> bool:
    """Parted as people part a mobile number; parted otherwise by spaces, it may be a row of figures."""
    of_country = part.sizes[1:] if part.digits.startswith(("86", "0086")) else part.sizes
    return bool({part.sizes, of_country} & _MOBILE_GROUPS) or set(part.sizes) == {1}


def _is_dated(part: Run) -> bool:
    """1999-12-31 123: a day and a number, not one number."""
    year, *rest = [group.text for group in part.groups]
    short = rest and len(rest[0]) <= len("12")
    return bool(re.fullmatch(r"1[89]\d{2}", year) and short)


def landline_spots(text: str, found: Sequence[Run]) -> Iterator[Spot]:
    """Landlines: with their area code, or called a telephone."""
    plain = _AREA.sub(r" \1-", text)
    for run in found if plain == text else runs(plain):
        for part in run.parts(LANDLINE_LEAST, LANDLINE_MOST):
            if _is_landline(plain, run, part):
                yield Spot(kind=Kind.LANDLINE, start=part.start, end=part.end, digits=part.digits)
        for part in run.parts(LOCAL_LEAST, LOCAL_MOST):
            called = _DIRECT.search(before(plain, part.start))
            if called and _LOCAL.fullmatch(part.digits):
                yield Spot(kind=Kind.LANDLINE, start=part.start, end=part.end, digits=part.digits)


def _is_landline(text: str, run: Run, part: Run) -> bool:
    """It begins with 0, or with the country's 86 where no figures stand around it."""
    if named_otherwise(text, part.start) or counted(text, part.start, part.end):
        return False
    domestic = part.digits.startswith("0")
    foreign = part.groups[0].text == "86" and (part.whole or run.tiled(part))
    return (domestic or foreign) and bool(_LANDLINE.fullmatch(part.digits))
