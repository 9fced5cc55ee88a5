"""The dates of the office's year as its file says them, and as a case is opened with them.

A date is a fixed day, the N-th or the last working day of a month, or so many days before or after another date of
the file. Another date is one step away, never two: then a person still sees why a date is what it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

FIXED, WORKDAY, LAST_WORKDAY, RELATIVE = "fixed", "workday", "last_workday", "relative"
DATE_RULES: Mapping[str, str] = {
    FIXED: "固定日期",
    WORKDAY: "当月第几个工作日",
    LAST_WORKDAY: "当月最后一个工作日",
    RELATIVE: "另一日期前后若干天",
}
NEXT, BEFORE, STAYS = "next", "before", "stays"
MOVES: Mapping[str, str] = {NEXT: "顺延到下一个工作日", BEFORE: "提前到上一个工作日", STAYS: "不移动"}
WORKING, CALENDAR = "working", "calendar"
UNITS: Mapping[str, str] = {WORKING: "工作日", CALENDAR: "日历日"}
DIRECTIONS: Mapping[str, str] = {"before": "之前", "after": "之后"}

REPORT_DATE_ID = "report"  # what the annual report's one date is called


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredAnnualDate:
    """A date of the office's year, as its file has it: ``[[date]]``."""

    id: str
    name: str
    owner: str
    rule: str = FIXED
    day: str = ""
    """MM-DD, where the rule is ``fixed``."""
    month: int = 0
    number: int = 0
    """Which working day of the month."""
    before: str = ""
    """The id of the date it comes so many ``days`` before; or after."""
    after: str = ""
    days: int = 0
    unit: str = WORKING
    moves: str = NEXT
    """Where it goes when it falls on a day off."""
    evidence: str = ""
    """What is to be filed before it can be closed."""
    sign_off: str = ""
    """The kind of the chain that signs its text; empty where nobody does."""
    article: str = ""
    ahead: int = 0
    """How many days before it the case begins; 0 where the kind's own number does."""

    @property
    def base(self) -> str:
        """The date it hangs on; empty where it stands by itself."""
        return self.before or self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualDate:
    """A date spelled out so that a case can keep it: nothing in it refers to another row of the file."""

    id: str
    name: str
    owner: str
    evidence: str
    sign_off: str
    article: str
    ahead: int
    rule: str
    month: int
    number: int
    root_moves: str
    """Where the date it hangs on goes; empty for a date that stands by itself."""
    offset: int
    way: str
    unit: str
    moves: str


def resolve_annual_dates(dates: Sequence[DeclaredAnnualDate]) -> Iterator[AnnualDate]:
    """The dates of an office's file; one that hangs on nothing known is left out (its file does not load)."""
    by_id = {own.id: own for own in dates}
    for own in dates:
        root = by_id.get(own.base) if own.rule == RELATIVE else own
        if root is None or root.rule == RELATIVE:
            continue
        month, number = month_and_number(root)
        hangs = root is not own
        yield AnnualDate(
            id=own.id,
            name=own.name,
            owner=own.owner,
            evidence=own.evidence,
            sign_off=own.sign_off,
            article=own.article,
            ahead=own.ahead,
            rule=root.rule,
            month=month,
            number=number,
            root_moves=root.moves if hangs else "",
            offset=own.days if hangs else 0,
            way=("before" if own.before else "after") if hangs else "",
            unit=own.unit if hangs else "",
            moves=own.moves,
        )


def month_and_number(own: DeclaredAnnualDate) -> tuple[int, int]:
    """The month, and the day of it or which of its working days."""
    if own.rule == FIXED:
        month, _, day = own.day.partition("-")
        return int(month), int(day)
    return own.month, own.number
