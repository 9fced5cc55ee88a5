"""Reads the cells of one row and collects every fault, not only the first."""

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
from storage.register_import.word_matching import ColumnVocabulary

Value = TypeVar("Value")
CellReader = Callable[[str | date], Value | CellFault]


@dataclass(slots=True, kw_only=True)
class RowReader:
    """Reads one row by the columns of its file. ``faulty`` are the keys of columns with a fault."""

    kind: RegisterKind
    record: RawRecord
    columns: RegisterColumns
    today: date
    findings: list[Finding] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)

    def number(self, key: str) -> str:
        """Read the case's number, which is required."""
        return self._read_cell(key, cells.read_number, required=True) or ""

    def prose(self, key: str) -> str:
        """Read a remark; empty where there is none."""
        return self._read_cell(key, cells.read_prose) or ""

    def whole(self, key: str) -> int | None:
        """Read a whole number from 0 on; None where there is none, or a faulty one."""
        return self._read_cell(key, cells.read_whole)

    def amount(self, key: str) -> Decimal | None:
        """Read an amount in yuan, exact to the fen; None where there is none, or a faulty one."""
        return self._read_cell(key, cells.read_amount)

    def day(self, key: str, *, required: bool = False) -> date | None:
        """Read a day that is not in the future; None where there is none, or a faulty one."""
        day = self.any_day(key, required=required)
        if day is not None and day > self.today:
            self.fault("future_date", key, expected=self.today.isoformat())
            return None
        return day

    def any_day(self, key: str, *, required: bool = False) -> date | None:
        """Read a day, past or future; None where there is none, or a faulty one."""
        return self._read_cell(key, cells.read_day, required=required)

    def term(self, key: str, vocabulary: ColumnVocabulary, *, required: bool = False) -> str | None:
        """Read a word of the vocabulary as its key; None where there is none, or an unknown one."""

        def reading(value: str | date) -> str | CellFault:
            text = value if isinstance(value, str) else value.isoformat()
            if found := vocabulary.find(text):
                return found
            return CellFault(
                rule="unknown_term", expected=vocabulary.advice(text, chinese=self.columns.is_chinese(key))
            )

        return self._read_cell(key, reading, required=required)

    def check_extra_cells(self) -> None:
        """Report a cell without a header: most often a comma inside a remark has shifted the rest."""
        named = self.columns.labelled_positions
        for at, cell in enumerate(self.record.cells):
            if at not in named and (isinstance(cell, MissingValue | date) or cells.clean_text(cell)):
                found = cells.value_excerpt(cell) if isinstance(cell, str | date) else ""
                self._add("extra_cell", column=str(at + 1), found=found)
                return

    def fault(self, rule: str, key: str, *, expected: str = "", **words: str) -> None:
        """Add a fault of this column."""
        self.faulty.add(key)
        self._add(rule, self.written(key), self.shown(key), expected=expected, words=words)

    def remark(self, rule: str, key: str, **words: str) -> None:
        """Add a note about this column that is no fault."""
        self._add(rule, self.written(key), self.shown(key), severity=Severity.NOTE, words=words)

    def shown(self, key: str, limit: int = 40) -> str:
        """Return the value of this column, shortened for a message."""
        cell = self._cell(key)
        return "" if isinstance(cell, MissingValue) else cells.value_excerpt(cell, limit)

    def written(self, key: str) -> str:
        """Return the column's header as the file writes it, or the accepted names where the file lacks it."""
        if key in self.columns.written:
            return cells.value_excerpt(self.columns.written[key])
        return next(column.accepted for column in LAYOUTS[self.kind] if column.key == key)

    def empty(self, key: str) -> bool:
        """Whether the cell is empty."""
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
