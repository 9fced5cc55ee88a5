"""Parses days as people write them in a chat: “2026-12-01 至 2026-12-05”, “12月1日到5日”, “明天”."""

from __future__ import annotations

import re
from datetime import date, timedelta

from scheduler.validation.date_calculator import NotADay, read_day

RANGE_SEPARATOR = r"\s*(?:至|到|~|～|—|-{1,2}|to)\s*"
_RELATIVE_DAYS = {"今天": 0, "明天": 1, "后天": 2, "today": 0, "tomorrow": 1}
_DAY_PATTERN = r"\d{4}-\d\d-\d\d|(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]?|" + "|".join(_RELATIVE_DAYS)
_DAY_RANGE = re.compile(
    rf"({_DAY_PATTERN})(?:{RANGE_SEPARATOR}({_DAY_PATTERN}|\d{{1,2}}[日号]))?", re.IGNORECASE
)
_PARTIAL_DATE = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})[日号]?")
RECENT_PAST = timedelta(days=31)
"""A day without its year is taken for a future one, or for one of the last 31 days."""


def parse_date_range(text: str, today: date) -> tuple[date, date, str] | None:
    """The first and the last day in a text, and the rest of the text; None where it names no day. NotADay."""
    found = _DAY_RANGE.search(text)
    if found is None:
        return None
    first = _relative_day(found[1], today) or _parse_day(found[1], today, today - RECENT_PAST)
    last = _relative_day(found[2], today) or _parse_day(found[2], first, first) if found[2] else first
    return first, last, text[: found.start()] + text[found.end() :]


def _relative_day(text: str, today: date) -> date | None:
    later = _RELATIVE_DAYS.get(text.casefold())
    return None if later is None else today + timedelta(days=later)


def _parse_day(text: str, like: date, earliest: date) -> date:
    """A day that names no year, or no month, is the next one from ``earliest`` on."""
    named = _PARTIAL_DATE.fullmatch(text)
    if named is None:
        return read_day(text)
    year, month, day = (int(part) if part else 0 for part in named.groups())
    try:
        found = date(year or like.year, month or like.month, day)
        return found if year or not month or found >= earliest else found.replace(year=found.year + 1)
    except ValueError:  # 2月30日
        raise NotADay(found=text) from None
