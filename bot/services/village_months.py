"""The villages' months of one month, as they stand: for the commands and for the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.services.app import Works
from config.declarations.duty import Duty
from config.declarations.village_round import Round
from config.errors import Refusal
from scheduler.villages.months import Month, read_month, rounds
from storage.eventlog.known_calendar import calendar_with
from storage.eventlog.projections import Index


class NotAMonth(Refusal):
    """“{found}” is not a month. Write year-month, such as 2026-11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A month with what it was declared by."""

    duty: Duty
    names: Round
    month: Month


def read_month_name(text: str) -> date:
    """The first day of a month as written. NotAMonth."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise NotAMonth(found=text) from None
    if f"{first:%Y-%m}" != text:
        raise NotAMonth(found=text)
    return first


def kept_months(works: Works, first: date) -> list[Kept]:
    """The villages' months of a month, in the order in which they were opened."""
    with works.log() as log:
        calendar = calendar_with(works.calendar, log)
        index = Index(log.connection, log.office, works.duties)
        found = []
        for duty, names in rounds(works.duties):
            lines = index.lines_of_kind(duty.kind, first)
            cases = index.cases([line.number for line in lines if line.opened_on == first])
            found += [
                Kept(duty=duty, names=names, month=read_month(case, case.opening, duty, names, calendar))
                for case in cases.values()
                if case.opening
            ]
    return found
