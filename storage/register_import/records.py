"""What a register's row says once every cell of it was read and found in order.

Keys stand for words (``natural_person``, ``granted_days``); dates are the legal days the office wrote down.
``line`` is where the row stands in the file, for sentences; it is no part of what the row says.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One request. Without ``closed_on`` and ``result`` it is still open."""

    line: int
    number: str
    received_on: date
    applicant_kind: str
    closed_on: date | None = None
    result: str | None = None
    channel: str | None = None
    due_on: date | None = None
    extended_days: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One entry of table 2's registers: so many on that day, or so many yuan.

    Two equal rows are two entries (two penalties on one day), except for a stock, which is counted once.
    """

    line: int
    happened_on: date
    kind: str
    quantity: int | None = None
    amount_yuan: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRow:
    """One reconsideration or lawsuit. Without ``concluded_on`` and ``outcome`` it is pending."""

    line: int
    number: str
    route: str
    filed_on: date
    concluded_on: date | None = None
    outcome: str | None = None


ParsedRow = RequestRow | RegisterRow | DisputeRow
