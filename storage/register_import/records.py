"""The rows of the three registers after every cell was read without a fault.

Terms are keys (``natural_person``, ``granted_days``); dates are the legal days the office wrote down. ``line`` is the
line of the row in the file, for messages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """A row of the requests register; without ``closed_on`` and ``result`` the request is open."""

    line: int
    number: str
    received_on: date
    applicant_kind: str
    closed_on: date | None = None
    result: str | None = None
    channel: str | None = None
    content: str = ""
    provided_as: str | None = None
    due_on: date | None = None
    extended_days: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A row of the registers for table 2: a quantity on a day, or an amount in yuan.

    Two equal rows are two entries (two penalties on one day), except for a stock, which is counted once.
    """

    line: int
    happened_on: date
    kind: str
    quantity: int | None = None
    amount_yuan: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRow:
    """A row of the disputes register; without ``concluded_on`` and ``outcome`` the dispute is pending."""

    line: int
    number: str
    route: str
    filed_on: date
    concluded_on: date | None = None
    outcome: str | None = None


ParsedRow = RequestRow | RegisterRow | DisputeRow
