"""Decides what a bulletin has counted: up to which entry, which months, and whether a correction changes it."""

from __future__ import annotations

from datetime import date

from config.declarations.duty import Duty
from config.declarations.keys import MONTH_FIELD, VILLAGE_FIELD
from config.declarations.terms import Recount
from config.office.model import Office
from scheduler.villages.bulletin_counting import village_name
from scheduler.villages.months import MONTHS_PER_QUARTER, month_before
from storage.events.case import Case
from storage.events.events import Drafted, Opened, Record, Stepped

RECOUNTED = "数字已经重新计。请重新生成通报再送审。"  # stored in the log, and read by the office
CORRECTED = "{village} {month} 的记录有更正（第 {case} 号），" + RECOUNTED


def counted_until(case: Case, duty: Duty, *, as_published: bool = False) -> int:
    """Return the log position up to which a bulletin counts: its opening, or its last recount.

    With ``as_published``, a recount after the last draft is left out, as it is not in the published text.
    """
    recounts = {step.key for step in duty.steps if isinstance(step.effect, Recount)}
    drafts = [entry.position for entry in case.entries if isinstance(entry.record, Drafted)]
    until = max(drafts) if as_published and drafts else None
    places = (
        entry.position
        for entry in case.entries
        if isinstance(entry.record, Opened)
        or (isinstance(entry.record, Stepped) and entry.record.step in recounts)
    )
    return max((place for place in places if until is None or place < until), default=0)


def counted_since(month: date) -> date:
    """Return the first month that a month's bulletin reads: the year's first, or the quarter that it scores."""
    return min(month.replace(month=1), month_before(month, MONTHS_PER_QUARTER))


def has_counted(bulletin: Case, declared: Duty, case: Case, position: int, right: Record | None) -> bool:
    """Whether a bulletin has counted the fact at ``position`` of a month or an item, or counts what replaces it.

    ``right`` is the fact that replaces it; None where it is struck out. Months before the ones a bulletin reads are
    not in it, nor are later ones, unless the correction moves an item between them and the bulletin's.
    """
    if counted_until(bulletin, declared) < position:
        return False
    try:
        last = date.fromisoformat(f"{bulletin.facts.get(MONTH_FIELD, '')}-01")
    except ValueError:
        return True  # a month written by hand that names none: rather counted once too often
    months = {case.facts.get(MONTH_FIELD), *(_month_of(right) if isinstance(right, Opened) else ())}
    return any(f"{counted_since(last):%Y-%m}" <= str(month) <= f"{last:%Y-%m}" for month in months)


def corrected_reason(office: Office, case: Case) -> str:
    """Return why a bulletin's text is returned after a correction of this case, in the words of the office."""
    village = village_name(office, str(case.facts.get(VILLAGE_FIELD, "")))
    return CORRECTED.format(village=village, month=case.facts.get(MONTH_FIELD, ""), case=case.number)


def _month_of(opened: Opened) -> set[str | int]:
    return {opened.facts[MONTH_FIELD]} if MONTH_FIELD in opened.facts else set()
