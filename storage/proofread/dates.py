"""Checks the dates of a text: days that do not exist, wrong weekdays, periods that end early, years that disagree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from re import Match

from config.findings import Finding
from storage.proofread.passages import Passage, text_finding

_DAYS = "一二三四五六日"
_DAY = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]"
    r"(?:\s{0,3}[（(,，、]?\s{0,3}(?:星期|周|礼拜)(?P<weekday>[一二三四五六日天]))?"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年")
_SPAN = re.compile(
    r"(?P<first>(?:19|20)\d{2})年(?P<m1>\d{1,2})月(?:(?P<d1>\d{1,2})日)?(?:起)?(?:至|到|—+|-|～|~)"
    r"(?P<last>(?:19|20)\d{2})年(?P<m2>\d{1,2})月(?:(?P<d2>\d{1,2})日)?"
)
_WHOLE_YEAR = re.compile(r"((?:19|20)\d{2})年1月1日(?:起)?(?:至|到|—+|-)(?:\1年)?12月31日")
_NAMED_YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})年(?:度)?(?P<what>[^，。；、《》“”\s]{2,30})$")
_MONTH_END = 31  # a month without a day runs to its end
_LEAP = 2000  # a year that has 29 February: without a year the day may be any year's


def check_text_dates(passages: tuple[Passage, ...]) -> Iterator[Finding]:
    """Yield what is wrong with the dates of a text; a date without a year has the text's year, if it has only one."""
    years = {int(year) for passage in passages for year in _YEAR.findall(passage.text)}
    only = next(iter(years)) if len(years) == 1 else None
    title = next((passage.text for passage in passages if passage.place == "title"), "")
    for passage in passages:
        for found in _DAY.finditer(passage.text):
            yield from _check_day(found, passage, only)
        for found in _SPAN.finditer(passage.text):
            yield from _check_span(found, passage)
        if passage.text is not title:
            yield from _check_year(passage, title)


def _check_day(found: Match[str], passage: Passage, only: int | None) -> Iterator[Finding]:
    year = int(found["year"]) if found["year"] else only
    try:
        day = date(year or _LEAP, int(found["month"]), int(found["day"]))
    except ValueError:
        yield text_finding("text.no_such_day", passage, found.start(), found.end("day") + 1)
        return
    stated = (found["weekday"] or "").replace("天", "日")
    correct = _DAYS[day.weekday()]
    if year and stated and stated != correct:
        yield text_finding("text.weekday", passage, found.start(), found.end(), expected=f"星期{correct}")


def _check_span(found: Match[str], passage: Passage) -> Iterator[Finding]:
    """Find a period that ends before it begins: most often the year was copied from last year's text."""
    first = (int(found["first"]), int(found["m1"]), int(found["d1"] or 0))
    last = (int(found["last"]), int(found["m2"]), int(found["d2"] or _MONTH_END))
    if last < first:
        yield text_finding("text.span", passage, found.start(), found.end())


def _check_year(passage: Passage, title: str) -> Iterator[Finding]:
    """Find a period or a title of another year than the one in the text's own title."""
    named = _NAMED_YEAR.search(re.sub(r"[（(][^（()）]*[)）]$", "", title.strip()))
    if named is None or len(_YEAR.findall(title)) != 1:
        return
    what = re.escape(named["what"].lstrip("度"))
    same = re.compile(rf"(?<![《\d])((?:19|20)\d{{2}})年(?:度)?{what}")
    periods = _WHOLE_YEAR.finditer(passage.text) if re.search("报告|总结", named["what"]) else iter(())
    for found in (*periods, *same.finditer(passage.text)):
        if found[1] != named["year"]:
            spot = (passage, found.start(1), found.end(1))
            yield text_finding("text.year", *spot, expected=named["year"])
