"""Reads the cells of one row and remembers every fault of it; nothing stops at the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from config.findings import Finding, Severity
from storage.register_import import cells
from storage.register_import.cells import CellFault
from storage.register_import.columns import LAYOUTS, RegisterColumns, RegisterKind
from storage.register_import.sheet import MissingValue, RawRecord
from storage.register_import.vocabulary import ColumnVocabulary

Value = TypeVar("Value")
CellReader = Callable[[str | date], Value | CellFault]


@dataclass(slots=True, kw_only=True)
class RowReader:
    """One row under the columns of its file. ``faulty`` names the columns already complained of."""

    kind: RegisterKind
    record: RawRecord
    columns: RegisterColumns
    today: date
    findings: list[Finding] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)

    def number(self, key: str) -> str:
        """The case's number, which has to be there."""
        return self._read_cell(key, cells.read_number, required=True) or ""

    def prose(self, key: str) -> str:
        """A remark, or nothing."""
        return self._read_cell(key, cells.read_prose) or ""

    def whole(self, key: str) -> int | None:
        """A whole number from 0 on, or nothing."""
        return self._read_cell(key, cells.read_whole)

    def amount(self, key: str) -> Decimal | None:
        """Yuan to the fen, or nothing."""
        return self._read_cell(key, cells.read_amount)

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A day that has come, or nothing."""
        day = self.any_day(key, required=required)
        if day is not None and day > self.today:
            self.fault("future_date", key, expected=self.today.isoformat())
            return None
        return day

    def any_day(self, key: str, *, required: bool = False) -> date | None:
        """A day, be it past or to come, or nothing."""
        return self._read_cell(key, cells.read_day, required=required)

    def term(self, key: str, vocabulary: ColumnVocabulary, *, required: bool = False) -> str | None:
        """The key of an allowed word, or nothing."""

        def reading(value: str | date) -> str | CellFault:
            text = value if isinstance(value, str) else value.isoformat()
            if found := vocabulary.find(text):
                return found
            return CellFault(
                rule="unknown_term", expected=vocabulary.advice(text, chinese=self.columns.is_chinese(key))
            )

        return self._read_cell(key, reading, required=required)

    def check_extra_cells(self) -> None:
        """Something under no header: most often a comma inside a remark that pushed the rest along."""
        named = self.columns.labelled_positions
        for at, cell in enumerate(self.record.cells):
            if at not in named and (isinstance(cell, MissingValue | date) or cells.clean_text(cell)):
                found = cells.value_excerpt(cell) if isinstance(cell, str | date) else ""
                self._add("extra_cell", column=str(at + 1), found=found)
                return

    def fault(self, rule: str, key: str, *, expected: str = "", **words: str) -> None:
        """Remember a fault of this column."""
        self.faulty.add(key)
        self._add(rule, self.written(key), self.shown(key), expected=expected, words=words)

    def remark(self, rule: str, key: str, **words: str) -> None:
        """Note something about this column that is no fault."""
        self._add(rule, self.written(key), self.shown(key), severity=Severity.NOTE, words=words)

    def shown(self, key: str, limit: int = 40) -> str:
        """What stands in this column, as it may stand in a sentence."""
        cell = self._cell(key)
        return "" if isinstance(cell, MissingValue) else cells.value_excerpt(cell, limit)

    def written(self, key: str) -> str:
        """The column's header as this file writes it, or ours where the file lacks it."""
        if key in self.columns.written:
            return cells.value_excerpt(self.columns.written[key])
        return next(column.accepted for column in LAYOUTS[self.kind] if column.key == key)

    def empty(self, key: str) -> bool:
        """Whether nothing was written there."""
        return self._cell(key) == ""

    def _read_cell(self, key: str, reading: CellReader[Value], *, required: bool = False) -> Value | None:
        cell = self._cell(key)
        if isinstance(cell, MissingValue):
            self.fault("not_calculated", key)
        elif cell == "":
            if required:
                self.fault("empty_value", key)
        else:
            value = reading(cell)
            if not isinstance(value, CellFault):
                return value
            self.fault(value.rule, key, expected=value.expected)
        return None

    def _cell(self, key: str) -> str | date | MissingValue:
        at = self.columns.places.get(key, -1)
        if not 0 <= at < len(self.record.cells):
            return ""
        cell = self.record.cells[at]
        return cells.clean_text(cell) if isinstance(cell, str) else cell

    def _add(
        self,
        rule: str,
        column: str = "",
        found: str = "",
        *,
        expected: str = "",
        severity: Severity = Severity.ERROR,
        words: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        line = str(self.record.line)
        self.findings.append(
            Finding(
                rule=f"register.{rule}",
                severity=severity,
                place=f"line {line}",
                column=column,
                found=found,
                expected=expected,
                words={"line": line, **words},
            )
        )
