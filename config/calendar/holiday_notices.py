"""Reads a notice on days off from its table into the calendar's ``HolidayNotice``.

A notice is entered as a table, as in ``config/data/holidays``: year, number, title, issued_on, papers; then a
``[[holiday]]`` for each holiday with its name, the days ``off``, the make-up days to ``work`` and, where the
paper names it, the ordinary working day on which work ``resumes``; a ``[[supplement]]`` for each later paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from config.calendar.working_calendar import SATURDAY, Calendar, HolidayNotice, build_calendar
from config.errors import BadInput
from config.findings import Finding, Severity, has_errors

DECEMBER_TAIL = 25  # a notice reaches back to the last week of the December before it, for New Year's Day
MOST_DAYS_OFF = 15
"""Working days by which a notice lengthens a term at most [practice]: those of 2019 to 2026 moved one by 12 to 14."""


def shipped_calendar(raw: Mapping[int, Mapping[str, Any]]) -> Calendar:
    """The calendar of the notices that ship with the program (``shipped_data.load_holiday_notices()``)."""
    return build_calendar(_shipped_notice(year, data) for year, data in raw.items())


def _shipped_notice(year: int, data: Mapping[str, Any]) -> HolidayNotice:
    notice = read_notice(data, file=f"{year}.toml")
    if notice.year != year:
        raise BadInput([_finding("file_year", "year", notice.year, str(year))], file=f"{year}.toml")
    return notice


def read_notice(data: Mapping[str, Any], *, file: str = "") -> HolidayNotice:
    """The notice written in this table; refused with every finding at once when it does not add up."""
    findings = check_notice(data)
    if has_errors(findings):
        raise BadInput(findings, file=file)
    entries = [(entry, _parse_day(entry.written)) for entry in _written_days(data)]
    dated = [(entry, day) for entry, day in entries if day is not None]
    documents = [data, *(table for _place, table in _tables_with_place(data, "supplement"))]
    return HolidayNotice(
        year=data["year"],
        numbers=tuple(str(document["number"]) for document in documents if document.get("number")),
        off={day: entry.name for entry, day in dated if entry.part == "off"},
        work={day: entry.name for entry, day in dated if entry.part == "work"},
        bases={day: entry.number for entry, day in dated if entry.number},
        titles=tuple(str(document["title"]) for document in documents if document.get("title")),
        issued_on=_parse_day(data.get("issued_on")),
        papers=tuple(str(paper) for paper in _as_list(data.get("papers"))),
    )


def check_notice(data: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The findings in a notice's table. A notice without its number gets only a warning."""
    year = data.get("year")
    if not isinstance(year, int) or not 2000 <= year < 3000:  # noqa: PLR2004 - four digits, no typing slip
        return (Finding(rule="calendar.year", place="year", found=_as_text(year), expected="2027"),)
    entries = tuple(_written_days(data))
    findings = [*_key_findings(data), *_day_findings(entries, year), *_clash_findings(entries)]
    if not any(entry.part == "off" for entry in entries):
        findings.append(
            Finding(rule="calendar.none_off", place="holiday", expected=f"off = [{year}-01-01, …]")
        )
    return tuple(findings)


_DAY_KEYS = ("off", "work", "resumes")
_ALLOWED_KEYS = {
    "": {"year", "number", "title", "issued_on", "papers", "supplement", "holiday", *_DAY_KEYS},
    "supplement": {"number", "title", "issued_on"},
    "holiday": {"name", "number", *_DAY_KEYS},
}


class _WrittenDay(NamedTuple):
    """One date as written, with its place in the table."""

    part: str
    written: object
    place: str
    name: str
    number: str


def _written_days(data: Mapping[str, Any]) -> Iterator[_WrittenDay]:
    """Every date; days written beside the year, under no holiday, are as good but have no name."""
    for place, holiday in (("", data), *_tables_with_place(data, "holiday")):
        name, number = str(holiday.get("name", "")), str(holiday.get("number", ""))
        for part in _DAY_KEYS:
            for written in _as_list(holiday.get(part)):
                yield _WrittenDay(part, written, f"{place}.{part}".lstrip("."), name, number)


def _key_findings(data: Mapping[str, Any]) -> Iterator[Finding]:
    """A misspelt word would silently lose what stands under it, so none is passed over."""
    numbers = {
        str(table.get("number", ""))
        for _place, table in (("", data), *_tables_with_place(data, "supplement"))
    }
    if not data.get("number"):
        yield Finding(rule="calendar.number", severity=Severity.WARNING, place="number")
    if "issued_on" in data and _parse_day(data["issued_on"]) is None:
        yield _finding("not_a_day", "issued_on", data["issued_on"], "2026-11-04")
    tables = [
        (kind, *placed) for kind in ("supplement", "holiday") for placed in _tables_with_place(data, kind)
    ]
    for kind, place, table in [("", "", data), *tables]:
        for word in sorted(set(table) - _ALLOWED_KEYS[kind]):
            yield _finding("word", place, word, ", ".join(sorted(_ALLOWED_KEYS[kind])))
        if "number" in table and str(table["number"]) not in numbers:
            yield _finding("paper", f"{place}.number", table["number"], ", ".join(sorted(numbers)))


def _day_findings(entries: Iterable[_WrittenDay], year: int) -> Iterator[Finding]:
    earliest, latest = date(year - 1, 12, DECEMBER_TAIL), date(year, 12, 31)
    for entry in entries:
        day = _parse_day(entry.written)
        if day is None:
            yield _finding("not_a_day", entry.place, entry.written, f"{year}-10-01")
        elif not earliest <= day <= latest:
            yield _finding("outside", entry.place, day, f"{earliest}…{latest}")
        elif entry.part == "work" and day.weekday() < SATURDAY:
            yield _finding("work_on_weekday", entry.place, day)
        elif entry.part == "resumes" and day.weekday() >= SATURDAY:
            yield _finding("resumes_on_weekend", entry.place, day)


def _clash_findings(entries: Iterable[_WrittenDay]) -> Iterator[Finding]:
    before: dict[date, _WrittenDay] = {}
    for entry in entries:
        day = _parse_day(entry.written)
        if day is None:
            continue
        other = before.setdefault(day, entry)
        if other is not entry:
            rule = "twice" if other.part == entry.part else "off_and_work"
            yield _finding(rule, entry.place, day, other=other.place)


def _finding(rule: str, place: str, found: object, expected: str = "", **words: str) -> Finding:
    return Finding(
        rule=f"calendar.{rule}", place=place, found=_as_text(found), expected=expected, words=words
    )


def _parse_day(written: object) -> date | None:
    """A date of the table, or the text a stored notice has in its place."""
    if isinstance(written, str):
        try:
            return date.fromisoformat(written)
        except ValueError:
            return None
    return written if isinstance(written, date) and not isinstance(written, datetime) else None


def _tables_with_place(data: Mapping[str, Any], word: str) -> list[tuple[str, Mapping[str, Any]]]:
    """The tables under a word, each with its place; what is no table has no words and shows as one."""
    tables = (
        table if isinstance(table, Mapping) else {str(table): None} for table in _as_list(data.get(word))
    )
    return [(f"{word}#{count}", table) for count, table in enumerate(tables, 1)]


def _as_list(value: object) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _as_text(value: object) -> str:
    return "" if value is None else str(value)
