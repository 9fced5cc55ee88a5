"""Reads days and spans of days as people write them: “12月1日到5日”, “下周一到周五”, “今天起三天”, “11.3-11.5”.

Everything is relative to the day on which it was said. A day that may be misread (it is past, the span is reversed,
or the words leave a choice) comes back with its doubt, and whoever reads it asks: it is never moved to another year.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from scheduler.validation.date_calculator import NotADay, read_day

ONE_DAY = timedelta(days=1)
DAYS_PER_WEEK = 7
WEEKDAYS = {sign: number for number, sign in enumerate("一二三四五六日")} | {"天": 6}
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2}
_RELATIVE_DAYS = {
    "大后天": 3, "后天": 2, "明天": 1, "明日": 1, "今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "前天": -2,
    "day after tomorrow": 2, "tomorrow": 1, "today": 0, "yesterday": -1,
}  # fmt: skip
_FIXED_HOLIDAYS = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "国庆节": (10, 1), "国庆": (10, 1)}
_WEEK_SHIFTS = {"": 0, "这": 0, "本": 0, "下": 1, "下个": 1, "下下": 2, "上": -1, "上个": -1}
_BARE = r"(?<!\d)\d{1,2}(?=\s{0,4}(?:至|到|~|～|-)\s{0,4}\d{1,2}[日号])"
_RANGE = r"\s{0,4}(?:至|到|~|～|—|－|-{1,2}|to)\s{0,4}"
_RELATIVE = "|".join(_RELATIVE_DAYS)
_WEEKDAY = r"(?:下下|下个|上个|[这本下上])?(?:周|星期|礼拜)[一二三四五六日天]"
_MONTH_DAY = r"(?:\d{4}年|今年|明年)?\s?\d{1,2}月\s?\d{1,2}(?!\d)[日号]?"
_NUMERIC = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[./]\d{1,2}(?![\d.]|\s{0,2}[元%万])"
_DAY = rf"(?:{_NUMERIC}|{_MONTH_DAY}|下个?月\d{{1,2}}[日号]|{_RELATIVE}|{_WEEKDAY}|(?<!\d)\d{{1,2}}[日号])"
_COUNT = r"(\d{1,3})\s{0,2}(?:个)?(?:工作日|天|日(?!常)|days?)"
_SPAN = re.compile(
    rf"(?:从|自|from)?\s{{0,2}}({_DAY}|{_BARE}){_RANGE}({_DAY}|\d{{1,2}}(?![\d月年条件人家份]))",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"(?:从|自|from)?\s{{0,2}}({_DAY})\s{{0,2}}(?:起|开始|for)?\s{{0,2}}(?:请假|休假)?\s{{0,2}}{_COUNT}",
    re.IGNORECASE,
)
_UNTIL = re.compile(rf"(?:到|至|until|till)\s{{0,2}}({_DAY})", re.IGNORECASE)
_WHOLE_WEEK = re.compile(r"(下下|下个|[这本下])(?:周|星期|礼拜)(?![一二三四五六日天末])")
_AFTER_HOLIDAY = re.compile(rf"({'|'.join(_FIXED_HOLIDAYS)})(?:节|假期)?后(?:第)?(\d{{0,2}})天?")
_ONE = re.compile(_DAY, re.IGNORECASE)
_LENGTH_ALONE = re.compile(rf"(?<![\d号日]){_COUNT}")
_NUMERAL = re.compile(r"(?<!周)(?<!星期)(?<!礼拜)[一二三四五六七八九十两]{1,3}(?=月|号|天|日|个工作日)")
_EIGHT_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_AND_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
_WEEKDAY_BEHIND = re.compile(r"(?<=[日号\d])\(?(?:周|星期|礼拜)[一二三四五六日天]\)?$")
_HALF_WIDTH = {sign: sign - 0xFEE0 for sign in range(0xFF01, 0xFF5F)} | {0x3000: " "}
DAY_EXPRESSION = (
    rf"(?:{_DAY}(?:{_RANGE}(?:{_DAY}|\d{{1,2}}))?|(?:下下|下个|[这本下])(?:周|星期|礼拜)|上个?月|\d{{1,2}}月)"
)
"""A pattern of a day or a span, as part of another expression."""


class SpanDoubt(StrEnum):
    """Why a span of days has to be asked about."""

    PAST = "past"  # it lies before the day on which it was said
    REVERSED = "reversed"  # it ends before it begins
    VAGUE = "vague"  # the words leave a choice


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySpan:
    """A span of days that somebody wrote."""

    first: date
    last: date
    rest: str
    """The text without the words for the days."""
    doubt: SpanDoubt | None = None


def read_span(text: str, today: date, is_working_day: Callable[[date], bool] | None = None) -> DaySpan | None:
    """The span of days in a text said on ``today``; None where it names none. Raises NotADay for no real day."""
    text = _with_digits(text)
    for read in (
        _read_range,
        _read_counted,
        _read_week,
        _read_holiday,
        _read_until,
        _read_single,
        _read_length,
    ):
        if span := read(text, today, is_working_day or _always):
            return _judged(span, today)
    return None


def read_single_day(text: str, today: date) -> date:
    """The one day that a whole text names, said on ``today``. Raises NotADay for anything else.

    A day without its year is this year's, and one without its month this month's: they are not moved.
    """
    found = _ONE.fullmatch(_with_digits(text.strip()))
    if found is None:
        raise NotADay(found=text)
    return _day_of(found[0], today)


def half_width(text: str) -> str:
    """The text with its full-width digits, letters and signs at half width, and without spaces around it."""
    return text.translate(_HALF_WIDTH).strip()


def read_typed_day(text: str, today: date) -> date:
    """The day that somebody typed into a field on ``today``: ５月３日, 20260503, 5-3, 2026年5月3日（周日）, 昨天.

    A day without its year is this year's; it is never moved. Raises NotADay for what names no one real day.
    """
    said = "".join(half_width(text).split()).replace("。", ".") if _has_chinese(text) else half_width(text)
    said = _WEEKDAY_BEHIND.sub("", said)
    if eight := _EIGHT_DIGITS.fullmatch(said):
        return read_day("-".join(eight.groups()))
    if short := _MONTH_AND_DAY.fullmatch(said):
        said = f"{short[1]}.{short[2]}"
    try:
        return read_single_day(said, today)
    except NotADay:
        raise NotADay(found=text) from None


def _has_chinese(text: str) -> bool:
    return any("一" <= sign <= "鿿" or sign == "。" for sign in text)


def _read_range(text: str, today: date, _: Callable[[date], bool]) -> DaySpan | None:
    found = _SPAN.search(text)
    if found is None:
        return None
    first = _day_of(found[1], today)
    word = found[2].casefold().strip()
    said_by_itself = (
        word in _RELATIVE_DAYS or word[0] in "下这本上"
    )  # counted from the day on which it was said
    last = _day_of(f"{word}日" if word.isdigit() else word, today if said_by_itself else first, after=first)
    vague = SpanDoubt.VAGUE if _is_vague(found[1]) else None
    if last < first and last.month + 12 - first.month in {1, 2} and not re.search(r"\d{4}", found[0]):
        last, vague = date(last.year + 1, last.month, last.day), SpanDoubt.VAGUE  # 12月30日到1月3日
    return DaySpan(first=first, last=last, rest=_without(text, found), doubt=vague)


def _read_counted(text: str, today: date, _: Callable[[date], bool]) -> DaySpan | None:
    found = _COUNTED.search(text)
    if found is None or not int(found[2]):
        return None
    first = _day_of(found[1], today)
    last = first + timedelta(days=int(found[2]) - 1)
    return DaySpan(first=first, last=last, rest=_without(text, found), doubt=SpanDoubt.VAGUE)


def _read_week(text: str, today: date, _: Callable[[date], bool]) -> DaySpan | None:
    """A whole week, from Monday (or today) to Friday."""
    found = _WHOLE_WEEK.search(text)
    if found is None or _ONE.search(text):
        return None
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_WEEK_SHIFTS[found[1]])
    first, last = max(monday, today), monday + timedelta(days=4)
    return DaySpan(first=first, last=max(first, last), rest=_without(text, found), doubt=SpanDoubt.VAGUE)


def _read_holiday(text: str, today: date, is_working_day: Callable[[date], bool]) -> DaySpan | None:
    """The n-th day after a holiday is over, the first where no number is given."""
    found = _AFTER_HOLIDAY.search(text)
    if found is None:
        return None
    month, number = _FIXED_HOLIDAYS[found[1]]
    day = _this_or_next_year(today, month, number)
    while not is_working_day(day):
        day += ONE_DAY
    day += timedelta(days=max(0, int(found[2] or 1) - 1))
    return DaySpan(first=day, last=day, rest=_without(text, found), doubt=SpanDoubt.VAGUE)


def _read_until(text: str, today: date, _: Callable[[date], bool]) -> DaySpan | None:
    found = _UNTIL.search(text)
    if found is None:
        return None
    last = _day_of(found[1], today)
    return DaySpan(first=today, last=last, rest=_without(text, found), doubt=SpanDoubt.VAGUE)


def _read_single(text: str, today: date, _: Callable[[date], bool]) -> DaySpan | None:
    found = _ONE.search(text)
    if found is None:
        return None
    day = _day_of(found[0], today)
    vague = SpanDoubt.VAGUE if _is_vague(found[0]) else None
    return DaySpan(first=day, last=day, rest=_without(text, found), doubt=vague)


def _read_length(text: str, today: date, _: Callable[[date], bool]) -> DaySpan | None:
    found = _LENGTH_ALONE.search(text)
    if found is None or not int(found[1]):
        return None
    last = today + timedelta(days=int(found[1]) - 1)
    return DaySpan(first=today, last=last, rest=_without(text, found), doubt=SpanDoubt.VAGUE)


def _judged(span: DaySpan, today: date) -> DaySpan:
    if span.last < span.first:
        return replace(span, doubt=SpanDoubt.REVERSED)
    return replace(span, doubt=SpanDoubt.PAST) if span.first < today else span


def _is_vague(word: str) -> bool:
    """Whether a day could be another one: a weekday of no named week, or a day of no named month."""
    low = word.casefold().strip()
    return not (low in _RELATIVE_DAYS or "月" in low or re.match(r"\d{1,4}[-/.]", low) or low[0] in "下这本")


def _day_of(word: str, like: date, *, after: date | None = None) -> date:
    """A day as a word names it; what the word leaves out is taken from ``like``, or comes after another day."""
    low = word.casefold().strip()
    if low in _RELATIVE_DAYS:
        return like + timedelta(days=_RELATIVE_DAYS[low])
    if weekday := re.fullmatch(r"(下下|下个|上个|[这本下上])?(?:周|星期|礼拜)([一二三四五六日天])", low):
        return _weekday(weekday[1] or "", WEEKDAYS[weekday[2]], like, after)
    numbers = [int(part) for part in re.findall(r"\d+", low)]
    if next_month := re.fullmatch(r"下个?月\d+[日号]", low):
        year, month = divmod(like.year * 12 + like.month, 12)
        return _made(next_month[0], year, month + 1, numbers[0])
    if re.match(r"\d{4}", low):
        return _made(word, *numbers) if len(numbers) == 3 else _made(word, 0, 0, 0)  # noqa: PLR2004
    year = like.year + ("明年" in low)
    month, day = (numbers[0], numbers[1]) if len(numbers) > 1 else (like.month, numbers[0])
    return _made(word, year, month, day)


def _weekday(shift: str, weekday: int, like: date, after: date | None) -> date:
    """A day of a named week; of no named week, the next one from ``like`` on."""
    if not shift:
        start = after or like
        return start + timedelta(days=(weekday - start.weekday()) % DAYS_PER_WEEK)
    return like - timedelta(days=like.weekday()) + timedelta(weeks=_WEEK_SHIFTS[shift], days=weekday)


def _this_or_next_year(today: date, month: int, day: int) -> date:
    this = date(today.year, month, day)
    return this if this + timedelta(weeks=2) >= today else date(today.year + 1, month, day)


def _made(word: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:  # 2月30日
        raise NotADay(found=word) from None


def _with_digits(text: str) -> str:
    """The text with the Chinese numerals before 月, 号, 日 and 天 as digits."""
    return _NUMERAL.sub(lambda found: str(_number(found[0]) or found[0]), text)


def _number(text: str) -> int:
    tens, ten, ones = text.partition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)


def _without(text: str, found: re.Match[str]) -> str:
    return text[: found.start()] + text[found.end() :]


def _always(_: date) -> bool:
    return True


def read_month_number(text: str) -> int:
    """The month that a text such as “10月” names, from 1 to 12; 0 where it names none."""
    found = re.search(r"(?<!\d)(\d{1,2})月", _with_digits(text))
    return int(found[1]) if found and 1 <= int(found[1]) <= 12 else 0  # noqa: PLR2004 - months of a year
