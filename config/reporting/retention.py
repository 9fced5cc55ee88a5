"""How long the papers of a case are kept, by its kind, and when a case may be proposed for disposal.

The periods are permanent, thirty and ten years (国家档案局令第8号 [unconfirmed]: its table was not read); which kind
falls under which is each office's own [practice]. Nothing is disposed of by the program: it lists, a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

PERMANENT = 0
THIRTY, TEN = 30, 10
BASIS = "国家档案局令第8号（待核实）"
RETENTION_YEARS: Mapping[str, int] = {
    "request": THIRTY,
    "dispute": PERMANENT,
    "publication": TEN,
    "annual_report": PERMANENT,
    "normative_document": PERMANENT,
    "record_correction": THIRTY,
    "complaint": THIRTY,
    "penalty_withdrawal": TEN,
    "message": TEN,
    "posted_notice": TEN,
    "village_affairs": TEN,
    "county_review": TEN,
    "assessment_result": THIRTY,
    "village_report": TEN,
    "village_item": TEN,
    "bulletin": TEN,
    "yearly": TEN,
}
"""Years by kind, 0 for permanent; a kind without papers of its own stands here not at all."""


def kept_until(kind: str, closed_on: date) -> date | None:
    """The last day of the period, the end of a year; None for permanent or unlisted."""
    years = RETENTION_YEARS.get(kind, PERMANENT)
    return date(closed_on.year + years, 12, 31) if years else None


def period_words(kind: str) -> str:
    """The period in words."""
    years = RETENTION_YEARS.get(kind, PERMANENT)
    return f"{years}年" if years else "永久"
