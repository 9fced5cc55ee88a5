"""Reads the cells of one row and collects every fault, not only the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from config.findings import Finding, Severity
from storage.register_import import cells
from storage.register_import.cells import CellFault
from storage.register_import.columns import LAYOUTS, CellKind, RegisterColumn, RegisterKind
from storage.register_import.sheet import MissingValue, RawRecord, RegisterColumns
from storage.register_import.vocabulary import ColumnVocabulary

Value = TypeVar("Value")
CellReader = Callable[[str | date], Value | CellFault]


def _read_line(value: str | date) -> str | CellFault:
    """Read a text of any lines as one line."""
    text = cells.read_prose(value)
    return text if isinstance(text, CellFault) else " ".join(text.split())


_READINGS: Mapping[CellKind, CellReader[Any]] = MappingProxyType(
    {
        CellKind.NUMBER: cells.read_number,
        CellKind.DAY: cells.read_day,
        CellKind.ANY_DAY: cells.read_day,
        CellKind.WHOLE: cells.read_whole,
        CellKind.AMOUNT: cells.read_amount,
        CellKind.PROSE: cells.read_prose,
        CellKind.LINE: _read_line,
    }
)
_TEXTS = (CellKind.PROSE, CellKind.LINE)


@dataclass(slots=True, kw_only=True)
class RowReader:
    """Reads one row by the columns of its file. ``faulty`` are the keys of columns with a fault."""

    kind: RegisterKind
    record: RawRecord
    columns: RegisterColumns
    today: date
    vocabularies: Mapping[str, ColumnVocabulary]
    findings: list[Finding] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)

    def values(self) -> dict[str, Any]:
        """Read each cell as its column says; empty and faulty ones are None, of texts the empty text."""
        return {column.key: self._value(column) for column in LAYOUTS[self.kind]}

    def _value(self, column: RegisterColumn) -> Any:
        reading = self._term_reading(column.key) if column.terms else _READINGS[column.reads]
        value = self._read_cell(column.key, reading, required=column.filled)
        if value is None:
            return "" if column.reads in _TEXTS else None
        if column.reads is CellKind.DAY and value > self.today:
            self.fault("future_date", column.key, expected=self.today.isoformat())
            return None
        if column.between and not column.between[0] <= value <= column.between[1]:
            self.fault("extended_range", column.key, expected="{} … {}".format(*column.between))
        return value

    def _term_reading(self, key: str) -> CellReader[str]:
        vocabulary = self.vocabularies[key]

        def reading(value: str | date) -> str | CellFault:
            text = value if isinstance(value, str) else value.isoformat()
            if found := vocabulary.find(text):
                return found
            return CellFault(
                rule="ambiguous_term" if vocabulary.is_shared(text) else "unknown_term",
                expected=vocabulary.advice(text, chinese=self.columns.is_chinese(key)),
            )

        return reading

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
