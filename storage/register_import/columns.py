"""The columns of the three registers: one table for reading a file, checking it, recording it and writing it back.

A column's names stand in offices' spreadsheets, so they may be added to, never changed. A further field of a request
is one row here, beside its declaration in ``config/duties/`` (with its key in ``config/declarations/keys.py``): the
file is read by it, the field of the case is filled by it, and the register that an inspector asks for has its column
(``bot/services/lists/request_register.py``). A letter that shows it names it in its kind's ``facts.toml``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Literal

from config.declarations.keys import (
    APPLICANT_KIND_FIELD,
    CHANNEL_FIELD,
    CONTENT_FIELD,
    DISPUTE_KIND,
    PROVIDED_AS_FIELD,
    REQUEST_KIND,
    ROUTE_FIELD,
)
from config.reporting.form import ReportForm
from storage.register_import.vocabulary import (
    CHANNEL_TERMS,
    PROVIDED_TERMS,
    REGISTER_TERMS,
    ColumnVocabulary,
    VocabularyTerm,
    applicant_terms,
    dispute_outcome_terms,
    result_terms,
    route_terms,
)

RegisterKind = Literal["requests", "registers", "disputes"]
_KINDS: Mapping[RegisterKind, str] = {"requests": REQUEST_KIND, "disputes": DISPUTE_KIND}
EXTENSION_LIMIT = 20  # working days in all, 条例 art. 33


class CellKind(Enum):
    """What a cell is read as."""

    NUMBER = "the case's number"
    DAY = "a day that is not in the future"
    ANY_DAY = "a day, past or future"
    TERM = "a word of the column's vocabulary, kept as its key"
    WHOLE = "a whole number from 0 on"
    AMOUNT = "an amount in yuan, exact to the fen"
    PROSE = "a remark of any lines"
    LINE = "a text on one line"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterColumn:
    """One column: its key, which is also its English header, and its Chinese header."""

    key: str
    chinese: str
    reads: CellKind
    fills: str = ""
    """The part of ``ImportedCase`` or ``ImportedCount`` that it fills; empty where it fills a field."""
    fact: str = ""
    """The field of the case's opening that it fills, as ``config/duties/`` declares it."""
    terms: Callable[[ReportForm], Iterable[VocabularyTerm]] | None = None
    """Its vocabulary, by the edition of the form."""
    filled: bool = False
    """Whether each row must have a value."""
    between: tuple[int, int] | None = None
    """The least and the largest number."""
    required: bool = True
    """Whether each file must have the column."""

    @property
    def accepted(self) -> str:
        """The header names that are accepted for this column."""
        return f"{self.key} / {self.chinese}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCase:
    """How a row without a fault states that a case should be; without ``closed_on`` and ``outcome`` it is open.

    Terms are keys (``natural_person``, ``granted_days``); dates are the legal days the office wrote down. ``line`` is
    the line of the row in the file, for messages.
    """

    line: int
    register: RegisterKind
    reference: str
    opened_on: date
    facts: Mapping[str, str | int]
    """The fields of the opening that are filled in."""
    closed_on: date | None = None
    outcome: str | None = None
    extended_days: int | None = None
    due_on: date | None = None
    note: str = ""

    @property
    def kind(self) -> str:
        """The kind of duty."""
        return _KINDS[self.register]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCount:
    """A row of the registers for table 2: a quantity on a day, or an amount in yuan.

    Two equal rows are two entries (two penalties on one day), except for a stock, which is counted once.
    """

    line: int
    happened_on: date
    kind: str
    quantity: int | None = None
    amount_yuan: Decimal | None = None


ImportedRow = ImportedCase | ImportedCount

LAYOUTS: Mapping[RegisterKind, tuple[RegisterColumn, ...]] = {
    "requests": (
        RegisterColumn(key="number", chinese="编号", reads=CellKind.NUMBER, fills="reference", filled=True),
        RegisterColumn(
            key="received_on", chinese="收到日期", reads=CellKind.DAY, fills="opened_on", filled=True
        ),
        RegisterColumn(
            key="applicant_kind",
            chinese="申请人类型",
            reads=CellKind.TERM,
            terms=applicant_terms,
            fact=APPLICANT_KIND_FIELD,
            filled=True,
        ),
        RegisterColumn(key="closed_on", chinese="办结日期", reads=CellKind.DAY, fills="closed_on"),
        RegisterColumn(
            key="result", chinese="办理结果", reads=CellKind.TERM, terms=result_terms, fills="outcome"
        ),
        RegisterColumn(
            key="channel",
            chinese="收到方式",
            reads=CellKind.TERM,
            terms=lambda _form: CHANNEL_TERMS,
            fact=CHANNEL_FIELD,
            required=False,
        ),
        RegisterColumn(
            key="due_on", chinese="答复期限", reads=CellKind.ANY_DAY, fills="due_on", required=False
        ),
        RegisterColumn(
            key="extended_days",
            chinese="延期天数",
            reads=CellKind.WHOLE,
            fills="extended_days",
            between=(1, EXTENSION_LIMIT),
            required=False,
        ),
        RegisterColumn(key="note", chinese="备注", reads=CellKind.PROSE, fills="note", required=False),
        RegisterColumn(
            key="content", chinese="申请内容", reads=CellKind.LINE, fact=CONTENT_FIELD, required=False
        ),
        RegisterColumn(
            key="provided_as",
            chinese="提供方式",
            reads=CellKind.TERM,
            terms=lambda _form: PROVIDED_TERMS,
            fact=PROVIDED_AS_FIELD,
            required=False,
        ),
    ),
    "registers": (
        RegisterColumn(key="date", chinese="日期", reads=CellKind.DAY, fills="happened_on", filled=True),
        RegisterColumn(
            key="kind",
            chinese="事项",
            reads=CellKind.TERM,
            terms=lambda _form: REGISTER_TERMS,
            fills="kind",
            filled=True,
        ),
        RegisterColumn(key="quantity", chinese="数量", reads=CellKind.WHOLE, fills="quantity"),
        RegisterColumn(key="amount_yuan", chinese="金额（元）", reads=CellKind.AMOUNT, fills="amount_yuan"),
    ),
    "disputes": (
        RegisterColumn(key="number", chinese="编号", reads=CellKind.NUMBER, fills="reference", filled=True),
        RegisterColumn(
            key="route",
            chinese="途径",
            reads=CellKind.TERM,
            terms=route_terms,
            fact=ROUTE_FIELD,
            filled=True,
        ),
        RegisterColumn(
            key="filed_on", chinese="受理日期", reads=CellKind.DAY, fills="opened_on", filled=True
        ),
        RegisterColumn(key="concluded_on", chinese="审结日期", reads=CellKind.DAY, fills="closed_on"),
        RegisterColumn(
            key="outcome",
            chinese="结果",
            reads=CellKind.TERM,
            terms=dispute_outcome_terms,
            fills="outcome",
        ),
    ),
}


def fact_columns(kind: RegisterKind) -> tuple[RegisterColumn, ...]:
    """The columns of a register that fill a field of the case, in their order."""
    return tuple(column for column in LAYOUTS[kind] if column.fact)


def vocabularies(kind: RegisterKind, form: ReportForm) -> Mapping[str, ColumnVocabulary]:
    """The vocabularies of a register's columns by their keys, in this edition of the form."""
    return {column.key: ColumnVocabulary(column.terms(form)) for column in LAYOUTS[kind] if column.terms}
