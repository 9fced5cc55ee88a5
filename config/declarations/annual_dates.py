"""The dates of the office's year: the rules by which a file says them, and the term of a case opened with one.

A date is a fixed day, the N-th or the last working day of a month, or so many days before or after another date of
the file. Another date is one step away, never two: then a person still sees why a date is what it is. A case keeps
the rule and never the day, so that a new notice on days off moves the date (``scheduler/terms/annual_day.py``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from config.declarations.duty import Field, FieldType
from config.declarations.terms import Term

FIXED, WORKDAY, LAST_WORKDAY, RELATIVE = "fixed", "workday", "last_workday", "relative"


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRule:
    """A way to say on which day of the year a date falls; its arithmetic is in ``scheduler/terms/annual_day.py``."""

    label: str
    needs: tuple[str, ...]
    """The keys of ``[[date]]`` that must be filled in."""
    may_use: tuple[str, ...] = ()
    """The keys that it reads besides."""
    stands_alone: bool = True
    """Whether it names its day without another date; only such a rule is kept in a case."""
    can_be_day_off: bool = False


DATE_RULES: Mapping[str, DateRule] = {
    FIXED: DateRule(label="固定日期", needs=("day",), can_be_day_off=True),
    WORKDAY: DateRule(label="当月第几个工作日", needs=("month", "number")),
    LAST_WORKDAY: DateRule(label="当月最后一个工作日", needs=("month",)),
    RELATIVE: DateRule(
        label="另一日期前后若干天", needs=("days",), may_use=("before", "after"), stands_alone=False
    ),
}
DATE_RULE_KEYS = ("day", "month", "number", "before", "after", "days")
"""Every key of ``[[date]]`` that some rule reads."""
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


STANDALONE_RULES = {key: rule.label for key, rule in DATE_RULES.items() if rule.stands_alone}

ANNUAL_TERM_FIELDS = (
    Field(key="rule", label="日期怎么定", type=FieldType.CHOICE, choices=STANDALONE_RULES, required=True),
    Field(key="month", label="月", type=FieldType.NUMBER, required=True),
    Field(key="number", label="几日，或第几个工作日", type=FieldType.NUMBER),
    Field(key="root_moves", label="所依据的日期遇休息日", type=FieldType.CHOICE, choices=MOVES),
    Field(key="offset", label="相隔天数", type=FieldType.NUMBER),
    Field(key="way", label="之前或之后", type=FieldType.CHOICE, choices=DIRECTIONS),
    Field(key="unit", label="按什么天数", type=FieldType.CHOICE, choices=UNITS),
    Field(key="moves", label="遇休息日", type=FieldType.CHOICE, choices=MOVES, required=True),
)
"""The fields in which an opening names its day, as ``AnnualDate`` has them."""

ANNUAL_TERM_FACTS: Mapping[str, str] = {field.key: field.key for field in ANNUAL_TERM_FIELDS}
"""The same fields, written from a row of that kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnualTerm(Term):
    """Ends on the day of ``ANNUAL_TERM_FIELDS``, ``years_later`` years after the year of the field ``year``."""

    days: int = 0
    year: str
    years_later: int = 0
