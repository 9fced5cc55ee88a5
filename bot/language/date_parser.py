"""Days as people say them in a chat: “2026-12-01 至 2026-12-05”, “12月1日到5日”, “明天”."""

from __future__ import annotations

import re
from datetime import date, timedelta

from scheduler.validation.date_calculator import NotADay, read_day

TO = r"\s*(?:至|到|~|～|—|-{1,2}|to)\s*"
_WORDS = {"今天": 0, "明天": 1, "后天": 2, "today": 0, "tomorrow": 1}
_DAY = r"\d{4}-\d\d-\d\d|(?:\d{4}年)?\d{1,2}月\d{1,2}[日号]?|" + "|".join(_WORDS)
_DAYS = re.compile(rf"({_DAY})(?:{TO}({_DAY}|\d{{1,2}}[日号]))?", re.IGNORECASE)
_NAMED = re.compile(r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})[日号]?")
JUST_PAST = timedelta(days=31)
"""Whoever names a day without its year means one that is to come, or one that has just been."""


def days_in(text: str, today: date) -> tuple[date, date, str] | None:
    """The first and the last day in a text, and what else stands there; None without any. NotADay."""
    found = _DAYS.search(text)
    if found is None:
        return None
    first = _spoken(found[1], today) or _day(found[1], today, today - JUST_PAST)
    last = _spoken(found[2], today) or _day(found[2], first, first) if found[2] else first
    return first, last, text[: found.start()] + text[found.end() :]


def _spoken(text: str, today: date) -> date | None:
    later = _WORDS.get(text.casefold())
    return None if later is None else today + timedelta(days=later)


def _day(text: str, like: date, earliest: date) -> date:
    """A day that names no year, or no month, is the next one from ``earliest`` on."""
    named = _NAMED.fullmatch(text)
    if named is None:
        return read_day(text)
    year, month, day = (int(part) if part else 0 for part in named.groups())
    try:
        found = date(year or like.year, month or like.month, day)
        return found if year or not month or found >= earliest else found.replace(year=found.year + 1)
    except ValueError:  # 2月30日
        raise NotADay(found=text) from None
