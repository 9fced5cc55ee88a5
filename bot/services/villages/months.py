"""Lists the villages' cases of one month, for the commands and the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from bot.services.app import OfficeApp
from config.calendar.working_calendar import Calendar
from config.declarations.duty import Duty
from config.declarations.villages.month import VillageRound
from config.errors import Refusal
from scheduler.villages.months import VillageMonth, read_month, village_rounds
from storage.eventlog.projections import CaseProjections
from storage.eventlog.recorded_office import known_calendar
from storage.events.case import Case


class NotAMonth(Refusal):
    """“{found}” is not a month. Write year-month, such as 2026-11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageMonthView:
    """A village's month with the duty that declares it."""

    duty: Duty
    round: VillageRound
    month: VillageMonth


def parse_month(text: str) -> date:
    """The first day of a month written as 2026-11. NotAMonth."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotAMonth(found=text) from None
    if f"{first:%Y-%m}" != text:
        raise NotAMonth(found=text)
    return first


def list_village_months(app: OfficeApp, first: date) -> list[VillageMonthView]:
    """The villages' cases of a month, in the order in which they were opened."""
    with app.log() as log:
        index = CaseProjections(log.connection, log.office, app.duties)
        return village_months(index, first, known_calendar(app.calendar, log))


def village_months(
    index: CaseProjections, first: date, calendar: Calendar, known: Mapping[int, Case] | None = None
) -> list[VillageMonthView]:
    """The same over an open connection; cases that the caller has ``known`` are not read again."""
    found: list[VillageMonthView] = []
    folded = known or {}
    for duty, names in village_rounds(index.duties):
        lines = index.lines_of_kind(duty.kind, first)
        numbers = [line.number for line in lines if line.opened_on == first]
        read = index.cases([number for number in numbers if number not in folded])
        found += [
            VillageMonthView(
                duty=duty, round=names, month=read_month(case, case.opening, duty, names, calendar)
            )
            for case in (folded.get(number) or read[number] for number in numbers)
            if case.opening
        ]
    return found
