"""Enters a year's notice on days off, and says which due dates of open cases it moves."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from bot.services.app import OfficeApp, user_phrasebook
from config.calendar.working_calendar import HolidayNotice
from config.errors import Refusal, Unreadable
from config.toml_lines import syntax_error_line
from scheduler.recording.context import ActingAccount
from scheduler.terms.deadlines import DueDateChange, due_date_changes
from storage.reading.formats.errors import read_error

_LINE = re.compile(r"(?P<name>[^\s：:，,\d]+)[\s：:，,]*(?P<rest>.+)")
_RANGE = re.compile(
    r"(?:(?P<year>20\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})日?(?:（[^）]*）)?"
    r"(?:(?:至|到|-|—|～|~)(?:(?P<last_year>20\d\d)年)?(?:(?P<last_month>\d{1,2})月)?(?P<last_day>\d{1,2})日?(?:（[^）]*）)?)?"
)
_WORK = re.compile(r"上班|补班")
MAX_RANGE = 31  # days: no holiday is longer


class NoticeLineUnread(Refusal):
    """Line {line} cannot be read: “{found}”. Write it as in the notice: 元旦 1月1日至3日放假，1月4日上班."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredNotice:
    """A notice as it was entered or tried, with what it moves."""

    notice: HolidayNotice
    changes: tuple[DueDateChange, ...]
    open_cases: int


def enter_notice(
    app: OfficeApp,
    data: Mapping[str, Any],
    *,
    by: str,
    means: str,
    dry_run: bool,
    account: ActingAccount | None = None,
) -> EnteredNotice:
    """Enter a notice, or only try it. BadInput with every finding where it does not add up."""
    with app.recorder.transaction(actor=by, means=means, account=account) as uow:
        notice = uow.office.enter_notice(data)
        calendar = uow.context.calendar
        cases = uow.context.cases(uow.context.index.open_cases())
        changes = due_date_changes(cases.values(), app.duties, calendar, calendar.with_notice(notice))
        found = EnteredNotice(notice=notice, changes=tuple(changes), open_cases=len(cases))
        if dry_run:
            uow.discard()
    return found


def notice_from_toml(content: bytes, name: str) -> dict[str, Any]:
    """The data of a notice that was written as a file. Unreadable with the line."""
    try:
        text = content.decode("utf-8-sig")
        return tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise read_error(name, "encoding") from error
    except tomllib.TOMLDecodeError as error:
        line, found = syntax_error_line(text, error)
        why, how = (
            user_phrasebook().say(f"calendar.{key}", line=line, found=found) for key in ("broken", "how")
        )
        raise Unreadable(file=name, why=why, next_step=how) from error


def notice_from_lines(
    year: int, number: str, title: str, issued_on: date | None, lines: Sequence[str]
) -> dict[str, Any]:
    """The data of a notice from its own sentences, one holiday a line. NoticeLineUnread.

    ``元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。`` is such a line. What it says besides
    the days is passed over.
    """
    holidays = [_holiday(year, at, line) for at, line in enumerate(lines, 1) if line.strip()]
    data: dict[str, Any] = {"year": year, "number": number, "title": title, "holiday": holidays}
    return data | ({"issued_on": issued_on} if issued_on else {})


def _holiday(year: int, at: int, line: str) -> dict[str, Any]:
    text = line.strip().lstrip("一二三四五六七八九十、.． ")
    found = _LINE.fullmatch(text)
    if found is None:
        raise NoticeLineUnread(line=at, found=line.strip()[:40])
    off: list[date] = []
    work: list[date] = []
    for clause in re.split(r"[。；;]|(?<=放假)[，,]|，(?=\d{1,2}月\d{1,2}日[^，。]*上班)", found["rest"]):
        days = _days(year, clause)
        (work if _WORK.search(clause) else off).extend(days)
    if not off:
        raise NoticeLineUnread(line=at, found=line.strip()[:40])
    return {"name": found["name"], "off": off} | ({"work": work} if work else {})


def _days(year: int, clause: str) -> list[date]:
    days: list[date] = []
    for found in _RANGE.finditer(clause):
        try:
            first = date(int(found["year"] or year), int(found["month"]), int(found["day"]))
            last = (
                date(
                    int(found["last_year"] or first.year),
                    int(found["last_month"] or first.month),
                    int(found["last_day"]),
                )
                if found["last_day"]
                else first
            )
        except ValueError:
            return []
        if (last - first).days > MAX_RANGE:
            return []
        days += [first + timedelta(days=place) for place in range((last - first).days + 1)]
    return days
