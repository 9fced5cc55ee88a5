"""A term that ends on a day of the year; the opening names it by date, by working day or from another date.

The opening keeps the rule and never the day, so that a new notice on days off moves the date like any other
(``scheduler/terms/annual_day.py``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from config.declarations.annual_dates import (
    DATE_RULES,
    DIRECTIONS,
    FIXED,
    LAST_WORKDAY,
    MOVES,
    UNITS,
    WORKDAY,
)
from config.declarations.duty import Field, FieldType
from config.declarations.terms import Term

STANDALONE_RULES = {key: DATE_RULES[key] for key in (FIXED, WORKDAY, LAST_WORKDAY)}

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
